import type { EnvironmentRecord, MachineRecord, PhaseRecord } from '../../records/schema.ts';
import { bytes, count, counted, duration, perSecond, share, significant } from '../format.ts';
import { type MachineFigure, type MachineSpan, machineSpans, meanAndMost, SCARCE } from '../machine.ts';
import { oneLine } from '../plain.ts';
import { type Chart, COLOUR, type Frame, type LegendEntry, SHARE_LABEL, type Spec } from './chart.ts';

/** What was used of the machine, as small charts over one time: CPU, memory, event loop, network, disk. */

export interface MachineChartOptions {
  readonly id: string;
  readonly environment: Pick<EnvironmentRecord, 'cores' | 'memoryLimitBytes'>;
}

/** More points than this no drawing of half the width shows. */
const MOST_DRAWN = 120;

interface Line {
  readonly figure: MachineFigure;
  readonly label: string;
  readonly colour: string;
  readonly dash?: readonly number[];
  readonly area?: boolean;
  /** What its values are divided by, to be drawn. */
  readonly per?: number;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly kind: 'share' | 'number';
  /** Where a dashed line stands. */
  readonly bound?: number | undefined;
}

export function machineChart(
  { name, machine }: Pick<PhaseRecord, 'name' | 'machine'>,
  { id, environment }: MachineChartOptions,
): Chart | undefined {
  if (machine === undefined || machine.toMs.length === 0) return undefined;
  const spans = machineSpans(machine, MOST_DRAWN);
  const panels = panelsOf(machine, environment);
  if (panels.length === 0) return undefined;
  return {
    id,
    title: `The machine during ${oneLine(name)}`,
    description: describe(machine, environment),
    legend: legendOf(panels),
    spec: (frame) => grid(panels, spans, frame),
    table: tableOf(machine),
  };
}

const OWN = { colour: COLOUR.blue } as const;
const cpuOf = (cores: number): readonly Line[] => [
  { figure: 'machineCpuShare', label: 'all programs of the machine', colour: COLOUR.grey, area: true },
  { figure: 'cpuCores', label: 'this process', ...OWN, per: cores },
];
const MEMORY: Line = { figure: 'residentBytes', label: 'this process', ...OWN };
const LOOP: readonly Line[] = [
  { figure: 'loopUtilisation', label: 'this process', ...OWN },
  { figure: 'gcShare', label: 'garbage collection', colour: COLOUR.orange },
];
const DELAY: readonly Line[] = [
  { figure: 'loopDelayMs', label: 'this process', ...OWN },
  { figure: 'gcLongestMs', label: 'garbage collection', colour: COLOUR.orange },
];
const NETWORK: readonly Line[] = [
  { figure: 'loopbackBytes', label: 'loopback', colour: COLOUR.grey, dash: [6, 3] },
  { figure: 'receivedBytes', label: 'received, or read', colour: COLOUR.green },
  { figure: 'sentBytes', label: 'sent, or written', colour: COLOUR.purple },
];
const DISK: readonly Line[] = [
  { figure: 'diskReadBytes', label: 'received, or read', colour: COLOUR.green },
  { figure: 'diskWrittenBytes', label: 'sent, or written', colour: COLOUR.purple },
];

/** Those that have something to show: a disk that nobody touched needs no picture. */
function panelsOf(
  machine: MachineRecord,
  { cores, memoryLimitBytes }: MachineChartOptions['environment'],
): Panel[] {
  const most = ({ figure }: Line): number => meanAndMost(machine, figure).most ?? 0;
  const inBytes = (title: (unit: string) => string, lines: readonly Line[]): Panel => {
    const unit = unitOf(Math.max(...lines.map(most)));
    const scaled = lines.map((line) => ({ ...line, per: unit.bytes }));
    return { title: title(unit.name), lines: scaled, kind: 'number' };
  };
  const nearLimit = most(MEMORY) > memoryLimitBytes / 2;
  const memory = inBytes((unit) => `Memory in ${unit}, of ${bytes(memoryLimitBytes)}`, [MEMORY]);
  const panels: Panel[] = [
    {
      title: cores === 1 ? 'CPU, of one core' : `CPU, of ${count(cores)} cores`,
      lines: cpuOf(cores),
      kind: 'share',
      bound: SCARCE.machineCpuShare,
    },
    {
      ...memory,
      ...(nearLimit && { bound: (SCARCE.memoryShare * memoryLimitBytes) / unitOf(most(MEMORY)).bytes }),
    },
    { title: 'Event loop busy', lines: LOOP, kind: 'share' },
    { title: 'Longest delay in ms', lines: DELAY, kind: 'number' },
    inBytes((unit) => `Network, ${unit} a second`, NETWORK),
    inBytes((unit) => `Disk, ${unit} a second`, DISK),
  ];
  return panels
    .map((panel) => ({ ...panel, lines: panel.lines.filter((line) => most(line) > 0) }))
    .filter(({ lines }) => lines.length > 0);
}

const UNITS = [
  { name: 'GiB', bytes: 1024 ** 3 },
  { name: 'MiB', bytes: 1024 ** 2 },
  { name: 'KiB', bytes: 1024 },
] as const;

const unitOf = (most: number): { readonly name: string; readonly bytes: number } =>
  UNITS.find((unit) => most >= unit.bytes) ?? { name: 'bytes', bytes: 1 };

function legendOf(panels: readonly Panel[]): LegendEntry[] {
  const entries = panels.flatMap(({ lines }) =>
    lines.map(({ label, colour, dash, area }): LegendEntry => {
      if (area) return { label, colour, mark: 'area', opacity: AREA_OPACITY };
      return { label, colour, mark: 'line', ...(dash && { dash }) };
    }),
  );
  const distinct = new Map(entries.map((entry) => [entry.label, entry]));
  const bounded = panels.some(({ bound }) => bound !== undefined);
  return [...distinct.values(), ...(bounded ? [SCARCE_ENTRY] : [])];
}

const BOUND_DASH = [3, 3];
const SCARCE_ENTRY: LegendEntry = {
  label: 'scarce from here on',
  colour: COLOUR.vermilion,
  mark: 'line',
  dash: BOUND_DASH,
};
const AREA_OPACITY = 0.35;
const GAP = 26;
const LEFT = 44;

function grid(panels: readonly Panel[], spans: readonly MachineSpan[], { width, narrow }: Frame): Spec {
  const columns = narrow ? 1 : 2;
  const each = Math.floor((width - GAP * (columns - 1)) / columns) - LEFT - 8;
  const lastRow = Math.floor((panels.length - 1) / columns);
  return {
    autosize: { type: 'pad' },
    // A drawing of several parts has no width of its own: its parts have.
    width: undefined,
    columns,
    spacing: { row: 18, column: GAP },
    concat: panels.map((panel, index) => ({
      width: each,
      height: narrow ? 70 : 84,
      title: {
        text: panel.title,
        anchor: 'start',
        frame: 'group',
        color: COLOUR.soft,
        fontSize: 12,
        fontWeight: 'normal',
        offset: 6,
      },
      layer: layersOf(panel, spans, Math.floor(index / columns) === lastRow),
    })),
  };
}

const SHARES: Spec = {
  scale: { domain: [0, 1], nice: false },
  axis: { values: [0, 0.5, 1], labelExpr: SHARE_LABEL },
};
const NUMBERS: Spec = { scale: { zero: true, nice: 3 }, axis: { tickCount: 3, format: '~s' } };

function layersOf({ lines, kind, bound }: Panel, spans: readonly MachineSpan[], lowest: boolean): Spec[] {
  const x: Spec = {
    field: 'at',
    type: 'quantitative',
    scale: { domain: [Math.min(0, spans[0]!.from), spans.at(-1)!.to], nice: false },
    axis: { title: lowest ? 'seconds since the phase began' : null, grid: false, tickCount: 5 },
  };
  const { scale, axis } = kind === 'share' ? SHARES : NUMBERS;
  const y = (field: string): Spec => ({
    field,
    type: 'quantitative',
    scale,
    axis: { title: null, minExtent: LEFT, maxExtent: LEFT, ...(axis as Spec) },
  });
  return [
    ...lines.map((line) => ({
      data: { values: pointsOf(spans, line) },
      mark: markOf(line),
      encoding: { x, y: y('value') },
    })),
    ...(bound === undefined ? [] : [boundLayer(bound, y)]),
  ];
}

function markOf({ colour, dash, area }: Line): Spec {
  if (area) return { type: 'area', interpolate: 'step-after', fill: colour, fillOpacity: AREA_OPACITY };
  return {
    type: 'line',
    interpolate: 'step-after',
    stroke: colour,
    strokeWidth: 1.75,
    invalid: 'break-paths-show-domains',
    ...(dash && { strokeDash: dash }),
  };
}

const boundLayer = (bound: number, y: (field: string) => Spec): Spec => ({
  data: { values: [{ bound }] },
  mark: { type: 'rule', stroke: COLOUR.vermilion, strokeDash: BOUND_DASH, strokeWidth: 1 },
  encoding: { y: y('bound') },
});

/** A step for each span: its figure holds until its end. */
function pointsOf(
  spans: readonly MachineSpan[],
  { figure, per = 1 }: Line,
): { readonly at: number; readonly value: number | null }[] {
  const values = spans.map(({ from, figures }) => ({ at: from, value: scaled(figures[figure], per) }));
  const last = spans.at(-1)!;
  return [...values, { at: last.to, value: scaled(last.figures[figure], per) }];
}

const scaled = (value: number | null, per: number): number | null => (value === null ? null : value / per);

type Write = (value: number | null) => string;
const aSecond: Write = (value) => (value === null ? bytes(value) : `${bytes(value)}/s`);

/** What is told of a phase as a whole; single spans stand in the record. */
const TOLD: readonly (readonly [MachineFigure, name: string, write: Write])[] = [
  ['cpuCores', 'CPU of this process, in cores', significant],
  ['machineCpuShare', 'CPU of all programs', share],
  ['residentBytes', 'Memory of this process', bytes],
  ['loopUtilisation', 'Event loop busy', share],
  ['loopDelayMs', 'Delay of the event loop', duration],
  ['gcShare', 'Garbage collection', share],
  ['gcLongestMs', 'Longest collection', duration],
  ['loopbackBytes', 'Over loopback', aSecond],
  ['loopbackPackets', 'Packets over loopback', perSecond],
  ['receivedBytes', 'Received', aSecond],
  ['receivedPackets', 'Packets received', perSecond],
  ['sentBytes', 'Sent', aSecond],
  ['sentPackets', 'Packets sent', perSecond],
  ['diskReadBytes', 'Read from a disk', aSecond],
  ['diskWrittenBytes', 'Written to a disk', aSecond],
  ['openFiles', 'Open files and sockets', count],
];

function tableOf(machine: MachineRecord): Chart['table'] {
  return {
    columns: ['Figure', 'Mean', 'Most'],
    rows: TOLD.map(([figure, name, write]) => {
      const { mean, most } = meanAndMost(machine, figure);
      return [name, write(mean), write(most)];
    }),
  };
}

function describe(
  machine: MachineRecord,
  { cores, memoryLimitBytes }: MachineChartOptions['environment'],
): string {
  const cpu = meanAndMost(machine, 'machineCpuShare');
  const own = meanAndMost(machine, 'cpuCores');
  const memory = meanAndMost(machine, 'residentBytes').most;
  const delay = meanAndMost(machine, 'loopDelayMs').most;
  return [
    `All programs took ${share(cpu.mean)} of ${counted(cores, 'core')} on average, this process ${significant(own.mean)} cores.`,
    `Its memory came to ${bytes(memory)} of ${bytes(memoryLimitBytes)}; its event loop was late by ${duration(delay)} at most.`,
  ].join(' ');
}
