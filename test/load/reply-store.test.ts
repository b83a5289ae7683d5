import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ReplyStore } from '../../src/load/reply-store.ts';

const stores: ReplyStore[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

function storeOf(inMemory?: number): ReplyStore {
  const store = new ReplyStore(inMemory);
  stores.push(store);
  return store;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every byte once, from `fill` on. */
const patternOf = (fill: number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, index) => (index * 31 + fill) % 256);

describe('replies that are kept', () => {
  it('come back as they were, whether they stayed in memory or went to disk', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3_000_000 }), fc.nat({ max: 255 })), {
          maxLength: 8,
        }),
        fc.constantFrom(1, 1024 * 1024, 1024 * 1024 * 1024),
        (kept, inMemory) => {
          const store = storeOf(inMemory);
          const replies = kept.map(([question, length, fill]) => ({
            question,
            reply: Buffer.alloc(length, patternOf(fill)),
          }));
          const ids = replies.map(({ question, reply }) => store.keep(question, reply));
          for (const [index, { question, reply }] of replies.entries()) {
            expect(store.question(ids[index]!)).toBe(question);
            expect(Buffer.compare(store.read(ids[index]!), reply)).toBe(0);
          }
          store.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are kept once where a question gets the same bytes again', () => {
    const store = storeOf();
    const first = store.keep(1, bytes('same'));
    expect(store.keep(1, bytes('same'))).toBe(first);
    expect(store.keep(2, bytes('same'))).not.toBe(first);
    expect(store.keep(1, bytes('other'))).not.toBe(first);
    expect(store.size).toBe(3);
  });

  it('are not changed by whoever goes on writing into the buffer that they came in', () => {
    const store = storeOf();
    const buffer = bytes('abcdef');
    const id = store.keep(0, buffer.subarray(1, 4));
    buffer.fill(120);
    expect(Buffer.from(store.read(id)).toString()).toBe('bcd');
    expect(store.keep(0, bytes('bcd'))).toBe(id);
  });

  it('hold a hundred thousand small ones', () => {
    const store = storeOf(1024 * 1024);
    for (let nth = 0; nth < 100_000; nth += 1)
      store.keep(nth % 7, bytes(`reply ${nth} ${'x'.repeat(nth % 50)}`));
    expect(Buffer.from(store.read(0)).toString()).toBe('reply 0 ');
    expect(Buffer.from(store.read(99_999)).toString()).toBe(`reply 99999 ${'x'.repeat(99_999 % 50)}`);
  });
});
