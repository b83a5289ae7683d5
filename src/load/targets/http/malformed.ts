import { type ErrorCode, GroundspeedError } from '../../../kernel/errors.ts';
import type { Json } from './expressions.ts';
import { maskSecrets } from './secrets.ts';

/** Of a body that is shown. */
const SHOWN = 200;
/** Of a body that is looked at for it: the rest cannot come into view. */
const LOOKED_AT = 8 * SHOWN;

/** The beginning of a body on one line, without secrets. */
export function excerptOf(body: Uint8Array | string, secrets: readonly string[]): string {
  const text = typeof body === 'string' ? body.slice(0, LOOKED_AT) : decode(body.subarray(0, LOOKED_AT));
  const line = maskSecrets(text, secrets)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}

export function decode(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

/** The fields that a value has, for whoever looks for one that it has not. */
export function fieldsOf(value: Json): string {
  if (value === null) return 'it is null';
  if (Array.isArray(value)) return `it is a list of ${value.length}`;
  if (typeof value !== 'object') return `it is a ${typeof value}`;
  const names = Object.keys(value);
  const shown = names.slice(0, 12).map((name) => (name.length > 40 ? `${name.slice(0, 39)}…` : name));
  if (names.length === 0) return 'it has no fields';
  return `its fields are ${shown.join(', ')}${names.length > shown.length ? ' …' : ''}`;
}

export function malformed(
  message: string,
  hint?: string,
  code: ErrorCode = 'target.malformed',
): GroundspeedError {
  return new GroundspeedError(code, message, hint === undefined ? {} : { hint });
}
