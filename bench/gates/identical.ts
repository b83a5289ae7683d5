import { join, resolve } from 'node:path';
import { LEAST_PAIRS } from '../../src/experiments/paired/scales.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, atMost, fixed, type Report } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import { type Calibration, calibrateBase } from './calibrate.ts';
import { type Ended, runCommand } from './command-line.ts';
import { commitOf } from './commit.ts';
import { startService } from './direct.ts';
import { completeRuns } from './kept-runs.ts';
import { countPairs, type PairCounts } from './pair-counts.ts';
import { setWork, writeProject } from './service-project.ts';

/** What is compared with itself: our engine, a service that is started afresh, or one that runs already. */
export type Contender = 'engine' | 'service, started' | 'service, running';

/** Two identical variants, really run, of which none may be called better. It starts the built program: build it first. */
export const identical: BenchProgram = {
  usage: '[--runs N] [--budget TIME] [--dataset NAME] [--state FILE]',
  options: { runs: '8', budget: undefined, dataset: 'tidewater', state: undefined },
  async run(args, context) {
    const { budget, dataset, state } = args.values;
    const plan = { budget, dataset: dataset! };
    const settings = { seed: context.seed, dataset: plan.dataset, budget: budget ?? 'none' };
    const file = resolve(state ?? join(context.root, 'bench/results/gates/identical.json'));
    const wanted = countOf(args, 'runs');
    const runs = await completeRuns(file, settings, {
      wanted,
      counts: ({ said }: IdenticalRun) => isTelling(said),
      run: (number) => compareAlike(number, plan, context),
    });
    return report(runs, wanted, plan);
  },
};

/** In this order, again and again. */
const CONTENDERS: readonly Contender[] = ['engine', 'service, started', 'engine', 'service, running'];
/** By which the service is made as quick on any machine. */
const CALIBRATION = { load: { rate: 300, seconds: 2 }, pairs: 1 };

export interface IdenticalPlan {
  /** For all of a comparison; undefined as the recipe has it. */
  readonly budget: string | undefined;
  /** Golden set of the engine; the service has its own. */
  readonly dataset: string;
}

export interface IdenticalRun {
  readonly contender: Contender;
  readonly seed: number;
  readonly said: Said;
  readonly seconds: number;
  readonly commit: string;
  readonly date: string;
}

/** What compare said of the second variant. */
export interface Said {
  readonly exitCode: number | null;
  /** By what is compared: `p50`, `p50 of retrieve`. */
  readonly speed: readonly Word[];
  /** `right`, `ndcg@10 (numeric)`. */
  readonly quality: readonly Word[];
  readonly rate: number | null;
  readonly counts: PairCounts;
  readonly notes: readonly string[];
  readonly stderr: string;
}

export interface Word {
  readonly of: string;
  readonly word: string;
}

async function compareAlike(
  number: number,
  plan: IdenticalPlan,
  { root, seed, progress }: BenchContext,
): Promise<IdenticalRun> {
  const contender = CONTENDERS[number % CONTENDERS.length]!;
  const runSeed = seed + number;
  progress(`comparison ${number + 1}: ${contender}`);
  return inTemporaryFolder(async (folder) => {
    const compare = (args: readonly string[]): Promise<Ended> => {
      const budget = plan.budget === undefined ? [] : ['--budget', plan.budget];
      const all = ['compare', ...args, '--seed', String(runSeed), ...budget];
      return runCommand(all, { root, folder, progress });
    };
    const ended =
      contender === 'engine'
        ? await compare([...ENGINES, '--dataset', plan.dataset])
        : await compareServices({ contender, folder, root, seed: runSeed, progress }, compare);
    return {
      contender,
      seed: runSeed,
      said: saidBy(ended),
      seconds: ended.seconds,
      commit: commitOf(root),
      date: new Date().toISOString(),
    };
  });
}

const ENGINES = ['--variant', 'one:retrieval.mode=hybrid', '--variant', 'other:retrieval.mode=hybrid'];

interface Services extends Pick<BenchContext, 'root' | 'seed' | 'progress'> {
  readonly contender: Contender;
  readonly folder: string;
}

async function compareServices(
  { contender, folder, root, seed, progress }: Services,
  compare: (args: readonly string[]) => Promise<Ended>,
): Promise<Ended> {
  writeProject(folder, { root, seed });
  const calibration: Calibration = { ...CALIBRATION, progress };
  setWork(folder, await calibrateBase(folder, calibration));
  const common = ['--dataset', 'golden'];
  if (contender === 'service, started') {
    const target = 'http://127.0.0.1:{{port}}/api/query';
    const targets = ['--target', `one=${target}`, '--target', `other=${target}`];
    return compare(['--config', 'groundspeed.yaml', ...targets, ...common]);
  }
  const running = [await startService(folder), await startService(folder)];
  try {
    const targets = running.flatMap(({ url }, index) => ['--target', `${['one', 'other'][index]!}=${url}`]);
    return await compare([...targets, '--preset', 'groundspeed', ...common]);
  } finally {
    await Promise.all(running.map((service) => service.stop()));
  }
}

const LAST_WORDS = 2000;

/** Every word of a comparison, from its record. */
export function saidBy({ exitCode, record, stderr }: Pick<Ended, 'exitCode' | 'record' | 'stderr'>): Said {
  const { comparison, paired } = record ?? {};
  return {
    exitCode,
    speed: (paired?.differences ?? []).map(({ indicator, stage, word }) => ({
      of: stage === null ? indicator : `${indicator} of ${stage}`,
      word,
    })),
    quality: [...(comparison?.overall ?? []), ...(comparison?.byKind ?? [])].map(
      ({ compared, kind, word }) => ({ of: kind === null ? compared : `${compared} (${kind})`, word }),
    ),
    rate: paired?.offeredRate ?? null,
    counts: countPairs(paired?.blocks ?? []),
    notes: record?.notes ?? [],
    stderr: stderr.slice(-LAST_WORDS),
  };
}

const TOLD_APART = new Set(['better', 'worse']);

/** What was called better or worse. */
export const toldApart = ({ speed, quality }: Pick<Said, 'speed' | 'quality'>): Word[] =>
  [...speed, ...quality].filter(({ word }) => TOLD_APART.has(word));

/** A comparison that could have told them apart: it ended as it should, has words of both, and enough pairs that can be trusted. */
export const isTelling = ({ exitCode, speed, quality, counts }: Said): boolean =>
  exitCode === 0 && speed.length > 0 && quality.length > 0 && counts.pairs - counts.invalid >= LEAST_PAIRS;

/** "same: p50, p95; can't tell: p99". */
export function grouped(words: readonly Word[]): string {
  const names = [...new Set(words.map(({ word }) => word))];
  const groups = names.map((name) => {
    const own = words.filter(({ word }) => word === name).map(({ of }) => of);
    return `${name}: ${own.join(', ')}`;
  });
  return groups.join('; ') || 'nothing was said';
}

function report(runs: readonly IdenticalRun[], wanted: number, { budget, dataset }: IdenticalPlan): Report {
  const apart = runs.filter(({ said }) => toldApart(said).length > 0);
  const words = runs.reduce((sum, { said }) => sum + said.speed.length + said.quality.length, 0);
  return {
    title: 'Two identical variants, really compared',
    about: `\`groundspeed compare\` of a thing with itself, ${budget === undefined ? 'as its recipe has it' : `within a budget of ${budget}`}: our own engine over ${dataset} under two names, each block in a process of its own; the small service of \`bench/gates/service\`, started afresh for each launch; and two of that service that run all the while. Each with a seed of its own. None may be called better or worse, in quality or in speed. A comparison with fewer than ${LEAST_PAIRS} pairs of blocks that can be trusted could have told nothing apart, and was run again. ${runs.length} comparisons, ${fixed(words, 0)} words; all are shown, with every word that they said.`,
    tables: [
      {
        caption: 'Comparisons',
        columns: [
          '',
          'compared with itself',
          'seed',
          'exit code',
          'requests/s',
          'pairs',
          'invalid',
          'better or worse',
          'minutes',
        ],
        words: 2,
        rows: runs.map(({ contender, seed, said, seconds }, index) => [
          String(index + 1),
          contender,
          String(seed),
          String(said.exitCode ?? '–'),
          said.rate === null ? '–' : fixed(said.rate, 0),
          String(said.counts.pairs),
          String(said.counts.invalid),
          String(toldApart(said).length),
          fixed(seconds / 60, 1),
        ]),
      },
      {
        caption: 'What was said',
        columns: ['', 'of speed', 'of quality', 'ended', 'commit'],
        words: 5,
        rows: runs.map(({ said, date, commit }, index) => [
          String(index + 1),
          grouped(said.speed),
          grouped(said.quality),
          date,
          commit,
        ]),
      },
    ],
    bounds: [
      atLeast({
        what: `comparisons with words of quality and of speed, over ${LEAST_PAIRS} valid pairs and more`,
        found: runs.filter(({ said }) => isTelling(said)).length,
        limit: Math.max(8, wanted),
      }),
      atMost({ what: 'comparisons that called one better or worse', found: apart.length, limit: 0 }),
    ],
  };
}
