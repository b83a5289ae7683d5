import type { GoldenQuestion } from '../golden.ts';
import type { Losses, Tally } from '../loss.ts';
import type { Content } from '../write.ts';
import type { WrittenSet } from '../written-set.ts';

export interface Exported {
  /** By name within the folder, with forward slashes. */
  readonly files: Readonly<Record<string, Content>>;
  /** What of the set stands in them: the difference is in the losses. */
  readonly kept: Tally;
}

/** One format that golden sets can be written in, describing itself. */
export interface Exporter {
  readonly name: string;
  /** What it writes, for help and documentation. */
  readonly writes: string;
  /** What the format cannot hold is added to `losses`. Throws `GroundspeedError`s of exit code 3. */
  write(set: WrittenSet, losses: Losses): Exported;
}

/** Fields of a golden question that a format may have no place for. */
export type DetailField = keyof Pick<
  GoldenQuestion,
  'answers' | 'forbidden' | 'evidence' | 'kind' | 'difficulty' | 'split' | 'derived' | 'tags' | 'must'
>;

/** Reports those of these fields that say something. */
export function loseDetails(
  question: GoldenQuestion,
  fields: readonly DetailField[],
  { format, losses }: { format: string; losses: Losses },
): void {
  for (const field of fields) {
    const value = question[field];
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue;
    losses.add({
      kind: 'field',
      of: 'detail',
      what: `\`${field}\` has no place in ${format}`,
      where: `question ${JSON.stringify(question.id)}`,
      found: typeof value === 'string' ? value : JSON.stringify(value),
    });
  }
}

/** The splits that questions name, in order of their first question. */
export function splitsOf(questions: readonly GoldenQuestion[]): string[] {
  return [...new Set(questions.map(({ split }) => split).filter((split) => split !== undefined))];
}

export const placeOf = ({ id }: { readonly id: string }): string => `question ${JSON.stringify(id)}`;

export function sumOf<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((sum, item) => sum + size(item), 0);
}
