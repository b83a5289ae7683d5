import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenQuestion } from '../../src/datasets/golden.ts';
import { readGoldenSet } from '../../src/datasets/read.ts';
import { seededRandom, shuffle } from '../../src/kernel/random.ts';
import type { GateRow } from '../../src/records/schema.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, atMost, fixed, type Report } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import { type Ended, runCommand } from './command-line.ts';
import { engineReplies, type Replies, replayServer, withoutTopRelevant } from './replies.ts';

/** A loss of quality that the gate has to find from the command line. It starts the built program: build it first. */
export const dropped: BenchProgram = {
  usage: '[--seeds N] [--questions N]',
  options: { seeds: '20', questions: '400' },
  async run(args, context) {
    const plan = { seeds: countOf(args, 'seeds'), questions: countOf(args, 'questions') };
    return report(await measureDropped(plan, context), plan);
  },
};

/** Questions that lose their top-ranked relevant document. */
const SHARE = 0.05;
const DATASET = 'datasets/tidewater';

export interface DroppedPlan {
  readonly seeds: number;
  /** Answerable questions that are asked. */
  readonly questions: number;
}

/** One gate, of altered replies or of those that the baseline has. */
export interface DroppedRun {
  readonly seed: number;
  /** Ids of the questions that lost a document; none where nothing was altered. */
  readonly altered: readonly string[];
  readonly exitCode: number | null;
  readonly verdict: string;
  readonly rows: readonly GateRow[];
  readonly compared: number;
  readonly stderr: string;
}

/** Gates altered and unaltered replies of a real engine, each with every seed. */
export async function measureDropped(
  { seeds, questions }: DroppedPlan,
  { root, seed, progress }: BenchContext,
): Promise<DroppedRun[]> {
  return inTemporaryFolder(async (folder) => {
    writeAnswerable(join(root, DATASET), join(folder, 'golden'), { questions, seed });
    const golden = await readGoldenSet(join(folder, 'golden'));
    progress(`asking the engine ${golden.questions.length} questions`);
    const replies = await engineReplies(golden, join(folder, 'index'), seed);
    const server = await replayServer();
    const gate = (...args: string[]): Promise<Ended> => {
      const target = ['--target', server.url, '--preset', 'groundspeed', '--dataset', 'golden'];
      return runCommand(['gate', ...args, ...target], { root, folder });
    };
    try {
      server.reply(replies);
      const accepted = await gate('--accept', 'unaltered');
      if (accepted.exitCode !== 0) throw new Error(`no baseline could be made: ${accepted.stderr}`);
      const runs: DroppedRun[] = [];
      for (let number = 0; number < seeds; number += 1) {
        const own = seed + number;
        const alteration = alter(replies, golden.questions, own);
        for (const { replies: given, altered } of [{ replies, altered: [] }, alteration]) {
          server.reply(given);
          const ended = await gate('--baseline', 'unaltered', '--seed', String(own));
          runs.push(runOf(ended, own, altered));
          const { verdict, seed: shown } = runs.at(-1)!;
          progress(`seed ${shown}, ${altered.length} altered: ${verdict} in ${ended.seconds.toFixed(1)} s`);
        }
      }
      return runs;
    } finally {
      await server.close();
    }
  });
}

/** A golden set of so many answerable questions of another one, drawn from all its splits, with all its documents. */
function writeAnswerable(
  from: string,
  to: string,
  { questions, seed }: { readonly questions: number; readonly seed: number },
): void {
  mkdirSync(to, { recursive: true });
  copyFileSync(join(from, 'corpus.jsonl'), join(to, 'corpus.jsonl'));
  const lines = readFileSync(join(from, 'questions.jsonl'), 'utf8').trim().split('\n');
  const answerable = lines
    .map((line) => JSON.parse(line) as { answerable: boolean })
    .filter((question) => question.answerable)
    .map((question) => JSON.stringify({ ...question, split: 'test' }));
  const chosen = shuffle(answerable, seededRandom(seed).fork('questions')).slice(0, questions);
  if (chosen.length < questions) throw new Error(`${from} has ${chosen.length} answerable questions alone`);
  writeFileSync(join(to, 'questions.jsonl'), `${chosen.join('\n')}\n`);
}

/** Takes the top-ranked relevant document from a share of all questions, drawn among those whose reply has one. */
export function alter(
  replies: Replies,
  questions: readonly GoldenQuestion[],
  seed: number,
): { readonly replies: Replies; readonly altered: readonly string[] } {
  const without = questions.flatMap(({ id, question, relevant }) => {
    const reply = withoutTopRelevant(replies.get(question)!, relevant);
    return reply === undefined ? [] : [{ id, question, reply }];
  });
  const count = Math.round(SHARE * questions.length);
  const chosen = shuffle(without, seededRandom(seed).fork('dropped')).slice(0, count);
  return {
    replies: new Map([...replies, ...chosen.map(({ question, reply }) => [question, reply] as const)]),
    altered: chosen.map(({ id }) => id),
  };
}

const LAST_WORDS = 2000;

function runOf({ exitCode, record, stderr }: Ended, seed: number, altered: readonly string[]): DroppedRun {
  const gate = record?.gate;
  return {
    seed,
    altered,
    exitCode,
    verdict: gate?.verdict ?? 'none',
    rows: gate?.rows ?? [],
    compared: gate?.questions.compared ?? 0,
    stderr: stderr.slice(-LAST_WORDS),
  };
}

const failing = ({ rows }: Pick<DroppedRun, 'rows'>): GateRow[] =>
  rows.filter(({ subject, verdict }) => subject === 'measure' && verdict === 'FAIL');

/** Found: a measure FAILs, and the exit code says so. */
export const isFound = (run: Pick<DroppedRun, 'exitCode' | 'verdict' | 'rows'>): boolean =>
  run.exitCode === 4 && run.verdict === 'FAIL' && failing(run).length > 0;

/** The questions that the rows which fail name, in their words: "questions: a-1 (1 → 0.3), a-2 (1 → 0) and 15 more". */
export function namedQuestions(run: Pick<DroppedRun, 'rows'>): string[] {
  const lines = failing(run).flatMap(({ moved }) => moved.filter((line) => line.startsWith('questions: ')));
  return [
    ...new Set(
      lines.flatMap((line) => [...line.matchAll(/(\S+) \([^()]* → [^()]*\)/g)].map(([, id]) => id!)),
    ),
  ];
}

/** Every question that is named was altered, and some are. */
const explains = (run: DroppedRun): boolean => {
  const named = namedQuestions(run);
  return named.length > 0 && named.every((id) => run.altered.includes(id));
};

function report(runs: readonly DroppedRun[], { seeds, questions }: DroppedPlan): Report {
  const altered = runs.filter((run) => run.altered.length > 0);
  const alike = runs.filter((run) => run.altered.length === 0);
  const lossOf = ({ rows }: DroppedRun, name: string): string => {
    const estimate = rows.find((row) => row.subject === 'measure' && row.name === name)?.estimate ?? null;
    return estimate === null ? '–' : fixed(estimate, 4);
  };
  return {
    title: 'Relevant documents dropped, found by the gate',
    about: `Our own engine answered ${questions} answerable questions of tidewater, over HTTP; \`groundspeed gate --accept\` made that a baseline. Then ${100 * SHARE} % of the questions, drawn anew with each of ${seeds} seeds among those for which a relevant document was found, lost the top-ranked one (all its passages; the others moved up, the answers stayed), and \`groundspeed gate --baseline\` was run against that, and against the unaltered replies. Found: exit code 4, verdict FAIL, and FAIL of a measure of quality.`,
    tables: [
      {
        caption: 'Altered replies',
        columns: [
          'seed',
          'verdict',
          'rows that fail',
          'kind that lost most',
          'questions named that were altered',
          'exit code',
          'altered',
          'compared',
          'loss of ndcg@10',
          'loss of right',
        ],
        words: 5,
        rows: altered.map((run) => {
          const named = namedQuestions(run);
          return [
            String(run.seed),
            run.verdict,
            failing(run)
              .map(({ name }) => name)
              .join(', ') || 'none',
            failing(run)[0]?.moved[0] ?? '–',
            `${named.filter((id) => run.altered.includes(id)).length} of ${named.length}`,
            String(run.exitCode ?? '–'),
            String(run.altered.length),
            String(run.compared),
            lossOf(run, 'ndcg@10'),
            lossOf(run, 'right'),
          ];
        }),
      },
      {
        caption: 'Unaltered replies',
        columns: ['seed', 'verdict', 'rows', 'exit code', 'compared'],
        words: 3,
        rows: alike.map(({ seed, verdict, rows, exitCode, compared }) => [
          String(seed),
          verdict,
          rows.map(({ name, verdict: own }) => `${name} ${own}`).join(', '),
          String(exitCode ?? '–'),
          String(compared),
        ]),
      },
    ],
    bounds: [
      atLeast({ what: 'losses found', found: altered.filter(isFound).length, limit: seeds }),
      atLeast({
        what: 'losses explained by questions that were altered, and by no other',
        found: altered.filter(explains).length,
        limit: seeds,
      }),
      atMost({
        what: 'FAILs of unaltered replies',
        found: alike.filter(({ verdict }) => verdict === 'FAIL').length,
        limit: 0,
      }),
      atLeast({
        what: 'unaltered replies that pass with exit code 0',
        found: alike.filter(({ exitCode }) => exitCode === 0).length,
        limit: seeds,
      }),
    ],
  };
}
