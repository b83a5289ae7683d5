import type { SearchState } from '../../src/engine/finding.ts';
import type { PipelineParts } from '../../src/engine/pipeline.ts';
import type { Chunk, Generator, Hits, Passage } from '../../src/engine/ports.ts';
import type { Retrieval } from '../../src/engine/retrieval/retriever.ts';

/** Words of a passage: what a chunk of default size has, so that the context budget has as much to count. */
const PASSAGE_WORDS = 320;
export const PASSAGES = 5;
const CANDIDATES = 100;

/** Everything that the pipeline asks, answering at once with what has been made before. */
export interface InstantPorts {
  readonly store: PipelineParts['store'];
  readonly state: SearchState;
  readonly generator: Generator;
  /** What the pipeline makes of the chunks. */
  readonly passages: readonly Passage[];
}

export function instantPorts(): InstantPorts {
  const chunks = Array.from({ length: CANDIDATES + 1 }, (_, key) => chunk(key));
  const vectors = [new Float32Array(256).fill(1 / 16)];
  const retrieval = retrievalOf(chunks);
  return {
    store: {
      stagedIds: () => [],
      version: 1,
      documentCount: CANDIDATES,
      chunks: (keys) => keys.map((key) => chunks[key]),
      vectors: (keys) => keys.map(() => vectors[0]),
    },
    state: {
      version: 1,
      model: 'instant/256',
      embedder: { id: 'instant/256', dimensions: 256, embed: async () => ({ vectors }) },
      retriever: { retrieve: async () => retrieval },
      catalogue: {
        chunkCount: CANDIDATES,
        documentCount: CANDIDATES,
        documentOf: (key) => key - 1,
        documentId: (ordinal) => `d${ordinal + 1}`,
        filter: () => () => true,
        apply: () => undefined,
      },
    },
    generator: { id: 'instant', generate },
    passages: chunks
      .slice(1, PASSAGES + 1)
      .map((found, index) => ({ ...found, score: 1 / (index + 1), rank: index + 1 })),
  };
}

/**
 * The same calls as the pipeline makes, and nothing else, not even passages of its own: what an answer would cost
 * without an engine around it.
 */
export async function bareChain(ports: InstantPorts, question: string): Promise<string> {
  const { store, state, generator, passages } = ports;
  const { vectors } = await state.embedder!.embed([question], { purpose: 'query' });
  const { fused } = await state.retriever.retrieve({ question, vector: vectors[0], topK: PASSAGES });
  store.chunks([...fused.keys.subarray(0, PASSAGES)]);
  for await (const event of generator.generate({ question, passages })) {
    if (event.type === 'done') return event.answer.text;
  }
  return '';
}

async function* generate(): ReturnType<Generator['generate']> {
  yield { type: 'text', text: ANSWER.text };
  yield { type: 'done', answer: ANSWER };
}

const ANSWER = {
  text: 'A single to the island is 4.20.',
  citations: [0],
  confidence: 0.8,
  abstained: false,
  usage: { inputTokens: 0, outputTokens: 8 },
} as const;

function chunk(key: number): Chunk {
  const text = Array.from({ length: PASSAGE_WORDS }, (_, index) => `word${(key * index) % 997}`).join(' ');
  const documentId = `d${key}`;
  return {
    key,
    documentId,
    title: `Document ${key}`,
    ordinal: 0,
    start: 0,
    end: text.length,
    text,
    metadata: {},
  };
}

function retrievalOf(chunks: readonly Chunk[]): Retrieval {
  const keys = Uint32Array.from({ length: CANDIDATES }, (_, index) => index + 1);
  const scores = Float64Array.from(keys, (key) => 1 / key);
  const hits: Hits = { keys, scores };
  const ids = Array.from(keys, (key) => chunks[key]!.documentId);
  return { keyword: hits, vector: hits, fused: hits, ranking: { ids, scores } };
}
