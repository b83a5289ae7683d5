import { GroundspeedError } from '../kernel/errors.ts';
import { type Random, shuffle } from '../kernel/random.ts';
import type { CheckedQuestion } from './checks/check.ts';

export const SAMPLE_BY = ['kind', 'difficulty', 'split', 'tag'] as const;
export type SampleBy = (typeof SAMPLE_BY)[number];

export interface Stratum {
  /** The kind, difficulty, split or tags that its questions share; null where they have none. */
  readonly name: string | null;
  readonly questions: number;
  readonly taken: number;
}

export interface Sample<Q> {
  /** In the order of the set. */
  readonly questions: readonly Q[];
  /** By name, those without one last. */
  readonly strata: readonly Stratum[];
}

/** What a question is sampled by. Several splits or tags make a stratum of their own: every question is in just one. */
const STRATUM: Readonly<Record<SampleBy, (one: CheckedQuestion) => string | null>> = {
  kind: ({ question }) => question.kind ?? null,
  difficulty: ({ question }) => question.difficulty ?? null,
  split: ({ splits }) => (splits.length === 0 ? null : splits.toSorted().join('+')),
  tag: ({ question }) => (question.tags.length === 0 ? null : [...new Set(question.tags)].sort().join('+')),
};

/**
 * `size` questions, each stratum in proportion (see `allocate`), drawn at random within it. The same questions, size and
 * seed give the same sample, whatever the order of the set. Throws `usage.argument` for a size that cannot be had.
 */
export function sampleQuestions<Q extends CheckedQuestion>(
  questions: readonly Q[],
  { size, by, random }: { readonly size: number; readonly by: SampleBy; readonly random: Random },
): Sample<Q> {
  if (!Number.isSafeInteger(size) || size < 1 || size > questions.length) {
    throw new GroundspeedError(
      'usage.argument',
      `A sample of ${size} cannot be taken of ${questions.length} questions`,
      {
        where: '--size',
        hint: `Give a whole number from 1 to ${questions.length}.`,
      },
    );
  }
  const strata = new Map<string | null, Q[]>();
  for (const one of questions) {
    const name = STRATUM[by](one);
    const members = strata.get(name);
    if (members === undefined) strata.set(name, [one]);
    else members.push(one);
  }
  const ordered = [...strata].sort(([a], [b]) => Number(a === null) - Number(b === null) || compare(a, b));
  const shares = allocate(
    ordered.map(([, members]) => members.length),
    size,
  );
  const taken = new Set<Q>();
  for (const [at, [name, members]] of ordered.entries()) {
    const drawn = members.toSorted((a, b) => compare(a.question.id, b.question.id));
    shuffle(drawn, random.fork(JSON.stringify([by, name])));
    for (const one of drawn.slice(0, shares[at])) taken.add(one);
  }
  return {
    questions: questions.filter((one) => taken.has(one)),
    strata: ordered.map(([name, members], at) => ({ name, questions: members.length, taken: shares[at]! })),
  };
}

/**
 * Divides `size` among strata in proportion to their sizes, by the largest remainders (Hamilton's method), and gives
 * every stratum at least one where there are as many as strata. None gets more than it has; the shares add up to `size`,
 * which must not exceed the sum of `counts`.
 */
export function allocate(counts: readonly number[], size: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const quotas = counts.map((count) => (size * count) / total);
  const least = size >= counts.length ? 1 : 0;
  const shares = quotas.map((quota, at) => Math.min(counts[at]!, Math.max(least, Math.floor(quota))));
  let left = size - shares.reduce((sum, share) => sum + share, 0);
  // One at a time to whoever lacks most, or from whoever has most too much: the first of equals.
  for (; left > 0; left -= 1)
    shares[
      largest(
        shares,
        (at) => shares[at]! < counts[at]!,
        (at) => quotas[at]! - shares[at]!,
      )
    ]! += 1;
  for (; left < 0; left += 1)
    shares[
      largest(
        shares,
        (at) => shares[at]! > least,
        (at) => shares[at]! - quotas[at]!,
      )
    ]! -= 1;
  return shares;
}

function largest(
  of: readonly number[],
  allowed: (at: number) => boolean,
  value: (at: number) => number,
): number {
  return of
    .map((_, at) => at)
    .filter(allowed)
    .reduce((best, at) => (value(at) > value(best) + 1e-12 ? at : best));
}

const compare = (a: string | null, b: string | null): number => {
  const [left, right] = [a ?? '', b ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
};
