import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readRunFolder, writeRunFolder } from '../../src/experiments/run-folder.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, atMost, fixed, megabytes, type Report } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import { type Ended, runCommand } from './command-line.ts';
import { type LargeSizes, largeRun } from './large-run.ts';

/** How long two large saved runs take to be compared, and how much memory. It starts the built program: build it first. */
export const savedRecords: BenchProgram = {
  usage: '[--questions N] [--requests N] [--times N] [--dataset NAME]',
  options: { questions: '5000', requests: '1000000', times: '3', dataset: 'tidewater' },
  async run(args, context) {
    const sizes = { questions: countOf(args, 'questions'), requests: countOf(args, 'requests') };
    const dataset = args.values.dataset!;
    const figures = await measureSaved({ ...sizes, times: countOf(args, 'times'), dataset }, context);
    return report(figures, sizes, dataset);
  },
};

export interface SavedPlan extends LargeSizes {
  readonly times: number;
  /** Of the run that the large ones are grown from. */
  readonly dataset: string;
}

export interface SavedFigures {
  /** Bytes of each record. */
  readonly files: readonly { readonly record: number; readonly requests: number }[];
  readonly comparisons: readonly {
    readonly seconds: number;
    /** The most that was ever resident, in bytes. */
    readonly peak: number;
    readonly exitCode: number | null;
    /** Questions of the first row. */
    readonly n: number;
    /** `right: worse`. */
    readonly words: readonly string[];
  }[];
}

const RUNS = ['first', 'second'] as const;

export async function measureSaved(
  { times, dataset, ...sizes }: SavedPlan,
  { root, seed, progress }: BenchContext,
): Promise<SavedFigures> {
  return inTemporaryFolder(async (folder) => {
    progress('a small run, for real');
    const small = ['bench', '--profile', 'quick', '--dataset', dataset, '--output', join(folder, 'small')];
    const made = await runCommand(small, { root, folder });
    // 7: on a busy machine its load may be invalid; its record is whole.
    if (made.exitCode !== 0 && made.exitCode !== 7) throw new Error(`bench failed: ${made.stderr}`);
    const real = await readRunFolder(join(folder, 'small', made.record!.id));
    progress('two large ones of it');
    for (const [variant, name] of RUNS.entries()) {
      mkdirSync(join(folder, name));
      await writeRunFolder(join(folder, name), largeRun(real, sizes, { variant, seed }));
    }
    const comparisons: SavedFigures['comparisons'][number][] = [];
    for (let time = 0; time < times; time += 1) {
      const peakFile = join(folder, `peak-${time}`);
      const ended = await runCommand(['compare', ...RUNS], {
        root,
        folder,
        node: ['--import', pathToFileURL(join(root, 'bench/gates/peak-memory.mjs')).href],
        env: { PEAK_MEMORY_FILE: peakFile },
      });
      comparisons.push(figuresOf(ended, Number(readFileSync(peakFile, 'utf8'))));
      const { seconds, peak } = comparisons.at(-1)!;
      progress(`${seconds.toFixed(1)} s, ${megabytes(peak)}`);
    }
    const size = (name: string, file: string): number => statSync(join(folder, name, file)).size;
    return {
      files: RUNS.map((name) => ({
        record: size(name, 'record.json'),
        requests: size(name, 'requests.col'),
      })),
      comparisons,
    };
  });
}

function figuresOf({ seconds, exitCode, record, stderr }: Ended, peak: number) {
  const overall = record?.comparison?.overall;
  if (exitCode !== 0 || overall === undefined) throw new Error(`compare failed (${exitCode}): ${stderr}`);
  return {
    seconds,
    peak,
    exitCode,
    n: overall[0]?.n ?? 0,
    words: overall.map(({ compared, word }) => `${compared}: ${word}`),
  };
}

const MOST_SECONDS = 15;
const MOST_BYTES = 500e6;

function report({ files, comparisons }: SavedFigures, sizes: LargeSizes, dataset: string): Report {
  const { questions, requests } = sizes;
  return {
    title: 'Two large saved runs, compared',
    about: `Two runs of ${fixed(questions, 0)} questions and ${fixed(requests, 0)} requests each, grown from a real run of \`bench\` over ${dataset} and saved by the project's own writer; in the second, 3 % of the questions have a worse ranking and a wrong answer. \`groundspeed compare first second --json\`, a process of its own ${comparisons.length} times: from its start to its end, with all reports written.`,
    tables: [
      {
        caption: 'Comparisons',
        columns: ['', 'said of the second run', 'seconds', 'most resident'],
        words: 2,
        rows: comparisons.map(({ words, seconds, peak }, index) => [
          String(index + 1),
          words.join(', '),
          fixed(seconds, 2),
          megabytes(peak),
        ]),
      },
      {
        caption: 'Files',
        columns: ['run', 'record.json', 'requests.col'],
        rows: files.map((file, index) => [RUNS[index]!, megabytes(file.record), megabytes(file.requests)]),
      },
    ],
    bounds: [
      atMost({
        what: 'longest comparison',
        found: Math.max(...comparisons.map(({ seconds }) => seconds)),
        limit: MOST_SECONDS,
        unit: 's',
        digits: 1,
      }),
      atMost({
        what: 'most resident',
        found: Math.max(...comparisons.map(({ peak }) => peak)) / 1e6,
        limit: MOST_BYTES / 1e6,
        unit: 'MB',
      }),
      atLeast({ what: 'questions', found: questions, limit: 5000 }),
      atLeast({ what: 'requests of each run', found: requests, limit: 1e6 }),
      {
        what: 'the loss is told',
        must: 'ndcg@10: worse',
        found: comparisons[0]?.words.join(', ') ?? '–',
        met: comparisons.every(({ words }) => words.includes('ndcg@10: worse')),
      },
    ],
  };
}
