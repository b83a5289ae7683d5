import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Authored data is checked as data: straight from the files, without the project's reader in between.

export interface Quote {
  readonly document: string;
  readonly quote: string;
}

export interface Question {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly string[];
  readonly forbidden?: readonly string[];
  readonly evidence: readonly (Quote | readonly Quote[])[];
  readonly relevant: Readonly<Record<string, number>>;
  readonly answerable: boolean;
  readonly kind: string;
  readonly difficulty: string;
  readonly split: string;
  readonly must?: boolean;
  readonly derived?: boolean;
}

export interface Document {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly metadata: {
    readonly kind: string;
    readonly version?: string;
    readonly effective?: string;
    readonly supersedes?: readonly string[];
    readonly language: string;
  };
}

/** The kinds of question that the sets written for this project have. */
export const KINDS = [
  'lookup',
  'paraphrase',
  'multi-hop',
  'numeric',
  'superseded',
  'unanswerable',
  'noisy',
  'other-language',
];

/** The small numbers that a text gives in words, each at its own place. */
export const IN_WORDS = [
  'none',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
];

const STOP_WORDS = new Set(
  `the a an of in on at to for is are was what which how who when where does do did many much long may must can i my by with
  from and or after before if it be this that as there has have will les le la des de du un une et à est en que quel quelle
  combien où pour sur au aux dans il on se par qui ne pas`.split(/\s+/),
);

export const groups = (question: Question): Quote[][] =>
  question.evidence.map((item) => ('document' in item ? [item] : [...item]));
export const quotes = (question: Question): Quote[] => groups(question).flat();
export const holds = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());
export const countOf = (text: string, part: string): number => text.split(part).length - 1;
export const wordCount = (text: string): number =>
  text.match(/[\p{L}\p{N}£%][\p{L}\p{N}£%'’.,:–-]*/gu)?.length ?? 0;

/** Whether a question is asked in French. */
export const asksInFrench = (question: string): boolean =>
  /(?<!\p{L})(quels?|quelles?|combien|où|sous|à|jusqu|qui|quand|comment|pourquoi)(?!\p{L}).* \?$/iu.test(
    question,
  );

/** Cells of every Markdown table row in the text, without the row that rules off the head. */
export function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** The words that carry a question: no stop words, none shorter than three letters. */
export function contentWords(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words)].filter((word) => !STOP_WORDS.has(word) && word.length > 2);
}

export interface AuthoredSet {
  readonly corpus: readonly Document[];
  readonly questions: readonly Question[];
  readonly documents: ReadonlyMap<string, Document>;
  /** The text of a document; empty where there is none of that id. */
  readonly textOf: (id: string) => string;
  readonly ofKind: (kind: string) => Question[];
  /** What a document supersedes, and what that supersedes in its turn. */
  readonly supersededBy: (id: string) => Set<string>;
  /** A file of the set. */
  readonly read: (name: string) => string;
}

/** The set of that name among those that the project ships. */
export function authoredSet(set: string): AuthoredSet {
  const read = (name: string): string =>
    readFileSync(fileURLToPath(new URL(`../../datasets/${set}/${name}`, import.meta.url)), 'utf8');
  const lines = <T>(name: string): T[] =>
    read(name)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as T);
  const corpus = lines<Document>('corpus.jsonl');
  const questions = lines<Question>('questions.jsonl');
  const documents = new Map(corpus.map((document) => [document.id, document]));
  return {
    corpus,
    questions,
    documents,
    textOf: (id) => documents.get(id)?.text ?? '',
    ofKind: (kind) => questions.filter((question) => question.kind === kind),
    supersededBy: (id) => supersededBy(documents, id),
    read,
  };
}

function supersededBy(documents: ReadonlyMap<string, Document>, id: string): Set<string> {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const older of documents.get(next)?.metadata.supersedes ?? []) {
      if (!found.has(older)) {
        found.add(older);
        open.push(older);
      }
    }
  }
  return found;
}
