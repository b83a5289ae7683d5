import { CACHE_CODES, DEGRADATION_CODES, OUTCOMES, RIGHT_CODES } from '../records/columns.ts';
import type { PhaseVerdicts } from './phase-setting.ts';
import type { PhaseRecorder } from './recorder.ts';

const COMPLETED = OUTCOMES.indexOf('completed');
const [UNSCORED, RIGHT, WRONG] = RIGHT_CODES.map((_, code) => code) as [number, number, number];

/** States in which the answer was made for this request, if out of a kept finding or vector. */
const MADE_ANEW: ReadonlySet<number> = new Set(
  (['off', 'miss', 'embedding', 'retrieval'] as const).map((name) => CACHE_CODES.indexOf(name)),
);

/** Nothing was missing, as far as the target says. */
const FULL: ReadonlySet<number> = new Set(
  (['unknown', 'none'] as const).map((name) => DEGRADATION_CODES.indexOf(name)),
);

/**
 * Whether the target answers each golden question right when no kept answer comes in between, from all requests of a run that
 * show it: RIGHT_CODES by question. Right is what more than half of them were; `unscored` where there is none.
 */
export function freshAnswers(
  phases: readonly { readonly rows: PhaseRecorder; readonly verdicts: Pick<PhaseVerdicts, 'right'> }[],
): Uint8Array {
  let questions = 0;
  for (const { rows } of phases) {
    for (let row = 0; row < rows.rows; row += 1) questions = Math.max(questions, rows.question[row]! + 1);
  }
  /** Right answers less wrong ones. */
  const balance = new Int32Array(questions);
  const seen = new Uint8Array(questions);
  for (const { rows, verdicts } of phases) {
    for (let row = 0; row < rows.rows; row += 1) {
      const right = verdicts.right[row]!;
      if (right === UNSCORED || !isFresh(rows, row)) continue;
      const question = rows.question[row]!;
      seen[question] = 1;
      balance[question]! += right === RIGHT ? 1 : -1;
    }
  }
  return Uint8Array.from(seen, (one, question) =>
    one === 0 ? UNSCORED : balance[question]! > 0 ? RIGHT : WRONG,
  );
}

function isFresh({ outcome, cache, degraded }: PhaseRecorder, row: number): boolean {
  return outcome[row] === COMPLETED && MADE_ANEW.has(cache[row]!) && FULL.has(degraded[row]!);
}
