import { canonicalJson } from '../kernel/digest.ts';
import type { RunRecord } from '../records/schema.ts';

/** The record as indented JSON, keys in one order always, so that equal records are equal texts. */
export function renderJson(record: RunRecord): string {
  return [...jsonPieces(record)].join('');
}

/** The same in pieces: fields, and the items of its lists. Of thousands of questions no text as a whole need be in memory. */
export function* jsonPieces(record: RunRecord): Generator<string> {
  let sign = '{';
  for (const [key, value] of Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined) continue;
    yield `${sign}\n  ${JSON.stringify(key)}: `;
    sign = ',';
    if (Array.isArray(value) && value.length > 0) yield* itemPieces(value);
    else yield indented(value, 1);
  }
  yield '\n}\n';
}

function* itemPieces(items: readonly unknown[]): Generator<string> {
  for (const [index, item] of items.entries()) yield `${index === 0 ? '[' : ','}\n    ${indented(item, 2)}`;
  yield '\n  ]';
}

/** Texts hold no line break of their own: JSON writes it as \n. */
const indented = (value: unknown, depth: number): string =>
  JSON.stringify(JSON.parse(canonicalJson(value)), null, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`);
