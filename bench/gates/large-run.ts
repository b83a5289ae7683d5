import type { RunResult } from '../../src/experiments/setup.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import {
  CACHE_CODES,
  type ColumnArrays,
  OUTCOMES,
  REQUEST_COLUMNS,
  type RequestColumns,
  RIGHT_CODES,
} from '../../src/records/columns.ts';
import type { QuestionRecord, ResponseRecord, RunRecord } from '../../src/records/schema.ts';

export interface LargeSizes {
  readonly questions: number;
  readonly requests: number;
}

/** Responses that a record keeps, at most. */
const MOST_RESPONSES = 10_000;
/** Questions of the second run whose ranking got worse, and whose answer turned wrong. */
const SHARE_WORSE = 0.03;

/**
 * A run as large as wanted, grown from a real small one: its questions again and again under ids of their own, its responses, and
 * request by request what a steady load gives. `variant` tells two such runs apart; the questions are the same.
 */
export function largeRun(
  { record }: RunResult,
  { questions, requests }: LargeSizes,
  { variant, seed }: { readonly variant: number; readonly seed: number },
): RunResult {
  const random = seededRandom(seed).fork(`variant/${variant}`);
  return {
    record: {
      ...record,
      id: `${record.id}-${variant}`,
      questions: repeated(record.questions ?? [], questions).map((question, index) =>
        worsened(numbered(question, index), variant, random),
      ),
      responses: repeated(record.responses ?? [], Math.min(requests, MOST_RESPONSES)).map(
        (response, index): ResponseRecord => ({ ...response, question: index % questions }),
      ),
    },
    requests: columnsOf(record, { questions, requests }, random),
  };
}

function repeated<T>(items: readonly T[], count: number): T[] {
  return items.length === 0 ? [] : Array.from({ length: count }, (_, index) => items[index % items.length]!);
}

const numbered = (question: QuestionRecord, index: number): QuestionRecord => ({
  ...question,
  id: `${question.id}-${index}`,
  question: `${question.question} (${index})`,
});

function worsened(question: QuestionRecord, variant: number, random: Random): QuestionRecord {
  if (variant === 0 || random.next() >= SHARE_WORSE) return question;
  const ndcg = question.scores['ndcg@10'] ?? null;
  return {
    ...question,
    right: question.right === 'right' ? 'wrong' : question.right,
    scores: { ...question.scores, ...(ndcg !== null && { 'ndcg@10': ndcg / 2 }) },
  };
}

/** Milliseconds. */
const EVERY = 1;
const LEAST_MS = 5;

function columnsOf(record: RunRecord, { questions, requests }: LargeSizes, random: Random): RequestColumns {
  const stages = record.load?.stages ?? [];
  const phase = Math.max(0, (record.load?.phases.length ?? 1) - 1);
  const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
  const columns = Object.fromEntries(
    Object.entries(REQUEST_COLUMNS).map(([name, type]) => [name, new arrays[type](requests)]),
  ) as unknown as {
    -readonly [K in keyof typeof REQUEST_COLUMNS]: ColumnArrays[(typeof REQUEST_COLUMNS)[K]];
  };
  const spent = stages.map(() => new Float32Array(requests));
  columns.phase.fill(phase);
  columns.outcome.fill(OUTCOMES.indexOf('completed'));
  columns.cache.fill(CACHE_CODES.indexOf('off'));
  columns.right.fill(RIGHT_CODES.indexOf('right'));
  const responses = Math.min(requests, MOST_RESPONSES);
  for (let row = 0; row < requests; row += 1) {
    const latency = LEAST_MS - LEAST_MS * Math.log(1 - random.next());
    columns.due[row] = row * EVERY;
    columns.sent[row] = row * EVERY;
    columns.first[row] = row * EVERY + latency;
    columns.end[row] = row * EVERY + latency;
    columns.question[row] = row % questions;
    columns.response[row] = row % responses;
    for (const of of spent) of[row] = latency / stages.length;
  }
  return { length: requests, columns, stages: spent };
}
