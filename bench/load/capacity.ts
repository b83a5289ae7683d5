import { runCapacity } from '../../src/experiments/capacity.ts';
import { parseSlo } from '../../src/objectives/parse.ts';
import type { CapacityRecord } from '../../src/records/schema.ts';
import { bisect } from '../../src/statistics/distributions.ts';
import { lateShare, type Queue, saturationOf } from '../capacity/queues.ts';
import { limitAt } from '../capacity/searches.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { type Bound, fixed, type Report } from '../harness/report.ts';
import { httpSetup } from './drive.ts';
import { withServer } from './servers/with-server.ts';

/** One real search for the capacity of a server whose capacity is known. */
export const capacity: BenchProgram = {
  usage: '[--workers N] [--per-second N]',
  options: { workers: '4', 'per-second': '400' },
  async run(args, context) {
    const workers = countOf(args, 'workers');
    const perSecond = countOf(args, 'per-second');
    const queue: Queue = {
      name: workers === 1 ? 'M/M/1' : 'M/M/4',
      servers: workers,
      serviceRate: perSecond / workers,
      service: 'exponential',
    };
    // In whole milliseconds, as people write it.
    const limit = Math.round(1000 * limitAt(queue, UTILISATION, LATE));
    return report(await search(queue, limit, context), queue, limit);
  },
};

/** `p95 < T`, with T such that the server is so busy where it just holds. */
const LATE = 0.05;
const UTILISATION = 0.8;

async function search(
  { servers, serviceRate }: Queue,
  limit: number,
  { seed, progress }: BenchContext,
): Promise<CapacityRecord> {
  const options = {
    workers: servers,
    serviceMs: 1000 / serviceRate,
    service: 'exponential',
    seed,
  } as const;
  return withServer({ kind: 'capacity', options }, async ({ url }) => {
    const slo = parseSlo(`p95 < ${limit}ms`, { isMeasure: () => false, suggest: () => undefined });
    const setup = httpSetup({
      url,
      seed,
      rules: { slo },
      onEvent: (event) => {
        if (event.type === 'part.noted') progress(event.text);
      },
    });
    const { record } = await runCapacity(setup, { sweep: false });
    return record.capacity!;
  });
}

/** The highest rate at which no more than the allowed share is late, in the long run. */
function trueCapacity(queue: Queue, limit: number): number {
  return bisect((rate) => lateShare(queue, rate, limit / 1000) - LATE, 1e-3, saturationOf(queue));
}

function report(found: CapacityRecord, queue: Queue, limit: number): Report {
  const truth = trueCapacity(queue, limit);
  const { ratePerSecond, probes, seconds, maximum, notes } = found;
  return {
    title: 'A real search for a known capacity',
    about: `A server in a process of its own has ${queue.servers} workers behind one queue, who serve for exponential times of ${fixed(1000 / queue.serviceRate, 1)} ms on average: M/M/${queue.servers} under Poisson arrivals, whose latencies follow from queueing theory. \`capacity --slo "p95 < ${limit}ms"\` searches for the rate that it carries over HTTP. The law knows nothing of the network and of timers, which add about a millisecond.`,
    facts: [
      ['saturation', `${fixed(saturationOf(queue), 0)}/s`],
      ['true capacity', `${fixed(truth, 1)}/s`],
      ['closed-loop maximum', maximum === null ? '–' : `${fixed(maximum, 1)}/s`],
      ['found', ratePerSecond === null ? 'nothing' : inWords(ratePerSecond)],
      ['load sent', `${fixed(seconds, 0)} s, ${probes.length} probes`],
      ...notes.map((note) => ['note', note] as const),
    ],
    tables: [
      {
        caption: 'Probes',
        columns: ['step', 'verdict', 'rate', 'achieved', 'seconds', 'late, %', 'in truth, %', 'in flight'],
        words: 2,
        rows: probes.map(({ step, verdict, rate, achievedRate, seconds: took, clauses, inFlightMean }) => [
          step,
          verdict ?? '',
          rate === null ? '–' : fixed(rate, 1),
          fixed(achievedRate, 1),
          fixed(took, 0),
          percent(clauses[0]?.tested.estimate ?? null),
          percent(rate === null ? null : lateShare(queue, rate, limit / 1000)),
          fixed(inFlightMean, 1),
        ]),
      },
    ],
    bounds: boundsOf(ratePerSecond, truth),
  };
}

const inWords = ([low, high]: readonly [number, number]): string => `${fixed(low, 1)} to ${fixed(high, 1)}/s`;
const percent = (share: number | null): string => (share === null ? '–' : fixed(100 * share, 2));

/** The interval may be so wide, as a share of its lower end. */
const WIDEST = 0.1;
/** The lower end may be above the truth by so much. */
const ABOVE = 0.02;

function boundsOf(found: CapacityRecord['ratePerSecond'], truth: number): Bound[] {
  const bound = (what: string, must: string, met: boolean): Bound => ({
    what,
    must,
    found: found === null ? 'nothing found' : inWords(found),
    met,
  });
  const [low, high] = found ?? [Number.NaN, Number.NaN];
  return [
    bound('the interval holds the true capacity', `${fixed(truth, 1)}/s`, low <= truth && truth <= high),
    bound('its width', `≤ ${fixed(100 * WIDEST, 0)} %`, high / low - 1 <= WIDEST),
    bound(
      'its lower end is not above the truth',
      `≤ ${fixed(truth * (1 + ABOVE), 1)}/s`,
      low <= truth * (1 + ABOVE),
    ),
  ];
}
