import { z } from 'zod';
import { GroundspeedError } from '../kernel/errors.ts';

/** More variants than these are no comparison any more. */
export const MOST_VARIANTS = 64;

/** The name below `variants` whose lists are multiplied out. */
const MATRIX = 'matrix';

/** Configurations that are compared, as a file has them: by name what each sets over the rest of the file. */
export const variantOptions = {
  variants: z
    .record(z.string(), z.record(z.string(), z.unknown()).nullable())
    .default({})
    .describe(
      'By name, the settings of each variant: { wide: { retrieval.topK: 10 } }. An empty one is the configuration as it is, or the known way to retrieve of that name. Below matrix, lists: one variant for each combination. Secrets are never shown.',
    )
    .meta({ secret: true }),
} as const;

export type VariantsSection = z.infer<(typeof variantOptions)['variants']>;

/** A variant as the file has it: a table of settings, nested or with dots. */
export interface NamedValues {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The variants of a section in their order, with one for each combination of the matrix's lists in its place.
 *
 * @throws GroundspeedError config.invalid for a matrix that is none, and for more than 64 variants
 */
export function expandVariants(section: VariantsSection): NamedValues[] {
  const variants: NamedValues[] = [];
  for (const [name, values] of Object.entries(section)) {
    if (name !== MATRIX) variants.push({ name, values: values ?? {} });
    else variants.push(...combinationsOf(values ?? {}));
    if (variants.length > MOST_VARIANTS) throw tooMany(variants.length);
  }
  return variants;
}

function combinationsOf(matrix: Readonly<Record<string, unknown>>): NamedValues[] {
  const axes = Object.entries(matrix).map(([path, values]) => {
    if (!Array.isArray(values) || values.length === 0) {
      throw wrong(`variants.matrix.${path}: must be a list of values`, 'retrieval.fusion: [convex, rrf]');
    }
    return { path, values: values as readonly unknown[] };
  });
  if (axes.length === 0) return [];
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_VARIANTS) throw tooMany(count);
  const names = shortNames(axes.map(({ path }) => path));
  let combinations: { readonly words: readonly string[]; readonly values: Record<string, unknown> }[] = [
    { words: [], values: {} },
  ];
  for (const [axis, { path, values }] of axes.entries()) {
    combinations = combinations.flatMap((before) =>
      values.map((value) => ({
        words: [...before.words, `${names[axis]}=${inWords(value)}`],
        values: { ...before.values, [path]: value },
      })),
    );
  }
  return combinations.map(({ words, values }) => ({ name: words.join(', '), values }));
}

/** The last word of each path, or the whole of it where two end alike. */
function shortNames(paths: readonly string[]): string[] {
  const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
  return paths.map((path) =>
    paths.filter((other) => last(other) === last(path)).length > 1 ? path : last(path),
  );
}

const inWords = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function tooMany(count: number): GroundspeedError {
  return wrong(
    `variants: there are ${count}, and ${MOST_VARIANTS} at most can be compared`,
    'fewer values in the lists of variants.matrix',
  );
}

function wrong(problem: string, example: string): GroundspeedError {
  return new GroundspeedError('config.invalid', 'The variants cannot be compared', {
    where: 'variants',
    problems: [problem],
    hint: `Write for example ${example}.`,
  });
}
