import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Chunk, DocumentDraft, DocumentStore } from '../../src/engine/ports.ts';

/** A draft whose chunks are the given stretches of the text, which they make up when joined by spaces. */
export function draft(
  id: string,
  chunks: readonly string[],
  more: Partial<DocumentDraft> = {},
): DocumentDraft {
  const text = chunks.join(' ');
  let start = 0;
  const drafts = chunks.map((chunk, ordinal) => {
    const end = start + chunk.length;
    const made = { ordinal, start, end, text: chunk };
    start = end + 1;
    return made;
  });
  const document = { id, title: `Title of ${id}`, text, metadata: { kind: 'test' } };
  return { document, hash: `hash of ${text}`, chunks: drafts, ...more };
}

const vectorOf = (key: number) => Float32Array.of(key, 1 / key, -key, Math.PI);

/** Gives every chunk that lacks one a vector of the model. */
export function embedAll(store: DocumentStore, model: string): void {
  const chunks = store.chunksWithoutVector(model, 10_000);
  store.putVectors(
    model,
    chunks.map(({ key }) => ({ key, vector: vectorOf(key) })),
  );
}

const keysOf = (chunks: Iterable<Chunk>) => [...chunks].map(({ key }) => key);
const places = (chunks: Iterable<Chunk>) =>
  [...chunks].map(({ documentId, ordinal }) => `${documentId}/${ordinal}`);

/** What every document store promises. `open` gives a new, empty one. */
export function documentStoreContract(open: () => Promise<DocumentStore>): void {
  describe('as a document store', () => {
    let store: DocumentStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const publish = (drafts: readonly DocumentDraft[], model = 'm') => {
      store.stage(drafts);
      embedAll(store, model);
      return store.publish(model);
    };

    it('begins empty', () => {
      expect([store.version, store.documentCount, store.chunkCount]).toEqual([0, 0, 0]);
      expect(store.model).toBeUndefined();
      expect([...store.hashes()]).toEqual([]);
      expect([...store.publishedChunks(), ...store.currentChunks(), ...store.publishedVectors()]).toEqual([]);
      expect(store.document('a')).toBeUndefined();
    });

    it('shows nothing of what is only staged', () => {
      store.stage([draft('a', ['One.', 'Two.'])]);
      embedAll(store, 'm');
      const keys = keysOf(store.currentChunks());
      expect(keys).toHaveLength(2);
      expect(store.chunks(keys)).toEqual([undefined, undefined]);
      expect(store.vectors(keys)).toEqual([undefined, undefined]);
      expect([store.version, store.documentCount, store.chunkCount]).toEqual([0, 0, 0]);
      expect(store.documentIds()).toEqual([]);
      expect(store.document('a')).toBeUndefined();
      expect([...store.publishedChunks(), ...store.publishedVectors()]).toEqual([]);
    });

    it('shows whole documents once they are published', () => {
      const { addedKeys, removedKeys } = publish([draft('b', ['Two.', 'Three.']), draft('a', ['One.'])]);
      expect(removedKeys).toEqual([]);
      expect(addedKeys).toEqual([...addedKeys].sort((x, y) => x - y));
      expect([store.version, store.documentCount, store.chunkCount]).toEqual([1, 2, 3]);
      expect(store.model).toBe('m');
      expect(store.documentIds()).toEqual(['a', 'b']);
      expect(store.document('b')).toEqual({
        id: 'b',
        title: 'Title of b',
        text: 'Two. Three.',
        metadata: { kind: 'test' },
        hash: 'hash of Two. Three.',
        version: 1,
      });
      expect(places(store.publishedChunks())).toEqual(['a/0', 'b/0', 'b/1']);
      const last = [...store.publishedChunks()][2]!;
      expect(store.chunks([last.key])).toEqual([last]);
      expect(last).toEqual({
        key: last.key,
        documentId: 'b',
        title: 'Title of b',
        ordinal: 1,
        start: 5,
        end: 11,
        text: 'Three.',
        metadata: { kind: 'test' },
      });
    });

    it('answers in the order asked, with undefined for unknown keys', () => {
      const { addedKeys } = publish([draft('a', ['One.', 'Two.', 'Three.'])]);
      const [first, second] = addedKeys as [number, number];
      expect(store.chunks([second, 999_999, first]).map((chunk) => chunk?.text)).toEqual([
        'Two.',
        undefined,
        'One.',
      ]);
      expect(store.vectors([second, 999_999, first])).toEqual([vectorOf(second), undefined, vectorOf(first)]);
    });

    it('gives vectors back bit for bit, also from a view into a larger array', () => {
      store.stage([draft('a', ['One.'])]);
      const [key] = keysOf(store.currentChunks()) as [number];
      const wide = Float32Array.of(9, 0.1, -0, 1e-40, 3.4e38, 9);
      store.putVectors('m', [{ key, vector: wide.subarray(1, 5) }]);
      store.publish('m');
      expect([...store.publishedVectors()]).toEqual([{ key, vector: wide.slice(1, 5) }]);
      expect(Object.is(store.vectors([key])[0]![1], -0)).toBe(true);
    });

    it('keeps a document back until all its chunks have vectors', () => {
      store.stage([draft('a', ['One.', 'Two.']), draft('b', ['Three.'])]);
      const chunks = store.chunksWithoutVector('m', 10);
      store.putVectors(
        'm',
        [chunks[0]!, chunks[2]!].map(({ key }) => ({ key, vector: vectorOf(key) })),
      );
      store.publish('m');
      expect(store.documentIds()).toEqual(['b']);
      expect(store.stagedIds()).toEqual(['a']);
      embedAll(store, 'm');
      store.publish('m');
      expect(store.documentIds()).toEqual(['a', 'b']);
      expect(store.stagedIds()).toEqual([]);
    });

    it('publishes without vectors when no model is named', () => {
      store.stage([draft('a', ['One.'])]);
      expect(store.publish(undefined).addedKeys).toHaveLength(1);
      expect(store.documentIds()).toEqual(['a']);
      expect(store.model).toBeUndefined();
    });

    it('replaces a document by its next version, under new keys', () => {
      const before = publish([draft('a', ['Old one.', 'Old two.']), draft('b', ['Stays.'])]);
      store.stage([draft('a', ['New.'])]);
      expect(store.document('a')?.text).toBe('Old one. Old two.');
      expect(store.hashes().get('a')).toBe('hash of New.');
      expect(places(store.currentChunks())).toEqual(['a/0', 'b/0']);
      embedAll(store, 'm');
      const { addedKeys, removedKeys } = store.publish('m');
      expect(removedKeys).toEqual(before.addedKeys.slice(0, 2));
      expect(addedKeys).toHaveLength(1);
      expect(addedKeys[0]).toBeGreaterThan(Math.max(...before.addedKeys));
      expect(store.document('a')).toMatchObject({ text: 'New.', version: 2 });
      expect([store.version, store.documentCount, store.chunkCount]).toEqual([2, 2, 2]);
      expect(store.chunks(removedKeys)).toEqual([undefined, undefined]);
      expect(store.vectors(removedKeys)).toEqual([undefined, undefined]);
    });

    it('stages a document anew in place of what was staged for it', () => {
      store.stage([draft('a', ['First try.'])]);
      store.stage([draft('a', ['Second try.'])]);
      embedAll(store, 'm');
      store.publish('m');
      expect(store.document('a')).toMatchObject({ text: 'Second try.', version: 1 });
      expect(store.chunkCount).toBe(1);
    });

    it('never gives a key twice', () => {
      const { addedKeys } = publish([draft('a', ['One.'])]);
      store.remove(['a']);
      const again = publish([draft('a', ['One.'])]);
      expect(again.addedKeys[0]).toBeGreaterThan(addedKeys[0]!);
    });

    it('stages all of a batch, or nothing of it', () => {
      const broken = draft('b', ['Two.', 'Three.']);
      const twice = { ...broken, chunks: [broken.chunks[0]!, broken.chunks[0]!] };
      expect(() => store.stage([draft('a', ['One.']), twice])).toThrow();
      expect([...store.hashes()]).toEqual([]);
      expect([...store.currentChunks()]).toEqual([]);
    });

    it('removes published and staged documents, and ignores unknown ids', () => {
      const { addedKeys } = publish([draft('a', ['One.']), draft('b', ['Two.'])]);
      store.stage([draft('b', ['Changed.']), draft('c', ['Three.'])]);
      expect(store.remove(['b', 'c', 'nowhere'])).toEqual({ addedKeys: [], removedKeys: [addedKeys[1]] });
      expect([...store.hashes().keys()]).toEqual(['a']);
      expect([store.version, store.documentCount, store.chunkCount]).toEqual([2, 1, 1]);
      expect([...store.publishedVectors()].map(({ key }) => key)).toEqual([addedKeys[0]]);
    });

    it('counts up its version only when something published changes', () => {
      publish([draft('a', ['One.'])]);
      expect(store.publish('m')).toEqual({ addedKeys: [], removedKeys: [] });
      store.stage([draft('b', ['Two.'])]);
      store.remove(['b', 'nowhere']);
      store.setFact('x', 'y');
      expect(store.version).toBe(1);
      store.publish('another model');
      expect(store.version).toBe(2);
    });

    it('lists chunks that lack a vector in document order, page by page', () => {
      store.stage([draft('b', ['3.', '4.', '5.']), draft('a', ['1.', '2.'])]);
      expect(store.countWithoutVector('m')).toBe(5);
      const first = store.chunksWithoutVector('m', 2);
      expect(places(first)).toEqual(['a/0', 'a/1']);
      expect(places(store.chunksWithoutVector('m', 2, first[1]!.key))).toEqual(['b/0', 'b/1']);
      store.putVectors('m', [{ key: first[0]!.key, vector: vectorOf(1) }]);
      expect(places(store.chunksWithoutVector('m', 10))).toEqual(['a/1', 'b/0', 'b/1', 'b/2']);
      expect(store.countWithoutVector('m')).toBe(4);
      expect(store.countWithoutVector('another')).toBe(5);
    });

    it('asks for vectors of a new model for published chunks too, and drops those of the old one', () => {
      publish([draft('a', ['One.', 'Two.'])], 'old');
      store.saveModel('old', Uint8Array.of(1));
      store.saveModel('new', Uint8Array.of(2, 3));
      expect(places(store.chunksWithoutVector('new', 10))).toEqual(['a/0', 'a/1']);
      embedAll(store, 'new');
      const keys = keysOf(store.publishedChunks());
      store.publish('new');
      expect(store.model).toBe('new');
      expect(store.vectors(keys)).toEqual(keys.map(vectorOf));
      expect(store.countWithoutVector('old')).toBe(2);
      expect(store.loadModel('old')).toBeUndefined();
      expect([...(store.loadModel('new') ?? [])]).toEqual([2, 3]);
    });

    it('reports a published chunk whose vector is new as removed and added', () => {
      const { addedKeys } = publish([draft('a', ['One.', 'Two.'])]);
      const key = addedKeys[1]!;
      store.putVectors('m', [{ key, vector: Float32Array.of(4, 3, 2, 1) }]);
      expect(store.publish('m')).toEqual({ addedKeys: [key], removedKeys: [key] });
      expect(store.version).toBe(2);
      expect(store.publish('m')).toEqual({ addedKeys: [], removedKeys: [] });
    });

    it('ignores vectors of chunks that are gone', () => {
      const { addedKeys } = publish([draft('a', ['One.'])]);
      store.remove(['a']);
      store.putVectors('m', [{ key: addedKeys[0]!, vector: vectorOf(1) }]);
      expect([...store.publishedVectors()]).toEqual([]);
    });

    it('can be written while its chunks are gone through', () => {
      publish(Array.from({ length: 600 }, (_, i) => draft(`d${i}`, [`Text ${i}.`])));
      let seen = 0;
      for (const chunk of store.publishedChunks()) {
        if (seen % 300 === 0) store.setFact('last', chunk.documentId);
        seen += 1;
      }
      expect(seen).toBe(600);
    });

    it('goes through many chunks in order, as often as asked, none twice', () => {
      const texts = Array.from({ length: 700 }, (_, i) => `Sentence ${i}.`);
      publish([draft('long', texts), draft('a', ['One.']), draft('z', ['Last.'])]);
      const all = store.publishedChunks();
      const expected = ['a/0', ...texts.map((_, i) => `long/${i}`), 'z/0'];
      expect(places(all)).toEqual(expected);
      expect(places(all)).toEqual(expected);
      expect([...store.publishedVectors()].map(({ key }) => key)).toEqual(keysOf(all));
    });

    it('keeps facts and models until they are replaced', () => {
      expect(store.fact('a')).toBeUndefined();
      store.setFact('a', '1');
      store.setFact('a', '2');
      expect(store.fact('a')).toBe('2');
      store.saveModel('m', Uint8Array.of(1, 2));
      store.saveModel('m', Uint8Array.of(3));
      expect([...(store.loadModel('m') ?? [])]).toEqual([3]);
      expect(store.loadModel('unknown')).toBeUndefined();
    });

    it('keeps any text and metadata as they are', () => {
      const odd = draft('ünï/códe 😀\u0000', ['Nul \u0000 and 😀 “quotes”\r\n'], {});
      const metadata = { list: [1, 'two', null], nested: { deep: true } };
      publish([{ ...odd, document: { ...odd.document, metadata } }]);
      const stored = store.document(odd.document.id)!;
      expect(stored.text).toBe(odd.document.text);
      expect(stored.metadata).toEqual(metadata);
      expect([...store.publishedChunks()][0]!.text).toBe(odd.chunks[0]!.text);
    });

    it('finds nothing wrong with itself', () => {
      publish([draft('a', ['One.'])]);
      expect(() => store.check()).not.toThrow();
    });
  });
}
