import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { tokenise } from '../../text/tokens.ts';
import { DEGRADATION_LEVELS, type DegradationOptions } from './options.ts';

const LANGUAGES = ['en', 'de', 'fr', 'es'] as const satisfies readonly DegradationOptions['language'][];

/** Problems that an error lists, at most. */
const LISTED = 20;

const hasWords = (text: string): boolean => tokenise(text).length > 0;
const phrase = z.string('must be text').refine(hasWords, { error: 'must have a word in it' });
const phrases = z
  .union([phrase.transform((one) => [one]), z.array(phrase).min(1, { error: 'must name a phrase' })], {
    error: 'must be a phrase or a list of phrases',
  })
  .optional();

const entrySchema = z
  .strictObject({
    /** One of them is enough. */
    any: phrases,
    /** Each of them must be there. */
    all: phrases,
    answer: z.string('must be text').refine((text) => text.trim() !== '', { error: 'must not be empty' }),
    /** Of the answer. */
    language: z.enum(LANGUAGES, { error: `must be one of ${LANGUAGES.join(', ')}` }).optional(),
  })
  .refine(({ any, all }) => any !== undefined || all !== undefined, {
    error: 'needs any or all: the words to look for',
  });

const fileSchema = z.union([z.array(entrySchema), z.strictObject({ answers: z.array(entrySchema) })]);

type Language = DegradationOptions['language'];

interface Entry {
  readonly any: readonly string[];
  readonly all: readonly string[];
  readonly answer: string;
  readonly language: Language | undefined;
}

/** What the operator has written for questions that nothing else can answer. */
export interface CannedAnswers {
  readonly size: number;
  /** The answer to a question that has an entry's words; undefined where none has. */
  find(question: string): string | undefined;
}

/**
 * Reads a file of canned answers, YAML or JSON: a list, or one below `answers`, of `{any, all, answer, language}`. An entry
 * matches a question in which every phrase of `all` and one of `any` stands: whole words in a row, whatever their case,
 * accents and punctuation. Of several that match, the one with the most words in its phrases answers; then the one in
 * `language`; then the first.
 *
 * @throws GroundspeedError canned.format, with the line and the field of every fault. No message repeats the file's text.
 */
export function parseCannedAnswers(
  text: string,
  { where, language }: { where: string; language: Language },
): CannedAnswers {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map(({ code, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return `${where}:${line}:${col}: is neither YAML nor JSON (${code.toLowerCase().replaceAll('_', ' ')})`;
  });
  if (faults.length > 0) refuse(where, faults);
  const lineOf = (path: readonly PropertyKey[]): number => lines.linePos(offsetOf(document, path)).line;
  return over(entriesOf(contentOf(document, where), { where, lineOf }), language);
}

function contentOf(document: Document.Parsed, where: string): unknown {
  try {
    return document.toJS();
  } catch {
    return refuse(where, [`${where}: an alias (*…) that has no anchor, or too many of them`]);
  }
}

function entriesOf(
  content: unknown,
  { where, lineOf }: { where: string; lineOf: (path: readonly PropertyKey[]) => number },
): readonly Entry[] {
  const below = !Array.isArray(content);
  // One of the two shapes, so that problems name fields, and not that neither shape fits.
  const schema = fileSchema.options[below ? 1 : 0]!;
  const result = schema.safeParse(content ?? {});
  if (!result.success) {
    const problems = result.error.issues.slice(0, LISTED).flatMap((issue) => {
      const paths =
        issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
      const message =
        issue.code === 'unrecognized_keys' ? 'is not a field that is known here' : inWords(issue);
      return paths.map((path) => `${where}:${lineOf(path)}: ${fieldPath(path)} ${message}`);
    });
    refuse(where, problems);
  }
  const { data } = result;
  return (Array.isArray(data) ? data : data.answers).map(({ any = [], all = [], answer, language }) => ({
    any: any.map(normalised),
    all: all.map(normalised),
    answer,
    language,
  }));
}

/** The schema's own words for what is missing or of another kind. */
function inWords({ code, message, path }: z.core.$ZodIssue): string {
  if (code !== 'invalid_type' || message.startsWith('must')) return message;
  if (path.length === 0) return 'must hold a list of answers';
  return typeof path.at(-1) === 'number'
    ? 'must be a table of any, all and answer'
    : 'must be a list of answers';
}

function over(entries: readonly Entry[], language: Language): CannedAnswers {
  return {
    size: entries.length,
    find(question) {
      const asked = normalised(question);
      let found: Entry | undefined;
      let most = 0;
      for (const entry of entries) {
        const words = matchedWords(entry, asked);
        const better =
          words > most ||
          (words > 0 && words === most && entry.language === language && found?.language !== language);
        if (!better) continue;
        found = entry;
        most = words;
      }
      return found?.answer;
    },
  };
}

/** Words of the phrases that make the entry match: all of `all`, and the longest of `any`; 0 where it does not. */
function matchedWords({ any, all }: Entry, asked: string): number {
  if (!all.every((one) => asked.includes(one))) return 0;
  const alternatives = any.filter((one) => asked.includes(one)).map(wordsIn);
  if (any.length > 0 && alternatives.length === 0) return 0;
  return all.reduce((sum, one) => sum + wordsIn(one), 0) + Math.max(0, ...alternatives);
}

/** Words in lower case without accents, each between blanks: a phrase stands in a text where it is a part of it. */
function normalised(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return ` ${tokenise(plain).join(' ')} `;
}

const wordsIn = (phrase: string): number => phrase.split(' ').length - 2;

/** Where in the text a field stands; where it is missing, that of what should hold it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function fieldPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** For a file that cannot even be read. */
export function unreadableCannedAnswers(where: string, cause: unknown): GroundspeedError {
  return new GroundspeedError('canned.format', `${where} cannot be read: ${messageOf(cause)}`, {
    where: 'degradation.cannedAnswers',
    hint: `Name a file that is there, or take canned out of degradation.layers (${DEGRADATION_LEVELS.join(', ')}).`,
    cause,
  });
}

function refuse(where: string, problems: readonly string[]): never {
  throw new GroundspeedError('canned.format', `${where} does not hold canned answers`, {
    where,
    problems,
    hint: 'Write a list of entries such as {any: [refund, money back], answer: "Refunds take five days."}.',
  });
}
