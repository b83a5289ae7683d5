import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../kernel/clock.ts';
import { milliseconds } from '../../kernel/units.ts';
import type { Analytics } from '../analytics/analytics.ts';
import { type GoldenRun, goldenRunSchema } from '../analytics/golden-run.ts';
import type { AppParts } from '../parts.ts';
import { readBody } from '../validate.ts';

/** `POST /api/evaluation`: what `canary` found out about this service, or what a nightly run came to. */
export function addEvaluationRoute(app: FastifyInstance, parts: AppParts): void {
  const { takeEvaluation, analytics, clock } = parts;
  if (takeEvaluation === undefined) return;
  app.post('/api/evaluation', async (request) => {
    const given = readBody(goldenRunSchema, request.body);
    // A clock elsewhere that is ahead must not make a run that stays fresh for ever.
    const run = { ...given, at: Math.min(given.at, clock.epoch()) };
    await takeEvaluation(run);
    const kept = analytics !== undefined && (await keep(analytics, run, clock));
    request.log.info(
      {
        event: run.nightly === undefined ? 'golden.run' : 'nightly.run',
        dataset: run.dataset,
        count: run.questions,
        failed: run.failed,
        recall: run.recall,
      },
      run.nightly === undefined ? 'golden questions were asked' : 'a nightly run was told',
    );
    if (analytics !== undefined && !kept)
      request.log.warn(
        { event: 'analytics.failed' },
        'the file of analytics takes no golden run: it is gone after a restart',
      );
    return { success: true, request_id: request.id };
  });
}

const TRIES = 5;
const PAUSE_MS = 50;

/** Another process may be writing just now. A run comes once a night: it is worth waiting for. */
async function keep(analytics: Analytics, run: GoldenRun, clock: Clock): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    if (await analytics.golden(run)) return true;
    if (tries === TRIES) return false;
    await clock.sleep(milliseconds(PAUSE_MS));
  }
}
