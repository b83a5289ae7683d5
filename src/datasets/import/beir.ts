import { parseQrels, parseQueries, type Qrels } from '../beir.ts';
import type { GoldenQuestion } from '../golden.ts';
import { decodeLines, parseJsonLine } from '../lines.ts';
import type { Losses } from '../loss.ts';
import { unknownSplit } from '../splits.ts';
import { Entry, isObject } from './entry.ts';
import {
  CORPUS_FILE,
  type DraftQuestion,
  type Imported,
  type Importer,
  type ImportTask,
  readCorpusLines,
} from './importer.ts';
import { ownFields } from './own-fields.ts';
import { type NamedFile, refuseBinary, refuseDeep, refused } from './source.ts';
import { splitFileName } from './split-names.ts';

const QUERIES_FILE = 'queries.jsonl';
/** Fields of a query's metadata that the reader of BEIR sets understands. */
const UNDERSTOOD = ['answers', 'is_impossible', 'evidence', 'kind', 'difficulty', 'tags', 'derived'] as const;

export const beir: Importer = {
  name: 'beir',
  reads:
    'a BEIR folder: corpus.jsonl, queries.jsonl, qrels/*.tsv, all splits; answers and the like in metadata',
  detected: 'a folder with queries.jsonl',
  detect: ({ names }) => (names.includes(QUERIES_FILE) ? QUERIES_FILE : undefined),
  read: readBeir,
};

/** A query with what its metadata says beyond what the reader of BEIR sets takes. */
interface Query extends DraftQuestion {
  /** Undefined where metadata says nothing; null where it says that the question is of no split. */
  readonly saidSplit: string | null | undefined;
}

interface Judged {
  readonly split: string;
  readonly file: string;
  readonly qrels: Qrels;
}

async function readBeir(task: ImportTask): Promise<Imported> {
  const { source, options, losses } = task;
  if (!source.names.includes(QUERIES_FILE)) {
    throw refused(source.path, `holds no ${QUERIES_FILE}`, { hint: 'Name the folder of a BEIR set.' });
  }
  const queries = readQueries(await source.read(QUERIES_FILE), losses);
  const all = await readJudgements(task);
  const judged = options.split === undefined ? all : all.filter(({ split }) => split === options.split);
  if (options.split !== undefined && judged.length === 0 && all.length > 0) {
    throw unknownSplit(
      options.split,
      all.map(({ split }) => split),
      'qrels',
    );
  }
  let judgements = 0;
  for (const { qrels } of all) for (const grades of qrels.grades.values()) judgements += grades.size;
  for (const one of all) if (!judged.includes(one)) loseSplit(one, options.split!, losses);
  const questions: DraftQuestion[] = [];
  for (const query of queries) {
    const elsewhere = all.some((one) => !judged.includes(one) && one.qrels.grades.has(query.question.id));
    const question = judgedQuestion(query, judged, { losses, elsewhere });
    if (question !== undefined) questions.push({ question, where: query.where });
  }
  reportUnknown(queries, judged, losses);
  const corpus =
    options.corpus ?? (source.names.includes(CORPUS_FILE) ? await source.read(CORPUS_FILE) : undefined);
  const documents = corpus && readCorpusLines(corpus, losses);
  return {
    questions,
    documents,
    read: { questions: queries.length, documents: documents?.length ?? 0, judgements },
    ownSplits: true,
  };
}

/** Judgements by split: a file each, the test split first, which a query that several judge belongs to. */
async function readJudgements({ source, options }: ImportTask): Promise<Judged[]> {
  const names = source.names.filter((name) => /^qrels\/[^/]+\.tsv$/.test(name));
  const files = await Promise.all(names.map((name) => source.read(name)));
  if (options.qrels !== undefined) files.splice(0, files.length, options.qrels);
  const rank = (split: string): number => {
    const place = ['test', 'dev', 'train'].indexOf(split);
    return place < 0 ? 3 : place;
  };
  return files
    .map((file) => {
      refuseBinary(file);
      const split = /([^/\\]+?)(\.tsv)?$/.exec(file.name)![1]!;
      return { split, file: file.name, qrels: parseQrels(file.bytes, file.name) };
    })
    .sort((a, b) => rank(a.split) - rank(b.split) || (a.split < b.split ? -1 : 1));
}

function readQueries(file: NamedFile, losses: Losses): Query[] {
  refuseBinary(file);
  refuseDeep(file);
  const parsed = parseQueries(file.bytes, file.name);
  const queries: Query[] = [];
  for (const line of decodeLines(file.bytes, file.name)) {
    const { question, where } = parsed[queries.length]!;
    const values = parseJsonLine(line, file.name);
    const entry = new Entry(values, () => where);
    entry.ignore('text', 'metadata', entry.has('_id') ? '_id' : 'id');
    entry.reportRest(losses, 'query');
    const metadata = new Entry(isObject(values.metadata) ? values.metadata : {}, () => where);
    queries.push({ ...fromMetadata(question, metadata, losses), where: () => where });
  }
  return queries;
}

function fromMetadata(question: GoldenQuestion, metadata: Entry, losses: Losses): Omit<Query, 'where'> {
  for (const name of UNDERSTOOD) if (wasTaken(name, question, metadata.raw(name))) metadata.ignore(name);
  const more = new Entry(
    { forbidden: metadata.raw('forbidden'), must: metadata.raw('must') },
    metadata.where,
  );
  const { forbidden = [], must = false } = ownFields(more, { misfit: 'lose', losses });
  const said = metadata.raw('split');
  const saidSplit = typeof said === 'string' && said !== '' ? said : said === null ? null : undefined;
  metadata.ignore('forbidden', 'must', ...(saidSplit === undefined ? [] : ['split']));
  metadata.reportRest(losses, "query's metadata");
  return { question: { ...question, forbidden, must }, saidSplit };
}

/** Whether the reader of BEIR sets took all that a field of the metadata says. */
function wasTaken(name: (typeof UNDERSTOOD)[number], question: GoldenQuestion, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  const size = Array.isArray(value) ? value.length : 1;
  switch (name) {
    case 'answers':
      return question.answers.length === size;
    case 'tags':
      return question.tags.length === size;
    case 'evidence':
      return question.evidence.length === size;
    case 'kind':
      return question.kind === value;
    case 'difficulty':
      return question.difficulty === value;
    case 'is_impossible':
    case 'derived':
      return typeof value === 'boolean';
  }
}

interface Leaving {
  readonly losses: Losses;
  /** Whether a split judges it that --split leaves out. */
  readonly elsewhere: boolean;
}

/** The question with its judgements and split; undefined, with a loss, where nothing could score it. */
function judgedQuestion(
  { question, where, saidSplit }: Query,
  judged: readonly Judged[],
  { losses, elsewhere }: Leaving,
): GoldenQuestion | undefined {
  const [first, ...others] = judged.filter(({ qrels }) => qrels.grades.has(question.id));
  if (first === undefined) {
    const label =
      !question.answerable ||
      question.answers.length > 0 ||
      question.evidence.length > 0 ||
      saidSplit !== undefined;
    if (label && !elsewhere) return { ...question, split: saidSplit ?? undefined };
    losses.add({
      kind: elsewhere ? 'other-split' : 'unjudged',
      of: 'question',
      what: elsewhere
        ? 'questions of other splits than the one that was asked for'
        : 'a query that no qrels file judges, and that has no answer, cannot be scored',
      where: () => where(),
      found: question.question,
    });
    return undefined;
  }
  const relevant = first.qrels.grades.get(question.id)!;
  for (const other of others) {
    const again = other.qrels.grades.get(question.id)!;
    losses.add(
      {
        kind: 'several-splits',
        of: 'judgement',
        what:
          saidSplit === null && sameGrades(relevant, again)
            ? 'judgements written once for each split, of a question that belongs to all: they are kept once'
            : `judgements of ${JSON.stringify(other.split)} for queries that ${JSON.stringify(first.split)} judges, too (--split takes the other)`,
        where: () => other.qrels.lines.get(question.id) ?? other.file,
      },
      again.size,
    );
  }
  return { ...question, relevant, split: splitOf(first.split, saidSplit) };
}

/** The qrels file names the split, unless the metadata names one that only this file name can stand for. */
function splitOf(file: string, said: string | null | undefined): string | undefined {
  if (said === null) return undefined;
  return said !== undefined && splitFileName(said) === file ? said : file;
}

const sameGrades = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([document, grade]) => b.get(document) === grade);

function loseSplit({ qrels, file }: Judged, wanted: string, losses: Losses): void {
  const count = [...qrels.grades.values()].reduce((sum, { size }) => sum + size, 0);
  const what = `judgements of other splits than ${JSON.stringify(wanted)}, which was asked for`;
  losses.add({ kind: 'other-split', of: 'judgement', what, where: file }, count);
}

function reportUnknown(queries: readonly Query[], judged: readonly Judged[], losses: Losses): void {
  const known = new Set(queries.map(({ question }) => question.id));
  for (const { qrels, file } of judged) {
    for (const [query, grades] of qrels.grades) {
      if (known.has(query)) continue;
      losses.add(
        {
          kind: 'unknown-question',
          of: 'judgement',
          what: 'judgements of queries that are not among the queries',
          where: qrels.lines.get(query) ?? file,
          found: query,
        },
        grades.size,
      );
    }
  }
}
