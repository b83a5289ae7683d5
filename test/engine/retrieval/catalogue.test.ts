import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/engine/indexing/sqlite-store.ts';
import type { DocumentStore, StoreChange } from '../../../src/engine/ports.ts';
import { createCatalogue } from '../../../src/engine/retrieval/catalogue.ts';

function put(store: DocumentStore, id: string, texts: readonly string[], metadata = {}): StoreChange {
  const document = { id, title: id, text: texts.join(' '), metadata };
  const chunks = texts.map((text, ordinal) => ({ ordinal, start: 0, end: text.length, text }));
  store.stage([{ document, hash: JSON.stringify([texts, metadata]), chunks }]);
  return store.publish(undefined);
}

describe('the catalogue of chunks', () => {
  it('knows the document of every published chunk', async () => {
    const store = await openSqliteStore(':memory:');
    const fares = put(store, 'fares', ['one', 'two']);
    const manual = put(store, 'manual', ['three']);
    const catalogue = createCatalogue(store);
    const idOf = (key: number) => catalogue.documentId(catalogue.documentOf(key));
    expect(fares.addedKeys.map(idOf)).toEqual(['fares', 'fares']);
    expect(manual.addedKeys.map(idOf)).toEqual(['manual']);
    expect(catalogue.documentOf(0)).toBe(-1);
    expect(catalogue.documentOf(4_000_000_000)).toBe(-1);
    expect([catalogue.chunkCount, catalogue.documentCount]).toEqual([3, 2]);
    store.close();
  });

  it('follows what is added, replaced and removed', async () => {
    const store = await openSqliteStore(':memory:');
    const catalogue = createCatalogue(store);
    const first = put(store, 'fares', ['one', 'two'], { year: 2024 });
    catalogue.apply(first);
    const second = put(store, 'fares', ['three'], { year: 2025 });
    catalogue.apply(second);
    expect([catalogue.chunkCount, catalogue.documentCount]).toEqual([1, 1]);
    expect(first.addedKeys.map((key) => catalogue.documentOf(key))).toEqual([-1, -1]);
    expect(catalogue.filter({ year: 2025 })(second.addedKeys[0]!)).toBe(true);
    expect(catalogue.filter({ year: 2024 })(second.addedKeys[0]!)).toBe(false);
    catalogue.apply(store.remove(['fares']));
    expect([catalogue.chunkCount, catalogue.documentCount]).toEqual([0, 0]);
    store.close();
  });

  it('filters chunks by the metadata of their documents, and refuses keys that it does not know', async () => {
    const store = await openSqliteStore(':memory:');
    const fares = put(store, 'fares', ['one', 'two'], { kind: 'table' });
    const notice = put(store, 'notice', ['three'], { kind: 'notice' });
    const catalogue = createCatalogue(store);
    const accept = catalogue.filter({ kind: 'table' });
    expect(fares.addedKeys.map(accept)).toEqual([true, true]);
    expect(notice.addedKeys.map(accept)).toEqual([false]);
    expect(accept(999)).toBe(false);
    expect(accept(4_000_000_000)).toBe(false);
    expect(catalogue.filter({})(999)).toBe(false);
    store.close();
  });
});
