import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Hits, KeywordEntry, KeywordIndex } from '../../src/engine/ports.ts';

const WORDS = ['ferry', 'fare', 'refund', 'harbour', 'captain', 'notice', 'engine', 'lifeboat', 'storm'];

/** What every keyword index does, whatever it is made of. `create` gives a new, empty one. */
export function keywordIndexContract(name: string, create: () => Promise<KeywordIndex>): void {
  describe(`${name} as a keyword index`, () => {
    let folder: string;
    const open: KeywordIndex[] = [];

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'keyword-index-'));
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((index) => index.close()));
      await rm(folder, { recursive: true });
    });

    async function indexOf(...entries: readonly KeywordEntry[]): Promise<KeywordIndex> {
      const index = await create();
      open.push(index);
      await index.add(entries);
      return index;
    }

    describe('search', () => {
      it('returns the chunks that share a word with the query, best first, with positive scores', async () => {
        const index = await indexOf(
          entry(1, 'the harbour office'),
          entry(2, 'a refund of the fare'),
          entry(3, 'the fare for a bicycle on the ferry'),
        );
        const { keys, scores } = await index.search('fare refund', 10);
        expect([...keys]).toEqual([2, 3]);
        expect(scores[0]).toBeGreaterThan(scores[1]!);
        expect(scores[1]).toBeGreaterThan(0);
      });

      it('finds words of the title as well as of the text', async () => {
        const index = await indexOf({ key: 4, title: 'Lifeboat drill', text: 'Every second Monday.' });
        expect([...(await index.search('lifeboat', 5)).keys]).toEqual([4]);
        expect([...(await index.search('monday', 5)).keys]).toEqual([4]);
      });

      it('finds inflected forms of a word', async () => {
        const index = await indexOf(entry(1, 'refunded fares'), entry(2, 'harbours'));
        expect([...(await index.search('refunds', 5)).keys]).toEqual([1]);
      });

      it('orders equal scores by ascending key, in whatever order they came', async () => {
        const index = await indexOf(
          entry(9, 'storm notice'),
          entry(3, 'storm notice'),
          entry(5, 'storm notice'),
        );
        await index.add([entry(1, 'harbour')]);
        expect([...(await index.search('storm', 10)).keys]).toEqual([3, 5, 9]);
        expect([...(await index.search('storm', 2)).keys]).toEqual([3, 5]);
      });

      it('counts a word of the query once', async () => {
        const index = await indexOf(entry(1, 'storm'), entry(2, 'harbour'), entry(3, 'captain'));
        const once = await index.search('storm harbour', 5);
        expect(await index.search('storm STORM harbour Storm', 5)).toEqual(once);
      });

      it.each([
        ['an empty query', ''],
        ['blanks', ' \n\t '],
        ['no word at all', '?! — "" () *'],
        ['unknown words', 'zeppelin xylophone'],
      ])('finds nothing for %s', async (_name, query) => {
        const index = await indexOf(entry(1, 'storm'));
        expect(await index.search(query, 5)).toEqual({
          keys: new Uint32Array(0),
          scores: new Float64Array(0),
        });
      });

      it('finds nothing in an empty index, and nothing when nothing is wanted', async () => {
        expect((await (await indexOf()).search('storm', 5)).keys).toHaveLength(0);
        expect((await (await indexOf(entry(1, 'storm'))).search('storm', 0)).keys).toHaveLength(0);
      });

      it('answers a query of 100 kB', async () => {
        const index = await indexOf(entry(1, 'storm over the harbour'), entry(2, 'captain'));
        const words = Array.from({ length: 15_000 }, (_, place) => `w${place}`);
        const { keys } = await index.search([...words, 'storm', ...words].join(' '), 5);
        expect([...keys]).toEqual([1]);
      });

      it('takes any text as a query, never as syntax', async () => {
        const index = await indexOf(entry(1, 'storm near the harbour'), entry(2, 'fare'));
        const hostile = fc.oneof(
          fc.string({ unit: 'binary' }),
          fc
            .array(
              fc.constantFrom(
                '"',
                "'",
                '*',
                '^',
                'NEAR(',
                ')',
                'AND',
                'NOT',
                'title:',
                '-',
                '\0',
                '{',
                ';--',
              ),
            )
            .map((marks) => marks.join(' ')),
        );
        await fc.assert(
          fc.asyncProperty(hostile, hostile, async (before, after) => {
            const { keys } = await index.search(`${before} harbour ${after}`, 5);
            expect([...keys]).toContain(1);
          }),
          { numRuns: 60 },
        );
      });

      it('returns only accepted chunks, and looks past refused ones', async () => {
        const index = await indexOf(...Array.from({ length: 40 }, (_, place) => entry(place + 1, 'storm')));
        const { keys } = await index.search('storm', 3, { accept: (key) => key % 10 === 0 });
        expect([...keys]).toEqual([10, 20, 30]);
      });

      it('rejects with the reason of a signal that has been aborted', async () => {
        const index = await indexOf(entry(1, 'storm'));
        const signal = AbortSignal.abort(new Error('withdrawn'));
        await expect(index.search('storm', 3, { signal })).rejects.toThrow('withdrawn');
      });
    });

    describe('changes', () => {
      it('knows its size', async () => {
        const index = await indexOf(entry(1, 'storm'), entry(2, 'fare'));
        expect(index.size).toBe(2);
        await index.search('storm', 1);
        await index.add([entry(3, ''), entry(2, 'refund')]);
        expect(index.size).toBe(3);
        await index.remove([1, 77]);
        expect(index.size).toBe(2);
      });

      it('replaces a chunk that is added again', async () => {
        const index = await indexOf(entry(1, 'storm'), entry(2, 'fare'));
        await index.search('storm', 1);
        await index.add([entry(1, 'refund'), entry(1, 'captain')]);
        expect((await index.search('storm refund', 5)).keys).toHaveLength(0);
        expect([...(await index.search('captain', 5)).keys]).toEqual([1]);
      });

      it('holds a removed chunk no more, and takes it back', async () => {
        const index = await indexOf(entry(1, 'storm'), entry(2, 'fare'));
        await index.remove([1]);
        expect((await index.search('storm', 5)).keys).toHaveLength(0);
        await index.remove([1, 2]);
        expect((await index.search('fare', 5)).keys).toHaveLength(0);
        await index.add([entry(1, 'storm')]);
        expect([...(await index.search('storm', 5)).keys]).toEqual([1]);
      });

      it('scores after any changes as an index built anew over what is left', async () => {
        const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((words) => words.join(' '));
        const key = fc.integer({ min: 1, max: 12 });
        const change = fc.oneof(
          fc.record({ add: fc.array(fc.tuple(key, text), { minLength: 1, maxLength: 6 }) }),
          fc.record({ remove: fc.array(key, { maxLength: 4 }) }),
          fc.constant('search' as const),
        );
        await fc.assert(
          fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
            const changed = await indexOf();
            const left = new Map<number, string>();
            for (const step of changes) {
              if (step === 'search') await changed.search('storm', 3);
              else if ('add' in step) {
                await changed.add(step.add.map(([added, words]) => entry(added, words)));
                for (const [added, words] of step.add) left.set(added, words);
              } else {
                await changed.remove(step.remove);
                for (const removed of step.remove) left.delete(removed);
              }
            }
            const fresh = await indexOf(...[...left].map(([kept, words]) => entry(kept, words)));
            expect(changed.size).toBe(left.size);
            for (const query of ['storm', 'ferry fare refund', WORDS.join(' ')]) {
              expect(await changed.search(query, 20)).toEqual(await fresh.search(query, 20));
            }
            await Promise.all(open.splice(0).map((index) => index.close()));
          }),
          { numRuns: 60 },
        );
      });
    });

    describe('snapshots', () => {
      const path = () => join(folder, 'keywords');

      async function searches(index: KeywordIndex): Promise<Hits[]> {
        return Promise.all(['storm', 'fare notice', 'été'].map((query) => index.search(query, 10)));
      }

      it('reads back what it wrote, changes that were never searched included', async () => {
        const index = await indexOf(entry(1, 'storm'), entry(2, 'fare of the ferry'), entry(3, 'l’été'));
        await index.search('storm', 1);
        await index.add([entry(4, 'notice of a storm')]);
        await index.remove([2]);
        await index.save(path());
        const loaded = await indexOf(entry(50, 'what loading replaces'));
        await loaded.load(path());
        expect(loaded.size).toBe(3);
        expect(await searches(loaded)).toEqual(await searches(index));
        expect((await loaded.search('replaces', 5)).keys).toHaveLength(0);
      });

      it('goes on changing after a load', async () => {
        const index = await indexOf(entry(1, 'storm'), entry(2, 'fare'));
        await index.save(path());
        const loaded = await indexOf();
        await loaded.load(path());
        await loaded.remove([1]);
        await loaded.add([entry(3, 'storm notice')]);
        expect([...(await loaded.search('storm', 5)).keys]).toEqual([3]);
      });

      it('writes and reads an empty index, and one whose chunks are all removed', async () => {
        const index = await indexOf();
        await index.save(path());
        await index.add([entry(1, 'storm')]);
        await index.remove([1]);
        await index.save(path());
        await index.load(path());
        expect(index.size).toBe(0);
        expect((await index.search('storm', 5)).keys).toHaveLength(0);
      });

      it.each([
        ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 7)],
        ['empty', () => Buffer.alloc(0)],
        [
          'of another format',
          () => Buffer.from('not a snapshot at all, but a text that is long enough to be one'),
        ],
        [
          'altered in one bit',
          (bytes: Buffer) => {
            const altered = Buffer.from(bytes);
            altered[Math.floor(bytes.length / 2)]! ^= 4;
            return altered;
          },
        ],
      ])('refuses a file that is %s, and keeps what it holds', async (_name, damage) => {
        const index = await indexOf(entry(1, 'storm'));
        await index.save(path());
        await writeFile(path(), damage(await readFile(path())));
        await expect(index.load(path())).rejects.toMatchObject({ code: 'store.corrupt', where: path() });
        expect([...(await index.search('storm', 5)).keys]).toEqual([1]);
      });

      it('refuses a file that is not there', async () => {
        await expect((await indexOf()).load(path())).rejects.toMatchObject({ code: 'store.corrupt' });
      });

      it('says so when it cannot write', async () => {
        const nowhere = join(folder, 'no-such-folder', 'keywords');
        await expect((await indexOf()).save(nowhere)).rejects.toMatchObject({ code: 'store.unwritable' });
      });
    });
  });
}

function entry(key: number, text: string): KeywordEntry {
  return { key, title: '', text };
}
