import { recordHeader } from './header.ts';
import { Judge } from './judge.ts';
import { notesOn, notesOnQuality, notesOnTarget } from './notes.ts';
import { openTarget } from './open-target.ts';
import { Parts } from './parts.ts';
import { runQualityPass } from './quality.ts';
import type { RunResult, RunSetup } from './setup.ts';

/**
 * Asks every golden question once and scores the answers: quality only, no load. Interrupted, it keeps the questions
 * that were asked, and rejects with `run.interrupted` where there is none.
 */
export async function runEvaluate(setup: RunSetup): Promise<RunResult> {
  const { clock, options, signal, onEvent } = setup;
  const start = clock.now();
  const header = recordHeader(setup, 'evaluate');
  const parts = new Parts(2, onEvent);
  const isDeployment = setup.target?.kind === 'http';
  const opened = await parts.run(isDeployment ? 'target' : 'index', async () => {
    const target = await openTarget(setup, { connections: 1, timeout: options.bench.timeoutMs });
    return [target, target.summary];
  });
  const { target, documents, index, ingest } = opened;
  try {
    const { quality, questions, rankings } = await parts.run('quality', async () => {
      const judge = new Judge(documents, options.quality.k);
      const result = await runQualityPass(setup, target, judge);
      return [result, `${result.questions.length} questions`];
    });
    const complete = signal?.aborted !== true;
    const durationMs = clock.now() - start;
    const notes = [...(isDeployment ? notesOnTarget(setup) : notesOn(setup)), ...notesOnQuality(questions)];
    return {
      record: { ...header, notes, index, ingest, quality, questions, complete, durationMs },
      requests: undefined,
      rankings,
    };
  } finally {
    await opened.close();
  }
}
