import { GroundspeedError } from '../../kernel/errors.ts';
import { goldenQuestion } from '../golden.ts';
import { parseQrels, type Qrels } from '../trec.ts';
import type { DraftDocument, DraftQuestion, Imported, Importer, ImportTask } from './importer.ts';
import { type NamedFile, refused, type Source, textOf } from './source.ts';
import { parseDocuments } from './trec-documents.ts';
import { parseTopics } from './trec-topics.ts';

const TOPICS = /(^|[._-])(topics?|queries)([._-]|$)/i;
const QRELS = /(^|[._-])qrels?([._-]|$)/i;
const RUN = /(^|[._-])runs?([._-]|$)/i;
const DOCUMENTS = /(^|[._-])(corpus|docs?|documents?|collection)([._-]|$)/i;

export const trec: Importer = {
  name: 'trec',
  reads:
    'TREC topics (id and text separated by a tab, or <top> blocks), qrels, and a corpus of <DOC> blocks or JSON lines; runs hold no golden questions and are left to `measure`',
  detected: 'a folder with files named topics… and qrels…, or a file of <top> blocks',
  detect({ names, start, name }) {
    if (/^[ \t]*<top>/im.test(start)) return 'a file of <top> blocks';
    const topics = names.find((one) => TOPICS.test(one) && !one.endsWith('.jsonl'));
    const qrels = names.find((one) => QRELS.test(one) && !one.startsWith('qrels/'));
    if (topics !== undefined && qrels !== undefined) return `${topics} and ${qrels}`;
    return TOPICS.test(name) && /\.(tsv|txt)$/.test(name) ? `a file named ${name}` : undefined;
  },
  read: readTrec,
};

async function readTrec(task: ImportTask): Promise<Imported> {
  const { source, options, losses } = task;
  const topics = parseTopics(await topicsFile(source), losses);
  const files =
    options.qrels === undefined ? await qrelsFiles(source) : [{ file: options.qrels, split: undefined }];
  if (files.length === 0) {
    throw refused(source.path, 'comes without qrels', {
      hint: 'Give the judgements with --qrels FILE: question 0 document grade.',
    });
  }
  const judged = files.map(({ file, split }) => ({ file, split, qrels: judgementsOf(file) }));
  const questions: DraftQuestion[] = [];
  const known = new Set<string>();
  for (const { id, text, where } of topics) {
    known.add(id);
    const [first, ...others] = judged.filter(({ qrels }) => qrels.has(id));
    if (first === undefined) {
      losses.add({
        kind: 'unjudged',
        of: 'question',
        what: 'a topic that the qrels do not judge cannot be scored',
        where: () => where(),
        found: text,
      });
      continue;
    }
    const relevant = first.qrels.get(id)!;
    questions.push({ question: goldenQuestion({ id, question: text, relevant, split: first.split }), where });
    for (const other of others) {
      losses.add(
        {
          kind: 'several-splits',
          of: 'judgement',
          what: 'judgements of a topic that another file of qrels judges, too',
          where: other.file.name,
          found: id,
        },
        other.qrels.get(id)!.size,
      );
    }
  }
  for (const { qrels, file } of judged) reportUnknown(qrels, { known, file, losses: task });
  const documents = await documentsOf(task);
  return {
    questions,
    documents,
    read: {
      questions: topics.length,
      documents: documents?.length ?? 0,
      judgements: judged.reduce((sum, { qrels }) => sum + sizeOf(qrels), 0),
    },
    ownSplits: judged.some(({ split }) => split !== undefined),
  };
}

const sizeOf = (qrels: Qrels): number => [...qrels.values()].reduce((sum, { size }) => sum + size, 0);

async function topicsFile(source: Source): Promise<NamedFile> {
  const [only] = source.names;
  if (only !== undefined && source.names.length === 1) {
    const file = await source.read(only);
    if (RUN.test(only) && !TOPICS.test(only)) refuseRun(file);
    return file;
  }
  const named = source.names.filter((name) => TOPICS.test(name));
  const [name] = named;
  if (name !== undefined && named.length === 1) return source.read(name);
  throw refused(
    source.path,
    named.length > 1 ? `holds several files of topics: ${named.join(', ')}` : 'holds no file named topics…',
    { hint: 'Name the file of topics, and give --qrels and --corpus.' },
  );
}

/** A run is what a system answered: it says nothing of what is right. */
function refuseRun(file: NamedFile): void {
  const line = textOf(file).split('\n', 1)[0]!.trim();
  if (line.split(/\s+/).length !== 6) return;
  throw refused(`${file.name}:1`, 'is a run: a ranking that a system made, not golden questions', {
    hint: '`groundspeed measure --qrels FILE --run FILE` scores it.',
  });
}

/** `qrels.txt`, or for each split a `qrels.<split>.txt`. */
async function qrelsFiles(source: Source): Promise<{ file: NamedFile; split: string | undefined }[]> {
  const names = source.names.filter((name) => QRELS.test(name) && !name.startsWith('qrels/'));
  if (names.length === 0 || source.names.length === 1) return [];
  const splitOf = (name: string) => /^qrels\.([\w.-]+)\.txt$/.exec(name)?.[1];
  if (names.length > 1 && names.some((name) => splitOf(name) === undefined)) {
    throw refused(source.path, `holds several files of qrels: ${names.join(', ')}`, {
      hint: 'Name one with --qrels.',
    });
  }
  return Promise.all(names.map(async (name) => ({ file: await source.read(name), split: splitOf(name) })));
}

function judgementsOf(file: NamedFile): Qrels {
  const text = textOf(file);
  try {
    return parseQrels(text, file.name);
  } catch (error) {
    const fields = text.trim().split(/\r?\n/, 1)[0]!.trim().split(/\s+/).length;
    if (!(error instanceof GroundspeedError) || fields !== 6) throw error;
    throw refused(`${file.name}:1`, 'is a run: a ranking that a system made, not judgements', {
      hint: 'Give qrels: question 0 document grade. `groundspeed measure --run` scores a run.',
      cause: error,
    });
  }
}

function reportUnknown(
  qrels: Qrels,
  { known, file, losses: { losses } }: { known: ReadonlySet<string>; file: NamedFile; losses: ImportTask },
): void {
  for (const [id, grades] of qrels) {
    if (known.has(id)) continue;
    losses.add(
      {
        kind: 'unknown-question',
        of: 'judgement',
        what: 'judgements of topics that are not among the topics',
        where: file.name,
        found: id,
      },
      grades.size,
    );
  }
}

async function documentsOf({ source, options, losses }: ImportTask): Promise<DraftDocument[] | undefined> {
  if (options.corpus !== undefined) return parseDocuments(options.corpus, losses);
  const names = source.names.length === 1 ? [] : source.names.filter((name) => DOCUMENTS.test(name));
  if (names.length === 0) return undefined;
  const documents: DraftDocument[] = [];
  for (const name of names) documents.push(...parseDocuments(await source.read(name), losses));
  return documents;
}
