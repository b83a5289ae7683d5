import { type Random, seededRandom } from '../kernel/random.ts';
import type {
  ComparisonRecord,
  DifferenceRecord,
  QualityRecord,
  QuestionRecord,
  VariantRecord,
} from '../records/schema.ts';
import { bootstrapMeanInterval } from '../statistics/bootstrap.ts';
import { normalQuantile } from '../statistics/distributions.ts';
import { holm } from '../statistics/holm.ts';
import { mean } from '../statistics/quantiles.ts';
import { flipsFor, pairedRandomisation } from '../statistics/randomisation.ts';
import { type ComparedMeasures, comparedMeasures, isByPassages, RIGHT } from './compared-measures.ts';
import { type Asking, type ClusteredAnswers, clustered } from './repeated-answers.ts';
import { LEAST_FOR_BOOTSTRAP } from './slices.ts';
import { flippedPairs } from './variant-flips.ts';

/** What one variant did with the golden questions: in the same order for all. */
export interface VariantResult {
  readonly name: string;
  /** `path=value`, over the configuration of the run. */
  readonly settings: readonly string[];
  readonly quality: QualityRecord;
  readonly questions: readonly QuestionRecord[];
  /** The same questions, asked again: answers may be sampled. */
  readonly again?: readonly Asking[] | undefined;
  /** How it cuts documents into passages, as text; by default what its settings say of that. */
  readonly chunking?: string | undefined;
}

export interface QualityOptions {
  /** The measure of evidence within a budget of tokens, by which other chunkings are compared; else the first that there is. */
  readonly within?: string | undefined;
}

/** The chance of even one false "better" or "worse" among the rows of a table. */
const ALPHA = 0.05;

/**
 * Which differences between variants are real: for each pair, over all questions and over each kind, the difference question by
 * question, tested by paired randomisation and adjusted by Holm over the rows of its table (all questions, and kinds). A question
 * that was asked several times counts once, by its mean.
 */
export function compareQuality(
  results: readonly VariantResult[],
  seed: number,
  { within }: QualityOptions = {},
): ComparisonRecord {
  const compared = comparedMeasures(results, within);
  const asked = results.map((result) => ({
    name: result.name,
    ...clustered([result, ...(result.again ?? [])], seed),
  }));
  const repeats = 1 + Math.max(0, ...results.map(({ again = [] }) => again.length));
  const variants = results.map((result, index) =>
    variantRecord(result, asked[index]!, { compared, repeats }),
  );
  const questions = results[0]?.questions ?? [];
  const kinds = kindsOf(questions);
  const pairs = pairsOf(variants).flatMap(([a, b]) => compared.names.map((name) => ({ a, b, name })));
  const flips = flipsFor(Math.max(1, pairs.length * Math.max(1, kinds.size)), ALPHA);
  const random = seededRandom(seed).fork('comparison');
  const all = questions.map((_, index) => index);
  const overall = pairs.map((pair) => differenceOf({ ...pair, kind: null, among: all }, flips, random));
  const byKind =
    kinds.size < 2
      ? []
      : pairs.flatMap((pair) =>
          [...kinds].map(([kind, among]) => differenceOf({ ...pair, kind, among }, flips, random)),
        );
  return {
    variants,
    alpha: ALPHA,
    flips,
    overall: adjusted(overall),
    byKind: adjusted(byKind),
    ...(repeats > 1 && { repeats }),
    flipped: flippedPairs(pairsOf(asked)),
    ...(compared.notes.length > 0 && { notes: [...compared.notes] }),
  };
}

function variantRecord(
  { name, settings, questions: first }: VariantResult,
  { right, questions, quality, differing }: ClusteredAnswers,
  { compared, repeats }: { readonly compared: ComparedMeasures; readonly repeats: number },
): VariantRecord {
  const scoresOf = (measure: string): (number | null)[] =>
    measure === RIGHT
      ? right.map((share, index) => (compared.byTokens && isByPassages(first[index]!) ? null : share))
      : questions.map(({ scores }) => scores[measure] ?? null);
  return {
    name,
    settings: [...settings],
    quality,
    scores: Object.fromEntries(compared.names.map((measure) => [measure, scoresOf(measure)])),
    ...(repeats > 1 && { differing }),
  };
}

/** Indexes of the questions of each kind. */
function kindsOf(questions: readonly QuestionRecord[]): ReadonlyMap<string, readonly number[]> {
  const kinds = new Map<string, number[]>();
  for (const [index, { kind }] of questions.entries()) {
    if (kind !== null) kinds.set(kind, [...(kinds.get(kind) ?? []), index]);
  }
  return new Map([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));
}

interface Row {
  readonly a: VariantRecord;
  readonly b: VariantRecord;
  readonly name: string;
  readonly kind: string | null;
  readonly among: readonly number[];
}

/** Standard errors that a difference needs to be found four times in five, by the first test that Holm makes of so many. */
const standardErrorsNeeded = (tests: number): number =>
  normalQuantile(1 - ALPHA / (2 * tests)) + normalQuantile(0.8);

function differenceOf({ a, b, name, kind, among }: Row, flips: number, random: Random): DifferenceRecord {
  const differences = among.flatMap((question) => {
    const [before, after] = [a.scores[name]?.[question] ?? null, b.scores[name]?.[question] ?? null];
    return before === null || after === null ? [] : [after - before];
  });
  const n = differences.length;
  const own = random.fork(`${a.name}/${b.name}/${name}/${kind ?? ''}`);
  const wins = differences.filter((difference) => difference > 0).length;
  const losses = differences.filter((difference) => difference < 0).length;
  return {
    a: a.name,
    b: b.name,
    compared: name,
    kind,
    n,
    mean: n === 0 ? null : mean(differences),
    ci95: bootstrapMeanInterval(differences, { random: own }),
    approximate: n < LEAST_FOR_BOOTSTRAP,
    p: n === 0 ? null : pairedRandomisation(differences, { random: own, flips }),
    adjustedP: null,
    wins,
    ties: n - wins - losses,
    losses,
    detectable: standardError(differences),
    word: "can't tell",
  };
}

function standardError(values: readonly number[]): number | null {
  if (values.length < 2) return null; // nothing is known of the spread
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return squares === 0 ? null : Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Fills in what depends on the other rows of a table, from p and (in `detectable`) the standard error. A row without questions is no test, and costs the others nothing. */
function adjusted(rows: readonly DifferenceRecord[]): DifferenceRecord[] {
  const tested = rows.filter(({ p }) => p !== null);
  const adjustedPs = new Map(holm(tested.map(({ p }) => p!)).map((p, index) => [tested[index]!, p]));
  return rows.map((row) => {
    const adjustedP = adjustedPs.get(row) ?? null;
    const isReal = adjustedP !== null && adjustedP <= ALPHA;
    const detectable = row.detectable && row.detectable * standardErrorsNeeded(tested.length);
    return {
      ...row,
      adjustedP,
      detectable,
      word: !isReal ? "can't tell" : row.mean! > 0 ? 'better' : 'worse',
    };
  });
}
