import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, atMost, fixed, type Report } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import { type Comparison, compareWithClean } from './clean-build.ts';
import { KilledIngest } from './killed-ingest.ts';
import { KilledServe } from './killed-serve.ts';
import { KillFigures, type KillPlan } from './plan.ts';

/** kill -9 again and again, half of the times during ingest, half while serving. It starts the built program: build it first. */
export const kill: BenchProgram = {
  usage: '[--kills N] [--documents N]',
  options: { kills: '100', documents: '400' },
  run(args, { root, seed, progress }) {
    const kills = countOf(args, 'kills');
    const documents = countOf(args, 'documents');
    const cli = process.env.GROUNDSPEED_CLI ?? join(root, 'dist/cli/main.js');
    if (!existsSync(cli)) {
      throw new GroundspeedError('internal.io', `${cli} is not there`, { hint: 'Run npm run build first.' });
    }
    return inTemporaryFolder(async (folder) => {
      const random = seededRandom(seed).fork('kills');
      return report(await killAgainAndAgain({ cli, folder, documents, random, progress }, kills), {
        documents,
        kills,
      });
    });
  },
};

export interface KillResult {
  readonly figures: KillFigures;
  readonly ingest: Comparison;
  readonly serve: Comparison;
}

/** All of it: kills, audits, and in the end both indexes held against clean builds. Nothing is thrown for what is found. */
export async function killAgainAndAgain(plan: KillPlan, kills: number): Promise<KillResult> {
  const figures = new KillFigures();
  const ingest = new KilledIngest({ ...plan, random: plan.random.fork('ingest') }, figures);
  await ingest.run(Math.ceil(kills / 2));
  const serve = new KilledServe({ ...plan, random: plan.random.fork('serve') }, figures);
  await serve.run(Math.floor(kills / 2));
  return {
    figures,
    ingest: await compareWithClean(ingest.folder, ingest.expected),
    serve: await compareWithClean(serve.folder, serve.expected),
  };
}

/** Problems that a report shows. */
const SHOWN = 20;

function report(
  { figures, ingest, serve }: KillResult,
  { documents, kills }: { readonly documents: number; readonly kills: number },
): Report {
  const problems = [
    ...figures.problems,
    ...ingest.problems.map((problem) => `${problem} (index of the killed ingests)`),
    ...serve.problems.map((problem) => `${problem} (index of the killed services)`),
  ];
  return {
    title: 'kill -9, again and again',
    about:
      'Processes of the built program (`ingest` of a growing, changing corpus; `serve` with documents posted to it) are killed with SIGKILL at seeded moments: some time after their start, when their log has grown so far, when they begin to save an index, after so many acknowledged requests. After each, the store is opened and checked: every acknowledged document is there once, in the edition that was acknowledged or a later one that was sent, with all its chunks and vectors. Questions are asked of the service, of a reader beside the ingest, and of the index that is left: each passage must be a stretch of one such edition. In the end both indexes are held against ones built at once from the same documents with the same embedding model.',
    facts: [['documents at the start', fixed(documents, 0)]],
    tables: [
      {
        caption: 'Kills',
        columns: ['', 'kills'],
        rows: [...figures.kills].map(([name, count]) => [name, fixed(count, 0)]),
      },
      {
        caption: 'What was looked at',
        columns: ['', 'count'],
        rows: [
          ['processes that had ended before their kill', fixed(figures.late, 0)],
          ['audits of the store', fixed(figures.audits, 0)],
          ['answers while the process lived', fixed(figures.during, 0)],
          ['answers after its death', fixed(figures.after, 0)],
          ['documents acknowledged by the service', fixed(figures.acknowledged, 0)],
        ],
      },
      {
        caption: 'Against clean builds',
        columns: ['index', 'documents', 'chunks', 'result lists compared', 'differences'],
        rows: Object.entries({ 'of the killed ingests': ingest, 'of the killed services': serve }).map(
          ([name, found]) => [
            name,
            ...[found.documents, found.chunks, found.searches, found.problems.length].map((n) => fixed(n, 0)),
          ],
        ),
      },
      ...(problems.length === 0
        ? []
        : [
            { caption: 'Problems', columns: ['problem'], rows: problems.slice(0, SHOWN).map((one) => [one]) },
          ]),
    ],
    bounds: [
      atLeast({ what: 'kills', found: figures.total, limit: kills }),
      atMost({ what: 'problems', found: problems.length, limit: 0 }),
    ],
  };
}
