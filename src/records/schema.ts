import { z } from 'zod';
import { comparisonSchema } from './comparison-schema.ts';
import { drillSchema } from './drill-schema.ts';
import { judgeSchema } from './judge-schema.ts';
import { capacitySchema, loadSchema } from './load-schema.ts';
import { gateSchema, pairedSchema } from './paired-schema.ts';
import { hash, interval } from './primitives.ts';
import { qualitySchema, questionSchema } from './quality-schema.ts';

export * from './comparison-schema.ts';
export * from './drill-schema.ts';
export * from './judge-schema.ts';
export * from './load-schema.ts';
export * from './paired-schema.ts';
export { type MeasureRecord, measureSchema } from './primitives.ts';
export * from './quality-schema.ts';

/**
 * `groundspeed.record/1`: what a run saves, and all that a report may read. Numbers that could not be had are null,
 * never 0. Durations are milliseconds unless the name says otherwise; shares lie between 0 and 1.
 */
export const RECORD_SCHEMA = 'groundspeed.record/1';

export const environmentSchema = z.object({
  groundspeed: z.string(),
  node: z.string(),
  os: z.string().describe('Platform, release and architecture.'),
  cpu: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  memoryLimitBytes: z.number().describe('What the process may use: its constraint, or all there is.'),
  packages: z.record(z.string(), z.string()).describe('Versions of the packages that can change a number.'),
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
  fingerprint: hash.describe(
    'Over CPU, cores, memory, OS and Node: equal fingerprints, comparable latencies.',
  ),
});

export const datasetSchema = z.object({
  name: z.string(),
  format: z.string(),
  version: z.string().nullable(),
  licence: z.string().nullable(),
  split: z.string().nullable(),
  questions: z.number().int(),
  answerable: z.number().int(),
  documents: z.number().int().nullable(),
  questionsHash: hash,
  corpusHash: hash.nullable(),
  warnings: z.array(z.object({ code: z.string(), count: z.number().int(), examples: z.array(z.string()) })),
});

export const indexSchema = z.object({
  path: z.string().nullable(),
  reused: z.boolean(),
  embedder: z.string().nullable(),
  vectorIndex: z.string().nullable(),
  keywordIndex: z.string(),
  version: z.number().int(),
  documents: z.number().int(),
  chunks: z.number().int(),
  hash: hash.describe('Over document hashes, chunking settings and embedder: equal hash, equal content.'),
});

/** A document that is left alone: it failed before, and neither it nor the embedder has changed. */
export const quarantinedSchema = z.object({
  id: z.string(),
  code: z.string(),
  message: z.string(),
  hash: z.string().describe('Of the content that failed.'),
  attempts: z.number().int(),
  firstAt: z.string().describe('ISO 8601, UTC.'),
  lastAt: z.string(),
});

export const ingestSchema = z.object({
  indexed: z.number().int(),
  unchanged: z.number().int(),
  removed: z.number().int(),
  failed: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
  skipped: z
    .array(z.object({ id: z.string(), reason: z.string() }))
    .default([])
    .describe('Not tried: the embedder kept failing. Stored, and taken up by the next ingest.'),
  quarantined: z.array(quarantinedSchema).default([]),
  durationMs: z.number(),
  phases: z
    .record(z.string(), z.number())
    .describe('Milliseconds by phase: read, fit, embed, publish, index.'),
  documentsPerSecond: z.number().nullable(),
});

/** One distinct response; many requests may share it. What is left out is as `questions` has it for its question. */
export const responseSchema = z.object({
  question: z.number().int(),
  answer: z.string().nullable().optional(),
  abstained: z.boolean(),
  right: z.enum(['right', 'wrong', 'unscored']),
  topDocuments: z.array(z.string()).optional(),
});

export const microBenchmarkSchema = z.object({
  name: z.string(),
  samples: z.number().int(),
  medianMicros: z.number(),
  medianCi95: interval,
  p99Micros: z.number().nullable(),
  opsPerSecond: z.number(),
});

export const columnsSchema = z.object({
  file: z.string().regex(/^[^/\\]+$/, 'must be a name in the folder of the record'),
  rows: z.number().int().min(0),
  sha256: hash,
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['u8', 'u16', 'u32', 'f32', 'f64']),
      offset: z.number().int().min(0),
    }),
  ),
});

export const RECORD_KINDS = [
  'bench',
  'evaluate',
  'ingest',
  'load',
  'capacity',
  'compare',
  'gate',
  'drill',
] as const;

export const recordSchema = z.object({
  schema: z.literal(RECORD_SCHEMA),
  kind: z.enum(RECORD_KINDS),
  id: z.string().describe('Run id: UTC time and a short random suffix.'),
  startedAt: z.string(),
  durationMs: z.number(),
  command: z.array(z.string()).describe('Arguments, with secrets redacted.'),
  profile: z.string().nullable(),
  complete: z
    .boolean()
    .describe('False when the run was interrupted: what is here was measured, the rest was not.'),
  notes: z.array(z.string()).describe('What the reader must know to trust or doubt the numbers.'),
  seed: z.number().int(),
  environment: environmentSchema,
  config: z.record(z.string(), z.unknown()).describe('Every setting, secrets as ***.'),
  dataset: datasetSchema.nullable(),
  index: indexSchema.nullable(),
  ingest: ingestSchema.nullable(),
  quality: qualitySchema.optional(),
  questions: z.array(questionSchema).optional(),
  comparison: comparisonSchema.optional(),
  judge: judgeSchema.optional(),
  paired: pairedSchema.optional(),
  gate: gateSchema.optional(),
  load: loadSchema.optional(),
  capacity: capacitySchema.optional(),
  drill: drillSchema.optional(),
  responses: z.array(responseSchema).optional(),
  microBenchmarks: z.array(microBenchmarkSchema).optional(),
  requests: columnsSchema.optional(),
});

export type RunRecord = z.infer<typeof recordSchema>;
export type EnvironmentRecord = z.infer<typeof environmentSchema>;
export type DatasetRecord = z.infer<typeof datasetSchema>;
export type IndexRecord = z.infer<typeof indexSchema>;
export type IngestRecord = z.infer<typeof ingestSchema>;
export type QuarantineRecord = z.infer<typeof quarantinedSchema>;
export type ResponseRecord = z.infer<typeof responseSchema>;
export type MicroBenchmarkRecord = z.infer<typeof microBenchmarkSchema>;
export type ColumnsRecord = z.infer<typeof columnsSchema>;
