import type { QuestionRecord } from '../../records/schema.ts';
import { assess } from '../assess.ts';
import { Parts } from '../parts.ts';
import type { RunSetup } from '../setup.ts';

/** How often a pinned question that flipped is asked again: the answer of most times counts. */
const TIMES = 2;

/** What became of pinned questions that were asked again, by their ids. */
export type AskedAgain = ReadonlyMap<string, readonly QuestionRecord['right'][]>;

/** The pinned questions that were right before and are wrong now. */
export function flippedPins(
  before: readonly QuestionRecord[],
  after: readonly QuestionRecord[],
): QuestionRecord[] {
  const rightBefore = new Set(before.filter(({ right }) => right === 'right').map(({ id }) => id));
  const pinnedBefore = new Set(before.filter(({ must }) => must).map(({ id }) => id));
  return after.filter(
    ({ id, must, right }) => right === 'wrong' && rightBefore.has(id) && (must || pinnedBefore.has(id)),
  );
}

/**
 * Asks pinned questions that flipped twice more: a target whose answers vary must not fail by one bad draw. An interruption ends it
 * with what there is.
 */
export async function askPinnedAgain(
  setup: RunSetup,
  flipped: readonly QuestionRecord[],
): Promise<AskedAgain> {
  const again = new Map<string, QuestionRecord['right'][]>();
  if (flipped.length === 0) return again;
  const ids = new Set(flipped.map(({ id }) => id));
  const questions = setup.golden.questions.filter(({ id }) => ids.has(id));
  if (questions.length === 0) return again;
  const parts = new Parts(2 * TIMES, setup.onEvent);
  for (let time = 1; time <= TIMES && !setup.signal?.aborted; time += 1) {
    const { judging: _, ...rest } = setup; // the one rule decides, and costs nothing
    const { pass } = await assess(
      { ...rest, golden: { ...setup.golden, questions } },
      parts,
      `again ${time}`,
    );
    for (const { id, right } of pass.questions) again.set(id, [...(again.get(id) ?? []), right]);
  }
  return again;
}
