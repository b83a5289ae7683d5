import { describe, expect, it } from 'vitest';
import { createBm25Index } from '../../../src/engine/indexing/bm25-index.ts';
import { createExactIndex } from '../../../src/engine/indexing/exact-index.ts';
import { openSqliteStore } from '../../../src/engine/indexing/sqlite-store.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { VectorIndex } from '../../../src/engine/ports.ts';
import { createCatalogue } from '../../../src/engine/retrieval/catalogue.ts';
import { createRetriever } from '../../../src/engine/retrieval/retriever.ts';

interface TestDocument {
  readonly id: string;
  /** Each chunk's text and direction, in degrees. */
  readonly chunks: readonly (readonly [text: string, angle: number])[];
  readonly kind?: string;
}

/** Documents of which keyword search prefers `ticket`, and a question at 0° prefers `voyage`. */
const DOCUMENTS: readonly TestDocument[] = [
  { id: 'ticket', chunks: [['ferry ticket refund', 60]], kind: 'fares' },
  { id: 'voyage', chunks: [['money back for a missed sailing', 2]], kind: 'notice' },
  { id: 'timetable', chunks: [['ferry times and tides of the western islands', 30]], kind: 'notice' },
  { id: 'crew', chunks: [['uniforms of the crew', 150]], kind: 'manual' },
];

const direction = (angle: number) =>
  Float32Array.of(Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180));

async function retrieverOver(documents: readonly TestDocument[], settings: object = {}) {
  const store = await openSqliteStore(':memory:');
  const keyword = createBm25Index({ k1: 1.2, b: 0.75 });
  const exact = createExactIndex(2);
  for (const { id, chunks, kind } of documents) {
    const drafts = chunks.map(([text], ordinal) => ({ ordinal, start: 0, end: text.length, text }));
    store.stage([
      { document: { id, title: '', text: 'x', metadata: kind ? { kind } : {} }, hash: id, chunks: drafts },
    ]);
    const { addedKeys } = store.publish(undefined);
    await keyword.add(addedKeys.map((key, index) => ({ key, title: '', text: chunks[index]![0] })));
    await exact.add(addedKeys.map((key, index) => ({ key, vector: direction(chunks[index]![1]) })));
  }
  /** The number of chunks asked for in each vector search. */
  const asked: number[] = [];
  const vector: VectorIndex = Object.assign(Object.create(exact), {
    search: (...[query, k, options]: Parameters<VectorIndex['search']>) => {
      asked.push(k);
      return exact.search(query, k, options);
    },
  });
  const catalogue = createCatalogue(store);
  store.close();
  const options = engineSchema.parse({ retrieval: { vectorWeight: 0.35, ...settings } }).retrieval;
  return {
    retriever: createRetriever({ options, keyword, vector, catalogue }),
    asked,
    keyword,
    exact,
    catalogue,
    options,
  };
}

const request = { question: 'ferry ticket refund', vector: direction(0), topK: 5 };

describe('hybrid retrieval', () => {
  it('fuses both lists, and ranks documents', async () => {
    const { retriever } = await retrieverOver(DOCUMENTS);
    const { keyword, vector, fused, ranking } = await retriever.retrieve(request);
    expect([...keyword!.keys]).toEqual([1, 3]);
    expect([...vector!.keys]).toEqual([2, 3, 1]);
    expect(ranking.ids).toEqual(['ticket', 'voyage', 'timetable']);
    expect([...fused.keys]).toEqual([1, 2, 3]);
    expect(fused.scores).toEqual(ranking.scores);
    expect(ranking.scores[0]).toBeCloseTo(0.65);
    expect(ranking.scores[1]).toBeCloseTo(0.35);
  });

  it('fuses by ranks when told so', async () => {
    const { retriever } = await retrieverOver(DOCUMENTS, { fusion: 'rrf', rrfK: 10 });
    const { ranking } = await retriever.retrieve(request);
    expect(ranking.ids).toEqual(['ticket', 'timetable', 'voyage']);
    expect(ranking.scores[0]).toBeCloseTo(1 / 11 + 1 / 13);
  });

  it.each([
    ['no vector', undefined],
    ['a vector of zeros, for a question of unknown words', new Float32Array(2)],
  ])('ranks as keyword search does with %s', async (_name, vector) => {
    const { retriever, asked } = await retrieverOver(DOCUMENTS);
    const found = await retriever.retrieve({ ...request, vector });
    expect(found.ranking.ids).toEqual(['ticket', 'timetable']);
    expect(found.vector).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('works without a vector index', async () => {
    const { keyword, catalogue, options } = await retrieverOver(DOCUMENTS);
    const retriever = createRetriever({ options, keyword, vector: undefined, catalogue });
    expect((await retriever.retrieve(request)).ranking.ids).toEqual(['ticket', 'timetable']);
  });

  it('drops vector hits below the similarity threshold', async () => {
    const { retriever } = await retrieverOver(DOCUMENTS, { similarityThreshold: 0.8 });
    expect([...(await retriever.retrieve(request)).vector!.keys]).toEqual([2, 3]);
  });

  it('tells the cosine of what is nearest, also of what is below the threshold', async () => {
    const near = await retrieverOver(DOCUMENTS);
    expect((await near.retriever.retrieve(request)).similarity).toBeCloseTo(Math.cos((2 * Math.PI) / 180), 5);
    const { retriever } = await retrieverOver([DOCUMENTS[0]!, DOCUMENTS[3]!], { similarityThreshold: 0.8 });
    const { vector, similarity } = await retriever.retrieve(request);
    expect(vector!.keys).toHaveLength(0);
    expect(similarity).toBeCloseTo(0.5, 5);
    const words = await retrieverOver(DOCUMENTS, { mode: 'keyword' });
    expect((await words.retriever.retrieve(request)).similarity).toBeUndefined();
  });

  it('returns only chunks of documents that pass the filter', async () => {
    const { retriever } = await retrieverOver(DOCUMENTS);
    const { ranking, fused } = await retriever.retrieve({
      ...request,
      filter: { kind: ['notice', 'manual'] },
    });
    expect(ranking.ids).toEqual(['timetable', 'voyage']);
    expect([...fused.keys]).toEqual([3, 2]);
    expect((await retriever.retrieve({ ...request, filter: { port: 'Hale' } })).ranking.ids).toEqual([]);
  });

  it('rejects with the reason of a signal that has been aborted', async () => {
    const { retriever } = await retrieverOver(DOCUMENTS);
    const signal = AbortSignal.abort(new Error('withdrawn'));
    await expect(retriever.retrieve({ ...request, signal })).rejects.toThrow('withdrawn');
  });
});

describe('retrieval by one retriever', () => {
  it('asks keyword search only, and keeps its scores', async () => {
    const { retriever, asked } = await retrieverOver(DOCUMENTS, { mode: 'keyword' });
    const { keyword, vector, fused } = await retriever.retrieve(request);
    expect(fused).toEqual(keyword);
    expect(vector).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('asks vector search only, and finds nothing without a vector', async () => {
    const { retriever } = await retrieverOver(DOCUMENTS, { mode: 'vector' });
    const { keyword, ranking } = await retriever.retrieve(request);
    expect(keyword).toBeUndefined();
    expect(ranking.ids).toEqual(['voyage', 'timetable', 'ticket']);
    expect((await retriever.retrieve({ ...request, vector: undefined })).ranking.ids).toEqual([]);
  });
});

describe('candidates', () => {
  /** One document of many chunks that outrank everything, then documents of one chunk each, ever further off. */
  const crowded: readonly TestDocument[] = [
    { id: 'log', chunks: Array.from({ length: 30 }, (_, index) => [`storm ${index}`, index / 100] as const) },
    ...Array.from({ length: 20 }, (_, index) => ({
      id: `page-${String(index).padStart(2, '0')}`,
      chunks: [['storm over the harbour and the western islands', 10 + index] as const],
    })),
  ];

  it('are fetched until enough documents are in the list, and no further', async () => {
    const { retriever, asked } = await retrieverOver(crowded, { mode: 'vector', candidates: 10 });
    const { vector, ranking } = await retriever.retrieve(request);
    expect(ranking.ids).toEqual(['log', ...crowded.slice(1, 10).map(({ id }) => id)]);
    expect(vector!.keys).toHaveLength(39);
    expect(asked).toEqual([20, 40]);
  });

  it('stop where the list ends', async () => {
    const { retriever, asked } = await retrieverOver(crowded, { mode: 'vector', candidates: 40 });
    expect((await retriever.retrieve(request)).ranking.ids).toHaveLength(21);
    expect(asked).toEqual([50]);
  });

  it('hold as many passages as are wanted, even where fewer documents would do', async () => {
    const { retriever } = await retrieverOver(crowded, { mode: 'keyword', candidates: 1 });
    expect((await retriever.retrieve({ ...request, question: 'storm', topK: 7 })).fused.keys).toHaveLength(7);
  });

  it('are not fetched without end where a few long documents fill every list', async () => {
    const { retriever, asked } = await retrieverOver(crowded, { mode: 'vector', candidates: 2 });
    const { ranking } = await retriever.retrieve(request);
    expect(ranking.ids).toEqual(['log', 'page-00']);
    expect(Math.max(...asked)).toBeLessThanOrEqual(40);
  });

  it('rank a document where its best chunk stands', async () => {
    const { retriever } = await retrieverOver(
      [
        {
          id: 'mixed',
          chunks: [
            ['a', 80],
            ['b', 1],
          ],
        },
        {
          id: 'even',
          chunks: [
            ['c', 10],
            ['d', 10],
          ],
        },
      ],
      { mode: 'vector' },
    );
    const { ranking, fused } = await retriever.retrieve(request);
    expect([...fused.keys]).toEqual([2, 3, 4, 1]);
    expect(ranking.ids).toEqual(['mixed', 'even']);
    expect([...ranking.scores]).toEqual([fused.scores[0], fused.scores[1]]);
  });
});

describe('a tolerant retrieval', () => {
  const question = 'ferry ticket refund';
  const failing = <Port extends object>(port: Port): Port =>
    Object.assign(Object.create(port), { search: () => Promise.reject(new Error('no')) });

  it.each(['hybrid', 'vector', 'keyword'] as const)('is no other where nothing fails (%s)', async (mode) => {
    const { retriever } = await retrieverOver(DOCUMENTS, { mode });
    const request = { question, vector: direction(0), topK: 2 };
    expect(await retriever.retrieve({ ...request, tolerant: true })).toEqual(
      await retriever.retrieve(request),
    );
  });

  it('goes on with one list, and says which it lacks', async () => {
    const { keyword, options, catalogue, retriever, exact } = await retrieverOver(DOCUMENTS);
    const over = (parts: { keyword: typeof keyword; vector: VectorIndex }) =>
      createRetriever({ options, catalogue, ...parts });
    const request = { question, vector: direction(0), topK: 2, tolerant: true };
    const whole = await retriever.retrieve(request);
    const words = await over({ keyword, vector: failing(exact) }).retrieve(request);
    expect(words.failures).toMatchObject([{ source: 'vectors' }]);
    expect(words.vector).toBeUndefined();
    expect(words.keyword).toEqual(whole.keyword);
    expect(words.ranking.ids).toEqual(
      (await retriever.retrieve({ ...request, vector: undefined })).ranking.ids,
    );
    const vectors = await over({ keyword: failing(keyword), vector: exact }).retrieve(request);
    expect(vectors.failures).toMatchObject([{ source: 'keywords' }]);
    expect(vectors.ranking.ids[0]).toBe('voyage');
    const none = await over({ keyword: failing(keyword), vector: failing(exact) }).retrieve(request);
    expect(none.failures).toHaveLength(2);
    expect(none.ranking.ids).toEqual([]);
  });

  it('searches keywords in place of vectors that could not be made, and of none that were not wanted', async () => {
    const { retriever } = await retrieverOver(DOCUMENTS, { mode: 'vector' });
    const request = { question, vector: undefined, topK: 2, tolerant: true };
    expect((await retriever.retrieve({ ...request, vectorLost: true })).ranking.ids[0]).toBe('ticket');
    expect((await retriever.retrieve(request)).ranking.ids).toEqual([]);
  });

  it('is withdrawn like any other', async () => {
    const { keyword, options, catalogue, exact } = await retrieverOver(DOCUMENTS);
    const reason = new Error('gone');
    const retriever = createRetriever({ options, catalogue, keyword, vector: failing(exact) });
    const request = { question, vector: direction(0), topK: 2, tolerant: true };
    await expect(retriever.retrieve({ ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
