import { type History, listHistories, readHistory } from '../experiments/gate/history.ts';
import type { HistoryFigure } from '../experiments/gate/history-entry.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { INDICATORS, type IndicatorName } from '../records/schema.ts';
import { renderTrend } from '../reporting/html/trend-page.ts';
import { renderTrendTerminal } from '../reporting/terminal/trend-block.ts';
import type { TrendSeries } from '../reporting/trend.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { nearest } from '../text/nearest.ts';
import type { DisplayFlags } from './flags.ts';
import { progressOf } from './progress.ts';
import { print, type World, wantsColour, widthOf } from './world.ts';

export interface TrendFlags extends DisplayFlags {
  readonly history?: string;
  readonly figures?: readonly string[];
  readonly last?: number;
  readonly format?: 'html' | 'json';
  /** The folder of reports. */
  readonly reports: string;
  /** A file; `-` is stdout. */
  readonly output: string;
}

/** Draws how measures and indicators went. It advises: what it shows is never a verdict, and the exit code is 0. */
export async function trend(world: World, flags: TrendFlags): Promise<number> {
  const name = flags.history ?? (await onlyHistory(flags.reports));
  const history = await readHistory(flags.reports, name);
  const progress = progressOf(world, flags);
  for (const line of history.skipped) progress.warn(`history ${name}, line ${line}; it is left out`);
  progress.end();
  const series = chosen(trendSeries(history, flags.last), flags.figures);
  const text = await render(world, flags, series);
  if (flags.output === '-') await print(world.stdout, text);
  else await writeFileAtomically(flags.output, text);
  return EXIT.done;
}

async function onlyHistory(reports: string): Promise<string> {
  const names = await listHistories(reports);
  if (names.length === 1) return names[0]!;
  throw new GroundspeedError('usage.argument', 'Nothing says which history to draw', {
    where: '--history',
    hint:
      names.length === 0
        ? 'There is none yet: groundspeed gate --history NAME adds each run to one.'
        : `There are ${names.join(', ')}.`,
  });
}

/** Each figure over the runs of a history; a run that has no such figure leaves a gap. */
export function trendSeries({ entries }: Pick<History, 'entries'>, last = entries.length): TrendSeries[] {
  const runs = last < entries.length ? entries.slice(-last) : entries;
  const known = new Map<string, HistoryFigure['subject']>();
  for (const { figures } of runs) for (const { name, subject } of figures) known.set(name, subject);
  return [...known].map(([name, subject]) => ({
    name,
    unit: unitOf(name, subject),
    points: runs.map(({ id, at, fingerprint, figures }) => {
      const found = figures.find((one) => one.name === name);
      return {
        id,
        at,
        fingerprint,
        value: found?.value ?? null,
        low: found?.interval?.[0] ?? null,
        high: found?.interval?.[1] ?? null,
      };
    }),
  }));
}

function unitOf(name: string, subject: HistoryFigure['subject']): string {
  if (subject === 'indicator' && Object.hasOwn(INDICATORS, name))
    return INDICATORS[name as IndicatorName].unit;
  return name === 'right' ? 'share' : 'score';
}

function chosen(series: readonly TrendSeries[], names: readonly string[] | undefined): TrendSeries[] {
  if (names === undefined) return [...series];
  return names.map((name) => {
    const found = series.find((one) => one.name === name);
    if (found) return found;
    const all = series.map((one) => one.name);
    const meant = nearest(name, all);
    throw new GroundspeedError(
      'usage.argument',
      `The history has no ${JSON.stringify(name)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      { where: '--figures', hint: `It has ${all.join(', ')}.` },
    );
  });
}

async function render(world: World, flags: TrendFlags, series: readonly TrendSeries[]): Promise<string> {
  const format = flags.json ? 'json' : flags.format;
  if (format === 'html') return renderTrend(series);
  if (format === 'json') return `${JSON.stringify({ schema: 'groundspeed.trend/1', series }, null, 2)}\n`;
  return renderTrendTerminal(series, {
    width: widthOf(world.stdout, world.env),
    colour: flags.output === '-' && wantsColour(world.stdout, world.env, flags.color),
  });
}
