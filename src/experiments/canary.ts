import type { GoldenQuestion, GoldenSet } from '../datasets/golden.ts';
import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { milliseconds } from '../kernel/units.ts';
import type { RunRecord } from '../records/schema.ts';
import { runEvaluate } from './evaluate.ts';
import type { RunSetup } from './setup.ts';

/** One round of golden questions, in the words of `POST /api/evaluation`. Shares are from 0 to 1. */
export interface CanaryFigures {
  readonly dataset: string;
  /** Of its end, in milliseconds since 1970. */
  readonly at: number;
  readonly questions: number;
  /** Of them, those that came to nothing. */
  readonly failed: number;
  /** By k: the mean over the questions that have relevant documents. */
  readonly recall: Readonly<Record<string, number>>;
  /** Success at 5 over answerable questions; null where there is none. */
  readonly retrieval_accuracy: number | null;
  readonly right: number | null;
  /** One for each question that could be scored; recall is that at the first k. */
  readonly scores: { readonly golden_recall: readonly number[]; readonly golden_right: readonly number[] };
}

export interface CanaryRound {
  readonly figures: CanaryFigures;
  readonly record: RunRecord;
}

/** A round in which more questions than this share came to nothing tells of a service that is down, not of its quality. */
const MOST_FAILED = 0.5;

/**
 * The questions that a canary asks: so many, evenly spread over the set, and the same ones in every round, so that recall moves
 * when the service does, and not with the draw.
 */
export function canaryQuestions(golden: GoldenSet, count: number): GoldenSet {
  const { questions } = golden;
  if (count >= questions.length) return golden;
  const chosen = Array.from(
    { length: count },
    (_, place): GoldenQuestion => questions[Math.floor((place * questions.length) / count)]!,
  );
  return { ...golden, questions: chosen };
}

/**
 * Asks each question once and scores what came. Rejects with `target.failed` where most came to nothing, with what the target
 * could not be reached for, and with `run.interrupted` where the round was cut short.
 */
export async function askCanary(setup: RunSetup, ks: readonly number[]): Promise<CanaryRound> {
  const measures = ks.map((k) => `recall@${k}`);
  const options = { ...setup.options, quality: { ...setup.options.quality, measures } };
  const { record } = await runEvaluate({ ...setup, options });
  if (!record.complete) throw new GroundspeedError('run.interrupted', 'The round was interrupted');
  return { figures: canaryFigures(record, ks, setup.clock.epoch()), record };
}

/** What a record of `evaluate` comes to. Throws `target.failed`. */
export function canaryFigures(record: RunRecord, ks: readonly number[], at: number): CanaryFigures {
  const { quality, questions = [], dataset } = record;
  const failed = questions.filter(({ error }) => error !== null);
  if (!quality || failed.length > questions.length * MOST_FAILED || questions.length === 0) {
    throw new GroundspeedError(
      'target.failed',
      `${failed.length} of ${questions.length} golden questions came to nothing`,
      {
        problems: [...new Set(failed.map(({ error }) => error ?? ''))].slice(0, 3),
        hint: 'Look at the service: its /health says which part fails.',
      },
    );
  }
  const means = quality.measures.flatMap(({ name, mean }): [string, number][] =>
    mean === null ? [] : [[name.replace(/^recall@/, ''), mean]],
  );
  const first = `recall@${ks[0]}`;
  return {
    dataset: dataset?.name ?? 'unknown',
    at,
    questions: questions.length,
    failed: failed.length,
    recall: Object.fromEntries(means),
    retrieval_accuracy: quality.retrievalAccuracy.mean,
    right: quality.right.mean,
    scores: {
      golden_recall: questions.flatMap(({ scores }) => scores[first] ?? []),
      golden_right: questions.flatMap(({ right }) => (right === 'unscored' ? [] : right === 'right' ? 1 : 0)),
    },
  };
}

export interface CanarySchedule {
  /** Milliseconds from the beginning of one round to that of the next. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly round: () => Promise<void>;
  /** A round that failed: the next one comes all the same. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Asks round after round until the signal aborts. A round that takes longer than the interval is followed at once by the next,
 * and none is made up for.
 */
export async function keepAsking({ everyMs, clock, signal, round, onFailed }: CanarySchedule): Promise<void> {
  while (!signal.aborted) {
    const start = clock.now();
    try {
      await round();
    } catch (error) {
      if (signal.aborted) return;
      onFailed(error);
    }
    const left = Math.max(0, everyMs - (clock.now() - start));
    await clock.sleep(milliseconds(left), signal).catch(() => undefined);
  }
}
