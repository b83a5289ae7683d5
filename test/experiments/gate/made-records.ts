import { sha256 } from '../../../src/kernel/digest.ts';
import { normal, type Random, seededRandom } from '../../../src/kernel/random.ts';
import type { BlockRecord, QuestionRecord, RunRecord } from '../../../src/records/schema.ts';

export const KINDS = ['lookup', 'numeric', 'multi-hop'];

/** What a run did with one question. */
export interface Outcome {
  readonly right?: QuestionRecord['right'];
  readonly ndcg?: number | null;
  readonly answer?: string;
  readonly ranking?: readonly string[];
  readonly error?: string;
  readonly must?: boolean;
  readonly funnel?: string;
  readonly text?: string;
  readonly scores?: Readonly<Record<string, number | null>>;
}

export function question(index: number, outcome: Outcome = {}): QuestionRecord {
  const { right = 'right', ndcg = 1, error, must = false, funnel = 'right in time', scores } = outcome;
  return {
    id: `q${index}`,
    question: outcome.text ?? `Question ${index}?`,
    kind: KINDS[index % KINDS.length]!,
    difficulty: null,
    tags: [],
    answerable: true,
    must,
    expected: { answers: [`answer ${index}`], forbidden: [], evidence: [], relevant: [`d${index}`] },
    returned:
      error === undefined
        ? {
            answer: outcome.answer ?? (right === 'right' ? `answer ${index}` : 'another'),
            abstained: false,
            confidence: null,
            passages: null,
            citations: null,
            ranking: [
              ...(outcome.ranking ?? (ndcg === 1 ? [`d${index}`, 'other'] : ['other', `ndcg ${ndcg}`])),
            ],
          }
        : null,
    error: error ?? null,
    right,
    funnel,
    firstRelevantRank: null,
    scores: { 'ndcg@10': ndcg, ...scores },
    latencyMs: 5,
  };
}

export const questions = (
  count: number,
  outcome: (index: number) => Outcome = () => ({}),
): QuestionRecord[] => Array.from({ length: count }, (_, index) => question(index, outcome(index)));

export function record(asked: QuestionRecord[], more: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 'groundspeed.record/1',
    kind: 'evaluate',
    id: 'run',
    startedAt: '2026-03-01T09:30:00.000Z',
    durationMs: 1000,
    command: ['evaluate'],
    profile: null,
    complete: true,
    notes: [],
    seed: 7,
    environment: {
      groundspeed: '0.1.0',
      node: 'v20.20.2',
      os: 'linux 6.8.0 x64',
      cpu: 'AMD EPYC 7B13',
      cores: 2,
      memoryBytes: 8e9,
      memoryLimitBytes: 4e9,
      packages: {},
      git: { commit: '9fceb02d0ae598e95dc970b74767f19372d61af8', dirty: false },
      fingerprint: sha256('machine'),
    },
    config: { retrieval: { mode: 'hybrid', topK: 5 } },
    dataset: {
      name: 'made',
      format: 'groundspeed',
      version: '1.0.0',
      licence: null,
      split: null,
      questions: asked.length,
      answerable: asked.length,
      documents: asked.length,
      questionsHash: sha256('questions'),
      corpusHash: sha256('corpus'),
      warnings: [],
    },
    index: null,
    ingest: null,
    quality: {
      measures: [{ name: 'ndcg@10', mean: 0.8, ci95: [0.76, 0.84], n: asked.length }],
      retrievalAccuracy: { mean: null, ci95: null, n: 0 },
      right: { mean: 0.9, ci95: [0.87, 0.93], n: asked.length },
      unscoredShare: 0,
      funnel: {},
      slices: [],
      latencyMs: { p50: null, p95: null, p99: null, max: null },
    },
    questions: asked,
    ...more,
  };
}

export interface BlockPlan {
  readonly launches?: number;
  readonly pairs?: number;
  readonly batches?: readonly number[];
  /** What latencies of the candidate are multiplied by. */
  readonly slowdown?: (batch: number) => number;
  /** Standard deviation of a pair's log ratio; a fifth of its variance lies between launches. */
  readonly noise?: number;
  readonly errorRate?: number;
  readonly change?: (block: BlockRecord) => Partial<BlockRecord>;
}

/** Interleaved blocks of `baseline` and `candidate`, each launch with a warm-up pair; nobody ran them. */
export function simulatedBlocks(seed: number | Random, plan: BlockPlan = {}): BlockRecord[] {
  const { launches = 10, pairs = 3, batches = [0], slowdown = () => 1, noise = 0.07, errorRate = 0 } = plan;
  const random = typeof seed === 'number' ? seededRandom(seed) : seed;
  const blocks: BlockRecord[] = [];
  for (const batch of batches) {
    for (let launch = 0; launch < launches; launch += 1) {
      const shift = Math.sqrt(0.2) * noise * normal(random);
      for (let pair = 0; pair <= pairs; pair += 1) {
        const candidateFirst = random.next() < 0.5;
        const times = { baseline: 0, candidate: shift + Math.sqrt(0.8) * noise * normal(random) };
        for (const variant of ['baseline', 'candidate'] as const) {
          const factor = Math.exp(times[variant]) * (variant === 'candidate' ? slowdown(batch) : 1);
          const generate = 6 * factor;
          const block: BlockRecord = {
            variant,
            batch,
            launch,
            pair,
            first: candidateFirst === (variant === 'candidate'),
            warmup: pair === 0,
            startedAtEpochMs: 1_750_000_000_000 + blocks.length * 3000,
            seconds: 3,
            offeredRate: 350,
            arrivals: 1050,
            indicators: {
              p50: 10 * factor,
              p95: 30 * factor ** 2,
              p99: null,
              mean: 13 * factor,
              throughput: 350 / factor,
              'error-rate': variant === 'candidate' ? errorRate : 0,
            },
            stagesMs: { retrieve: 4, generate },
            valid: true,
            invalidReasons: [],
          };
          blocks.push({ ...block, ...plan.change?.(block) });
        }
      }
    }
  }
  return blocks;
}
