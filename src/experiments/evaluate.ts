import { inProcessTarget } from '../load/targets/in-process.ts';
import { DEFAULT_MEASURES } from '../measures/registry.ts';
import { recordHeader } from './header.ts';
import { Judge } from './judge.ts';
import { openIndexedEngine } from './open-index.ts';
import { runQualityPass } from './quality.ts';
import type { RunResult, RunSetup } from './setup.ts';

/** Asks every golden question once and scores the answers: quality only, no load. */
export async function runEvaluate(setup: RunSetup): Promise<RunResult> {
  const { clock, golden, options, signal, onEvent } = setup;
  const start = clock.now();
  const header = recordHeader(setup, 'evaluate');
  onEvent({ type: 'part.started', name: 'index', step: 1, steps: 2 });
  const { engine, index, ingest } = await openIndexedEngine(setup);
  try {
    onEvent({ type: 'part.finished', name: 'index', summary: indexSummary(index, ingest) });
    onEvent({ type: 'part.started', name: 'quality', step: 2, steps: 2 });
    const { quality, questions } = await runQualityPass(setup, inProcessTarget(engine), {
      judge: new Judge(golden, options.quality.k),
      measures: options.quality.measures ?? DEFAULT_MEASURES,
    });
    onEvent({ type: 'part.finished', name: 'quality', summary: `${questions.length} questions` });
    const record = {
      ...header,
      index,
      ingest,
      quality,
      questions,
      complete: signal?.aborted !== true,
      durationMs: clock.now() - start,
    };
    return { record, requests: undefined };
  } finally {
    await engine.close();
  }
}

/** One line on what was indexed, or that nothing had to be. */
export function indexSummary(
  index: { reused: boolean; documents: number; chunks: number },
  ingest: { durationMs: number },
): string {
  const size = `${index.documents} documents, ${index.chunks} chunks`;
  return index.reused ? `${size}, reused` : `${size}, built in ${(ingest.durationMs / 1000).toFixed(1)} s`;
}
