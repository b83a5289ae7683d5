import type { GateRow, QuestionRecord } from '../../records/schema.ts';
import type { QuestionPair } from './common-questions.ts';
import { isPinned } from './flips.ts';
import { blankRow } from './gate-row.ts';

type Right = QuestionRecord['right'];

export interface PinnedInput {
  readonly pairs: readonly QuestionPair[];
  /** Questions of the baseline alone: a pinned one among them was not asked. */
  readonly missing: readonly QuestionRecord[];
  /** What the candidate did when flipped questions were asked again, by question id. */
  readonly askedAgain?: ReadonlyMap<string, readonly Right[]> | undefined;
}

/**
 * Pinned questions (`must`), one row each: FAIL where one that was right is wrong, in most of the times that it was asked. One
 * that could not be scored, or was not asked, is INCONCLUSIVE; one that was not right before has nothing to lose.
 */
export function pinnedRows({ pairs, missing, askedAgain }: PinnedInput): GateRow[] {
  const asked = pairs
    .filter(isPinned)
    .map(({ before, after }) => rowOf(before, [after.right, ...(askedAgain?.get(before.id) ?? [])]));
  const notAsked = missing
    .filter(({ must }) => must)
    .map(({ id, kind, right }) =>
      blankRow({
        subject: 'pinned',
        name: id,
        kind,
        baseline: asNumber(right),
        verdict: 'INCONCLUSIVE',
        why: 'the candidate was not asked this question, or with another text or expectation',
      }),
    );
  return [...asked, ...notAsked];
}

function rowOf({ id, kind, right: before }: QuestionRecord, after: readonly Right[]): GateRow {
  const answers = after.filter((right) => right !== 'unscored');
  const wrong = answers.filter((right) => right === 'wrong').length;
  const now = answers.length === 0 ? 'unscored' : 2 * wrong >= answers.length ? 'wrong' : 'right';
  const times = answers.length > 1 ? `, ${wrong} of ${answers.length} times` : '';
  return blankRow({
    subject: 'pinned',
    name: id,
    kind,
    baseline: asNumber(before),
    candidate: asNumber(now),
    n: 1,
    ...verdictOf(before, now, times),
  });
}

function verdictOf(before: Right, now: Right, times: string): Pick<GateRow, 'verdict' | 'why'> {
  if (now === 'right') return { verdict: 'PASS', why: `${before === 'right' ? 'still' : 'now'} right` };
  if (before === 'wrong') return { verdict: 'PASS', why: 'was not right before: nothing to lose' };
  if (before === 'unscored' || now === 'unscored')
    return {
      verdict: 'INCONCLUSIVE',
      why: `could not be scored ${before === 'unscored' ? 'before' : 'now'}`,
    };
  return { verdict: 'FAIL', why: `was right, and is wrong now${times}` };
}

const asNumber = (right: Right): number | null => (right === 'unscored' ? null : Number(right === 'right'));
