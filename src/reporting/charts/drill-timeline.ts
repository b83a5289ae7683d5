import type { RequestColumns } from '../../records/columns.ts';
import type { DrillArmRecord, DrillRecord } from '../../records/schema.ts';
import { levelWords } from '../drill.ts';
import {
  type ServedSecond,
  type StateBand,
  servedLevels,
  servedSeconds,
  stateAt,
  stateBands,
  UNANSWERED,
  UNNAMED,
} from '../drill-timeline.ts';
import { count, counted, duration, ms, share } from '../format.ts';
import { oneLine } from '../plain.ts';
import { type Chart, COLOUR, type LegendEntry } from './chart.ts';
import { faultEntry, stacked, timelineOf } from './drill-frame.ts';
import {
  AVAILABLE_DASH,
  faultPanel,
  latencyPanel,
  levelStyle,
  qualityPanel,
  STATES,
  servedPanel,
  statePanel,
  stateStyle,
} from './drill-panels.ts';

/** The picture of a drill: what was broken, how long answers took, what the breakers did, what was served, what was right. */

export interface DrillTimelineOptions {
  readonly id: string;
  readonly title: string;
  readonly columns: RequestColumns | undefined;
}

export function drillTimeline(
  drill: DrillRecord,
  arm: DrillArmRecord,
  { id, title, columns }: DrillTimelineOptions,
): Chart | undefined {
  if (arm.seconds.length === 0) return undefined;
  const timeline = timelineOf(drill);
  const bands = stateBands(arm, drill.durationMs);
  const served = servedSeconds(arm, columns);
  const levels = servedLevels(served);
  const latencies = drill.arms.flatMap(({ seconds }) => seconds.flatMap(({ p95 }) => p95 ?? []));
  return {
    id,
    title,
    description: description(drill, arm, bands),
    legend: legend(levels, bands),
    spec: (frame) =>
      stacked(
        [
          ...(drill.faults.length > 0 ? [faultPanel(drill, timeline, frame)] : []),
          ...(latencies.some((value) => value > 0) ? [latencyPanel(arm, latencies, timeline)] : []),
          ...(bands.length > 0 ? [statePanel(bands, timeline)] : []),
          servedPanel(served, levels, timeline),
          qualityPanel(arm, timeline),
        ],
        timeline,
        frame,
      ),
    table: tableOf(arm, { served, levels, bands }),
  };
}

function description({ faults }: DrillRecord, arm: DrillArmRecord, bands: readonly StateBand[]): string {
  const opened = bands.map(
    ({ dependency, spans }) =>
      `the breaker of ${oneLine(dependency)} was open ${counted(spans.filter(({ state }) => state === 'open').length, 'time')}`,
  );
  const windows = arm.windows.map(
    ({ name, right, availability, latencyMs }) =>
      `${name}: ${share(availability)} available, ${share(right)} right, p95 ${duration(latencyMs.p95)}`,
  );
  return [
    faults.length === 0 ? '' : `Faults: ${faults.map(({ text }) => oneLine(text)).join('; ')}.`,
    `${windows.join('; ')}.`,
    opened.length === 0 ? 'No breaker changed its state.' : `Meanwhile ${opened.join(', ')}.`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

const SERVED_WORDS: Readonly<Record<string, string>> = {
  [UNNAMED]: 'served: less than full',
  [UNANSWERED]: 'not answered',
};
const servedWords = (level: string): string => SERVED_WORDS[level] ?? `served: ${levelWords(level)}`;

function legend(levels: readonly string[], bands: readonly StateBand[]): LegendEntry[] {
  const states = Object.keys(STATES).filter((state) =>
    bands.some(({ spans }) => spans.some((span) => span.state === state)),
  );
  return [
    faultEntry,
    { label: 'p95', colour: COLOUR.blue, mark: 'line' },
    ...states.map((state) => ({
      label: `breaker ${state}`,
      colour: stateStyle(state).colour,
      mark: 'area' as const,
    })),
    ...levels.map((level) => ({ label: servedWords(level), mark: 'area' as const, ...levelStyle(level) })),
    { label: 'available', colour: COLOUR.blue, mark: 'line', dash: AVAILABLE_DASH },
    { label: 'right', colour: COLOUR.green, mark: 'line' },
    { label: 'mean of a window', colour: COLOUR.ink, mark: 'line' },
  ];
}

interface TableParts {
  readonly served: readonly ServedSecond[];
  readonly levels: readonly string[];
  readonly bands: readonly StateBand[];
}

function tableOf({ seconds }: DrillArmRecord, { served, levels, bands }: TableParts): Chart['table'] {
  return {
    columns: [
      'Second',
      'Arrivals',
      'p95 (ms)',
      'Available',
      'Right',
      ...levels.map(servedWords),
      ...bands.map(({ dependency }) => `breaker of ${oneLine(dependency)}, at its beginning`),
    ],
    rows: seconds.map(({ arrivals, available, right, p95 }, second) => [
      String(second),
      count(arrivals),
      ms(p95),
      count(available),
      count(right),
      ...levels.map((level) => count(served[second]!.served[level] ?? 0)),
      ...bands.map((band) => stateAt(band, second * 1000)),
    ]),
  };
}
