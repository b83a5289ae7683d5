import { join, resolve } from 'node:path';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, atMost, type Bound, fixed, type Report } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import { type Calibration, calibrateBase, calibrateSlowdown, type Wanted } from './calibrate.ts';
import { type Ended, runCommand } from './command-line.ts';
import { commitOf } from './commit.ts';
import { type DirectFigures, directChange } from './direct.ts';
import { completeRuns, INVALID } from './kept-runs.ts';
import { countPairs, type PairCounts } from './pair-counts.ts';
import { commitAll, type StageName, type StageWork, setWork, writeProject } from './service-project.ts';

/** A slowdown injected into one stage of a real service, which the gate has to find. It starts the built program: build it first. */
export const slowdown: BenchProgram = {
  usage: '[--runs N] [--rate N] [--pairs N] [--budget TIME] [--state FILE]',
  options: { runs: '5', rate: '300', pairs: '10', budget: undefined, state: undefined },
  async run(args, context) {
    const { budget, state } = args.values;
    const plan = { rate: countOf(args, 'rate'), pairs: countOf(args, 'pairs'), budget };
    const settings = { seed: context.seed, change: CHANGE, ...plan, budget: budget ?? 'none' };
    const file = resolve(state ?? join(context.root, 'bench/results/gates/slowdown.json'));
    const wanted = countOf(args, 'runs');
    const runs = await completeRuns(file, settings, {
      wanted,
      counts: isValid,
      run: (number) => findSlowdown(number, plan, context),
    });
    return report(runs, wanted, plan);
  },
};

/** What is injected, end to end. */
const CHANGE = 0.15;
/** What was really injected must be that, give or take. */
const TOLERANCE = 0.015;
const MOST_SECONDS = 15 * 60;
/** Seconds of each block by which a slowdown is measured directly. */
const DIRECT_SECONDS = 2;
const STAGES: readonly StageName[] = ['retrieve', 'generate'];

export interface SlowdownPlan {
  /** Requests a second, of the gate and of what is measured directly. */
  readonly rate: number;
  /** Pairs of blocks by which the slowdown is measured directly. */
  readonly pairs: number;
  /** For the pairs of the gate; undefined as the recipe has it. */
  readonly budget: string | undefined;
}

export interface SlowdownRun {
  readonly stage: StageName;
  readonly before: StageWork;
  readonly after: StageWork;
  /** Measured directly, end to end, after the edit and before the gate. */
  readonly truth: { readonly change: number; readonly before: DirectFigures; readonly after: DirectFigures };
  readonly seconds: number;
  readonly found: Found;
  readonly commit: string;
  readonly date: string;
}

/** What the gate said. */
export interface Found {
  readonly exitCode: number | null;
  readonly verdict: string;
  /** Of the primary indicator. */
  readonly primary: { readonly name: string; readonly verdict: string; readonly why: string };
  readonly moved: readonly string[];
  /** Every row: its name and verdict. */
  readonly rows: readonly string[];
  readonly counts: PairCounts;
  readonly stderr: string;
}

async function findSlowdown(
  number: number,
  { rate, pairs, budget }: SlowdownPlan,
  { root, seed, progress }: BenchContext,
): Promise<SlowdownRun> {
  const stage = STAGES[number % STAGES.length]!;
  const runSeed = seed + number;
  progress(`run ${number + 1}: ${stage}`);
  return inTemporaryFolder(async (folder) => {
    const folders = { before: join(folder, 'before'), after: join(folder, 'service') };
    for (const one of Object.values(folders)) writeProject(one, { root, seed: runSeed });
    const calibration: Calibration = { load: { rate, seconds: DIRECT_SECONDS }, pairs, progress };
    const base = await calibrateBase(folders.before, calibration);
    setWork(folders.after, base);
    commitAll(folders.after);
    const { after, truth } = await inject(folders, { stage, base, change: CHANGE }, calibration);
    const ended = await runCommand(
      [
        ...['gate', '--baseline', 'git:HEAD', '--config', 'groundspeed.yaml', '--dataset', 'golden'],
        ...['--rate', String(rate), '--seed', String(runSeed)],
        ...(budget === undefined ? [] : ['--budget', budget]),
      ],
      { root, folder: folders.after, progress },
    );
    return {
      stage,
      before: base,
      after,
      truth,
      seconds: ended.seconds,
      found: foundBy(ended),
      commit: commitOf(root),
      date: new Date().toISOString(),
    };
  });
}

const MOST_LOOKS = 3;

/** Edits the stage, and measures anew what that does, so that no lucky look decides; where it is not what was wanted, again. */
async function inject(
  folders: { readonly before: string; readonly after: string },
  wanted: Wanted,
  calibration: Calibration,
): Promise<Pick<SlowdownRun, 'after' | 'truth'>> {
  for (let look = 1; ; look += 1) {
    const after = await calibrateSlowdown(folders, wanted, calibration);
    const truth = await directChange(folders, { ...calibration.load, pairs: 2 * calibration.pairs });
    calibration.progress(`in truth ${percent(truth.change)} slower`);
    if (Math.abs(truth.change - wanted.change) <= TOLERANCE) return { after, truth };
    if (look === MOST_LOOKS) throw tooNoisy(truth.change);
  }
}

/** Before the gate has run: what it would have said plays no part in this. */
function tooNoisy(change: number): GroundspeedError {
  return new GroundspeedError(
    'run.invalid',
    `A slowdown of ${percent(CHANGE)} could not be injected: it came out as ${percent(change)}`,
    { hint: 'Run it again on a machine that does nothing else; the runs that have ended are kept.' },
  );
}

const LAST_WORDS = 2000;

/** What a gate said, from its record and how it ended. */
export function foundBy({ exitCode, record, stderr }: Pick<Ended, 'exitCode' | 'record' | 'stderr'>): Found {
  const gate = record?.gate;
  const primary = gate?.rows.find((row) => row.primary && row.subject === 'indicator');
  return {
    exitCode,
    verdict: gate?.verdict ?? 'none',
    primary: {
      name: primary?.name ?? '–',
      verdict: primary?.verdict ?? 'none',
      why: primary?.why ?? 'there was no such row',
    },
    moved: primary?.moved ?? [],
    rows: (gate?.rows ?? []).map(({ name, verdict }) => `${name} ${verdict}`),
    counts: countPairs(record?.paired?.blocks ?? []),
    stderr: stderr.slice(-LAST_WORDS),
  };
}

/** Found: FAIL of the primary indicator, said by the exit code too, and the stage that was edited named before all others. */
export function isFound({ stage, found }: Pick<SlowdownRun, 'stage' | 'found'>): boolean {
  const { exitCode, verdict, primary, moved } = found;
  return (
    exitCode === 4 &&
    verdict === 'FAIL' &&
    primary.verdict === 'FAIL' &&
    (moved[0]?.startsWith(`${stage} `) ?? false)
  );
}

/** Whether the gate trusted what it measured. */
export const isValid = ({ found }: Pick<SlowdownRun, 'found'>): boolean => found.exitCode !== INVALID;

const percent = (share: number): string => `${fixed(100 * share, 1)} %`;
const ms = (value: number): string => fixed(value, 2);

function report(runs: readonly SlowdownRun[], wanted: number, { rate, pairs, budget }: SlowdownPlan): Report {
  return {
    title: 'A slowdown of 15 %, found by the gate',
    about: `A small service (\`bench/gates/service\`: retrieve takes processor time, generate waits) in a git repository of its own. After it was committed, one of its two stages was edited in the working tree so that half of the answers take 15 % longer, end to end; then \`groundspeed gate --baseline git:HEAD --rate ${rate}${budget === undefined ? '' : ` --budget ${budget}`}\` was run there, ${budget === undefined ? 'as its recipe has it' : 'within that budget'}. What was really injected was measured just before, by a client of its own and ${2 * pairs} pairs of blocks. A slowdown is found where the exit code is 4, the primary indicator FAILs, in a second, fresh batch too, and the stage that was edited is named first. A run that the gate itself called invalid (exit code 7: the machine disturbed it) says nothing and was run again. ${runs.length} runs, of them ${runs.length - runs.filter(isValid).length} invalid; all are shown.`,
    tables: [
      {
        caption: 'What was injected, measured directly (medians, ms)',
        columns: ['run', 'edited', 'edit', 'retrieve', 'generate', 'end to end', 'change'],
        words: 3,
        rows: runs.map(({ stage, before, after, truth }, index) => [
          String(index + 1),
          stage,
          stage === 'retrieve'
            ? `${before.scorings} → ${after.scorings} documents scored`
            : `${before.generateMs} → ${after.generateMs} ms`,
          ...STAGES.map((name) => `${ms(truth.before.stages[name]!)} → ${ms(truth.after.stages[name]!)}`),
          `${ms(truth.before.median)} → ${ms(truth.after.median)}`,
          percent(truth.change),
        ]),
      },
      {
        caption: 'What the gate said',
        columns: [
          'run',
          'edited',
          'primary row',
          'stages named',
          'all rows',
          'exit code',
          'pairs',
          'invalid',
          'minutes',
        ],
        words: 5,
        rows: runs.map(({ stage, found, seconds }, index) => [
          String(index + 1),
          stage,
          `${found.primary.name} ${found.primary.verdict}: ${found.primary.why}`,
          found.moved.join('; ') || 'none',
          found.rows.join(', '),
          String(found.exitCode ?? '–'),
          String(found.counts.pairs),
          String(found.counts.invalid),
          fixed(seconds / 60, 1),
        ]),
      },
      {
        caption: 'When',
        columns: ['run', 'ended', 'commit'],
        words: 3,
        rows: runs.map(({ date, commit }, index) => [String(index + 1), date, commit]),
      },
    ],
    bounds: bounds(runs.filter(isValid), wanted),
  };
}

function bounds(runs: readonly SlowdownRun[], wanted: number): Bound[] {
  const changes = runs.map(({ truth }) => 100 * truth.change);
  return [
    atLeast({ what: 'valid runs', found: runs.length, limit: Math.max(5, wanted) }),
    atLeast({
      what: 'slowdowns found, the stage named',
      found: runs.filter(isFound).length,
      limit: runs.length,
    }),
    atMost({
      what: 'longest gate',
      found: Math.max(...runs.map(({ seconds }) => seconds)) / 60,
      limit: MOST_SECONDS / 60,
      unit: 'min',
      digits: 1,
    }),
    atLeast({
      what: 'smallest slowdown injected',
      found: Math.min(...changes),
      limit: 100 * (CHANGE - TOLERANCE),
      unit: '%',
      digits: 1,
    }),
    atMost({
      what: 'largest slowdown injected',
      found: Math.max(...changes),
      limit: 100 * (CHANGE + TOLERANCE),
      unit: '%',
      digits: 1,
    }),
  ];
}
