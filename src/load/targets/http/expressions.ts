import { compile, getRegisteredFunctions, TreeInterpreter, tokenize } from '@jmespath-community/jmespath';
import { nearest } from '../../../text/nearest.ts';

/** What `JSON.parse` gives. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What an expression finds in a value; null where it finds nothing. Throws where a function of it gets a wrong type. */
export type Expression = (value: Json) => Json;

/** Why an expression is none, and where: an index into its text. */
export interface ExpressionFault {
  readonly reason: string;
  readonly position: number;
}

type Node = ReturnType<typeof compile>;
type Step = string | number;

/** Compiles an expression once for many values. Throws what the library throws where it is none. */
export function compileExpression(text: string): Expression {
  const tree = compile(text);
  const steps = stepsOf(tree);
  if (steps === undefined) return (value) => (TreeInterpreter.search(tree, value) ?? null) as Json;
  return (value) => follow(steps, value);
}

/** The names and places in lists that a plain path consists of; undefined for any other expression. */
export function plainSteps(text: string): readonly Step[] | undefined {
  return stepsOf(compile(text));
}

/** What is wrong with an expression; undefined where nothing is. */
export function faultOf(text: string): ExpressionFault | undefined {
  try {
    return unknownFunction(compile(text), text);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const reason = message.replace(/^syntax(?: error)?[:,]?\s*/i, '');
    return text.trim() === ''
      ? { reason: 'it is empty', position: 0 }
      : { reason: inWords(reason), position: positionOf(text, message) };
  }
}

/** Names and places in lists, one after another: most expressions are no more, and need no interpreter. */
function stepsOf(node: Node): readonly Step[] | undefined {
  switch (node.type) {
    case 'Field':
      return [node.name];
    case 'Index':
      return [node.value];
    case 'Identity':
    case 'Current':
      return [];
    case 'Subexpression':
    case 'IndexExpression': {
      const [left, right] = [stepsOf(node.left), stepsOf(node.right)];
      return left && right && [...left, ...right];
    }
    default:
      return undefined;
  }
}

function follow(steps: readonly Step[], value: Json): Json {
  let at = value;
  for (const step of steps) {
    if (at === null || typeof at !== 'object') return null;
    if (typeof step === 'string') {
      if (Array.isArray(at)) return null;
      at = at[step] ?? null;
    } else {
      if (!Array.isArray(at)) return null;
      at = at[step < 0 ? at.length + step : step] ?? null;
    }
  }
  return at;
}

/** The library finds out only when a value is there that a function does not exist. */
function unknownFunction(node: unknown, text: string): ExpressionFault | undefined {
  const known = getRegisteredFunctions();
  const unknown = functionsIn(node).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const meant = nearest(unknown, known);
  const reason = `there is no function ${unknown}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  return { reason, position: Math.max(0, text.search(new RegExp(`\\b${unknown}\\s*\\(`))) };
}

function functionsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, name } = node as { type?: unknown; name?: unknown };
  const own = type === 'Function' && typeof name === 'string' ? [name] : [];
  // Literals hold values of the user's, which may look like anything.
  return type === 'Literal' ? [] : [...own, ...Object.values(node).flatMap(functionsIn)];
}

const AT_END = /EOF|end of JSON|Cannot read properties of undefined/;

/** The library does not say where the fault is: it is behind the longest beginning that could be gone on with. */
function positionOf(text: string, message: string): number {
  const tokens = tokensOf(text);
  if (tokens === undefined) return lexicalPosition(text, message);
  for (const [index, { start }] of tokens.entries()) {
    const end = tokens[index + 1]?.start ?? text.length;
    const failure = failureOf(text.slice(0, end));
    if (failure !== undefined && !AT_END.test(failure)) return start;
  }
  return text.length;
}

function lexicalPosition(text: string, message: string): number {
  if (message.includes('unknown character')) {
    for (let end = 1; end <= text.length; end += 1) {
      if (failureOf(text.slice(0, end))?.includes('unknown character')) return end - 1;
    }
  }
  // A name or a literal that is not closed: the longest beginning that could be read ends before it.
  let end = text.length - 1;
  while (end > 0 && tokensOf(text.slice(0, end)) === undefined) end -= 1;
  return end;
}

function tokensOf(text: string): readonly { readonly start: number }[] | undefined {
  try {
    return tokenize(text);
  } catch {
    return undefined;
  }
}

function failureOf(text: string): string | undefined {
  try {
    compile(text);
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function inWords(reason: string): string {
  if (/^unexpected end of JSON/.test(reason)) return 'a quoted name or a literal is not closed';
  const missing = /^expected (R\w+), got: EOF$/.exec(reason)?.[1];
  if (missing !== undefined) return `it ends too early: ${sign(missing)} is missing`;
  if (AT_END.test(reason)) return 'it ends too early';
  return reason
    .replace(/^unexpected token type: \w+, value: (.*)$/s, 'unexpected $1')
    .replace(/^unexpected token: (.+)\(\w+\)$/s, 'unexpected $1')
    .replace(/^invalid token \(\w+\): "(.*)"$/s, 'unexpected $1')
    .replace(
      /^expected (\w+), got: (\w+)$/,
      (_, wanted: string, got: string) => `expected ${sign(wanted)}, not ${sign(got)}`,
    );
}

const SIGNS: Readonly<Record<string, string>> = {
  Rparen: ')',
  Rbracket: ']',
  Rbrace: '}',
  Colon: ':',
  Comma: ',',
  Star: '*',
  Dot: '.',
  UnquotedIdentifier: 'a name',
  QuotedIdentifier: 'a name',
  Number: 'a number',
  Literal: 'a literal',
};

const sign = (token: string): string => SIGNS[token] ?? token;
