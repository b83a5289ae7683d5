import { z } from 'zod';
import { degradationOptions, resilienceOptions } from './resilience/options.ts';

/** A number that may also be written as text, as environment variables and `--set` give it. */
const number = z.coerce.number();
const boolean = z.union([
  z.boolean(),
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
]);
const share = number.min(0).max(1);
const count = number.int().min(1);
/** Never printed: config, records and reports show `***`. */
const secret = z.string().min(1).meta({ secret: true });

const chunking = z
  .strictObject({
    size: number
      .int()
      .min(16)
      .max(4096)
      .default(320)
      .describe('Tokens in a chunk, at most. A token is one word token.'),
    overlap: number.int().min(0).max(2048).default(40).describe('Tokens that neighbouring chunks share.'),
  })
  .refine(({ size, overlap }) => overlap < size, {
    path: ['overlap'],
    message: 'must be smaller than chunking.size',
  });

const documents = z.strictObject({
  maxFileSize: count
    .default(10_485_760)
    .describe(
      'Largest file that is read, in bytes. A corpus of many documents (.jsonl) is held to it line by line.',
    ),
  extensions: z
    .union([
      z.array(z.string()),
      z.string().transform((list) =>
        list
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
      ),
    ])
    .transform((list) =>
      list.map((item) => (item.startsWith('.') ? item.toLowerCase() : `.${item.toLowerCase()}`)),
    )
    .default(['.txt', '.md', '.jsonl'])
    .describe('File name extensions that ingest reads.'),
});

const store = z.strictObject({
  url: z
    .string()
    .regex(/^sqlite:\/\/.+/, 'must be sqlite:///path/to/file')
    .optional()
    .describe('Where the index is kept (sqlite:///path). By default in .groundspeed/, named by its content.')
    .meta({ examples: ['sqlite:///path/to/store.sqlite'] }),
});

const embedding = z.strictObject({
  provider: z
    .enum(['lsa', 'openai', 'none'])
    .default('lsa')
    .describe(
      'Who makes vectors: lsa (fitted on the corpus, offline), openai (any compatible service), none.',
    ),
  dimensions: number
    .int()
    .min(2)
    .max(4096)
    .default(256)
    .describe('Length of a vector. lsa uses at most chunks − 1.'),
  model: z.string().min(1).default('text-embedding-3-small').describe('Model name, for openai.'),
  batchSize: number
    .int()
    .min(1)
    .max(2048)
    .default(64)
    .describe('Texts in one request to the embedding service.'),
  fitSample: count
    .default(10_000)
    .describe('lsa is fitted on at most so many chunks (a seeded sample); the rest are folded in.'),
  refitAfter: share.default(0.25).describe('lsa is fitted anew once chunks added since exceed this share.'),
});

const index = z.strictObject({
  vector: z
    .enum(['hnsw', 'exact'])
    .default('hnsw')
    .describe('Vector search: hnsw (approximate, native) or exact (brute force).'),
  m: number.int().min(2).max(200).default(16).describe('HNSW: links per node.'),
  efConstruction: number
    .int()
    .min(8)
    .max(4000)
    .default(200)
    .describe('HNSW: width of the search while building.'),
  ef: number
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('HNSW: width of the search while asking; never less than the candidates wanted.'),
  keyword: z
    .enum(['bm25', 'fts5'])
    .default('bm25')
    .describe('Keyword search: bm25 (in memory) or fts5 (SQLite).'),
  k1: number.min(0).max(10).default(1.2).describe('BM25: how quickly repeated terms stop counting.'),
  b: share.default(0.75).describe('BM25: how much long chunks are held back.'),
});

const retrieval = z.strictObject({
  mode: z.enum(['hybrid', 'keyword', 'vector']).default('hybrid').describe('Which retrievers are asked.'),
  fusion: z
    .enum(['convex', 'rrf'])
    .default('convex')
    .describe('How two rankings become one: min–max convex combination, or reciprocal rank fusion.'),
  vectorWeight: share.default(0.35).describe('Convex fusion: weight of the vector scores.'),
  rrfK: number.min(0).max(10_000).default(60).describe('RRF: the constant k.'),
  candidates: number.int().min(1).max(1000).default(100).describe('Documents fetched from each retriever.'),
  topK: number.int().min(1).max(100).default(5).describe('Passages retrieved for an answer.'),
  contextTokens: count.default(2000).describe('Tokens of passages shown to the generator, at most.'),
  similarityThreshold: number
    .min(-1)
    .max(1)
    .default(0)
    .describe('Cosine similarity below which a vector hit is dropped.'),
});

const reranking = z.strictObject({
  kind: z.enum(['none', 'mmr']).default('none').describe('Reranker: none, or maximal marginal relevance.'),
  lambda: share.default(0.7).describe('MMR: 1 is relevance alone, 0 is diversity alone.'),
  depth: number.int().min(1).max(1000).default(50).describe('Candidates that are reranked.'),
});

const prices = z.record(
  z.string(),
  z.strictObject({
    input: number.min(0).default(0).describe('US dollars per million input tokens.'),
    output: number.min(0).default(0).describe('US dollars per million output tokens.'),
  }),
);

const generation = z.strictObject({
  provider: z
    .enum(['extractive', 'openai', 'simulated'])
    .default('extractive')
    .describe(
      'Who writes answers: extractive (sentences of the passages), openai (chat), simulated (for load tests).',
    ),
  model: z.string().min(1).default('gpt-4o-mini').describe('Model name, for openai.'),
  temperature: number.min(0).max(2).default(0).describe('Sampling temperature, for openai.'),
  maxTokens: number
    .int()
    .min(1)
    .max(100_000)
    .default(400)
    .describe('Tokens in an answer, at most, for openai.'),
  abstainBelow: share
    .default(0.35)
    .describe('extractive: confidence below which it says that it does not know.'),
  sentences: number.int().min(1).max(10).default(2).describe('extractive: sentences in an answer, at most.'),
  simulated: z
    .strictObject({
      firstTokenMs: number
        .min(0)
        .default(250)
        .describe('Median time to the first token, in milliseconds (log-normal).'),
      firstTokenSigma: number
        .min(0)
        .max(3)
        .default(0.4)
        .describe('Spread of the time to the first token: σ of its logarithm.'),
      tokensPerSecond: number
        .min(0.1)
        .default(80)
        .describe('Median rate of tokens (log-normal over answers).'),
      tokensPerSecondSigma: number
        .min(0)
        .max(3)
        .default(0.2)
        .describe('Spread of the rate: σ of its logarithm.'),
      answerTokens: count.default(60).describe('Tokens in an answer.'),
      errorRate: share.default(0).describe('Share of answers that fail.'),
    })
    .prefault({}),
  prices: prices.default({}).describe('Price table: model name → dollars per million tokens.'),
});

const layerSize = (entries: number, megabytes: number) => ({
  entries: count.default(entries).describe('Entries kept, at most; the least recently used goes first.'),
  maxMegabytes: number
    .gt(0)
    .max(1_000_000)
    .default(megabytes)
    .describe('Megabytes (10^6 bytes) kept, at most, keys and all; the least recently used goes first.'),
});

const cacheLayer = (entries: number, megabytes: number) =>
  z
    .strictObject({
      enabled: boolean.default(true).describe('Whether the layer is used.'),
      ...layerSize(entries, megabytes),
      ttlSeconds: number.min(0).default(0).describe('Seconds for which an entry is fresh; 0 is for ever.'),
      staleSeconds: number
        .min(0)
        .default(0)
        .describe(
          'Seconds after ttlSeconds for which an entry is still served, at once, while a new one is made in the background.',
        ),
    })
    .prefault({});

const semanticCache = z
  .strictObject({
    enabled: boolean.default(false).describe('Whether the layer is used.'),
    threshold: number
      .min(0)
      .max(1)
      .default(0.9)
      .describe('Cosine similarity of two questions from which they may share an answer.'),
    ...layerSize(1_000, 64),
    ttlSeconds: number.min(0).default(0).describe('Seconds for which an entry is used; 0 is for ever.'),
  })
  .prefault({});

const caching = z.strictObject({
  enabled: boolean.default(true).describe('Switches every layer off at once.'),
  embedding: cacheLayer(10_000, 64).describe('Question → vector.'),
  retrieval: cacheLayer(2_000, 64).describe('Question and settings → ranking.'),
  response: cacheLayer(2_000, 128).describe('Question and settings → whole answer.'),
  semantic: semanticCache.describe(
    'A question in other words → the answer to the earlier one, if numbers, units, dates, names and negation agree.',
  ),
  redisUrl: secret
    .optional()
    .describe(
      'Cache shared by processes (redis://…, rediss://…, unix:///socket), all but the semantic one. While it is away, each caches in memory.',
    ),
});

const openai = z.strictObject({
  apiKey: secret.optional().describe('Key for the OpenAI-compatible service.'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base URL of the OpenAI-compatible service.')
    .meta({ examples: ['https://api.openai.com/v1'] }),
  timeoutMs: number.int().min(1).default(30_000).describe('Milliseconds for one request.'),
});

const limits = z.strictObject({
  maxConcurrentQueries: number
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('Questions in flight at once.'),
  maxQuestionLength: number
    .int()
    .min(1)
    .max(1_000_000)
    .default(8_000)
    .describe('Characters in a question, at most.'),
});

/** Every setting of the engine, by section. The config room composes them; `--set retrieval.mode=keyword` names one. */
export const engineOptions = {
  store: store.prefault({}),
  documents: documents.prefault({}),
  chunking: chunking.prefault({}),
  embedding: embedding.prefault({}),
  index: index.prefault({}),
  retrieval: retrieval.prefault({}),
  reranking: reranking.prefault({}),
  generation: generation.prefault({}),
  caching: caching.prefault({}),
  openai: openai.prefault({}),
  limits: limits.prefault({}),
  resilience: resilienceOptions.prefault({}),
  degradation: degradationOptions.prefault({}),
} as const;

export const engineSchema = z.strictObject(engineOptions);

export type EngineOptions = z.infer<typeof engineSchema>;
