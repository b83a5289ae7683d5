import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, fixed, type Report } from '../harness/report.ts';
import { CLIENTS, type ClientName, type ClosedFigures, type ClosedOrder } from './closed-loop/clients.ts';
import { inOwnProcess } from './own-process.ts';
import { withServer } from './servers/with-server.ts';

/** What a request costs the client: groundspeed with full recording, beside the HTTP client alone and autocannon. */
export const closedLoop: BenchProgram = {
  usage: '[--rounds N] [--seconds N] [--connections N]',
  options: { rounds: '7', seconds: '5', connections: '20' },
  async run(args, context) {
    const effort = {
      rounds: countOf(args, 'rounds'),
      seconds: countOf(args, 'seconds'),
      connections: countOf(args, 'connections'),
    };
    const rounds = await withServer({ kind: 'echo', options: { distinct: false } }, ({ url }) =>
      compareClients(url, effort, context),
    );
    return report(rounds, effort);
  },
};

interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

type Round = Readonly<Record<ClientName, ClosedFigures>>;

const WARMUP_SECONDS = 2;

/** The clients take turns, in another order each round, so that what else the machine does falls on all of them. */
async function compareClients(
  url: string,
  { rounds, seconds, connections }: Effort,
  { seed, progress }: BenchContext,
): Promise<Round[]> {
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const figures: Partial<Record<ClientName, ClosedFigures>> = {};
    for (let turn = 0; turn < CLIENTS.length; turn += 1) {
      const client = CLIENTS[(round + turn) % CLIENTS.length]!;
      progress(`round ${round + 1} of ${rounds}: ${client}`);
      const order: ClosedOrder = { client, url, connections, seconds, warmup: WARMUP_SECONDS, seed };
      figures[client] = await inOwnProcess(new URL('./closed-loop/process.js', import.meta.url), order);
    }
    results.push(figures as Round);
  }
  return results;
}

/** Answers a second of CPU: what one core would do if the client had it to itself. */
const perCore = ({ answered, cpuSeconds }: ClosedFigures): number => answered / cpuSeconds;

function report(rounds: readonly Round[], { seconds, connections }: Effort): Report {
  const ratios = (client: ClientName): number[] =>
    rounds.map((round) => perCore(round[client]) / perCore(round.autocannon));
  return {
    title: 'What a request costs the client',
    about: `A closed loop over ${connections} connections for ${seconds} s, after ${WARMUP_SECONDS} s of warm-up, each client in a process of its own, taking turns over ${rounds.length} rounds, to a server that answers at once with a kilobyte of JSON. Requests a second of the client's own CPU time are what counts, whoever of client and server is the slower. groundspeed records every request (due, sent, end, outcome, the reply's bytes); "undici" is a bare loop over the HTTP client that it is made with.`,
    tables: [
      {
        caption: 'By client: medians of the rounds, and how far they spread',
        columns: [
          'client',
          'requests/s a core',
          'lowest',
          'highest',
          'µs of CPU a request',
          'requests/s',
          '× autocannon',
          'lowest',
          'highest',
          'failed',
        ],
        rows: CLIENTS.map((client) => {
          const own = rounds.map((round) => round[client]);
          const speeds = own.map(perCore);
          return [
            client,
            ...spreadOf(speeds).map((value) => fixed(value, 0)),
            fixed(1e6 / middle(speeds), 1),
            fixed(middle(own.map(({ answered, seconds: took }) => answered / took)), 0),
            ...spreadOf(ratios(client)).map((value) => fixed(value, 2)),
            fixed(
              own.reduce((sum, { failed }) => sum + failed, 0),
              0,
            ),
          ];
        }),
      },
    ],
    bounds: [
      atLeast({
        what: "groundspeed's requests/s a core, as a share of autocannon's (median of the rounds)",
        found: middle(ratios('groundspeed')),
        limit: 0.7,
        digits: 2,
      }),
    ],
  };
}

const middle = (values: readonly number[]): number => quantile(sortSamples(values), 0.5);
const spreadOf = (values: readonly number[]): number[] => [
  middle(values),
  Math.min(...values),
  Math.max(...values),
];
