import type { CheckedQuestion, DatasetCheck, Found } from './check.ts';
import { counted, some } from './words.ts';

/** A kind with fewer than this share of what the largest has is hardly measured. */
const LEAST_OF_LARGEST = 0.5;
/** Shares of a kind in two splits may differ by as much before one split stops standing for the other. */
const MOST_DIFFERENCE = 0.15;
/** Questions a kind, on average, from which on a split is compared with the others. */
const LEAST_PER_KIND = 3;
const UNNAMED = '(no kind)';

/** Kinds are compared with each other, then over splits; a set that names no kinds has nothing to compare. */
export const balance: DatasetCheck = {
  name: 'balance',
  severity: 'warning',
  about: 'Kinds are of like size, and splits are alike',
  needs: [],
  run({ questions }) {
    const kinds = countBy(questions, ({ question }) => [question.kind ?? UNNAMED]);
    const splits = countBy(questions, (one) => one.splits);
    return [...sharedQuestions(questions), ...unequalKinds(kinds), ...unlikeSplits(questions, kinds, splits)];
  },
};

function countBy(
  questions: readonly CheckedQuestion[],
  keys: (one: CheckedQuestion) => readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of questions) for (const key of keys(one)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function sharedQuestions(questions: readonly CheckedQuestion[]): Found[] {
  const shared = questions.filter(({ splits }) => splits.length > 1);
  if (shared.length === 0) return [];
  const ids = shared.map(({ question }) => question.id);
  const splits = [...new Set(shared.flatMap((one) => one.splits))].sort();
  return [
    {
      message: `${counted(ids.length, 'question')} ${ids.length === 1 ? 'is' : 'are'} in more than one split (${splits.join(', ')}): ${some(ids)}`,
      where: shared[0]!.where,
      hint: 'What is tuned on one split is not measured on the other. Where they are judgements of the same split on other scales, use one of them.',
      questions: ids,
    },
  ];
}

function unequalKinds(kinds: ReadonlyMap<string, number>): Found[] {
  if (kinds.size < 2) return [];
  const [largest, ...others] = [...kinds].sort((a, b) => b[1] - a[1]);
  const few = others.filter(([, count]) => count < LEAST_OF_LARGEST * largest![1]);
  if (few.length === 0) return [];
  return [
    {
      message: `${largest![0]} has ${largest![1]} questions; ${some(few.map(([kind, count]) => `${kind} ${count}`))}`,
      where: 'questions',
      hint: 'Means over all questions are mostly about the largest kind. Add to the small ones, or read results by kind.',
    },
  ];
}

function unlikeSplits(
  questions: readonly CheckedQuestion[],
  kinds: ReadonlyMap<string, number>,
  splits: ReadonlyMap<string, number>,
): Found[] {
  // A split of a few questions cannot have all kinds in their shares.
  const large = [...splits].filter(([, total]) => total >= LEAST_PER_KIND * kinds.size);
  if (kinds.size < 2 || large.length < 2) return [];
  const found: Found[] = [];
  for (const kind of kinds.keys()) {
    const inSplits = countBy(
      questions.filter(({ question }) => (question.kind ?? UNNAMED) === kind),
      (one) => one.splits,
    );
    const shares = large.map(
      ([split, total]) => [split, (inSplits.get(split) ?? 0) / total, inSplits.get(split) ?? 0] as const,
    );
    const spread = Math.max(...shares.map(([, part]) => part)) - Math.min(...shares.map(([, part]) => part));
    const absent = shares.some(([, , count]) => count === 0);
    if (spread <= MOST_DIFFERENCE && !absent) continue;
    const words = shares.map(([split, part, count]) => `${split} ${count} (${Math.round(100 * part)} %)`);
    found.push({
      message: `${kind} is not spread evenly over the splits: ${words.join(', ')}`,
      where: 'questions',
      hint: 'Divide each kind among the splits in the same shares.',
    });
  }
  return found;
}
