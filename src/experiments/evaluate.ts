import { assess, assessWhole } from './assess.ts';
import { compareQuality, type VariantResult } from './compare-quality.ts';
import { recordHeader } from './header.ts';
import { judgeWarnings } from './llm-judge/judge-answers.ts';
import { notesOn, notesOnQuality, notesOnTarget, notesOnVariants } from './notes.ts';
import { Parts } from './parts.ts';
import type { RunResult, RunSetup } from './setup.ts';
import type { Variant } from './variants.ts';

/**
 * Asks every golden question once and scores the answers: quality only, no load. Of several variants each is asked them all; the
 * first is the one that the record shows in full, and the others are held against each other.
 * Interrupted, it keeps the questions that were asked, and rejects with `run.interrupted` where there is none.
 */
export async function runEvaluate(setup: RunSetup, variants: readonly Variant[] = []): Promise<RunResult> {
  const { clock, signal, onEvent, seed } = setup;
  const start = clock.now();
  const first = variants[0]?.setup ?? setup;
  const header = recordHeader(first, 'evaluate');
  const parts = new Parts(2 * Math.max(1, variants.length), onEvent);
  const { opened, pass } = await assess(first, parts);
  const others: VariantResult[] = [];
  for (const variant of variants.slice(1)) {
    const assessed = await assessWhole(variant, parts);
    if (assessed === undefined) break;
    others.push(assessed);
  }
  const { quality, questions, rankings } = pass;
  for (const message of pass.judged ? judgeWarnings(pass.judged) : []) onEvent({ type: 'warning', message });
  const results = variants.slice(0, 1).map(({ name, settings }) => ({ name, settings, quality, questions }));
  const isDeployment = setup.target?.kind === 'http';
  return {
    record: {
      ...header,
      notes: [
        ...(isDeployment ? notesOnTarget(setup) : notesOn(first)),
        ...notesOnQuality(questions),
        ...notesOnVariants(variants, 1 + others.length),
      ],
      index: opened.index,
      ingest: opened.ingest,
      quality,
      questions,
      ...(pass.judged && { judge: pass.judged }),
      ...(others.length > 0 && { comparison: compareQuality([...results, ...others], seed) }),
      complete: signal?.aborted !== true,
      durationMs: clock.now() - start,
    },
    requests: undefined,
    rankings,
  };
}
