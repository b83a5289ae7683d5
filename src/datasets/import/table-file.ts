import { writable } from '../export/cells.ts';
import { gradeOne, splitSources } from '../questions.ts';
import type { Entry } from './entry.ts';
import type { Imported, Importer, ImportTask, Peek } from './importer.ts';
import { manyOf, ownFields } from './own-fields.ts';
import { idOf, readRecordSet, withContexts } from './record-sets.ts';

const OPTIONAL =
  'and where they are of use answers, kind, difficulty, split, tags, answerable, forbidden, evidence, relevant, contexts, derived, must; other names by --map';

const isTable = ({ fields }: Peek): boolean =>
  fields.has('question') &&
  ['answer', 'answers', 'source', 'evidence', 'relevant', 'answerable'].some((field) => fields.has(field));

export const csv: Importer = {
  name: 'csv',
  reads: `a spreadsheet of golden questions: question, answer, source (ids or URLs, separated by semicolons), id, ${OPTIONAL}`,
  detected: 'a .csv file with a column question',
  detect: (peek) =>
    peek.name.endsWith('.csv') && isTable(peek) ? 'a CSV file with question and answer or source' : undefined,
  read: readTable,
};

export const jsonl: Importer = {
  name: 'jsonl',
  reads: `JSON lines (or a JSON list) of golden questions, with the same fields as csv: question, answer, source, id, ${OPTIONAL}`,
  detected: 'a .jsonl or .json file of records with question',
  detect: (peek) =>
    !peek.name.endsWith('.csv') && isTable(peek) ? 'records with question and answer or source' : undefined,
  read: readTable,
};

function readTable(task: ImportTask): Promise<Imported> {
  return readRecordSet(task, (entry, { index, contexts }) => {
    const id = idOf(entry, index, 'id', '_id');
    const own = ownFields(entry, { misfit: 'refuse', losses: task.losses });
    const answer = manyAnswers(entry);
    const sources = entry.texts('source').flatMap(splitSources);
    const texts = manyOf(entry, 'contexts');
    const relevant = own.relevant ?? (sources.length > 0 ? gradeOne(sources) : undefined);
    const golden = { texts, ids: texts.length === 0 ? [] : sources, where: entry.where };
    const stated = { ...own, ...(relevant !== undefined && { relevant }) };
    return {
      id,
      question: entry.text('question'),
      ...own,
      answers: withAnswer(own.answers ?? [], answer),
      ...withContexts(stated, golden, { placer: contexts, losses: task.losses }),
    };
  });
}

function manyAnswers(entry: Entry): readonly string[] {
  const value = entry.value('answer');
  return Array.isArray(value) ? manyOf(entry, 'answer') : entry.texts('answer');
}

/** `answers` and `answer` together; an answer that is one of the aliases, as a cell can show it, is not counted twice. */
function withAnswer(aliases: readonly string[], answers: readonly string[]): readonly string[] {
  const shown = new Set(aliases.map((alias) => writable(alias).trim()));
  return [...aliases, ...answers.filter((answer) => !shown.has(answer.trim()))];
}
