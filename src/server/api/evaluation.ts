import type { FastifyInstance } from 'fastify';
import { goldenRunSchema } from '../analytics/golden-run.ts';
import type { AppParts } from '../parts.ts';
import { readBody } from '../validate.ts';

/** `POST /api/evaluation`: what `canary` found out about this service. */
export function addEvaluationRoute(app: FastifyInstance, parts: AppParts): void {
  const { takeEvaluation, analytics, clock } = parts;
  if (takeEvaluation === undefined) return;
  app.post('/api/evaluation', async (request) => {
    const given = readBody(goldenRunSchema, request.body);
    // A clock elsewhere that is ahead must not make a run that stays fresh for ever.
    const run = { ...given, at: Math.min(given.at, clock.epoch()) };
    await takeEvaluation(run);
    analytics?.golden(run);
    request.log.info(
      {
        event: 'golden.run',
        dataset: run.dataset,
        count: run.questions,
        failed: run.failed,
        recall: run.recall,
      },
      'golden questions were asked',
    );
    return { success: true, request_id: request.id };
  });
}
