import { FUNNEL } from '../../src/judging/returned.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import type { PhaseVerdicts } from '../../src/load/phase-setting.ts';
import { QuestionNumbers } from '../../src/load/question-numbers.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import type { TargetResponse } from '../../src/load/target.ts';
import { RIGHT_CODES } from '../../src/records/columns.ts';
import { RESPONSE } from './fake-target.ts';

/** A request whose caches are known. */
export interface CachedRow {
  readonly question: number;
  readonly cache: TargetResponse['cache'];
  readonly latency?: number;
  readonly stale?: boolean | undefined;
  /** The number of a golden question, or words of another one. */
  readonly matched?: number | string | undefined;
  readonly right?: (typeof RIGHT_CODES)[number];
  readonly outcome?: 'completed' | 'error' | 'timeout' | 'dropped';
  readonly degraded?: TargetResponse['degraded'];
}

export const wordsOf = (question: number): string => `question ${question}?`;

export interface CachedPhase {
  readonly rows: PhaseRecorder;
  readonly verdicts: PhaseVerdicts;
}

/** A phase of constant arrivals, 10 ms apart. */
export function cachedPhase(rows: readonly CachedRow[], fresh?: Uint8Array): CachedPhase {
  const recorder = new PhaseRecorder(0, {
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    stages: 0,
    questions: new QuestionNumbers(Array.from({ length: 50 }, (_, question) => wordsOf(question))),
  });
  const right = new Uint8Array(rows.length);
  for (const [index, one] of rows.entries()) {
    const { question, cache, latency = 5, stale, matched, outcome = 'completed', degraded } = one;
    const due = index * 10;
    const row = recorder.arrive(question, due);
    right[row] = RIGHT_CODES.indexOf(one.right ?? 'unscored');
    if (outcome !== 'dropped') recorder.send(row, due);
    if (outcome === 'dropped') recorder.drop(row);
    else if (outcome === 'error') recorder.fail(row, due + latency, new Error('no'));
    else if (outcome === 'timeout') recorder.timeOut(row, due + latency);
    else {
      const words = typeof matched === 'number' ? wordsOf(matched) : matched;
      recorder.complete(row, due + latency, {
        ...RESPONSE,
        stages: undefined,
        cache,
        stale,
        degraded,
        matched: words === undefined ? undefined : { question: words, similarity: 0.97 },
      });
    }
  }
  const verdicts = { right, funnel: new Uint8Array(rows.length), classes: FUNNEL };
  return { rows: recorder, verdicts: fresh === undefined ? verdicts : { ...verdicts, fresh } };
}
