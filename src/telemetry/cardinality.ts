import { type MetricSpec, OTHER } from './catalogue.ts';

/** What labels are set to. */
export type LabelValues = Readonly<Record<string, string | number | undefined>>;

/**
 * How many different values a label may have that the catalogue leaves open: error codes, models, routes. Each makes a series (a
 * histogram's: one for each bucket) in every process, for ever.
 */
export const MOST_VALUES = 64;
/** Characters of a label value; one that is longer was made up by somebody. */
export const LONGEST_VALUE = 128;

export interface GuardOptions {
  /** Told of every value that is replaced. */
  readonly onOverflow: (metric: string, label: string) => void;
  readonly mostValues?: number;
}

/**
 * Keeps the labels of one metric to what the catalogue allows: a value that it does not know, one too many, or one that is
 * too long becomes `other`, and is told. A label that is missing or unknown is left out: prom-client would throw. Gives the
 * same object back where nothing is wrong, and costs a look-up for each label.
 */
export function createLabelGuard(
  { name, labels }: Pick<MetricSpec, 'name' | 'labels'>,
  { onOverflow, mostValues = MOST_VALUES }: GuardOptions,
): (given: LabelValues) => Record<string, string | number> {
  const allowed = new Map<string, { readonly values: Set<string>; readonly open: boolean }>(
    Object.entries(labels).map(([label, values]) => [
      label,
      { values: new Set(values ?? []), open: values === null },
    ]),
  );
  const admits = (label: string, value: string): boolean => {
    const { values, open } = allowed.get(label)!;
    if (values.has(value)) return true;
    if (!open || value.length > LONGEST_VALUE || values.size >= mostValues) return false;
    values.add(value);
    return true;
  };
  return (given) => {
    let checked: Record<string, string | number> | undefined;
    for (const label in given) {
      const value = given[label];
      const known = value !== undefined && allowed.has(label);
      if (known && admits(label, String(value))) continue;
      checked ??= { ...given } as Record<string, string | number>;
      if (known) {
        checked[label] = OTHER;
        onOverflow(name, label);
      } else {
        delete checked[label];
      }
    }
    return checked ?? (given as Record<string, string | number>);
  };
}
