import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { type ShareEvidence, shareEvidence, sumOfShares } from '../../src/statistics/share-evidence.ts';
import { inFlightBlocks, trendOf } from '../../src/statistics/trend.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, atMost, type Bound, fixed, type Report, type Table } from '../harness/report.ts';
import { sojournQuantile, sojournTimes } from '../statistics/populations.ts';
import { type Queue, queuesOf, saturationOf, simulate } from './queues.ts';

/** How often the bounds hold by which an SLO is judged, and the trend by which overload is noticed. */
export const evidence: BenchProgram = {
  usage: '[--trials N]',
  options: { trials: '1000' },
  async run(args, context) {
    const trials = countOf(args, 'trials');
    return report(measure(trials, context), trials);
  },
};

const UTILISATIONS = [0.3, 0.5, 0.8, 0.9, 0.95];
const REQUESTS = [500, 1000, 2000, 4000, 8000, 16_000];

/** Of answers that are wrong whatever the load, where such are judged together with late ones. */
const WRONG = 0.1;

/** A kind of share: what makes requests count, and how often they truly do. */
interface Kind {
  readonly name: string;
  readonly truth: number;
  judge(times: Float64Array, utilisation: number, random: Random): ShareEvidence;
}

const KINDS: readonly Kind[] = [
  ...[0.05, 0.01].map((share) => ({
    name: `late, ${percent(share)}`,
    truth: share,
    judge: (times: Float64Array, utilisation: number) =>
      shareEvidence(late(times, utilisation, share), { load: times }),
  })),
  {
    name: 'wrong, 1 %, each by itself',
    truth: 0.01,
    judge: (times, _, random) =>
      shareEvidence(
        times.map(() => (random.next() < 0.01 ? 1 : 0)),
        { load: times },
      ),
  },
  {
    name: 'wrong 10 %, or late 5 %',
    truth: WRONG + 0.05 * (1 - WRONG),
    judge: lateOrWrong,
  },
];

function late(times: Float64Array, utilisation: number, share: number): Uint8Array {
  const limit = sojournQuantile(utilisation, 1 - share);
  return Uint8Array.from(times, (time) => (time > limit ? 1 : 0));
}

function lateOrWrong(times: Float64Array, utilisation: number, random: Random): ShareEvidence {
  const lates = late(times, utilisation, 0.05);
  const wrong = lates.map((one) => (random.next() < WRONG && one === 0 ? 1 : 0));
  return sumOfShares([shareEvidence(lates, { load: times }), shareEvidence(wrong, { load: times })]);
}

/** How often each side held, as shares of the trials. */
export interface Held {
  readonly kind: string;
  readonly utilisation: number;
  readonly requests: number;
  readonly low: number;
  readonly high: number;
  /** Of both sides at once. */
  readonly both: number;
  /** The median upper bound, over the truth. */
  readonly height: number;
}

/** How often a trend was called rising. */
export interface Alarms {
  readonly queue: string;
  readonly utilisation: number;
  readonly requests: number;
  readonly share: number;
}

export interface Measured {
  readonly held: readonly Held[];
  readonly alarms: readonly Alarms[];
}

export function measure(
  trials: number,
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Measured {
  const root = seededRandom(seed);
  const held: Held[] = [];
  for (const kind of KINDS) {
    progress(kind.name);
    for (const utilisation of UTILISATIONS) {
      for (const requests of REQUESTS) {
        held.push(heldBy(kind, { utilisation, requests, trials, random: root.fork(kind.name) }));
      }
    }
  }
  const alarms = queuesOf(100).flatMap((queue) => {
    progress(`trend, ${queue.name}`);
    return LOADS.flatMap((utilisation) =>
      RUNS.map((requests) => {
        const random = root.fork(`${queue.name}/${utilisation}/${requests}`);
        return {
          queue: queue.name,
          utilisation,
          requests,
          share: alarmsOf(queue, { utilisation, requests, trials, random }),
        };
      }),
    );
  });
  return { held, alarms };
}

interface Trials {
  readonly utilisation: number;
  readonly requests: number;
  readonly trials: number;
  readonly random: Random;
}

function heldBy(kind: Kind, { utilisation, requests, trials, random: root }: Trials): Held {
  const random = root.fork(`${utilisation}/${requests}`);
  const counts = { low: 0, high: 0, both: 0 };
  const heights: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const { low, high } = kind.judge(sojournTimes(utilisation, requests, random), utilisation, random);
    const [isLow, isHigh] = [low !== null && low <= kind.truth, high !== null && high >= kind.truth];
    if (isLow) counts.low += 1;
    if (isHigh) counts.high += 1;
    if (isLow && isHigh) counts.both += 1;
    heights.push((high ?? 1) / kind.truth);
  }
  const height = heights.toSorted((a, b) => a - b)[heights.length >> 1]!;
  const { low, high, both } = counts;
  return {
    kind: kind.name,
    utilisation,
    requests,
    low: low / trials,
    high: high / trials,
    both: both / trials,
    height,
  };
}

const LOADS = [0.5, 0.9, 0.95, 1.05, 1.1, 1.2, 1.5];
const RUNS = [500, 1000, 2000, 5000, 10_000];

/** Of the counted part, so much again is run before; and a second. */
const WARMUP = 0.1;

function alarmsOf(queue: Queue, { utilisation, requests, trials, random }: Trials): number {
  const rate = utilisation * saturationOf(queue);
  const seconds = requests / rate;
  const from = 1 + WARMUP * seconds;
  let rising = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const { due, end } = simulate(queue, rate, from + seconds, random);
    if (trendOf(inFlightBlocks(due, end, { from, to: from + seconds }))?.rising) rising += 1;
  }
  return rising / trials;
}

function report({ held, alarms }: Measured, trials: number): Report {
  return {
    title: 'The evidence by which an SLO is judged',
    about: `Requests of an M/M/1 queue that runs in its steady state, ${fixed(trials, 0)} runs a cell. A bound on one side should hold in 97.5 % of runs, the interval in 95 %: the table gives the share in which the lower bound, the upper one and both held, and the median upper bound as a multiple of the truth. The second table tells how often requests in flight were found to rise: chance up to utilisation 0.95, and overload above 1.`,
    tables: [coverage(held), trends(alarms)],
    bounds: boundsOf(held, alarms),
  };
}

function coverage(held: readonly Held[]): Table {
  return {
    caption: 'Lower bound / upper bound / both; median upper bound',
    columns: ['requests that are', 'utilisation', ...REQUESTS.map((requests) => `of ${fixed(requests, 0)}`)],
    words: 2,
    rows: KINDS.flatMap(({ name }) =>
      UTILISATIONS.map((utilisation) => [
        name,
        `${utilisation}`,
        ...held
          .filter((one) => one.kind === name && one.utilisation === utilisation)
          .map(
            ({ low, high, both, height }) =>
              `${short(low)} / ${short(high)} / ${short(both)}; × ${fixed(height, 1)}`,
          ),
      ]),
    ),
  };
}

function trends(alarms: readonly Alarms[]): Table {
  const rows = new Map<string, Alarms[]>();
  for (const one of alarms) {
    const key = `${one.queue}/${one.utilisation}`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  return {
    caption: 'Requests in flight found to rise',
    columns: ['queue', 'utilisation', ...RUNS.map((requests) => `in ${fixed(requests, 0)} requests`)],
    words: 2,
    rows: [...rows.values()].map((cells) => [
      cells[0]!.queue,
      `${cells[0]!.utilisation}`,
      ...cells.map(({ share }) => percent(share)),
    ]),
  };
}

function boundsOf(held: readonly Held[], alarms: readonly Alarms[]): Bound[] {
  const worst = Math.min(...held.map(({ both }) => both));
  const steady = Math.max(
    ...alarms.filter(({ utilisation }) => utilisation <= 0.9).map(({ share }) => share),
  );
  return [
    atLeast({
      what: 'an interval holds the truth, in the worst cell',
      found: 100 * worst,
      limit: 90,
      unit: '%',
      digits: 1,
    }),
    atMost({
      what: 'a steady queue at utilisation 0.9 or less is found to rise',
      found: 100 * steady,
      limit: 1,
      unit: '%',
      digits: 1,
    }),
  ];
}

const short = (share: number): string => fixed(share, 3).replace(/^0/, '');

function percent(share: number): string {
  return `${fixed(100 * share, share < 0.1 && share > 0 ? 1 : 0)} %`;
}
