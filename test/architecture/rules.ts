/**
 * Who may import whom, as data. A key is a room, or a single file that may do more than its room. An entry is a room, a
 * file, a file of that name in any room (`*\/options.ts`), or `*` for everything. A room may always import itself.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  statistics: ['kernel'],
  text: ['kernel'],
  objectives: ['kernel'],
  system: ['kernel'],
  engine: ['kernel', 'text'],
  faults: ['kernel', 'engine/ports.ts'],
  datasets: ['kernel', 'text'],
  measures: ['kernel', 'text', 'datasets'],
  judging: ['kernel', 'text', 'engine/ports.ts', 'datasets', 'measures'],
  records: ['kernel', 'statistics', 'objectives'],
  load: ['kernel', 'statistics', 'text', 'objectives', 'system', 'datasets', 'records'],
  'load/targets/in-process.ts': ['engine'],
  experiments: [
    'kernel',
    'statistics',
    'text',
    'objectives',
    'system',
    'engine',
    'faults',
    'datasets',
    'measures',
    'judging',
    'records',
    'load',
  ],
  reporting: ['kernel', 'statistics', 'objectives', 'records'],
  telemetry: [
    'kernel',
    'objectives',
    'system',
    'engine/events.ts',
    'load/events.ts',
    'experiments/events.ts',
  ],
  dashboards: ['kernel', 'objectives', 'telemetry/catalogue.ts'],
  server: [
    'kernel',
    'statistics',
    'text',
    'system',
    'engine',
    'faults',
    'datasets',
    'measures',
    'judging',
    'records',
    'telemetry',
    'load/events.ts',
    'experiments/events.ts',
  ],
  config: ['kernel', '*/options.ts', 'text/nearest.ts'],
  cli: ['*'],
  'index.ts': ['*'],
};

/** What works on values alone: time, chance, files and the network come in as arguments, or not at all. */
export const PURE: readonly string[] = [
  'kernel',
  'statistics',
  'text',
  'objectives',
  'datasets',
  'measures',
  'records',
  'reporting',
  'dashboards',
  'config',
  '*/options.ts',
  'experiments/variant-options.ts',
  'experiments/drill/options.ts',
  'experiments/gate/options.ts',
  'engine/resilience/options.ts',
  'server/analytics/options.ts',
  'system/machine-spans.ts',
  'system/proc-files.ts',
  'telemetry/catalogue.ts',
  'telemetry/catalogue/generation.ts',
  'telemetry/catalogue/http.ts',
  'telemetry/catalogue/ingest.ts',
  'telemetry/catalogue/labels.ts',
  'telemetry/catalogue/load.ts',
  'telemetry/catalogue/nightly.ts',
  'telemetry/catalogue/process.ts',
  'telemetry/catalogue/queries.ts',
  'telemetry/catalogue/resilience.ts',
  'telemetry/catalogue/service.ts',
  'load/arrivals.ts',
  'load/events.ts',
  'load/latency-buckets.ts',
  'load/machine-columns.ts',
  'load/shapes.ts',
  'load/replay.ts',
  'load/time-files.ts',
  'load/timestamps.ts',
  'load/question-order.ts',
  'load/responses.ts',
  'load/recorder.ts',
  'load/told-column.ts',
  'load/error-classes.ts',
  'load/merge.ts',
  'load/live.ts',
  'load/budget.ts',
  'load/phase-plan.ts',
  'load/phase-setting.ts',
  'load/summary.ts',
  'load/slowest.ts',
  'load/distribution.ts',
  'load/in-time.ts',
  'load/validity.ts',
  'load/cost.ts',
  'load/latency-record.ts',
  'load/cache-figures.ts',
  'load/cache-hits.ts',
  'load/cache-work.ts',
  'load/fresh-answers.ts',
  'load/question-numbers.ts',
  'load/row-choice.ts',
  'load/drive.ts',
  'load/dispatcher.ts',
  'load/open-loop.ts',
  'load/closed-loop.ts',
  'load/ask-once.ts',
  'load/slowest.ts',
  'load/stage-share.ts',
  'load/columns.ts',
];

/** The files of pure rooms that read the disk for the rest of their room, or work on a whole folder. */
export const READS_DISK: readonly string[] = [
  'datasets/read.ts',
  'datasets/files.ts',
  'datasets/write.ts',
  'datasets/import/source-folder.ts',
  'datasets/manifest.ts',
];

/** A module of Node that is as pure as arithmetic, and the one file through which it is used. */
export const PURE_BUILTINS: Readonly<Record<string, string>> = { 'node:crypto': 'kernel/digest.ts' };

/** Names by which a pure file would reach the world, or the clock. */
export const WORLD: ReadonlySet<string> = new Set([
  'process',
  'performance',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'console',
  'crypto',
  'globalThis',
  'require',
]);

/** What is asked of `process` by the command line alone. */
export const PROCESS_OF_CLI: ReadonlySet<string> = new Set([
  'argv',
  'env',
  'stdin',
  'stdout',
  'stderr',
  'exit',
  'exitCode',
]);

/** The room of a file below src/: its first folder, or the file itself where it stands at the top. */
export function roomOf(path: string): string {
  return path.split('/', 1)[0]!;
}

export function mayImport(from: string, to: string): boolean {
  if (roomOf(from) === roomOf(to)) return true;
  return [...(MAY_IMPORT[roomOf(from)] ?? []), ...(MAY_IMPORT[from] ?? [])].some((entry) =>
    covers(entry, to),
  );
}

export function isPure(path: string): boolean {
  return !READS_DISK.includes(path) && PURE.some((entry) => covers(entry, path));
}

function covers(entry: string, path: string): boolean {
  if (entry === '*') return true;
  return entry.startsWith('*/')
    ? path === `${roomOf(path)}${entry.slice(1)}`
    : entry === path || entry === roomOf(path);
}
