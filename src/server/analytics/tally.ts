import { CACHE_LAYERS } from '../../engine/events.ts';
import { sha256 } from '../../kernel/digest.ts';
import { DurationHistogram, type EncodedHistogram } from '../../statistics/histogram.ts';
import { SHOWN_CHARACTERS } from '../../telemetry/logging/question-fields.ts';
import { type AskedFact, dayOf, JUDGE_COST } from './fact.ts';

export interface ClientTally {
  queries: number;
  errors: number;
}

export interface QuestionTally {
  readonly chars: number;
  /** Its first characters; null where text may not be kept. */
  readonly text: string | null;
  count: number;
}

export interface ScoreTally {
  count: number;
  sum: number;
}

/** What one day's questions add up to. All of it can be added to what another process has counted. */
export interface DayTally {
  readonly counters: Map<string, number>;
  /** Milliseconds of the questions that were answered. */
  readonly latency: DurationHistogram;
  readonly clients: Map<string, ClientTally>;
  /** By the SHA-256 of the question. */
  readonly questions: Map<string, QuestionTally>;
  readonly documents: Map<string, number>;
  /** By evaluator. */
  readonly scores: Map<string, ScoreTally>;
}

/** The same as plain data, which can cross to another thread. */
export interface DayWrite extends Omit<DayTally, 'latency'> {
  /** Since 1970. */
  readonly day: number;
  /** Undefined where nothing was answered. */
  readonly latency: EncodedHistogram | undefined;
}

export interface TallySetting {
  /** What a client is called in the file. */
  readonly clientName: (clientId: string | undefined) => string;
  /** Whether the first characters of questions are kept. */
  readonly content: boolean;
}

/** Counts questions by day (UTC), in memory, until they are written. */
export class Tally {
  readonly #days = new Map<number, DayTally>();
  readonly #setting: TallySetting;
  /** What the judge has cost, of what is counted here. */
  judgeUsd = 0;

  constructor(setting: TallySetting) {
    this.#setting = setting;
  }

  get isEmpty(): boolean {
    return this.#days.size === 0;
  }

  written(): DayWrite[] {
    return [...this.#days].map(([day, { latency, ...counted }]) => ({
      day,
      ...counted,
      latency: latency.count === 0 ? undefined : latency.encode(),
    }));
  }

  add(fact: AskedFact): void {
    const day = this.#day(fact.at);
    if (fact.canary) {
      increase(day.counters, 'canary');
      return;
    }
    const failed = fact.outcome === 'error' || fact.outcome === 'rejected';
    increase(day.counters, 'queries');
    increase(day.counters, fact.outcome);
    if (!failed) day.latency.record(fact.ms);
    this.#addClient(day, fact.clientId, failed);
    this.#addQuestion(day, fact.question);
    if (fact.answer !== undefined) addAnswer(day, fact.answer);
  }

  addScore(at: number, evaluator: string, score: number): void {
    const { scores } = this.#day(at);
    const own = scores.get(evaluator) ?? { count: 0, sum: 0 };
    own.count += 1;
    own.sum += score;
    scores.set(evaluator, own);
  }

  /** Questions that were left out for want of room, or for a disk that took nothing. */
  addLost(at: number, count: number): void {
    increase(this.#day(at).counters, 'lost', count);
  }

  addJudgeCost(at: number, usd: number): void {
    this.judgeUsd += usd;
    increase(this.#day(at).counters, JUDGE_COST, usd);
  }

  #addClient(day: DayTally, clientId: string | undefined, failed: boolean): void {
    const name = this.#setting.clientName(clientId);
    const client = day.clients.get(name) ?? { queries: 0, errors: 0 };
    client.queries += 1;
    if (failed) client.errors += 1;
    day.clients.set(name, client);
  }

  #addQuestion(day: DayTally, question: string): void {
    const hash = sha256(question);
    const known = day.questions.get(hash);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const text = this.#setting.content ? question.slice(0, SHOWN_CHARACTERS) : null;
    day.questions.set(hash, { chars: question.length, text, count: 1 });
  }

  #day(epochMs: number): DayTally {
    const number = dayOf(epochMs);
    const known = this.#days.get(number);
    if (known !== undefined) return known;
    const fresh: DayTally = {
      counters: new Map(),
      latency: new DurationHistogram(),
      clients: new Map(),
      questions: new Map(),
      documents: new Map(),
      scores: new Map(),
    };
    this.#days.set(number, fresh);
    return fresh;
  }
}

function addAnswer(
  { counters, documents }: DayTally,
  { cache, inputTokens, outputTokens, costUsd, documents: found }: NonNullable<AskedFact['answer']>,
): void {
  increase(counters, 'input_tokens', inputTokens);
  increase(counters, 'output_tokens', outputTokens);
  increase(counters, 'cost_usd', costUsd);
  for (const layer of CACHE_LAYERS) {
    const state = cache[layer];
    if (state !== 'off') increase(counters, `cache.${layer}.${state}`);
  }
  // A document that several passages are of was retrieved once.
  for (const id of new Set(found)) increase(documents, id);
}

function increase(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
