import { type GoldenQuestion, goldenQuestion } from '../golden.ts';
import type { Losses } from '../loss.ts';
import { gradeOne } from '../questions.ts';
import { mapColumns } from './columns.ts';
import { ContextPlacer, type GoldenContexts } from './contexts.ts';
import type { Entry } from './entry.ts';
import { corpusOf, type DraftQuestion, type Imported, type ImportTask } from './importer.ts';
import { questionFile } from './question-file.ts';
import { readRecords } from './records.ts';

/** What a format makes of one record; undefined where it has said in the losses why there is no question in it. */
export type RecordReader = (
  entry: Entry,
  place: { readonly index: number; readonly contexts: ContextPlacer; readonly task: ImportTask },
) => (Partial<GoldenQuestion> & Pick<GoldenQuestion, 'id' | 'question'>) | undefined;

/** Reads a file of one question a record, with the corpus beside it or made of its passages. */
export async function readRecordSet(task: ImportTask, read: RecordReader): Promise<Imported> {
  const file = await questionFile(task);
  const corpus = await corpusOf(task);
  const contexts = new ContextPlacer(corpus, task.losses);
  const entries = mapColumns(readRecords(file, task.losses), task.options.columns, file.name);
  const questions: DraftQuestion[] = [];
  let judgements = 0;
  for (const [index, entry] of entries.entries()) {
    const fields = read(entry, { index, contexts, task });
    entry.reportRest(task.losses);
    if (fields === undefined) continue;
    const question = goldenQuestion(fields);
    judgements += question.relevant.size;
    questions.push({ question, where: entry.where });
  }
  const documents = corpus ?? contexts.made();
  return {
    questions,
    documents,
    read: { questions: entries.length, documents: documents?.length ?? 0, judgements },
    ownSplits: questions.some(({ question }) => question.split !== undefined),
  };
}

/** The id of a record, else `q` and its place in the file. */
export function idOf(entry: Entry, index: number, ...names: readonly string[]): string {
  const name = entry.nameOf(...names);
  if (name === undefined) return `q${index + 1}`;
  const id = entry.text(name);
  if (id.trim() !== '') return id;
  // An empty cell of a spreadsheet is no id; an empty text in JSON may be meant as one, and cannot be.
  return `q${index + 1}`;
}

/**
 * Evidence and judgements: those that the record states itself, else those of its passages. Passages beside evidence
 * restate it; one that does not is a loss.
 */
export function withContexts(
  own: Partial<GoldenQuestion>,
  contexts: GoldenContexts,
  { placer, losses }: { placer: ContextPlacer; losses: Losses },
): Pick<GoldenQuestion, 'evidence' | 'relevant'> {
  if (own.evidence === undefined) {
    const placed = placer.place(contexts);
    return { evidence: placed.evidence, relevant: own.relevant ?? placed.relevant };
  }
  const quotes = new Set(own.evidence.flat().map(({ quote }) => quote));
  for (const found of contexts.texts) {
    if (quotes.has(found)) continue;
    const what = 'a golden passage beside evidence that does not quote it';
    losses.add({ kind: 'context', of: 'detail', what, where: () => contexts.where(), found });
  }
  const documents = own.evidence.flat().map(({ document }) => document);
  return { evidence: own.evidence, relevant: own.relevant ?? gradeOne([...documents, ...contexts.ids]) };
}
