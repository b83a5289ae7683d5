import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atMost, type Bound, fixed, megabytes, type Report } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import type { MillionFigures, MillionOrder } from './million/measure.ts';
import { inOwnProcess } from './own-process.ts';
import { withServer } from './servers/with-server.ts';

/** What a million requests take of memory, and their report of time. */
export const million: BenchProgram = {
  usage: '[--requests N] [--rate N] [--max-in-flight N]',
  options: { requests: '1000000', rate: '10000', 'max-in-flight': '1024' },
  async run(args, context) {
    const effort = {
      requests: countOf(args, 'requests'),
      rate: countOf(args, 'rate'),
      maxInFlight: countOf(args, 'max-in-flight'),
    };
    const runs: MillionRun[] = [];
    for (const replies of ['repeat', 'differ'] as const) {
      runs.push({ replies, figures: await drive(replies, effort, context) });
    }
    return report(runs, effort);
  },
};

interface Effort {
  readonly requests: number;
  readonly rate: number;
  readonly maxInFlight: number;
}

/** `differ`: each reply has a request id of its own, so that no two are the same bytes. */
type Replies = 'repeat' | 'differ';

interface MillionRun {
  readonly replies: Replies;
  readonly figures: MillionFigures;
}

function drive(replies: Replies, effort: Effort, { seed, progress }: BenchContext): Promise<MillionFigures> {
  progress(`${fixed(effort.requests, 0)} requests whose replies ${replies}, at ${effort.rate}/s`);
  const options = { distinct: replies === 'differ' };
  return withServer({ kind: 'echo', options }, ({ url }) =>
    inTemporaryFolder((folder) => {
      const order: MillionOrder = { ...effort, url, seed, folder };
      return inOwnProcess<MillionFigures>(new URL('./million/process.js', import.meta.url), order);
    }),
  );
}

function report(runs: readonly MillionRun[], { requests, rate, maxInFlight }: Effort): Report {
  return {
    title: `${fixed(requests, 0)} requests`,
    about: `An open loop of ${fixed(requests, 0)} requests at ${fixed(rate, 0)}/s (Poisson) over HTTP, ${fixed(maxInFlight, 0)} in flight at most, from one generator thread in a process of its own, to a server that answers at once with a kilobyte of JSON: recorded, judged, summarised, and written as \`groundspeed load\` writes it. The replies repeat, or each has a request id of its own and must be kept and read by itself. Memory is the most that was ever resident.`,
    tables: [
      {
        caption: 'Memory, at most, by the end of each part',
        columns: ['replies', 'start', 'load', 'record', 'reports'],
        rows: runs.map(({ replies, figures: { peak } }) => [
          replies,
          ...[peak.start, peak.load, peak.record, peak.report].map(megabytes),
        ]),
      },
      {
        caption: 'Seconds',
        columns: [
          'replies',
          'load',
          'record (replies read, judged, summarised)',
          'reports',
          'record and reports',
        ],
        rows: runs.map(({ replies, figures: { loadSeconds, recordSeconds, reportSeconds } }) => [
          replies,
          ...[loadSeconds, recordSeconds, reportSeconds, recordSeconds + reportSeconds].map((seconds) =>
            fixed(seconds, 1),
          ),
        ]),
      },
      {
        caption: 'Requests and files',
        columns: ['replies', 'arrivals', 'completed', 'dropped', 'failed', 'responses kept', ...FILES],
        rows: runs.map(({ replies, figures }) => [
          replies,
          ...[figures.arrivals, figures.completed, figures.dropped, figures.failed, figures.responses].map(
            (count) => fixed(count, 0),
          ),
          ...FILES.map((name) => megabytes(figures.files[name] ?? 0)),
        ]),
      },
    ],
    bounds: requests < 1_000_000 ? [] : runs.flatMap(boundsOf),
  };
}

const FILES = ['record.json', 'requests.col', 'requests.csv', 'report.html'];

/** Promised for a million; fewer prove nothing. */
function boundsOf({ replies, figures: { peak, recordSeconds, reportSeconds } }: MillionRun): Bound[] {
  return [
    atMost({
      what: `resident memory, replies ${replies}`,
      found: peak.report / 1e6,
      limit: 300,
      unit: 'MB',
    }),
    atMost({
      what: `the reports after the last answer, replies ${replies}`,
      found: recordSeconds + reportSeconds,
      limit: 10,
      unit: 's',
      digits: 1,
    }),
  ];
}
