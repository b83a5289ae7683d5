import { isList, isObject, type Json } from './guessing/json-paths.ts';

/** Guesses how a service wants to be asked: from its URL, and from what it says when it refuses. Pure. */

/** Where the question goes in a body. */
export const QUESTION_PLACE = '{{question}}';

export interface BodyGuess {
  readonly body: Json;
  /** Why this one: "the URL ends in /chat/completions". */
  readonly reason: string;
}

/** Fields in which services take a question, the most usual first. */
const QUESTION_FIELDS = [
  'query',
  'question',
  'input',
  'message',
  'prompt',
  'text',
  'q',
  'user_input',
  'content',
];

/** Bodies to try one after another at an address of which nothing is known. */
export function usualBodies(): BodyGuess[] {
  return [
    ...QUESTION_FIELDS.slice(0, 5).map((field) => bodyWith([field], 'a usual name for it')),
    { body: messagesBody(), reason: 'as chat services take it' },
  ];
}

const messagesBody = (): Json => ({ messages: [{ role: 'user', content: QUESTION_PLACE }] });

function bodyWith(path: readonly string[], reason: string): BodyGuess {
  const body = path.reduceRight<Json>((inner, name) => ({ [name]: inner }), QUESTION_PLACE);
  return { body, reason };
}

/** What a refusal tells of the body that would have been taken. */
export interface Refusal {
  /** A body with the question where the refusal asks for it; undefined where it does not say. */
  readonly body: BodyGuess | undefined;
  /** Other fields that it asks for, of which nobody can guess the values. */
  readonly needs: readonly string[];
}

/** Reads from an error, in JSON or as text, which fields a service misses. Never throws. */
export function readRefusal(reply: Json): Refusal {
  const paths = missingFields(reply);
  const rated = paths
    .map((path) => ({ path, rank: QUESTION_FIELDS.indexOf(path.at(-1)!.toLowerCase()) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank);
  const chosen = rated[0]?.path;
  const needs = paths.filter((path) => path !== chosen).map((path) => path.join('.'));
  if (chosen !== undefined) {
    return { body: bodyWith(chosen, `its refusal asks for \`${chosen.join('.')}\``), needs };
  }
  const wantsMessages = paths.some((path) => path.at(-1) === 'messages');
  return {
    body: wantsMessages ? { body: messagesBody(), reason: 'its refusal asks for `messages`' } : undefined,
    needs: needs.filter((name) => name !== 'messages'),
  };
}

function missingFields(reply: Json): string[][] {
  const fromPaths = pathsIn(reply, 0);
  const found = fromPaths.length > 0 ? fromPaths : textsIn(reply, 0).flatMap(namesInText);
  const seen = new Set<string>();
  return found.filter((path) => {
    const key = path.join('.');
    return path.length > 0 && !seen.has(key) && seen.add(key);
  });
}

/** Parts of a path that say where in the request it lies, and not in the body. */
const OUTSIDE = new Set(['body', 'query', 'path', 'header', '__root__']);
const MAX_DEPTH = 6;

/** Paths that validators give as data: `loc: ["body", "question"]`, `path: "question"`, `field: "question"`. */
function pathsIn(value: Json, depth: number): string[][] {
  if (depth > MAX_DEPTH) return [];
  if (isList(value)) return value.flatMap((inner) => pathsIn(inner, depth + 1));
  if (!isObject(value)) return [];
  const { loc, path, field, instancePath, params, param } = value;
  const missing = isObject(params) ? params.missingProperty : undefined;
  const own = missing ?? loc ?? path ?? field ?? param ?? instancePath;
  // A path with slashes is that of the URL, except in JSON pointers.
  const parts = isList(own)
    ? own
    : typeof own === 'string'
      ? own.split(own === instancePath ? '/' : '.')
      : [];
  const names = parts.filter((part) => part !== '');
  const plain = names.every((name): name is string => typeof name === 'string' && /^[\w-]{1,40}$/.test(name));
  // The first of several parts says in what part of the request it is; alone it is the field itself.
  const here =
    !plain || names.length === 0 ? [] : [OUTSIDE.has(names[0]!) && names.length > 1 ? names.slice(1) : names];
  return [...here, ...Object.values(value).flatMap((inner) => pathsIn(inner, depth + 1))];
}

function textsIn(value: Json, depth: number): string[] {
  if (typeof value === 'string') return [value.slice(0, 2000)];
  if (depth > MAX_DEPTH || value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((inner) => textsIn(inner as Json, depth + 1));
}

const MISSED = /required|missing|must|expect|provide|empty|blank|invalid/i;

/** Names in quotes, and plain words by which a question goes, of a sentence that says something is missed. */
function namesInText(text: string): string[][] {
  if (!MISSED.test(text)) return [];
  const inQuotes = [...text.matchAll(/["'`]([A-Za-z_][\w.]{0,40})["'`]/g)].map(([, name]) => name!);
  const words = text.match(/[A-Za-z_][\w.]*\w|\bq\b/g) ?? [];
  const known = words.filter((word) => QUESTION_FIELDS.includes(word.split('.').at(-1)!.toLowerCase()));
  const names = inQuotes.length > 0 ? inQuotes : known;
  return names.map((name) => name.split('.').filter((part, at) => at > 0 || part !== 'body'));
}
