import { messageOf } from '../../../kernel/errors.ts';
import { compileExpression, type Expression, type Json, plainSteps } from './expressions.ts';
import { fieldsOf, malformed } from './malformed.ts';
import type { ResponseExpressions, ResponseField } from './target-description.ts';

interface Compiled {
  readonly text: string;
  readonly find: Expression;
}

/** The expressions of a description, each compiled once. */
export class ResponseReading {
  readonly #compiled: ReadonlyMap<ResponseField, Compiled>;

  constructor(expressions: ResponseExpressions) {
    this.#compiled = new Map(
      Object.entries(expressions).map(([field, text]) => [
        field as ResponseField,
        { text, find: compileExpression(text) },
      ]),
    );
  }

  has(field: ResponseField): boolean {
    return this.#compiled.has(field);
  }

  /** What stands there; null where nothing does, or nobody says where to look. */
  find(field: ResponseField, value: Json): Json {
    const compiled = this.#compiled.get(field);
    if (compiled === undefined) return null;
    try {
      return compiled.find(value);
    } catch (thrown) {
      throw malformed(`${named(field, compiled)} cannot be evaluated on the response: ${messageOf(thrown)}`);
    }
  }

  text(field: ResponseField, value: Json): string | undefined {
    const found = this.find(field, value);
    if (found === null || typeof found === 'object') return undefined;
    return String(found);
  }

  number(field: ResponseField, value: Json): number | undefined {
    return numberOf(this.find(field, value));
  }

  /** Undefined where the response does not say. */
  flag(field: ResponseField, value: Json): boolean | undefined {
    const found = this.find(field, value);
    return found === null ? undefined : isTrue(found);
  }

  /** An error that says where something was looked for in vain, and what is there instead. */
  missing(field: ResponseField, value: Json, what: string, instead = nearby): Error {
    const compiled = this.#compiled.get(field)!;
    const found = compiled.find(value);
    const there = found === null ? instead(compiled.text, value) : kindOf(found);
    return malformed(
      `The response has no ${what} where ${named(field, compiled)} looks for it: ${there}`,
      'Mend the expression, or look at the response with `groundspeed target check URL`.',
    );
  }
}

const named = (field: ResponseField, { text }: Compiled): string => `target.response.${field} (\`${text}\`)`;

/** The fields at the place at which a plain path leads no further. */
function nearby(text: string, value: Json): string {
  let at = value;
  let path = '';
  for (const step of plainSteps(text) ?? []) {
    const next = compileExpression(typeof step === 'string' ? JSON.stringify(step) : `[${step}]`)(at);
    if (next === null) break;
    at = next;
    path += typeof step === 'string' ? `${path === '' ? '' : '.'}${step}` : `[${step}]`;
  }
  return path === '' ? fieldsOf(at) : `at \`${path}\` ${fieldsOf(at)}`;
}

function kindOf(found: Json): string {
  if (Array.isArray(found)) return 'a list stands there';
  return typeof found === 'object'
    ? `an object stands there, ${fieldsOf(found)}`
    : `a ${typeof found} stands there`;
}

export function numberOf(found: Json): number | undefined {
  const value = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Services say yes in many ways, also by naming what they did (`fallback: "canned"`). */
export function isTrue(found: Json): boolean {
  if (typeof found === 'string') return !/^(|false|no|none|off|0|null)$/i.test(found.trim());
  if (typeof found === 'object') return found !== null && Object.keys(found).length > 0;
  return Boolean(found);
}
