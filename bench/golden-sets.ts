import { spawnSync } from 'node:child_process';
import { basename, join, resolve } from 'node:path';
import { GroundspeedError } from '../src/kernel/errors.ts';
import type { RunRecord } from '../src/records/schema.ts';
import { type BenchProgram, somePositionals } from './harness/program.ts';
import { atMost, type Bound, fixed, type Report } from './harness/report.ts';
import { inTemporaryFolder } from './harness/temporary-folder.ts';

/** What collections go through: checked, imported, asked directly and as imported. It starts the built program: build it first. */
export const goldenSets: BenchProgram = {
  usage: 'BEIR_COLLECTION…',
  options: {},
  async run(args, { root, progress }) {
    const sets: SetFigures[] = [];
    for (const given of somePositionals(args, 'BEIR_COLLECTION')) {
      const path = resolve(given);
      progress(basename(path));
      sets.push(await inTemporaryFolder(async (folder) => measure(path, { root, folder })));
    }
    return report(sets);
  },
};

interface SetFigures {
  readonly name: string;
  readonly questions: number;
  readonly documents: number;
  readonly checkSeconds: number;
  readonly importSeconds: number;
  /** Of every question, with an index that was there already: the whole process. */
  readonly evaluateSeconds: number;
  readonly direct: Figures;
  readonly imported: Figures;
}

interface Figures {
  readonly ndcg: number | null;
  readonly questionsHash: string;
  readonly corpusHash: string | null;
}

interface Place {
  readonly root: string;
  readonly folder: string;
}

/** The golden set is broken, or has warnings that are errors: still a finding. */
const BROKEN = 3;

function measure(path: string, place: Place): SetFigures {
  const check = run(['dataset', 'check', path, '--json'], place, [0, BROKEN]);
  const imported = join(place.folder, 'imported');
  const taken = run(['dataset', 'import', 'beir', path, '--output', imported, '--quiet'], place);
  const evaluate = (dataset: string) => run(['evaluate', '--dataset', dataset, '--json', '--quiet'], place);
  evaluate(path);
  const again = evaluate(path);
  const record = JSON.parse(again.out) as RunRecord;
  return {
    name: basename(path),
    questions: record.dataset!.questions,
    documents: record.dataset!.documents!,
    checkSeconds: check.seconds,
    importSeconds: taken.seconds,
    evaluateSeconds: again.seconds,
    direct: figuresOf(record),
    imported: figuresOf(JSON.parse(evaluate(imported).out) as RunRecord),
  };
}

function figuresOf({ dataset, quality }: RunRecord): Figures {
  return {
    ndcg: quality!.measures.find(({ name }) => name === 'ndcg@10')!.mean,
    questionsHash: dataset!.questionsHash,
    corpusHash: dataset!.corpusHash,
  };
}

function run(
  argv: readonly string[],
  { root, folder }: Place,
  codes: readonly number[] = [0],
): { readonly out: string; readonly seconds: number } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...argv], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status === null || !codes.includes(status)) {
    throw new GroundspeedError(
      'internal.io',
      `groundspeed ${argv.join(' ')} ended with ${status}: ${stderr}`,
      {
        hint: 'Run npm run build first.',
      },
    );
  }
  return { out: stdout, seconds: (performance.now() - start) / 1000 };
}

function report(sets: readonly SetFigures[]): Report {
  return {
    title: 'Golden sets, in and out',
    about:
      'Each BEIR folder is checked (`dataset check`), imported into our own format (`dataset import beir`), and its test split asked with default settings: read directly, and as imported. Equal hashes of questions and corpus, and an equal nDCG@10, say that nothing was lost. Seconds are those of whole processes; those of `evaluate` are with an index that was there already.',
    tables: [
      {
        caption: 'Sets',
        columns: [
          'set',
          'questions',
          'documents',
          'nDCG@10, direct',
          'as imported',
          'same hashes',
          'check, s',
          'import, s',
          'evaluate, s',
        ],
        rows: sets.map((set) => [
          set.name,
          fixed(set.questions, 0),
          fixed(set.documents, 0),
          shown(set.direct.ndcg),
          shown(set.imported.ndcg),
          sameHashes(set) ? 'yes' : 'no',
          fixed(set.checkSeconds, 2),
          fixed(set.importSeconds, 2),
          fixed(set.evaluateSeconds, 1),
        ]),
      },
    ],
    bounds: sets.flatMap(boundsOf),
  };
}

const shown = (value: number | null): string => (value === null ? '–' : fixed(value, 6));

const sameHashes = ({ direct, imported }: SetFigures): boolean =>
  direct.questionsHash === imported.questionsHash && direct.corpusHash === imported.corpusHash;

function boundsOf(set: SetFigures): Bound[] {
  const { name, direct, imported } = set;
  return [
    {
      what: `${name}: nDCG@10 as imported`,
      must: shown(direct.ndcg),
      found: shown(imported.ndcg),
      met: direct.ndcg === imported.ndcg && sameHashes(set),
    },
    ...(name === 'scifact'
      ? [
          atMost({
            what: 'scifact: dataset check',
            found: set.checkSeconds,
            limit: 10,
            unit: 's',
            digits: 2,
          }),
          atMost({
            what: 'scifact: evaluate of its 300 claims, after ingest',
            found: set.evaluateSeconds,
            limit: 30,
            unit: 's',
            digits: 1,
          }),
        ]
      : []),
  ];
}
