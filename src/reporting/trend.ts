import { count, counted, duration, MISSING, perSecond, score, share, usd } from './format.ts';
import { clip, oneLine } from './plain.ts';

/** Figures of one thing over many nights: what it is now, how far from what it used to be, and on which machine. */

export interface TrendPoint {
  /** ISO 8601, of the start of the run. */
  readonly at: string;
  readonly value: number | null;
  /** 95 % interval, where there is one. */
  readonly low: number | null;
  readonly high: number | null;
  /** Of the machine: latencies of equal fingerprints are comparable. */
  readonly fingerprint: string;
  /** Of the run. */
  readonly id: string;
}

export interface TrendSeries {
  /** A measure or an indicator: ndcg@10, p95. */
  readonly name: string;
  /** ms, per second, share, usd or score; others are written as plain numbers. */
  readonly unit: string;
  /** In any order. */
  readonly points: readonly TrendPoint[];
}

/** So many nights before the last one are what it is held against. */
const WINDOW = 14;
/** With fewer their spread is not known well enough to call anything far. */
const LEAST_BEFORE = 8;
/** Of their spread, away from their median: about three standard deviations of normal noise. */
const FAR = 3;
/** Makes the median absolute deviation of normal noise its standard deviation (Rousseeuw and Croux, JASA 1993). */
const MAD_SCALE = 1.4826;
const LONGEST_NAME = 80;
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const CHANGE_MARK = '│';

type Write = (value: number | null | undefined) => string;

const WRITERS: Readonly<Record<string, Write>> = {
  ms: duration,
  'per second': perSecond,
  'per-second': perSecond,
  share,
  usd,
  score,
};

export const trendWriter = (unit: string): Write => WRITERS[unit] ?? score;

export const seriesName = ({ name }: Pick<TrendSeries, 'name'>): string =>
  name === 'right' ? 'right answers' : clip(oneLine(name), LONGEST_NAME);

/** Milliseconds since the epoch; NaN of what is no time. */
export const timeOf = ({ at }: Pick<TrendPoint, 'at'>): number => Date.parse(at);

/** By time, without points whose time cannot be read. */
export function orderedPoints({ points }: Pick<TrendSeries, 'points'>): TrendPoint[] {
  return points
    .filter((point) => Number.isFinite(timeOf(point)))
    .sort((one, other) => timeOf(one) - timeOf(other));
}

/** Times of the first runs on other hardware than the run before. */
export function hardwareChanges(series: readonly TrendSeries[]): string[] {
  const changes = series.flatMap((one) => {
    const points = orderedPoints(one);
    return points.flatMap(({ at, fingerprint }, index) =>
      index > 0 && points[index - 1]!.fingerprint !== fingerprint ? [at] : [],
    );
  });
  return [...new Set(changes)].sort();
}

export interface TrendRow {
  readonly name: string;
  readonly last: string;
  /** "11.8–12.9 ms" of the last run. */
  readonly interval: string;
  /** Against the median of those before on the same hardware: "+3.2 %", of shares "+0.8 points". */
  readonly change: string;
  /** How many those are. */
  readonly before: number;
  /** Whether the last lies beyond all of them, and by more than three times their spread from their median. */
  readonly outside: 'above' | 'below' | null;
  readonly sparkline: string;
  readonly nights: number;
}

export function trendRow(series: TrendSeries): TrendRow {
  const points = orderedPoints(series);
  const known = points.filter(({ value }) => value !== null);
  const last = known.at(-1);
  const write = trendWriter(series.unit);
  const before = last ? comparable(known, last) : [];
  return {
    name: seriesName(series),
    last: write(last?.value),
    interval: last ? ends(last, write) : MISSING,
    change: last && before.length > 0 ? changeWords(last.value!, median(before), series.unit) : MISSING,
    before: before.length,
    outside: last && before.length >= LEAST_BEFORE ? outsideOf(last.value!, before) : null,
    sparkline: sparkline(points),
    nights: points.length,
  };
}

/** Values of the runs before the last one, back to where the hardware changed, at most a window of them. */
function comparable(known: readonly TrendPoint[], last: TrendPoint): number[] {
  const earlier = known.slice(0, -1);
  const other = earlier.findLastIndex(({ fingerprint }) => fingerprint !== last.fingerprint);
  return earlier
    .slice(other + 1)
    .slice(-WINDOW)
    .flatMap(({ value }) => value ?? []);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}

function outsideOf(value: number, before: readonly number[]): TrendRow['outside'] {
  const middle = median(before);
  const spread = MAD_SCALE * median(before.map((one) => Math.abs(one - middle)));
  if (Math.abs(value - middle) <= FAR * spread) return null;
  if (value > Math.max(...before)) return 'above';
  return value < Math.min(...before) ? 'below' : null;
}

function changeWords(value: number, from: number, unit: string): string {
  const isDifference = unit === 'share' || unit === 'score';
  if (!isDifference && from === 0) return MISSING;
  const size = isDifference ? value - from : value / from - 1;
  const digits = unit === 'score' ? Math.abs(size).toFixed(3) : Math.abs(100 * size).toFixed(1);
  const sign = Number(digits) === 0 ? '±' : size > 0 ? '+' : '−';
  return `${sign}${digits}${unit === 'score' ? '' : unit === 'share' ? ' points' : ' %'}`;
}

function ends({ low, high }: TrendPoint, write: Write): string {
  return low === null || high === null ? MISSING : `${write(low)} to ${write(high)}`;
}

/** A bar a run between the least and the most there was; a gap where nothing was measured, a rule where the hardware changed. */
export function sparkline(points: readonly TrendPoint[]): string {
  const values = points.flatMap(({ value }) => value ?? []);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const bar = (value: number): string =>
    BARS[most > least ? Math.round(((value - least) / (most - least)) * (BARS.length - 1)) : 3]!;
  return points
    .map(({ value, fingerprint }, index) => {
      const previous = points[index - 1];
      const mark = previous && previous.fingerprint !== fingerprint ? CHANGE_MARK : '';
      return `${mark}${value === null ? ' ' : bar(value)}`;
    })
    .join('');
}

/** What the last run says of one series. Advice, never a verdict: a gate judges. */
export function trendAdvice(series: TrendSeries): string {
  const { name, last, change, before, outside, nights } = trendRow(series);
  if (last === MISSING) return `${name}: nothing was measured in ${counted(nights, 'run')}.`;
  if (before === 0) return `${name}: ${last}, the first on this hardware; nothing to hold it against.`;
  const against = `${change} against the median of the ${before === 1 ? 'one run' : `${count(before)} runs`} before it on this hardware`;
  if (outside !== null)
    return `${name}: ${last}, ${against}; ${outside} every one of them, and far off. Worth a look.`;
  return `${name}: ${last}, ${against}${before < LEAST_BEFORE ? ', too few to say more' : '; as usual'}.`;
}

/** "Advisory" in a sentence, for the head of every trend. */
export const TREND_NOTE =
  'A trend advises and never fails: nights differ by machine, neighbours and time. Of many series some lie far off by chance; what stays there is worth a look.';
