import { messageOf } from '../kernel/errors.ts';
import { CACHE_CODES, NO_RESPONSE, OUTCOMES } from '../records/columns.ts';
import type { ResponseTable } from './responses.ts';
import type { TargetResponse } from './target.ts';

const COMPLETED = OUTCOMES.indexOf('completed');
const ERROR = OUTCOMES.indexOf('error');
const TIMEOUT = OUTCOMES.indexOf('timeout');
const DROPPED = OUTCOMES.indexOf('dropped');
const UNKNOWN_CACHE = CACHE_CODES.indexOf('unknown');

/** Failures by class, over a whole run, with one example each. */
export class ErrorClasses {
  readonly #classes: { name: string; count: number; example: string }[] = [];
  readonly #codes = new Map<string, number>();

  /** The number of the class, from 1. */
  count(thrown: unknown): number {
    const name = classOf(thrown);
    let code = this.#codes.get(name);
    if (code === undefined) {
      this.#classes.push({ name, count: 0, example: messageOf(thrown).slice(0, 500) });
      code = this.#classes.length;
      this.#codes.set(name, code);
    }
    this.#classes[code - 1]!.count += 1;
    return code;
  }

  list(): readonly { name: string; count: number; example: string }[] {
    return this.#classes;
  }
}

/** The `code` of the error, which every error of the catalogue and those of the operating system (ECONNRESET) have. */
function classOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && code !== '' ? code : 'unknown';
}

/**
 * What came of each arrival of one phase, in typed arrays: nothing is scored, sorted or summed while the load runs.
 * Times are milliseconds since the phase began; NaN where something did not happen. Every row ends in exactly one of
 * completed, error, timeout or dropped.
 */
export class PhaseRecorder {
  rows = 0;
  question: Uint32Array;
  due: Float64Array;
  sent: Float64Array;
  first: Float64Array;
  end: Float64Array;
  outcome: Uint8Array;
  errorClass: Uint16Array;
  cache: Uint8Array;
  response: Uint32Array;
  stages: Float32Array[];
  readonly #responses: ResponseTable;
  readonly #errors: ErrorClasses;
  #maxInFlight = 0;
  #inFlight = 0;

  constructor(capacity: number, shared: { responses: ResponseTable; errors: ErrorClasses; stages: number }) {
    const size = Math.max(capacity, 16);
    this.#responses = shared.responses;
    this.#errors = shared.errors;
    this.question = new Uint32Array(size);
    this.due = new Float64Array(size);
    this.sent = new Float64Array(size).fill(Number.NaN);
    this.first = new Float64Array(size).fill(Number.NaN);
    this.end = new Float64Array(size).fill(Number.NaN);
    this.outcome = new Uint8Array(size);
    this.errorClass = new Uint16Array(size);
    this.cache = new Uint8Array(size);
    this.response = new Uint32Array(size).fill(NO_RESPONSE);
    this.stages = Array.from({ length: shared.stages }, () => new Float32Array(size).fill(Number.NaN));
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Opens the next row. A closed loop does not know beforehand how many there will be. */
  arrive(question: number, due: number): number {
    if (this.rows === this.question.length) this.#grow();
    const row = this.rows++;
    this.question[row] = question;
    this.due[row] = due;
    return row;
  }

  send(row: number, at: number): void {
    this.sent[row] = at;
    this.#inFlight += 1;
    if (this.#inFlight > this.#maxInFlight) this.#maxInFlight = this.#inFlight;
  }

  firstToken(row: number, at: number): void {
    if (Number.isNaN(this.first[row]!)) this.first[row] = at;
  }

  complete(row: number, at: number, response: TargetResponse): void {
    // First what reads the target's own making: should that be malformed, the row is still open and can fail.
    const cache = Math.max(UNKNOWN_CACHE, CACHE_CODES.indexOf(response.cache));
    const id = this.#responses.intern(this.question[row]!, response);
    this.#inFlight -= 1;
    this.end[row] = at;
    this.outcome[row] = COMPLETED;
    this.cache[row] = cache;
    this.response[row] = id;
    if (response.stages !== undefined) {
      for (let stage = 0; stage < this.stages.length; stage += 1) {
        this.stages[stage]![row] = response.stages[stage] ?? Number.NaN;
      }
    }
  }

  fail(row: number, at: number, thrown: unknown): void {
    this.#inFlight -= 1;
    this.end[row] = at;
    this.outcome[row] = ERROR;
    this.errorClass[row] = this.#errors.count(thrown);
  }

  /** `at` is the moment at which patience ended, not the later one at which it was noticed. */
  timeOut(row: number, at: number): void {
    this.#inFlight -= 1;
    this.end[row] = at;
    this.first[row] = Number.NaN;
    this.outcome[row] = TIMEOUT;
  }

  drop(row: number): void {
    this.outcome[row] = DROPPED;
  }

  #grow(): void {
    const size = this.question.length * 2;
    const wider = <T extends Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array>(
      from: T,
      fill: number,
    ): T => {
      const to = new (from.constructor as new (length: number) => T)(size);
      if (fill !== 0) to.fill(fill);
      to.set(from);
      return to;
    };
    this.question = wider(this.question, 0);
    this.due = wider(this.due, 0);
    this.sent = wider(this.sent, Number.NaN);
    this.first = wider(this.first, Number.NaN);
    this.end = wider(this.end, Number.NaN);
    this.outcome = wider(this.outcome, 0);
    this.errorClass = wider(this.errorClass, 0);
    this.cache = wider(this.cache, 0);
    this.response = wider(this.response, NO_RESPONSE);
    this.stages = this.stages.map((stage) => wider(stage, Number.NaN));
  }
}
