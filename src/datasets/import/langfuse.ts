import type { GoldenQuestion } from '../golden.ts';
import { splitSources } from '../questions.ts';
import { Entry, isObject, plainText } from './entry.ts';
import type { Importer, ImportTask } from './importer.ts';
import { manyOf, ownFields } from './own-fields.ts';
import { idOf, readRecordSet } from './record-sets.ts';

const QUESTION_FIELDS = ['question', 'query', 'input', 'prompt', 'text', 'message', 'content'];
const ANSWER_FIELDS = [
  'answers',
  'answer',
  'output',
  'expectedOutput',
  'expected',
  'reference',
  'text',
  'content',
];

export const langfuse: Importer = {
  name: 'langfuse',
  reads:
    'Langfuse data set items as JSON, JSON lines or CSV: input, expectedOutput, metadata; input a text, or an object with a question in it',
  detected: 'records with input and expectedOutput',
  detect({ fields }) {
    const langfuseOnly = [
      'expectedOutput',
      'sourceTraceId',
      'sourceObservationId',
      'datasetId',
      'datasetName',
    ];
    const seen = langfuseOnly.find((field) => fields.has(field));
    return fields.has('input') && seen !== undefined ? `records with input, ${seen}` : undefined;
  },
  read: (task) =>
    readRecordSet(task, (entry, { index }) => {
      const status = entry.optionalText('status');
      if (status !== undefined && status.toUpperCase() === 'ARCHIVED') {
        task.losses.add({
          kind: 'archived',
          of: 'question',
          what: 'an archived item is no longer asked',
          where: () => entry.where(),
        });
        entry.ignore(...entry.names);
        return undefined;
      }
      return {
        id: idOf(entry, index, 'id'),
        question: questionIn(entry, task),
        ...fromMetadata(entry, task),
        ...answersIn(entry, task),
      };
    }),
};

/** A cell of a CSV export holds JSON as its text. */
function jsonValue(entry: Entry, ...names: readonly string[]): unknown {
  const value = entry.value(...names);
  if (typeof value !== 'string' || !/^\s*[{["]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function questionIn(entry: Entry, task: ImportTask): string {
  const input = jsonValue(entry, 'question', 'input');
  const text = plainText(input);
  if (text !== undefined) return text;
  if (Array.isArray(input)) return lastUserMessage(input) ?? missing(entry);
  if (!isObject(input)) return missing(entry);
  const inner = innerEntry(input, entry, 'input');
  const messages = inner.value('messages');
  if (Array.isArray(messages)) {
    const said = lastUserMessage(messages);
    if (said !== undefined) {
      inner.reportRest(task.losses);
      return said;
    }
  }
  const values = Object.entries(input).filter(([, value]) => typeof value === 'string');
  const only = values.length === 1 ? [values[0]![0]] : [];
  const name = [...QUESTION_FIELDS, ...only].find((field) => plainText(inner.raw(field)) !== undefined);
  if (name === undefined) return missing(entry);
  const question = inner.text(name);
  inner.reportRest(task.losses);
  return question;
}

function missing(entry: Entry): never {
  throw entry.wrong(
    'input',
    'holds no question that could be told',
    'Name the field that holds it: --map question=input.FIELD.',
  );
}

/** Of a conversation, the question that was asked last. */
function lastUserMessage(messages: readonly unknown[]): string | undefined {
  return messages
    .filter(isObject)
    .filter(({ role }) => role === 'user')
    .map(({ content }) => plainText(content))
    .findLast((content) => content !== undefined);
}

function innerEntry(values: Record<string, unknown>, entry: Entry, field: string): Entry {
  return new Entry(values, () => entry.where(field));
}

function answersIn(entry: Entry, task: ImportTask): Partial<GoldenQuestion> {
  const value = jsonValue(entry, 'answers', 'answer', 'expectedOutput', 'expected_output');
  if (value === undefined || value === '') return {};
  const texts = (Array.isArray(value) ? value : [value]).map(plainText);
  if (texts.every((text) => text !== undefined))
    return { answers: texts.filter((text) => text.trim() !== '') };
  if (isObject(value)) {
    const inner = innerEntry(value, entry, 'expectedOutput');
    const name = ANSWER_FIELDS.find((field) => isTexts(inner.raw(field)));
    if (name !== undefined) {
      const answers = manyOf(inner, name);
      inner.reportRest(task.losses);
      return { answers };
    }
  }
  task.losses.add({
    kind: 'expected-output',
    of: 'detail',
    what: 'an expected output in which no answer can be told is no golden answer',
    where: () => entry.where('expectedOutput'),
    found: JSON.stringify(value),
  });
  return {};
}

const isTexts = (value: unknown): boolean =>
  (Array.isArray(value) ? value : [value]).every((item) => plainText(item) !== undefined);

function fromMetadata(entry: Entry, task: ImportTask): Partial<GoldenQuestion> {
  const metadata = jsonValue(entry, 'metadata');
  if (metadata === undefined || metadata === '') return {};
  if (!isObject(metadata)) {
    task.losses.add({
      kind: 'field',
      of: 'detail',
      what: 'metadata that is no object has no place in a golden set',
      where: () => entry.where('metadata'),
      found: plainText(metadata) ?? JSON.stringify(metadata),
    });
    return {};
  }
  const inner = innerEntry(metadata, entry, 'metadata');
  const own = ownFields(inner, { misfit: 'lose', losses: task.losses });
  const source = inner.raw('source');
  const sources =
    isTexts(source) && source !== undefined ? manyOf(inner, 'source').flatMap(splitSources) : [];
  inner.reportRest(task.losses);
  const relevant = own.relevant ?? (sources.length > 0 ? new Map(sources.map((id) => [id, 1])) : undefined);
  return { ...own, ...(relevant !== undefined && { relevant }) };
}
