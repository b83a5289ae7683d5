import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeRun } from '../../../src/cli/run-output.ts';
import type { RunResult } from '../../../src/experiments/setup.ts';
import { driveHttp } from '../drive.ts';

export interface MillionOrder {
  readonly url: string;
  readonly requests: number;
  /** Per second. */
  readonly rate: number;
  readonly maxInFlight: number;
  readonly seed: number;
  /** Where reports are written. */
  readonly folder: string;
}

/** What a long run takes of memory and time. Bytes and seconds. */
export interface MillionFigures {
  readonly arrivals: number;
  readonly completed: number;
  readonly dropped: number;
  readonly failed: number;
  readonly invalidReasons: readonly string[];
  readonly loadSeconds: number;
  /** From the last answer to the record: replies read, answers judged, quantiles and intervals taken. */
  readonly recordSeconds: number;
  /** From there to the last file written: record, columns, HTML, Markdown, CSV. */
  readonly reportSeconds: number;
  /** The most that was ever resident: before the run, until the last answer, until the record, in all. */
  readonly peak: {
    readonly start: number;
    readonly load: number;
    readonly record: number;
    readonly report: number;
  };
  /** Distinct responses among those that were kept. */
  readonly responses: number;
  readonly files: Readonly<Record<string, number>>;
}

const WARMUP_MS = 1000;

/** Drives so many requests and writes every report, as `groundspeed load` does; to be called in a process of its own. */
export async function measureMillion({
  url,
  requests,
  rate,
  maxInFlight,
  seed,
  folder,
}: MillionOrder): Promise<MillionFigures> {
  const start = peakBytes();
  let sentAll = { at: 0, peak: 0 };
  const began = performance.now();
  const result = await driveHttp({
    url,
    seed,
    shape: { loop: 'open', rates: [rate], duration: (1000 * requests) / rate },
    rules: { warmup: WARMUP_MS, maxInFlight },
    onEvent: (event) => {
      if (event.type === 'load.tick') sentAll = { at: performance.now(), peak: peakBytes() };
    },
  });
  const recorded = { at: performance.now(), peak: peakBytes() };
  const { report } = await writeRun(folder, result);
  const written = { at: performance.now(), peak: peakBytes() };
  return {
    ...countsOf(result),
    loadSeconds: (sentAll.at - began) / 1000,
    recordSeconds: (recorded.at - sentAll.at) / 1000,
    reportSeconds: (written.at - recorded.at) / 1000,
    peak: { start, load: sentAll.peak, record: recorded.peak, report: written.peak },
    responses: result.record.responses?.length ?? 0,
    files: await sizesOf(dirname(report)),
  };
}

function countsOf({ record }: RunResult) {
  const { arrivals, completed, dropped, errors, timeouts, invalidReasons } = record.load!.phases.at(-1)!;
  return { arrivals, completed, dropped, failed: errors + timeouts, invalidReasons };
}

/** The most that this process ever had in memory, in bytes. */
const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

const FILES = ['record.json', 'requests.col', 'requests.csv', 'report.html'];

async function sizesOf(folder: string): Promise<Record<string, number>> {
  const sizes = FILES.map(async (name) => [name, (await stat(join(folder, name))).size] as const);
  return Object.fromEntries(await Promise.all(sizes));
}
