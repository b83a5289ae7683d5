import type { LoadRecord, PhaseRecord, QuantilesRecord, RunRecord } from '../../records/schema.ts';
import { pooledNote } from '../caches.ts';
import { judgedSlo } from '../clauses.ts';
import { count, duration, MISSING, ms, perSecond, rate, share, usd } from '../format.ts';
import { scarcities } from '../machine.ts';
import { headlinePhase, measuredPhases, phaseLabel, phaseLoad } from '../phases.ts';
import { clip, oneLine } from '../plain.ts';
import { fittedTable, type Screen, type TableColumn, wrap } from './layout.ts';
import { verdictPaint } from './verdict-blocks.ts';

/** What a load came to: phases, the parts of latency, failures, cost. */

const PHASE_COLUMNS: readonly TableColumn<PhaseRecord>[] = [
  { heading: 'phase', cell: (phase) => clip(oneLine(phase.name), 24), sparable: 0 },
  { heading: 'load', cell: phaseLoad, sparable: 3 },
  { heading: 'p50 ms', cell: ({ latencyMs }) => ms(latencyMs.p50), sparable: 2 },
  { heading: 'p95 ms', cell: ({ latencyMs }) => ms(latencyMs.p95), sparable: 0 },
  { heading: 'p99 ms', cell: ({ latencyMs }) => ms(latencyMs.p99), sparable: 1 },
  { heading: 'done /s', cell: ({ throughputPerSecond }) => rate(throughputPerSecond), sparable: 4 },
  { heading: 'goodput /s', cell: ({ goodputPerSecond }) => rate(goodputPerSecond), sparable: 5 },
  { heading: 'attained', cell: ({ attainment }) => share(attainment), sparable: 0 },
  { heading: 'errors', cell: ({ errorRate }) => share(errorRate), sparable: 6 },
  { heading: 'cached', cell: ({ cacheHitRate }) => share(cacheHitRate), sparable: 7 },
];

const VALID: TableColumn<PhaseRecord> = {
  heading: '',
  cell: ({ valid }) => (valid ? '' : 'invalid'),
  sparable: 0,
  paint: (_, colours) => colours.red,
};

/** The phases; of a capacity search, whose probes have a table of their own, none. */
export function phaseBlock(record: RunRecord, screen: Screen): string[] {
  const phases = measuredPhases(record);
  if (phases.length === 0 || record.capacity) return [];
  const { colours } = screen;
  const maximum = record.load?.closedLoopMaximum;
  const best = maximum ? colours.dim(`  closed-loop maximum ${perSecond(maximum.ratePerSecond)}`) : '';
  const slo = judgedSlo(record);
  const verdictOf = ({ name }: PhaseRecord) =>
    slo?.phases.find(({ phase }) => phase === name)?.verdict ?? null;
  const verdict: TableColumn<PhaseRecord> = {
    heading: 'verdict',
    cell: (phase) => verdictOf(phase) ?? MISSING,
    sparable: 0,
    left: true,
    paint: (phase, painted) => verdictPaint(verdictOf(phase), painted),
  };
  const columns = [...PHASE_COLUMNS, ...(slo ? [verdict] : []), VALID];
  const note = pooledNote(phases);
  return [
    `${colours.bold('Load')}${best}`,
    ...fittedTable(columns, phases, screen),
    ...(note === undefined ? [] : wrap(note, screen.columns).map(colours.dim)),
  ];
}

interface TimesRow {
  readonly name: string;
  readonly values: QuantilesRecord | null;
}

const TIMES_COLUMNS: readonly TableColumn<TimesRow>[] = [
  { heading: 'milliseconds', cell: ({ name }) => name, sparable: 0 },
  ...(['p50', 'p90', 'p95', 'p99', 'mean', 'max'] as const).map((statistic, index) => ({
    heading: statistic,
    cell: ({ values }: TimesRow) => ms(values?.[statistic]),
    sparable: { p90: 2, mean: 1 }[statistic as string] ?? (index > 4 ? 3 : 0),
  })),
];

/** Latency beside what the target took, what the generator added, and when tokens came. */
export function timesBlock(record: RunRecord, screen: Screen): string[] {
  const phase = headlinePhase(record);
  if (!phase || record.kind === 'bench') return [];
  const rows: TimesRow[] = [
    { name: 'latency (end − due)', values: phase.latencyMs },
    { name: 'service (end − sent)', values: phase.serviceMs },
    { name: 'lag (sent − due)', values: phase.lagMs },
    { name: 'first token', values: phase.firstTokenMs },
    { name: 'per token', values: phase.perTokenMs },
  ];
  const title = `Times in ${oneLine(phaseLabel(phase))}`;
  return [screen.colours.bold(clip(title, screen.columns)), ...fittedTable(TIMES_COLUMNS, rows, screen)];
}

type ErrorRow = LoadRecord['errorClasses'][number];

/** Columns for the class and the count of an error; its example has the rest. */
const ERROR_ROOM = 32;

export function errorsBlock({ load, kind }: RunRecord, screen: Screen): string[] {
  if (!load || load.errorClasses.length === 0 || kind === 'bench') return [];
  const room = Math.max(8, screen.columns - ERROR_ROOM);
  const columns: readonly TableColumn<ErrorRow>[] = [
    { heading: 'error', cell: ({ name }) => clip(oneLine(name), 20), sparable: 0 },
    { heading: 'count', cell: (row) => count(row.count), sparable: 0 },
    { heading: 'one example', cell: ({ example }) => clip(oneLine(example), room), sparable: 1, left: true },
  ];
  return [
    screen.colours.bold('Errors'),
    ...fittedTable(
      columns,
      load.errorClasses.toSorted((a, b) => b.count - a.count),
      screen,
    ),
  ];
}

/** Cost, and what the generator had to spare: one line each. */
export function closingBlock(record: RunRecord, { colours, columns }: Screen): string[] {
  const phase = headlinePhase(record);
  if (!phase || record.kind === 'bench') return [];
  const { cost, generator, lagMs } = phase;
  const named = (name: string, text: string): string[] =>
    wrap(`${name} ${text}`, columns).map((line, index) =>
      index === 0 ? `${colours.bold(name)}${line.slice(name.length)}` : line,
    );
  const ofCost = cost?.totalUsd
    ? `${usd(cost.perQueryUsd)} a query, ${usd(cost.perRightUsd)} a right answer, ${usd(cost.perGoodUsd)} a right-and-in-time one; ${usd(cost.totalUsd)} in all`
    : undefined;
  return [
    ...(ofCost === undefined ? [] : named('Cost', ofCost)),
    ...named(
      'Generator',
      `${share(generator.cpuShare)} of a core, event loop busy ${share(generator.eventLoopUtilisation)}, lag p99 ${duration(lagMs.p99)}, at most ${count(generator.maxInFlight)} in flight`,
    ),
    ...scarcities(phase, record.environment).flatMap((text) => named('Scarce', text)),
  ];
}

/** autocannon's figures, named as its own. */
export function autocannonBlock({ load }: RunRecord, { colours, columns }: Screen): string[] {
  const run = load?.autocannon;
  if (!run) return [];
  const { latencyMs } = run;
  const figures = `${perSecond(run.requestsPerSecond)} over ${count(run.connections)} connections for ${duration(run.seconds * 1000)}; ${count(run.non2xx)} not 2xx, ${count(run.errors)} errors, ${count(run.timeouts)} timeouts`;
  const own = `By autocannon's own clock, and not comparable with other latencies: p50 ${duration(latencyMs.p50)}, p97.5 ${duration(latencyMs.p97_5)}, p99 ${duration(latencyMs.p99)}, longest ${duration(latencyMs.max)}.`;
  return [
    colours.bold('autocannon'),
    ...wrap(figures, columns),
    ...[own, ...run.caveats].flatMap((text) => wrap(oneLine(text), columns).map(colours.dim)),
  ];
}
