import { inProcessTarget } from '../load/targets/in-process.ts';
import { recordHeader } from './header.ts';
import { Judge } from './judge.ts';
import { notesOn, notesOnQuality } from './notes.ts';
import { indexSummary, openIndexedEngine } from './open-index.ts';
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
  const { engine, documents, index, ingest } = await parts.run('index', async () => {
    const opened = await openIndexedEngine(setup);
    return [opened, indexSummary(opened)];
  });
  try {
    const { quality, questions, rankings } = await parts.run('quality', async () => {
      const judge = new Judge(documents, options.quality.k);
      const result = await runQualityPass(setup, inProcessTarget(engine), judge);
      return [result, `${result.questions.length} questions`];
    });
    const complete = signal?.aborted !== true;
    const durationMs = clock.now() - start;
    const notes = [...notesOn(setup), ...notesOnQuality(questions)];
    return {
      record: { ...header, notes, index, ingest, quality, questions, complete, durationMs },
      requests: undefined,
      rankings,
    };
  } finally {
    await engine.close();
  }
}
