import { type EvidenceQuote, goldenQuestion } from '../golden.ts';
import type { Losses } from '../loss.ts';
import { mapColumns } from './columns.ts';
import { type Entry, isObject, plainText } from './entry.ts';
import type { DraftDocument, DraftQuestion, Imported, Importer, ImportTask } from './importer.ts';
import { manyOf, ownFields } from './own-fields.ts';
import { questionFile } from './question-file.ts';
import { idOf } from './record-sets.ts';
import { readRecords } from './records.ts';
import { parquet } from './source.ts';

export const autorag: Importer = {
  name: 'autorag',
  reads:
    'AutoRAG data as JSON lines or JSON: qid, query, retrieval_gt (AND of ORs), generation_gt; and its corpus: doc_id, contents',
  detected: 'records with retrieval_gt, or files qa.* beside corpus.*',
  detect({ fields, names }) {
    if (fields.has('retrieval_gt')) return 'records with retrieval_gt';
    return names.includes('qa.parquet') ? 'qa.parquet' : undefined;
  },
  read: readAutorag,
};

async function readAutorag(task: ImportTask): Promise<Imported> {
  const file = await questionFile(task);
  const documents = await readDocuments(task);
  const texts = documents && new Map(documents.map(({ document }) => [document.id, document.text]));
  const entries = mapColumns(readRecords(file, task.losses), task.options.columns, file.name);
  const questions: DraftQuestion[] = [];
  let judgements = 0;
  for (const [index, entry] of entries.entries()) {
    const groups = groupsOf(entry);
    const own = ownFields(entry, { misfit: 'lose', losses: task.losses });
    const question = goldenQuestion({
      id: idOf(entry, index, 'id', 'qid'),
      question: entry.text('question', 'query'),
      ...own,
      answers: own.answers ?? manyOf(entry, 'answer', 'generation_gt'),
      relevant: own.relevant ?? new Map(groups.flat().map((id) => [id, 1])),
      evidence: own.evidence ?? evidenceOf(groups, texts, { entry, losses: task.losses }),
    });
    entry.reportRest(task.losses);
    judgements += question.relevant.size;
    questions.push({ question, where: entry.where });
  }
  return {
    questions,
    documents,
    read: { questions: entries.length, documents: documents?.length ?? 0, judgements },
    ownSplits: questions.some(({ question }) => question.split !== undefined),
  };
}

/** AND of ORs. One list stands for one group, a text for a group of one, as AutoRAG itself takes them. */
function groupsOf(entry: Entry): readonly (readonly string[])[] {
  const value = asJson(entry.value('source', 'retrieval_gt'));
  if (value === undefined || value === '') return [];
  const outer: unknown[] = Array.isArray(value) ? value : [value];
  const lists: unknown[][] = outer.some(Array.isArray)
    ? outer.map((item) => (Array.isArray(item) ? item : [item]))
    : [outer];
  return lists
    .map((list) =>
      list.map((item) => {
        const id = plainText(item);
        if (id === undefined) throw entry.wrong('retrieval_gt', 'must be lists of document ids');
        return id;
      }),
    )
    .map((list) => list.filter((id) => id.trim() !== ''))
    .filter((list) => list.length > 0);
}

function asJson(value: unknown): unknown {
  if (typeof value !== 'string' || !value.trim().startsWith('[')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * One group needs no evidence: any of its documents will do, which relevance says. Several groups are kept as evidence,
 * each document quoted whole, since relevance has no AND; that needs the documents' texts.
 */
function evidenceOf(
  groups: readonly (readonly string[])[],
  texts: ReadonlyMap<string, string> | undefined,
  { entry, losses }: { entry: Entry; losses: Losses },
): EvidenceQuote[][] {
  if (groups.length < 2) return [];
  const evidence = groups.map((group) =>
    group.flatMap((document) => {
      const quote = texts?.get(document) ?? '';
      return quote.trim() === '' ? [] : [{ document, quote }];
    }),
  );
  if (evidence.every((group) => group.length > 0)) return evidence;
  losses.add({
    kind: 'and-groups',
    of: 'detail',
    what: 'several documents are needed together, which only their texts could say (give the corpus): any of them will count',
    where: () => entry.where('retrieval_gt'),
    found: JSON.stringify(groups),
  });
  return [];
}

async function readDocuments({ source, options, losses }: ImportTask): Promise<DraftDocument[] | undefined> {
  const name = source.names.find((one) => /^corpus[\w-]*\.(jsonl?|ndjson|csv|parquet)$/i.test(one));
  if (options.corpus === undefined && name?.toLowerCase().endsWith('.parquet')) throw parquet(name);
  const alone = source.names.length === 1;
  const file = options.corpus ?? (name === undefined || alone ? undefined : await source.read(name));
  if (file === undefined) return undefined;
  return readRecords(file).map((entry) => {
    const title = entry.optionalText('title') ?? '';
    const metadata = entry.value('metadata');
    const id = entry.text('doc_id', 'id', '_id');
    if (id.trim() === '') throw entry.wrong(entry.nameOf('doc_id', 'id', '_id') ?? 'doc_id', 'is empty');
    const document = {
      id,
      title,
      text: entry.text('contents', 'text'),
      metadata: isObject(metadata) ? metadata : {},
    };
    if (metadata !== undefined && !isObject(metadata)) {
      losses.add({
        kind: 'field',
        of: 'detail',
        what: 'the metadata of a document is no JSON object',
        where: () => entry.where('metadata'),
      });
    }
    entry.reportRest(losses, 'document');
    return { document, where: entry.where };
  });
}
