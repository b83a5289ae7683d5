import { sha256 } from '../../src/kernel/digest.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import type { RequestColumns } from '../../src/records/columns.ts';
import {
  type PhaseRecord,
  type QuestionRecord,
  type RunRecord,
  recordSchema,
} from '../../src/records/schema.ts';
import { CLASSES, PLANS, phaseRecord, STAGES, simulate, toColumns } from './sample-load.ts';
import { sampleQuestions } from './sample-questions.ts';

/** A whole run that never happened: a seeded two-server queue asked about ferries. Its figures agree with its columns. */
export interface Sample {
  readonly record: RunRecord;
  readonly columns: RequestColumns;
}

export interface SampleOptions {
  readonly questions?: number;
  readonly arrivalsAPhase?: number;
}

export function sampleRun({ questions: asked = 60, arrivalsAPhase = 1200 }: SampleOptions = {}): Sample {
  const random = seededRandom(7);
  const questions = sampleQuestions(asked, random.fork('questions'));
  const arrivals = PLANS.map((plan, phase) =>
    simulate({ plan, phase, questions, count: arrivalsAPhase, random: random.fork(plan.name) }),
  );
  const phases = PLANS.map((plan, index) => phaseRecord(plan, arrivals[index]!));
  const record = recordSchema.parse({ ...frame(questions), load: load(phases) });
  return { record, columns: toColumns(arrivals.flat()) };
}

function load(phases: PhaseRecord[]): RunRecord['load'] {
  return {
    target: 'in-process',
    targetKind: 'in-process',
    returns: null,
    slo: null,
    autocannon: null,
    phases,
    stages: STAGES,
    funnelClasses: CLASSES,
    errorClasses: [
      { name: 'generation.failed', count: 13, example: 'The service said "<b>no</b>" | and hung up' },
    ],
    closedLoopMaximum: { concurrency: 8, ratePerSecond: 420 },
  };
}

export function frame(questions: QuestionRecord[]): Omit<RunRecord, 'load'> {
  const scored = questions.filter(({ right }) => right !== 'unscored');
  const mean = scored.filter(({ right }) => right === 'right').length / scored.length;
  const kinds = [...new Set(questions.map(({ kind }) => kind))].filter((kind) => kind !== null);
  return {
    schema: 'groundspeed.record/1',
    kind: 'bench',
    id: '2026-03-01T09-30-00Z-k3vq',
    startedAt: '2026-03-01T09:30:00.000Z',
    durationMs: 141_300,
    command: ['bench', '--dataset', 'datasets/tidewater', '--seed', '7'],
    profile: 'standard',
    complete: true,
    notes: ['Caches of the operating system were warm.'],
    seed: 7,
    environment: {
      groundspeed: '0.1.0',
      node: 'v20.20.2',
      os: 'linux 6.8.0 x64',
      cpu: 'AMD EPYC 7B13',
      cores: 2,
      memoryBytes: 8_341_000_000,
      memoryLimitBytes: 4_294_967_296,
      packages: { 'better-sqlite3': '12.11.1', 'hnswlib-node': '3.0.0' },
      git: { commit: '9fceb02d0ae598e95dc970b74767f19372d61af8', dirty: true },
      fingerprint: sha256('machine'),
    },
    config: {
      retrieval: { mode: 'hybrid', vectorWeight: 0.35, topK: 5 },
      openai: { apiKey: '***' },
      documents: { extensions: ['.txt', '.md'] },
    },
    dataset: {
      name: 'tidewater',
      format: 'groundspeed',
      version: '1.0.0',
      licence: 'MIT',
      split: 'test',
      questions: questions.length,
      answerable: questions.filter(({ answerable }) => answerable).length,
      documents: 44,
      questionsHash: sha256('questions'),
      corpusHash: sha256('corpus'),
      warnings: [{ code: 'empty-document', count: 2, examples: ['corpus.jsonl:17', 'corpus.jsonl:31'] }],
    },
    index: {
      path: '.groundspeed/tidewater',
      reused: false,
      embedder: 'lsa-256',
      vectorIndex: 'hnsw',
      keywordIndex: 'bm25',
      version: 3,
      documents: 42,
      chunks: 318,
      hash: sha256('index'),
    },
    ingest: {
      indexed: 42,
      unchanged: 0,
      removed: 0,
      failed: [
        { id: 'notices/<2024>.md', code: 'document.encoding', message: 'not valid UTF-8 at byte 1 204' },
      ],
      skipped: [],
      quarantined: [],
      durationMs: 1840,
      phases: { read: 120, fit: 910, embed: 320, publish: 90, index: 400 },
      documentsPerSecond: 22.8,
    },
    quality: {
      measures: [
        { name: 'ndcg@10', mean: 0.812, ci95: [0.771, 0.85], n: 54 },
        { name: 'map', mean: 0.768, ci95: [0.72, 0.81], n: 54 },
        { name: 'recall@100', mean: 0.963, ci95: [0.93, 0.99], n: 54 },
        { name: 'f1', mean: 0.541, ci95: [0.48, 0.6], n: 12, approximate: true },
        { name: 'citation-recall', mean: null, ci95: null, n: 0 },
      ],
      retrievalAccuracy: { mean: 0.91, ci95: [0.86, 0.95], n: 54 },
      right: { mean, ci95: [Math.max(0, mean - 0.06), Math.min(1, mean + 0.05)], n: scored.length },
      unscoredShare: 1 - scored.length / questions.length,
      funnel: Object.fromEntries(
        CLASSES.map((name) => [name, questions.filter(({ funnel }) => funnel === name).length]),
      ),
      slices: kinds.map((kind) => slice(kind, questions)),
      latencyMs: { p50: 4.9, p95: 11.2, p99: null, max: 38.4 },
    },
    questions,
    responses: questions.map((question, index) => ({
      question: index,
      answer: question.returned?.answer ?? null,
      abstained: question.returned?.abstained ?? false,
      right: question.right,
      topDocuments: question.returned?.ranking?.slice(0, 5) ?? [],
    })),
    microBenchmarks: [
      {
        name: 'embed',
        samples: 2000,
        medianMicros: 212,
        medianCi95: [208, 219],
        p99Micros: 480,
        opsPerSecond: 4630,
      },
      {
        name: 'retrieve (hybrid)',
        samples: 900,
        medianMicros: 1480,
        medianCi95: [1450, 1520],
        p99Micros: 3900,
        opsPerSecond: 668,
      },
      {
        name: 'cold start',
        samples: 4,
        medianMicros: 91_200,
        medianCi95: null,
        p99Micros: null,
        opsPerSecond: 11,
      },
    ],
  };
}

function slice(
  kind: string,
  questions: readonly QuestionRecord[],
): NonNullable<RunRecord['quality']>['slices'][number] {
  const members = questions.filter((question) => question.kind === kind && question.right !== 'unscored');
  const mean = members.length
    ? members.filter(({ right }) => right === 'right').length / members.length
    : null;
  const spread = members.length ? 0.8 / Math.sqrt(members.length) : 0;
  return {
    by: 'kind',
    value: kind,
    n: questions.filter((question) => question.kind === kind).length,
    right: {
      mean,
      ci95: mean === null ? null : [Math.max(0, mean - spread), Math.min(1, mean + spread)],
      n: members.length,
    },
    measures: [
      { name: 'ndcg@10', mean: mean === null ? null : 0.6 + 0.3 * mean, ci95: null, n: members.length },
    ],
  };
}

/** The same run with every number gone that may be missing: what a report then prints must be dashes. */
export function withoutNumbers(record: RunRecord): RunRecord {
  const nothing = { p50: null, p90: null, p95: null, p99: null, mean: null, max: null };
  const unknown = { mean: null, ci95: null };
  const { load: loaded, quality } = record;
  return recordSchema.parse({
    ...record,
    load: loaded && {
      ...loaded,
      closedLoopMaximum: null,
      phases: loaded.phases.map((phase) => ({
        ...phase,
        offeredRate: null,
        errorRate: 0,
        latencyMs: nothing,
        latencyCi95: { p50: null, p95: null, p99: null, mean: null },
        serviceMs: nothing,
        lagMs: nothing,
        goodputPerSecond: null,
        goodputCi95: null,
        attainment: null,
        attainmentCi95: null,
        cacheHitRate: null,
        stageShare: null,
        steadyState: null,
      })),
    },
    quality: quality && {
      ...quality,
      measures: quality.measures.map((measure) => ({ ...measure, ...unknown })),
      right: { ...quality.right, ...unknown },
      retrievalAccuracy: { ...quality.retrievalAccuracy, ...unknown },
      slices: quality.slices.map((slice) => ({
        ...slice,
        right: { ...slice.right, ...unknown },
        measures: [],
      })),
      latencyMs: { p50: null, p95: null, p99: null, max: null },
    },
  });
}
