import { seededRandom } from '../kernel/random.ts';
import type { MeasureRecord, QualityRecord, SliceRecord } from '../records/schema.ts';
import { bootstrapMeanInterval } from '../statistics/bootstrap.ts';
import { wilsonInterval } from '../statistics/proportions.ts';
import { mean } from '../statistics/quantiles.ts';

/** A bootstrap interval of fewer scores than this covers less than it says, and is labelled so. */
export const LEAST_FOR_BOOTSTRAP = 200;

/** A golden question with what came of it, as far as means and slices need it. */
export interface ScoredQuestion {
  readonly kind: string | null;
  readonly difficulty: string | null;
  readonly tags: readonly string[];
  readonly right: 'right' | 'wrong' | 'unscored';
  readonly scores: Readonly<Record<string, number | null>>;
}

/** The values by which a question falls into slices: into several, where it bears several tags. */
const SLICED: Readonly<Record<SliceRecord['by'], (question: ScoredQuestion) => readonly string[]>> = {
  kind: ({ kind }) => (kind === null ? [] : [kind]),
  difficulty: ({ difficulty }) => (difficulty === null ? [] : [difficulty]),
  tag: ({ tags }) => tags,
};

/** A single kind is the whole set; a single tag is still a part of it. */
const LEAST_VALUES: Readonly<Record<SliceRecord['by'], number>> = { kind: 2, difficulty: 2, tag: 1 };

/** Right answers and measures by kind, difficulty and tag. */
export function slicesOf(
  questions: readonly ScoredQuestion[],
  measures: readonly string[],
  seed: number,
): SliceRecord[] {
  return (['kind', 'difficulty', 'tag'] as const).flatMap((by) => {
    const values = [...new Set(questions.flatMap(SLICED[by]))].sort();
    if (values.length < LEAST_VALUES[by]) return [];
    return values.map((value) => {
      const within = questions.filter((question) => SLICED[by](question).includes(value));
      return {
        by,
        value,
        n: within.length,
        right: shareRight(within),
        measures: measures.map((name) => meanOf(name, within, seed)),
      };
    });
  });
}

/** The mean of a measure over the questions that it says something of. */
export function meanOf(name: string, questions: readonly ScoredQuestion[], seed: number): MeasureRecord {
  const values = questions.map(({ scores }) => scores[name] ?? null).filter((score) => score !== null);
  if (values.length === 0) return { name, mean: null, ci95: null, n: 0 };
  return {
    name,
    mean: mean(values),
    ci95: bootstrapMeanInterval(values, { random: seededRandom(seed).fork(`bootstrap/${name}`) }),
    n: values.length,
    ...(values.length < LEAST_FOR_BOOTSTRAP && { approximate: true }),
  };
}

/** The share of right answers, of those that could be scored. */
export function shareRight(questions: readonly ScoredQuestion[]): QualityRecord['right'] {
  return shareOf(questions.filter(({ right }) => right !== 'unscored').map(({ right }) => right === 'right'));
}

/** Golden questions are independent of each other, so the interval is Wilson's. */
export function shareOf(trials: readonly boolean[]): QualityRecord['right'] {
  const successes = trials.filter(Boolean).length;
  const n = trials.length;
  return { mean: n === 0 ? null : successes / n, ci95: wilsonInterval(successes, n), n };
}
