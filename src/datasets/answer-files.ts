import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { isAbstention } from '../text/abstention.ts';
import { Fields } from './fields.ts';
import type { EvidenceQuote } from './golden.ts';
import { decodeLines, decodeText, excerpt } from './lines.ts';
import { gradeOne } from './questions.ts';
import { refusedAs } from './refused-as.ts';

/** A passage as a file of answers has it. Without an id, its document is not known: the id is empty. */
export interface FilePassage {
  readonly documentId: string;
  readonly text?: string;
  readonly start?: number;
  readonly end?: number;
}

/** What a file says came back for one question, in the words of judging. */
export interface FileReturn {
  /** Undefined where the file gives passages only. */
  readonly answer: string | undefined;
  readonly abstained: boolean;
  readonly lastResort: boolean;
  readonly passages: readonly FilePassage[] | undefined;
  readonly contextSize: number | undefined;
  readonly citations: readonly number[] | undefined;
  readonly ranking: { readonly ids: readonly string[]; readonly scores: readonly number[] } | undefined;
}

/** What the file itself holds to be right. */
export interface FileReference {
  readonly answers: readonly string[];
  readonly evidence: readonly (readonly EvidenceQuote[])[];
  readonly relevant: ReadonlyMap<string, number>;
}

/** One line (or entry) of a file of answers. */
export interface FileAnswer {
  readonly id: string | undefined;
  readonly question: string | undefined;
  /** Undefined where the line only tells of an error. */
  readonly returned: FileReturn | undefined;
  /** Undefined where the line holds none. */
  readonly reference: FileReference | undefined;
  readonly where: string;
}

/**
 * Reads answers to be measured: JSON lines, or one JSON array. An entry is of ours (`id` or `question`; `answer`,
 * `abstained`, `passages` of `{id|document, text?, start?, end?}` or of texts, `citations`, `ranking`, `error`) or of ragas
 * (`user_input`, `response`, `retrieved_contexts`, `retrieved_context_ids`, `reference`, `reference_contexts`,
 * `reference_context_ids`; of its older names `question`, `answer`, `contexts`, `ground_truth`). Without `abstained`, an
 * answer that is empty or says in so many words that it does not know is an abstention. Citations count from 0, or name
 * documents. Throws `answers.format` with file, line and field; `dataset.empty` for a file without any.
 */
export function parseAnswers(bytes: Uint8Array, file: string): FileAnswer[] {
  const answers = refusedAs('answers.format', () => entriesOf(bytes, file).map(answerOf));
  if (answers.length > 0) return answers;
  throw new GroundspeedError('dataset.empty', `${file} holds no answer`, {
    where: file,
    hint: 'Look for an empty or truncated file.',
  });
}

function entriesOf(bytes: Uint8Array, file: string): Fields[] {
  if (!startsArray(bytes)) {
    return [...decodeLines(bytes, file)].map((line) => Fields.ofLine(line, file));
  }
  const entries = parseArray(decodeText(bytes, file), file);
  return entries.map((entry, index) => {
    const where = `${file}, entry ${index + 1}`;
    if (entry !== null && typeof entry === 'object' && !Array.isArray(entry)) {
      return new Fields(entry as Record<string, unknown>, where);
    }
    throw wrong(where, `is not a JSON object: ${excerpt(JSON.stringify(entry))}`);
  });
}

/** The first byte that is neither white space nor part of a byte order mark. */
function startsArray(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  return first === 0x5b;
}

function parseArray(text: string, file: string): unknown[] {
  try {
    return JSON.parse(text) as unknown[];
  } catch (cause) {
    const position = Number(/position (\d+)/.exec(messageOf(cause))?.[1] ?? text.length);
    const line = text.slice(0, position).split('\n').length;
    throw wrong(`${file}:${line}`, `is not JSON, near ${excerpt(text, position)}`, cause);
  }
}

function answerOf(fields: Fields): FileAnswer {
  const question = questionOf(fields);
  const id = fields.optionalId('id', '_id', 'question_id');
  if (id === undefined && (question === undefined || question.trim() === '')) {
    throw fields.wrong('id', 'is missing, and so is `question` (or `user_input`)');
  }
  return { id, question, returned: returnOf(fields), reference: referenceOf(fields), where: fields.where };
}

function questionOf(fields: Fields): string | undefined {
  const turns = fields.value('user_input');
  if (Array.isArray(turns)) {
    throw fields.wrong('user_input', 'must be one question: conversations of several turns are not measured');
  }
  return fields.optionalText('user_input') ?? fields.optionalText('question');
}

function returnOf(fields: Fields): FileReturn | undefined {
  const answer = fields.optionalText('response') ?? fields.optionalText('answer');
  const passages = passagesOf(fields);
  const ids = fields.value('ranking') === undefined ? undefined : fields.texts('ranking');
  const flag = fields.value('abstained') === undefined ? undefined : fields.boolean('abstained', false);
  const lastResort = fields.boolean('lastResort', false);
  const hasReturn = answer !== undefined || passages !== undefined || ids !== undefined || flag !== undefined;
  if (!hasReturn) {
    if (fields.value('error') !== undefined) return undefined;
    const names = '`answer` (or `response`), `passages` (or `retrieved_contexts`), `ranking` and `error`';
    throw fields.wrong('answer', `is missing, and so is all that could be measured: ${names}`);
  }
  return {
    answer,
    abstained:
      flag ?? (answer !== undefined && !lastResort && (answer.trim() === '' || isAbstention(answer))),
    lastResort,
    passages,
    contextSize: optionalCount(fields, 'contextSize'),
    citations: citationsOf(fields, passages),
    ranking: ids && { ids: [...new Set(ids)], scores: ids.map((_, index) => ids.length - index) },
  };
}

function passagesOf(fields: Fields): FilePassage[] | undefined {
  const name = ['passages', 'retrieved_contexts', 'contexts'].find((one) => fields.value(one) !== undefined);
  const ids = listOf(fields, 'retrieved_context_ids');
  if (name === undefined) {
    return ids?.map((id) => ({ documentId: idOf(id, fields, 'retrieved_context_ids') }));
  }
  const list = listOf(fields, name)!;
  if (ids !== undefined && ids.length !== list.length) {
    throw fields.wrong('retrieved_context_ids', `must have an id for each of the ${list.length} contexts`);
  }
  return list.map((one, index) => {
    const passage = passageOf(one, fields, `${name}[${index}]`);
    if (ids === undefined) return passage;
    return { ...passage, documentId: idOf(ids[index], fields, 'retrieved_context_ids') };
  });
}

function passageOf(value: unknown, fields: Fields, name: string): FilePassage {
  if (typeof value === 'string') return { documentId: '', text: value };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw wrongField(fields, name, 'must be a text, or an object with `id` or `document`, and `text`', value);
  }
  const passage = new Fields(value as Record<string, unknown>, `${fields.where}, ${name}`);
  const text = passage.optionalText('text');
  const documentId = passage.optionalId('document', 'documentId', 'id', '_id');
  if (documentId === undefined && text === undefined) {
    throw wrongField(fields, name, 'must have an `id`, a `document` or a `text`', value);
  }
  const start = optionalCount(passage, 'start');
  const end = optionalCount(passage, 'end');
  if ((start === undefined) !== (end === undefined) || (start ?? 0) > (end ?? 0)) {
    throw wrongField(fields, name, 'must have both `start` and `end`, in this order, or neither', value);
  }
  return {
    documentId: documentId ?? '',
    ...(text !== undefined && { text }),
    ...(start !== undefined && end !== undefined && { start, end }),
  };
}

/** Indexes of passages. One past the end stands for what was cited and is not there. */
function citationsOf(fields: Fields, passages: readonly FilePassage[] | undefined): number[] | undefined {
  return listOf(fields, 'citations')?.flatMap((cited) => {
    if (Number.isSafeInteger(cited) && (cited as number) >= 0) return [cited as number];
    if (typeof cited !== 'string' || cited.trim() === '') {
      throw fields.wrong(
        'citations',
        'must be a list of places among the passages, from 0, or of document ids',
      );
    }
    const places = (passages ?? []).flatMap(({ documentId }, place) => (documentId === cited ? [place] : []));
    return places.length > 0 ? places : [passages?.length ?? 0];
  });
}

function referenceOf(fields: Fields): FileReference | undefined {
  const answers = ['reference', 'ground_truth', 'ground_truths'].flatMap((name) => fields.texts(name));
  const contexts = listOf(fields, 'reference_contexts');
  const ids = listOf(fields, 'reference_context_ids')?.map((id) => idOf(id, fields, 'reference_context_ids'));
  if (answers.length === 0 && contexts === undefined && ids === undefined) return undefined;
  if (contexts !== undefined && ids !== undefined && contexts.length !== ids.length) {
    throw fields.wrong(
      'reference_context_ids',
      `must have an id for each of the ${contexts.length} contexts`,
    );
  }
  const evidence = (contexts ?? []).map((quote, index) => {
    if (typeof quote === 'string' && quote.trim() !== '') return [{ document: ids?.[index] ?? '', quote }];
    throw fields.wrong('reference_contexts', 'must be a list of texts that are not empty');
  });
  return { answers, evidence, relevant: gradeOne(ids ?? []) };
}

function listOf(fields: Fields, name: string): readonly unknown[] | undefined {
  const value = fields.value(name);
  if (value === undefined || Array.isArray(value)) return value;
  throw fields.wrong(name, 'must be a list');
}

function idOf(value: unknown, fields: Fields, name: string): string {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof id === 'string' && id.trim() !== '') return id;
  throw fields.wrong(name, 'must be a list of ids that are not empty');
}

function optionalCount(fields: Fields, name: string): number | undefined {
  const value = fields.value(name);
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw fields.wrong(name, 'must be a whole number, 0 or more');
}

function wrongField(fields: Fields, name: string, problem: string, value: unknown): GroundspeedError {
  return wrong(fields.where, `cannot be used: \`${name}\` ${problem}, not ${excerpt(JSON.stringify(value))}`);
}

function wrong(where: string, problem: string, cause?: unknown): GroundspeedError {
  return new GroundspeedError('answers.format', `${where} ${problem}.`, {
    where,
    cause,
    hint: 'Answers are JSON lines, or one JSON array of objects; `groundspeed measure --help` names their fields.',
  });
}
