/** Bytes of a 64-bit V8 heap without compressed pointers, which is what Node runs. */
const WORD = 8;
/** Map, properties and elements pointers of an object. */
const OBJECT = 3 * WORD;
/** The array's own words and its store's header. */
const ARRAY = 6 * WORD;
const STRING = 2 * WORD;
/** A number that is no small integer stands on the heap by itself. */
const HEAP_NUMBER = 2 * WORD;
/** View, buffer and what keeps track of the memory outside the heap. */
const TYPED_ARRAY = 26 * WORD;
const MAP_ENTRY = 5 * WORD;

/**
 * Bytes that a value holds in memory, estimated from how V8 lays it out: what is reached twice counts once, and what
 * others share with it (the ids of an index, say) counts in full. Functions count as nothing.
 */
export function sizeOf(value: unknown): number {
  return measure(value, new Set());
}

/** Bytes of a text: one for each unit where all are Latin-1, else two. */
export function sizeOfText(text: string): number {
  const bytes = isLatin1(text) ? text.length : text.length * 2;
  return STRING + Math.ceil(bytes / WORD) * WORD;
}

function measure(value: unknown, seen: Set<object>): number {
  if (typeof value === 'string') return sizeOfText(value);
  if (typeof value === 'number') return isSmall(value) ? 0 : HEAP_NUMBER;
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return TYPED_ARRAY + value.byteLength;
  if (Array.isArray(value)) {
    let bytes = ARRAY + value.length * WORD;
    for (const item of value) bytes += measure(item, seen);
    return bytes;
  }
  if (value instanceof Map || value instanceof Set) {
    let bytes = ARRAY + value.size * MAP_ENTRY;
    for (const [key, item] of value.entries()) bytes += measure(key, seen) + measure(item, seen);
    return bytes;
  }
  let bytes = OBJECT;
  // Made of plain data: nothing that can be enumerated is inherited. Twice as fast as a list of the keys.
  for (const key in value) bytes += WORD + measure((value as Record<string, unknown>)[key], seen);
  return bytes;
}

const isSmall = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 31;

/** From this length on, a call that looks at many units at once is faster than looking at each. */
const LONG = 24;
const WIDE = /[\u0100-\uffff]/;

function isLatin1(text: string): boolean {
  if (text.length >= LONG) return Buffer.byteLength(text) === text.length || !WIDE.test(text);
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0xff) return false;
  }
  return true;
}
