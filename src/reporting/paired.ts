import {
  type BlockRecord,
  INDICATORS,
  type IndicatorDifference,
  type IndicatorName,
  type PairedRecord,
} from '../records/schema.ts';
import { pairWords, pValue } from './comparison.ts';
import {
  chosenPerSecond,
  counted,
  duration,
  MISSING,
  perSecond,
  seconds,
  share,
  significant,
  usd,
} from './format.ts';
import { clip, oneLine } from './plain.ts';

/** What all reports say of variants that ran in turns: how their speed differs, pair by pair of blocks. */

type Scale = IndicatorDifference['scale'];
type Maybe = number | null;

const LONGEST_NAME = 80;

/** A change on the scale of its difference: +3.2 % of a log ratio, +0.8 points of a share. */
export function change(value: Maybe, scale: Scale): string {
  if (value === null || !Number.isFinite(value)) return MISSING;
  return `${signed(100 * (scale === 'log-ratio' ? Math.expm1(value) : value))} ${unitOf(scale)}`;
}

/** Its ends, the unit once: +1.1 to +5.3 %. */
export function changeInterval(low: Maybe, high: Maybe, scale: Scale): string {
  if (low === null || high === null) return MISSING;
  return `${change(low, scale).replace(UNIT, '')} to ${change(high, scale)}`;
}

/**
 * A loss of an indicator, positive where it is worse: +3.2 %, +0.8 points. Of a rate by how much it is lower, of all else by
 * how much higher.
 */
export function indicatorLoss(value: Maybe, indicator: string): string {
  const scale = scaleOf(indicator);
  if (value === null || scale === 'difference' || isLessBetter(indicator)) return change(value, scale);
  return `${signed(-100 * Math.expm1(-value))} %`;
}

/** Its ends, the unit once. */
export function indicatorLossInterval(low: Maybe, high: Maybe, indicator: string): string {
  if (low === null || high === null) return MISSING;
  return `${indicatorLoss(low, indicator).replace(UNIT, '')} to ${indicatorLoss(high, indicator)}`;
}

const UNIT = / (?:%|points)$/;

/** A size without sign, of a δ or of what can be found: 5 %, 0.8 points. */
export function changeSize(value: Maybe, scale: Scale): string {
  if (value === null || !Number.isFinite(value)) return MISSING;
  const size = scale === 'log-ratio' ? 100 * Math.expm1(Math.abs(value)) : 100 * Math.abs(value);
  const digits = Number(size.toFixed(size < 10 ? 1 : 0));
  return `${digits} ${digits === 1 ? unitOf(scale).replace(/s$/, '') : unitOf(scale)}`;
}

const unitOf = (scale: Scale): string => (scale === 'log-ratio' ? '%' : 'points');

function signed(size: number): string {
  const digits = Math.abs(size).toFixed(Math.abs(size) < 100 ? 1 : 0);
  // What rounds to nothing has no direction.
  const sign = Number(digits) === 0 ? '±' : size > 0 ? '+' : '−';
  return `${sign}${digits}`;
}

const isIndicator = (name: string): name is IndicatorName => Object.hasOwn(INDICATORS, name);

/** "p95", "error rate", "stage rerank". */
export function indicatorWords({
  indicator,
  stage,
}: Pick<IndicatorDifference, 'indicator' | 'stage'>): string {
  if (stage !== null) return `stage ${clip(oneLine(stage), LONGEST_NAME)}`;
  return clip(oneLine(isIndicator(indicator) ? indicator.replaceAll('-', ' ') : indicator), LONGEST_NAME);
}

/** An indicator's own value, with its unit; milliseconds where the name is none that is known, as of a stage. */
export function indicatorValue(value: Maybe, indicator: string): string {
  switch (isIndicator(indicator) ? INDICATORS[indicator].unit : 'ms') {
    case 'share':
      return share(value);
    case 'usd':
      return usd(value);
    case 'per second':
      return perSecond(value);
    default:
      return duration(value);
  }
}

/** On which scale two values of an indicator are held against each other. */
export const scaleOf = (indicator: string): Scale =>
  isIndicator(indicator) && INDICATORS[indicator].unit === 'share' ? 'difference' : 'log-ratio';

/** Whether less of it is better; a stage is a duration. */
export const isLessBetter = (indicator: string): boolean =>
  !isIndicator(indicator) || INDICATORS[indicator].better === 'lower';

/** The rows of the whole first, those of stages after them. */
export const wholeRows = ({ differences }: PairedRecord): IndicatorDifference[] =>
  differences.filter(({ stage }) => stage === null);
export const stageRows = ({ differences }: PairedRecord): IndicatorDifference[] =>
  differences.filter(({ stage }) => stage !== null);

export interface DifferenceCells {
  readonly difference: string;
  readonly of: string;
  readonly before: string;
  readonly after: string;
  readonly estimate: string;
  readonly interval: string;
  readonly adjustedP: string;
  readonly effect: string;
  readonly delta: string;
  readonly detectable: string;
  readonly pairs: string;
  readonly word: IndicatorDifference['word'];
}

/** One difference as every table writes it. */
export function differenceCells(row: IndicatorDifference): DifferenceCells {
  const { indicator, stage, scale } = row;
  const value = (of: Maybe): string => indicatorValue(of, stage === null ? indicator : 'p50');
  return {
    difference: clip(pairWords(row), 2 * LONGEST_NAME),
    of: indicatorWords(row),
    before: value(row.medianA),
    after: value(row.medianB),
    estimate: change(row.estimate, scale),
    interval: changeInterval(row.low, row.high, scale),
    adjustedP: pValue(row.adjustedP),
    effect: effect(row.cliffsDelta),
    delta: `±${changeSize(row.delta, scale)}`,
    detectable: changeSize(row.detectable, scale),
    pairs: String(row.pairs),
    word: row.word,
  };
}

/** Cliff's δ with its sign: from −1, every block of b below every one of a, to +1. */
function effect(value: Maybe): string {
  if (value === null) return MISSING;
  const digits = Math.abs(value).toFixed(2);
  return `${Number(digits) === 0 ? '±' : value > 0 ? '+' : '−'}${digits}`;
}

/** Of each pair of variants, what is told and what is not; the stage that moved most beside a change of latency. */
export const pairedFindings = (paired: PairedRecord): string[] =>
  comparedPairs(paired.differences).flatMap((pair) => pairFindings(paired, pair));

/** "hybrid is worse than bm25 in p50 (+20.6 %) and p95 (+22.8 %).", a sentence for each word that fits. */
export function pairFindings(paired: PairedRecord, pair: ComparedPair): string[] {
  const rows = wholeRows(paired).filter((row) => isOf(row, pair));
  const [a, b] = [name(pair.a), name(pair.b)];
  const sentence = (wanted: IndicatorDifference['word'], begin: string): string[] => {
    const own = rows.filter(({ word }) => word === wanted);
    if (own.length === 0) return [];
    const names = own.map((row) => `${indicatorWords(row)} (${differenceCells(row).estimate})`);
    return [`${begin} ${listed(names)}.${stageSentence(own, paired)}`];
  };
  return [
    ...sentence('worse', `${b} is worse than ${a} in`),
    ...sentence('better', `${b} is better than ${a} in`),
    ...sentence('same', `${b} and ${a} are the same, within δ, in`),
    ...sentence("can't tell", `${b} and ${a} can't be told apart in`),
  ];
}

const isOf = (row: ComparedPair, { a, b }: ComparedPair): boolean => row.a === a && row.b === b;

function stageSentence(rows: readonly IndicatorDifference[], paired: PairedRecord): string {
  const moved = rows.map((row) => movedStage(row, paired)).find((stage) => stage !== undefined);
  if (!moved) return '';
  const { before, after, estimate } = differenceCells(moved);
  return ` Of the stages, ${name(moved.stage!)} moved most: ${before} to ${after}, ${estimate}.`;
}

/** "a, b and c" */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const name = (text: string): string => clip(oneLine(text), LONGEST_NAME);

/** The stage whose median moved by most milliseconds in the direction of a difference in latency, if one is told. */
export function movedStage(row: IndicatorDifference, paired: PairedRecord): IndicatorDifference | undefined {
  if (!isIndicator(row.indicator) || INDICATORS[row.indicator].unit !== 'ms') return undefined;
  if (row.word === 'same' || row.word === "can't tell") return undefined;
  const milliseconds = ({ medianA, medianB }: IndicatorDifference): number =>
    medianA === null || medianB === null ? 0 : medianB - medianA;
  const direction = Math.sign(row.estimate ?? 0);
  return stageRows(paired)
    .filter((stage) => isOf(stage, row) && stage.word === row.word)
    .filter((stage) => direction * milliseconds(stage) > 0)
    .sort((one, other) => direction * (milliseconds(other) - milliseconds(one)))[0];
}

export interface ComparedPair {
  readonly a: string;
  readonly b: string;
}

/** The pairs of variants that were compared, each once. */
export function comparedPairs(rows: readonly ComparedPair[]): ComparedPair[] {
  const seen = new Map(rows.map(({ a, b }) => [JSON.stringify([a, b]), { a, b }]));
  return [...seen.values()];
}

const INTERLEAVING: Readonly<Record<PairedRecord['interleaving'], string>> = {
  processes: 'started afresh for each launch',
  targets: 'in turns against targets that kept running',
  questions: 'question by question',
};

/** What was run, so that a reader may check it. */
export function planWords(paired: PairedRecord): string {
  const { launches, pairsPerLaunch, blockSeconds, offeredRate, interleaving, blocks } = paired;
  const measured = blocks.filter(({ warmup }) => !warmup);
  const invalid = measured.filter(({ valid }) => !valid).length;
  const load = offeredRate === null ? 'by one user after the other' : `at ${chosenPerSecond(offeredRate)}`;
  return `${counted(launches, 'launch').replace(/launchs$/, 'launches')} of ${counted(pairsPerLaunch, 'pair')}, ${INTERLEAVING[interleaving]}, in seeded random order; blocks of ${seconds(blockSeconds)} ${load}${
    measured.length > 0 ? `, ${significant(meanArrivals(measured))} requests each on average` : ''
  }${
    blocks.length > measured.length ? '; the first pair of each launch is thrown away' : ''
  }${invalid === 0 ? '' : `; ${counted(invalid, 'block')} invalid and left out`}.`;
}

const meanArrivals = (blocks: readonly BlockRecord[]): number =>
  blocks.reduce((sum, { arrivals }) => sum + arrivals, 0) / blocks.length;

/** How the differences were estimated. */
export const PAIRED_TEST =
  'Estimates are Hodges–Lehmann’s over the pairs, with exact one-sided signed-rank bounds (α 0.005 each); p two-sided, by the signed-rank test, adjusted by Holm over the rows of a table. Effect is Cliff’s δ between the blocks. “Same” means within the least change that matters in both directions. “Could find” is the change that such pairs find four times in five.';

export interface PairChange {
  readonly batch: number;
  readonly launch: number;
  readonly pair: number;
  /** ln(b/a), or b − a of a share. */
  readonly value: number;
}

/** The change of each pair of valid blocks, in the order in which they ran; pairs that lack either value are left out. */
export function pairChanges(
  blocks: readonly BlockRecord[],
  { a, b, indicator, stage, scale }: Pick<IndicatorDifference, 'a' | 'b' | 'indicator' | 'stage' | 'scale'>,
): PairChange[] {
  const usable = blocks.filter(({ warmup, valid }) => !warmup && valid);
  const key = ({ batch, launch, pair }: BlockRecord): string => `${batch}/${launch}/${pair}`;
  const partners = new Map(usable.filter(({ variant }) => variant === b).map((block) => [key(block), block]));
  const measured = (block: BlockRecord): number =>
    (stage === null ? block.indicators[indicator] : block.stagesMs[stage]) ?? Number.NaN;
  return usable
    .filter(({ variant }) => variant === a)
    .flatMap((block): PairChange[] => {
      const partner = partners.get(key(block));
      if (!partner) return [];
      const [before, after] = [measured(block), measured(partner)];
      const value = scale === 'log-ratio' ? Math.log(after / before) : after - before;
      const { batch, launch, pair } = block;
      return Number.isFinite(value) ? [{ batch, launch, pair, value }] : [];
    })
    .sort((one, other) => one.batch - other.batch || one.launch - other.launch || one.pair - other.pair);
}
