import { sentences } from '../../text/sentences.ts';
import { tokenSpans } from '../../text/tokens.ts';
import type { ChunkDraft } from '../ports.ts';

/** What chunks are made of: a sentence, or a piece of one that is longer than a chunk. */
interface Unit {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
}

/**
 * Cuts a text into chunks of whole sentences, at most `size` tokens each. A chunk begins with the last sentences of
 * the one before it, as many as fit in `overlap` tokens. Only a sentence of more than `size` tokens is cut, between
 * tokens. Every sentence is in some chunk, and a chunk's text is exactly the text between its offsets.
 */
export function chunkText(text: string, options: { size: number; overlap: number }): ChunkDraft[] {
  const units = unitsOf(text, options.size);
  const chunks: ChunkDraft[] = [];
  let first = 0;
  let next = 0;
  while (next < units.length) {
    let tokens = tokensBetween(units, first, next);
    do {
      tokens += units[next]!.tokens;
      next += 1;
    } while (next < units.length && tokens + units[next]!.tokens <= options.size);
    const { start } = units[first]!;
    const { end } = units[next - 1]!;
    chunks.push({ ordinal: chunks.length, start, end, text: text.slice(start, end) });
    first = overlapStart(units, { first, next }, options);
  }
  return chunks;
}

function tokensBetween(units: readonly Unit[], from: number, to: number): number {
  let tokens = 0;
  for (let index = from; index < to; index += 1) tokens += units[index]!.tokens;
  return tokens;
}

/** Where the chunk after `[first, next)` begins: so far back as the overlap allows and its first new unit leaves room. */
function overlapStart(
  units: readonly Unit[],
  { first, next }: { first: number; next: number },
  { size, overlap }: { size: number; overlap: number },
): number {
  const room = Math.min(overlap, size - (units[next]?.tokens ?? 0));
  let start = next;
  let tokens = 0;
  while (start - 1 > first && tokens + units[start - 1]!.tokens <= room) {
    start -= 1;
    tokens += units[start]!.tokens;
  }
  return start;
}

function unitsOf(text: string, size: number): Unit[] {
  const spans = tokenSpans(text);
  const tokenCount = spans.length / 2;
  const units: Unit[] = [];
  let token = 0;
  for (const { start, end } of sentences(text)) {
    const firstToken = token;
    while (token < tokenCount && spans[token * 2]! < end) token += 1;
    let from = start;
    for (let cut = firstToken + size; cut < token; cut += size) {
      const to = spans[cut * 2]!;
      units.push({ start: from, end: trimmedEnd(text, from, to), tokens: size });
      from = to;
    }
    units.push({
      start: from,
      end,
      tokens: (token - firstToken) % size || Math.min(size, token - firstToken),
    });
  }
  return units;
}

function trimmedEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}
