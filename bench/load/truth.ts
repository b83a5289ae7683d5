import type { RequestColumns } from '../../src/records/columns.ts';
import { OUTCOMES } from '../../src/records/columns.ts';
import type { PhaseRecord } from '../../src/records/schema.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atMost, type Bound, fixed, type Report, type Table } from '../harness/report.ts';
import { driveHttp, PhaseOrigins } from './drive.ts';
import { PEER_QUANTILES, PEERS, type PeerFigures } from './peers.ts';
import { lawfulLatency, lawfulQuantile, STALL_LAW } from './servers/stall-law.ts';
import { type RunningServer, withServer } from './servers/with-server.ts';

/** Whether latencies are true: against a server that stands still now and then, and whose law says what is true. */
export const truth: BenchProgram = {
  usage: '[--rate N] [--seconds N]',
  options: { rate: '100', seconds: '24' },
  async run(args, context) {
    const effort = { rate: countOf(args, 'rate'), seconds: countOf(args, 'seconds') };
    return withServer({ kind: 'stall', law: STALL_LAW }, async (server) => {
      const runs: TruthRun[] = [];
      for (const arrivals of ['constant', 'poisson'] as const) {
        runs.push(await measureDecidedTruth(server, { ...effort, arrivals }, context));
      }
      return report(runs, await askPeers(server, effort, context), effort);
    });
  },
};

export interface TruthEffort {
  readonly rate: number;
  readonly seconds: number;
}

/** A run, and what the server's law says of its very arrivals. Milliseconds. */
export interface TruthRun {
  readonly arrivals: 'constant' | 'poisson';
  readonly phase: PhaseRecord;
  /** By arrival. */
  readonly latency: Float64Array;
  /** When it was due, since the server's first cycle began. */
  readonly since: Float64Array;
  readonly truth: Float64Array;
  /** How often it was begun, until the law could tell what was true. */
  readonly starts: number;
}

const QUANTILES = [0.5, 0.9, 0.95, 0.99] as const;
const COMPLETED = OUTCOMES.indexOf('completed');

/** Drives the server, and applies its law to the due time of each arrival. */
export async function measureTruth(
  { url, anchor }: RunningServer,
  { rate, seconds, arrivals }: TruthEffort & { readonly arrivals: TruthRun['arrivals'] },
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Promise<TruthRun> {
  progress(`groundspeed, ${arrivals} arrivals, ${seconds} s`);
  const origins = new PhaseOrigins();
  const { record, requests } = await driveHttp({
    url,
    seed,
    shape: { loop: 'open', rates: [rate], duration: seconds * 1000 },
    rules: { arrivals },
    onEvent: origins.hear,
  });
  const phase = record.load!.phases.at(-1)!;
  const begun = origins.of(phase.name) - anchor;
  const { latency, due } = completedOf(requests!, record.load!.phases.length - 1);
  const since = due.map((at) => begun + at);
  return {
    arrivals,
    phase,
    latency,
    since,
    truth: since.map((at) => lawfulLatency(STALL_LAW, at)),
    starts: 1,
  };
}

/**
 * Even arrivals and the server's stalls lie on one grid. Where that puts an arrival at the very moment at which a stall
 * begins, the law itself can't tell which of the two comes first, and whole quantiles hang on it: then it starts again.
 */
async function measureDecidedTruth(
  server: RunningServer,
  effort: TruthEffort & { readonly arrivals: TruthRun['arrivals'] },
  context: BenchContext,
): Promise<TruthRun> {
  for (let starts = 1; ; starts += 1) {
    const run = await measureTruth(server, effort, context);
    const decided = effort.arrivals === 'poisson' || undecidedShare(run) < MOST_UNDECIDED;
    if (decided || starts === MOST_STARTS) return { ...run, starts };
  }
}

/** From the due time until the server has a request, at most, and how far two processes' clocks are apart. Milliseconds. */
const ON_THE_WAY = { least: -0.5, most: 2 };
const MOST_UNDECIDED = 0.001;
const MOST_STARTS = 8;

/** The share of arrivals that another way of the clock would have put on the other side of a stall's beginning. */
function undecidedShare({ since }: Pick<TruthRun, 'since'>): number {
  const late = STALL_LAW.cycle - STALL_LAW.stall;
  const isLate = (at: number): boolean => at % STALL_LAW.cycle >= late;
  const undecided = since.filter((at) => isLate(at + ON_THE_WAY.least) !== isLate(at + ON_THE_WAY.most));
  // A stall's end is no matter: who comes a moment before it waits for a moment.
  return undecided.filter((at) => isLate(at + ON_THE_WAY.most)).length / since.length;
}

/** Of the requests of one phase that were answered. */
function completedOf({ length, columns }: RequestColumns, phase: number) {
  const rows = Array.from({ length }, (_, row) => row).filter(
    (row) => columns.phase[row] === phase && columns.outcome[row] === COMPLETED,
  );
  return {
    due: Float64Array.from(rows, (row) => columns.due[row]!),
    latency: Float64Array.from(rows, (row) => columns.end[row]! - columns.due[row]!),
  };
}

/** How far each arrival's latency is from the truth, in either direction. */
export function errorsOf({ latency, truth }: Pick<TruthRun, 'latency' | 'truth'>): Float64Array {
  return latency.map((value, arrival) => Math.abs(value - truth[arrival]!));
}

/** Connections of the closed loops: as many as people give them. */
const CONNECTIONS = 10;

async function askPeers(
  { url }: RunningServer,
  { rate, seconds }: TruthEffort,
  { progress }: Pick<BenchContext, 'progress'>,
): Promise<PeerFigures[]> {
  const closed = { url, seconds, connections: CONNECTIONS };
  const asked = [
    () => PEERS.autocannon(closed),
    () => PEERS.autocannon({ ...closed, rate }),
    () => PEERS.hey({ ...closed, rate }),
    // As many as come during a stall, so that none of them holds another up.
    () => PEERS.hey({ ...closed, rate, connections: Math.ceil((rate * STALL_LAW.stall) / 1000) }),
    () => PEERS.wrk(closed),
  ];
  const figures: PeerFigures[] = [];
  for (const ask of asked) {
    progress(`peer ${figures.length + 1} of ${asked.length}, ${seconds} s`);
    figures.push(await ask());
  }
  return figures;
}

function report(
  runs: readonly TruthRun[],
  peers: readonly PeerFigures[],
  { rate, seconds }: TruthEffort,
): Report {
  const { cycle, stall, service } = STALL_LAW;
  return {
    title: 'Truth of latencies',
    about: `A server in a process of its own stands still for ${stall} ms of every ${cycle / 1000} s and else answers in ${service} ms. Each load generator drives that server for ${seconds} s, one after the other. What a user who comes at a given moment has to wait follows from the server's law: applied to the due times of groundspeed's own arrivals it gives the truth that groundspeed must have measured, request by request. Even arrivals of which one falls on the very beginning of a stall have no truth that two processes' clocks could tell: they are started again.`,
    facts: [
      ['rate', `${rate}/s`],
      ['seconds', `${seconds}`],
    ],
    tables: [quantilesTable(runs), errorsTable(runs), peersTable(runs, peers)],
    bounds: runs.flatMap(boundsOf),
  };
}

function quantilesTable(runs: readonly TruthRun[]): Table {
  return {
    caption: 'groundspeed against the truth of its own arrivals, in milliseconds',
    columns: ['arrivals', '', ...QUANTILES.map(inWords)],
    words: 2,
    rows: runs.flatMap((run) => [
      [run.arrivals, 'measured', ...quantilesOf(run.latency).map(shown)],
      ['', 'truth', ...quantilesOf(run.truth).map(shown)],
    ]),
  };
}

function errorsTable(runs: readonly TruthRun[]): Table {
  return {
    caption: 'How far single arrivals are from their truth, in milliseconds',
    columns: ['arrivals', 'requests', 'median', 'p95', 'p99', 'highest', 'lag p99', 'starts'],
    rows: runs.map((run) => {
      const errors = sortSamples(errorsOf(run));
      const at = [0.5, 0.95, 0.99, 1].map((p) => fixed(quantile(errors, p), 2));
      const lag = fixed(run.phase.lagMs.p99 ?? Number.NaN, 2);
      return [run.arrivals, fixed(errors.length, 0), ...at, lag, `${run.starts}`];
    }),
  };
}

function peersTable(runs: readonly TruthRun[], peers: readonly PeerFigures[]): Table {
  const own = runs.map(({ arrivals, latency, phase }) => {
    const sorted = sortSamples(latency);
    const command = `groundspeed load --rate ${phase.offeredRate} --arrivals ${arrivals}`;
    return [command, ...PEER_QUANTILES.map((p) => shown(quantile(sorted, p))), fixed(phase.achievedRate, 0)];
  });
  const theirs = peers.map(({ command, latency, requestsPerSecond }) =>
    latency === undefined
      ? [command, ...PEER_QUANTILES.map(() => 'absent'), '–']
      : [command, ...latency.map(shown), fixed(requestsPerSecond, 0)],
  );
  return {
    caption: 'Each in its own figures, in milliseconds',
    columns: ['', ...PEER_QUANTILES.map(inWords), 'requests/s'],
    rows: [
      [
        'the truth, for requests spread evenly',
        ...PEER_QUANTILES.map((p) => shown(lawfulQuantile(STALL_LAW, p))),
        '',
      ],
      ...own,
      ...theirs,
    ],
  };
}

const inWords = (p: number): string => `p${100 * p}`;
const shown = (value: number): string => fixed(value, 0);

function quantilesOf(samples: Float64Array): number[] {
  const sorted = sortSamples(samples);
  return QUANTILES.map((p) => quantile(sorted, p));
}

/** A quantile may be off by so much, whichever is more. */
const SLACK = { share: 0.05, ms: 5 };
/** And from the law's own quantiles, where arrivals are even. */
const SLACK_OF_LAW = 15;
const MOST_ERROR = 5;

function boundsOf(run: TruthRun): Bound[] {
  const measured = quantilesOf(run.latency);
  const truths = quantilesOf(run.truth);
  const near = (what: string, found: number, at: number, slack: number): Bound => ({
    what: `${run.arrivals} arrivals, ${what}`,
    must: `${fixed(at, 0)} ± ${fixed(slack, 0)} ms`,
    found: `${fixed(found, 1)} ms`,
    met: Math.abs(found - at) <= slack,
  });
  return [
    ...QUANTILES.map((p, index) =>
      near(
        `${inWords(p)} against its own truth`,
        measured[index]!,
        truths[index]!,
        Math.max(SLACK.ms, SLACK.share * truths[index]!),
      ),
    ),
    ...(run.arrivals === 'constant'
      ? QUANTILES.map((p, index) =>
          near(`${inWords(p)} against the law`, measured[index]!, lawfulQuantile(STALL_LAW, p), SLACK_OF_LAW),
        )
      : []),
    atMost({
      what: `${run.arrivals} arrivals, p99 of single errors`,
      found: quantile(sortSamples(errorsOf(run)), 0.99),
      limit: MOST_ERROR,
      unit: 'ms',
      digits: 2,
    }),
    {
      what: `${run.arrivals} arrivals, all answered and the run valid`,
      must: 'yes',
      found: run.phase.valid && run.phase.completed === run.phase.arrivals ? 'yes' : 'no',
      met: run.phase.valid && run.phase.completed === run.phase.arrivals,
    },
  ];
}
