import type {
  DrillArmRecord,
  DrillDependencyRecord,
  DrillDifferenceRecord,
  DrillRecord,
  DrillWindowRecord,
  PromiseRecord,
} from '../records/schema.ts';
import {
  bound,
  chosenShare,
  count,
  duration,
  fineShare,
  interval,
  MISSING,
  ms,
  perSecond,
  rate,
  score,
  seconds,
  share,
  significant,
} from './format.ts';
import { oneLine } from './plain.ts';

/** The rows and cells of a drill's report, which every format shows alike. */

export type WindowName = DrillWindowRecord['name'];

export const mainArm = ({ arms }: DrillRecord): DrillArmRecord | undefined => arms[0];

export const windowOf = (
  { windows }: Pick<DrillArmRecord, 'windows'>,
  name: WindowName,
): DrillWindowRecord | undefined => windows.find((window) => window.name === name);

/** What the time of the faults is held against: the time before them; of a cold start, which has none, the time after. */
export const referenceOf = (arm: DrillArmRecord): DrillWindowRecord | undefined =>
  windowOf(arm, 'before') ?? windowOf(arm, 'after');

/** "8–22 s" */
export const spanWords = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string =>
  `${significantSeconds(fromMs)}–${significantSeconds(toMs)} s`;

const significantSeconds = (value: number): string => String(Number((value / 1000).toPrecision(4)));

/** A multiple: 1.26 ×. */
export const times = (value: number | null | undefined): string =>
  value === null || value === undefined ? MISSING : `${significant(value)} ×`;

/** The window's name and its place on the timeline. */
export const windowTitle = (window: DrillWindowRecord): string => `${window.name}, ${spanWords(window)}`;

export interface WindowRow {
  readonly name: string;
  /** What the figure means, where its name does not say. */
  readonly meaning?: string;
  /** A cell a window, in the order of the windows. */
  readonly cells: readonly { readonly value: string; readonly interval: string }[];
  /** What a narrow page can do without. */
  readonly minor?: boolean;
}

/** Before, during and after, side by side: a row a figure. */
export function windowRows({ windows }: DrillArmRecord): WindowRow[] {
  const row = (
    name: string,
    value: (window: DrillWindowRecord) => string,
    more: Partial<WindowRow> & { readonly ends?: (window: DrillWindowRecord) => string } = {},
  ): WindowRow => {
    const { ends = () => MISSING, ...rest } = more;
    return {
      name,
      ...rest,
      cells: windows.map((window) => ({ value: value(window), interval: ends(window) })),
    };
  };
  const names = [...new Set(windows.flatMap(({ measures }) => measures.map((measure) => measure.name)))];
  const levels = levelsIn(windows);
  return [
    row('Available', ({ availability }) => fineShare(availability), {
      meaning: 'got a real answer: no error, timeout, drop or last resort',
      ends: ({ availabilityCi95 }) => interval(availabilityCi95, share),
    }),
    row('Right', ({ right }) => share(right), { meaning: 'right answers, however late' }),
    row('Right and in time', ({ attainment }) => share(attainment), {
      ends: ({ attainmentCi95 }) => interval(attainmentCi95, share),
    }),
    row('Goodput', ({ goodputPerSecond }) => perSecond(goodputPerSecond), { minor: true }),
    ...(['p50', 'p95', 'p99'] as const).map((name) =>
      row(`Latency ${name}`, ({ latencyMs }) => duration(latencyMs[name]), { minor: name !== 'p95' }),
    ),
    ...names.map((name) =>
      row(name, ({ measures }) => score(measures.find((one) => one.name === name)?.mean), { minor: true }),
    ),
    ...levels.map((level) =>
      row(
        `Answers: ${levelWords(level)}`,
        ({ degraded, arrivals }) => share(arrivals === 0 ? null : (degraded[level] ?? 0) / arrivals),
        { minor: true },
      ),
    ),
    row('Arrivals', ({ arrivals }) => count(arrivals), { minor: true }),
  ];
}

/** Levels that were served in any window, best first; none where only full answers were. */
function levelsIn(windows: readonly DrillWindowRecord[]): string[] {
  const served = new Set(windows.flatMap(({ degraded }) => Object.keys(degraded)));
  const known = [...LEVELS, ...served].filter((level, at, all) => all.indexOf(level) === at);
  const found = known.filter((level) => served.has(level));
  return found.some((level) => level !== 'none') ? found : [];
}

/** What stood in for a full answer, by level, best first. */
export const LEVELS: readonly string[] = ['none', 'keyword', 'extractive', 'cached', 'canned', 'last-resort'];

const LEVEL_WORDS: Readonly<Record<string, string>> = {
  none: 'full',
  keyword: 'by keywords alone',
  extractive: 'extracted, not written',
  cached: 'from a cache, perhaps stale',
  canned: 'canned',
  'last-resort': 'last resort: no answer',
};

export const levelWords = (level: string): string => LEVEL_WORDS[level] ?? oneLine(level);

const PROMISE_UNITS: Readonly<Record<PromiseRecord['unit'], (value: number | null) => string>> = {
  share: fineShare,
  ms: duration,
  seconds,
  'per-second': perSecond,
  ratio: times,
  count,
  score,
};

export interface PromiseRow {
  /** As written. */
  readonly text: string;
  readonly verdict: PromiseRecord['verdict'];
  readonly observed: string;
  /** "≤ 106 ms" */
  readonly bound: string;
  /** Why there is no verdict, or no more than this; empty where nothing is to be said. */
  readonly reason: string;
}

export function promiseRow({
  text,
  unit,
  observed,
  bound: most,
  verdict,
  reason,
}: PromiseRecord): PromiseRow {
  const sign = /<=|>=|<|>/u.exec(text)?.[0] ?? '';
  const write = unit === 'share' ? chosenShare : unit === 'ms' ? boundOf : PROMISE_UNITS[unit];
  return {
    text: oneLine(text),
    verdict,
    observed: PROMISE_UNITS[unit](observed),
    bound: `${sign.replace('<=', '≤').replace('>=', '≥')} ${write(most)}`.trim(),
    reason: oneLine(reason ?? ''),
  };
}

/** A bound that was written is a round number; a multiple of the time before is none. */
const boundOf = (value: number): string => (Number.isInteger(value) ? bound(value) : duration(value));

export interface DependencyRow {
  readonly name: string;
  readonly calls: string;
  readonly attempts: string;
  readonly retries: string;
  readonly refused: string;
  readonly amplification: string;
  readonly herd: string;
}

export function dependencyRow(row: DrillDependencyRecord): DependencyRow {
  return {
    name: oneLine(row.dependency),
    calls: count(row.calls),
    attempts: count(row.attempts),
    retries: count(row.retries),
    refused: count(row.refused),
    amplification: times(row.amplification),
    herd: times(row.herd),
  };
}

/** The largest of a ratio over all dependencies; null where none tells it. */
export function worstOf(arm: DrillArmRecord, name: 'amplification' | 'herd'): number | null {
  const told = arm.dependencies.flatMap((dependency) => dependency[name] ?? []);
  return told.length === 0 ? null : Math.max(...told);
}

const INDICATOR_WORDS: Readonly<Record<DrillDifferenceRecord['indicator'], string>> = {
  availability: 'available',
  attainment: 'right and in time',
  right: 'right',
  p95: 'p95',
  attempts: 'attempts',
};

export interface DifferenceRow {
  /** "breaker": what was taken out. */
  readonly pattern: string;
  readonly window: string;
  readonly of: string;
  readonly withIt: string;
  readonly without: string;
  /** "+61.2 points", "1.93 s sooner", "812 fewer"; 0 where it changes nothing. */
  readonly worth: string;
  readonly interval: string;
  /** Only where it was tested; the dash elsewhere. */
  readonly word: string;
}

export const patternOf = (arm: string): string => oneLine(arm.replace(/^without /, ''));

export function differenceRow(row: DrillDifferenceRecord): DifferenceRow {
  const write = { p95: duration, attempts: count }[row.indicator as string] ?? share;
  return {
    pattern: patternOf(row.arm),
    window: row.window,
    of: INDICATOR_WORDS[row.indicator],
    withIt: write(row.withIt),
    without: write(row.without),
    worth: worthOf(row),
    interval: row.ci95 === null ? MISSING : `${signed(row.ci95[0])} to ${signed(row.ci95[1])}`,
    word: row.ci95 === null ? MISSING : row.word,
  };
}

function worthOf({ indicator, estimate }: DrillDifferenceRecord): string {
  if (estimate === null) return MISSING;
  if (indicator === 'p95')
    return estimate === 0 ? 'the same' : `${duration(Math.abs(estimate))} ${estimate > 0 ? 'less' : 'more'}`;
  if (indicator === 'attempts')
    return estimate === 0 ? 'the same' : `${count(Math.abs(estimate))} ${estimate > 0 ? 'fewer' : 'more'}`;
  return `${signed(estimate)} points`;
}

/** A share as points with its sign: +61.2, −0.4, 0.0. */
export function signed(value: number): string {
  const text = Math.abs(value * 100).toFixed(1);
  return text === '0.0' ? text : `${value > 0 ? '+' : '−'}${text}`;
}

/** Differences in the order in which a reader asks: while faults last first. */
export function orderedDifferences({ differences }: DrillRecord): DrillDifferenceRecord[] {
  const order = ['during', 'after', 'before', 'whole'];
  return differences.toSorted((a, b) => order.indexOf(a.window) - order.indexOf(b.window));
}

/** Bare cells of a window for tables of figures. */
export const windowFigures = (window: DrillWindowRecord | undefined) => ({
  availability: fineShare(window?.availability),
  right: share(window?.right),
  p95: duration(window?.latencyMs.p95),
  p95Bare: ms(window?.latencyMs.p95),
  goodput: rate(window?.goodputPerSecond),
});
