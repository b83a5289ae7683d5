import { CACHE_CODES, DEGRADATION_CODES, NO_RESPONSE, OUTCOMES, STALE_CODES } from '../records/columns.ts';
import type { ErrorClasses } from './error-classes.ts';
import type { QuestionNumbers } from './question-numbers.ts';
import type { ReplyStore } from './reply-store.ts';
import type { ResponseTable } from './responses.ts';
import type { RawReply, TargetResponse } from './target.ts';
import { ToldColumn } from './told-column.ts';

const COMPLETED = OUTCOMES.indexOf('completed');
const ERROR = OUTCOMES.indexOf('error');
const TIMEOUT = OUTCOMES.indexOf('timeout');
const DROPPED = OUTCOMES.indexOf('dropped');
const UNKNOWN_CACHE = CACHE_CODES.indexOf('unknown');
const UNKNOWN_DEGRADATION = DEGRADATION_CODES.indexOf('unknown');
const [STALENESS_UNKNOWN, FRESH, STALE] = STALE_CODES.map((_, code) => code) as [number, number, number];

/** Ended rows that a looker-on can still find: more than end between two looks, at a hundred thousand a second. */
const RECENT = 1 << 16;

/** Rows that are read before the event loop may turn: some milliseconds of JSON. */
const ROWS_BETWEEN_PAUSES = 256;

/** What the phases of a run have in common. */
export interface SharedTables {
  readonly responses: ResponseTable;
  readonly errors: ErrorClasses;
  /** Stage names that responses time. */
  readonly stages: number;
  /** When requests will be due, and what they will ask, where that is known: these columns then need no room of their own. */
  readonly planned?: { readonly due: Float64Array; readonly question: Uint32Array } | undefined;
  /** Where raw replies go; needed by targets that reply raw. A store of this phase's own. */
  readonly replies?: ReplyStore | undefined;
  /** Without them nobody can tell which question a semantic cache matched. */
  readonly questions?: QuestionNumbers | undefined;
}

type Told = Float32Array | Float64Array | undefined;

/** The rows of a recorder as plain columns, equally long. */
export interface RowColumns {
  readonly rows: number;
  readonly question: Uint32Array;
  readonly due: Float64Array;
  readonly sent: Float64Array;
  /** Undefined where no target told of any; so are the others that not every target tells. */
  readonly first: Told;
  readonly end: Float64Array;
  readonly outcome: Uint8Array;
  readonly errorClass: Uint16Array;
  readonly cache: Uint8Array;
  readonly response: Uint32Array;
  readonly degraded: Uint8Array;
  readonly stale: Uint8Array;
  readonly matched: Told;
  readonly inputTokens: Told;
  readonly outputTokens: Told;
  readonly costUsd: Told;
  readonly stages: readonly Told[];
}

type GivenColumn =
  | 'question'
  | 'due'
  | 'sent'
  | 'end'
  | 'outcome'
  | 'errorClass'
  | 'cache'
  | 'response'
  | 'degraded'
  | 'stale';

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
  end: Float64Array;
  outcome: Uint8Array;
  errorClass: Uint16Array;
  cache: Uint8Array;
  response: Uint32Array;
  /** DEGRADATION_CODES. */
  degraded: Uint8Array;
  /** STALE_CODES. */
  stale: Uint8Array;
  /** As the column of the record has it; exact in single precision, which counts to MATCHED_OTHER and beyond. */
  readonly matched: ToldColumn;
  /** Number of the raw reply in the store, of a target that replies raw. */
  reply: Uint32Array;
  readonly first: ToldColumn;
  readonly inputTokens: ToldColumn;
  readonly outputTokens: ToldColumn;
  readonly costUsd: ToldColumn;
  readonly stages: readonly ToldColumn[];
  /** The latest rows to end, in that order, as a ring; `ended` counts on. For whoever looks on while the load runs. */
  readonly recent = new Uint32Array(RECENT);
  ended = 0;
  readonly #responses: ResponseTable;
  readonly #errors: ErrorClasses;
  readonly #replies: ReplyStore | undefined;
  readonly #questions: QuestionNumbers | undefined;
  #maxInFlight = 0;
  #inFlight = 0;

  constructor(capacity: number, shared: SharedTables) {
    const size = Math.max(capacity, 16);
    this.#responses = shared.responses;
    this.#errors = shared.errors;
    this.#replies = shared.replies;
    this.#questions = shared.questions;
    const planned = shared.planned?.due.length === size ? shared.planned : undefined;
    this.question = planned?.question ?? new Uint32Array(size);
    this.due = planned?.due ?? new Float64Array(size);
    this.sent = new Float64Array(size).fill(Number.NaN);
    this.end = new Float64Array(size).fill(Number.NaN);
    this.outcome = new Uint8Array(size);
    this.errorClass = new Uint16Array(size);
    this.cache = new Uint8Array(size);
    this.response = new Uint32Array(size).fill(NO_RESPONSE);
    this.degraded = new Uint8Array(size);
    this.stale = new Uint8Array(size);
    this.matched = new ToldColumn('single', size);
    this.reply = new Uint32Array(this.#replies === undefined ? 0 : size).fill(NO_RESPONSE);
    this.first = new ToldColumn('double', size);
    this.inputTokens = new ToldColumn('single', size);
    this.outputTokens = new ToldColumn('single', size);
    this.costUsd = new ToldColumn('single', size);
    this.stages = Array.from({ length: shared.stages }, () => new ToldColumn('single', size));
  }

  /** The columns as far as they are filled, cut from the rest: what another thread needs to have these rows. */
  columns(): RowColumns {
    const cut = <T extends Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array>(
      column: T,
    ): T => column.slice(0, this.rows) as T;
    return {
      rows: this.rows,
      question: cut(this.question),
      due: cut(this.due),
      sent: cut(this.sent),
      first: this.first.cut(this.rows),
      end: cut(this.end),
      outcome: cut(this.outcome),
      errorClass: cut(this.errorClass),
      cache: cut(this.cache),
      response: cut(this.response),
      degraded: cut(this.degraded),
      stale: cut(this.stale),
      matched: this.matched.cut(this.rows),
      inputTokens: this.inputTokens.cut(this.rows),
      outputTokens: this.outputTokens.cut(this.rows),
      costUsd: this.costUsd.cut(this.rows),
      stages: this.stages.map((stage) => stage.cut(this.rows)),
    };
  }

  /** A column, which is gone from here: whoever keeps a million rows need not have them twice. */
  giveAway<Name extends GivenColumn>(name: Name): PhaseRecorder[Name] {
    const column = this[name];
    this[name] = column.slice(0, 0) as this[Name];
    return column;
  }

  /** Takes over one ended row of another thread; the numbers of its response and its error class are those of here. */
  adopt(from: RowColumns, row: number, numbers: { response: number; errorClass: number }): void {
    const to = this.arrive(from.question[row]!, from.due[row]!);
    this.sent[to] = from.sent[row]!;
    this.first.set(to, from.first?.[row] ?? Number.NaN);
    this.end[to] = from.end[row]!;
    this.outcome[to] = from.outcome[row]!;
    this.errorClass[to] = numbers.errorClass;
    this.cache[to] = from.cache[row]!;
    this.response[to] = numbers.response;
    this.degraded[to] = from.degraded[row]!;
    this.stale[to] = from.stale[row]!;
    this.matched.set(to, from.matched?.[row] ?? Number.NaN);
    this.inputTokens.set(to, from.inputTokens?.[row] ?? Number.NaN);
    this.outputTokens.set(to, from.outputTokens?.[row] ?? Number.NaN);
    this.costUsd.set(to, from.costUsd?.[row] ?? Number.NaN);
    for (const [stage, column] of this.stages.entries()) {
      column.set(to, from.stages[stage]?.[row] ?? Number.NaN);
    }
  }

  /** Says how many were in flight at once, where the rows were taken over. */
  set peakInFlight(most: number) {
    this.#maxInFlight = most;
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
    if (Number.isNaN(this.first.at(row))) this.first.set(row, at);
  }

  complete(row: number, at: number, reply: TargetResponse | RawReply): void {
    // First what reads the target's own making: should that be malformed, the row is still open and can fail.
    if (reply instanceof Uint8Array) this.reply[row] = this.#replies!.keep(this.question[row]!, reply);
    else this.#take(row, reply);
    this.#end(row, at, COMPLETED);
  }

  fail(row: number, at: number, thrown: unknown): void {
    this.errorClass[row] = this.#errors.count(thrown);
    this.#end(row, at, ERROR);
  }

  /** `at` is the moment at which patience ended, not the later one at which it was noticed. */
  timeOut(row: number, at: number): void {
    this.first.set(row, Number.NaN);
    this.#end(row, at, TIMEOUT);
  }

  drop(row: number): void {
    this.outcome[row] = DROPPED;
  }

  /**
   * Reads the raw replies, once the load is over: what cannot be understood turns from completed into an error. `pause` is
   * awaited now and then, for the event loop to turn. The store may be closed afterwards.
   */
  async readReplies(
    read: (reply: RawReply, question: number) => TargetResponse,
    pause: () => Promise<void>,
  ): Promise<void> {
    const replies = this.#replies;
    if (replies === undefined) return;
    const firstRow = new Uint32Array(replies.size).fill(NO_RESPONSE);
    for (let row = 0; row < this.rows; row += 1) {
      const id = this.reply[row]!;
      if (id === NO_RESPONSE || this.outcome[row] !== COMPLETED) continue;
      if (firstRow[id] === NO_RESPONSE) {
        firstRow[id] = row;
        this.#readRow(row, id, read);
      } else {
        this.#copyFacts(firstRow[id]!, row);
      }
      if (row % ROWS_BETWEEN_PAUSES === 0) await pause();
    }
  }

  /** Reads the reply of one row that has ended, while the load still runs: a sample for whoever looks on. */
  peek(row: number, read: (reply: RawReply, question: number) => TargetResponse): TargetResponse | undefined {
    if (this.outcome[row] !== COMPLETED) return undefined;
    const id = this.response[row]!;
    if (id !== NO_RESPONSE) return this.#responses.response(id);
    try {
      return read(this.#replies!.read(this.reply[row]!), this.question[row]!);
    } catch {
      return undefined; // told as an error once the load is over
    }
  }

  #readRow(row: number, id: number, read: (reply: RawReply, question: number) => TargetResponse): void {
    try {
      this.#take(row, read(this.#replies!.read(id), this.question[row]!));
    } catch (thrown) {
      this.#turnIntoError(row, this.#errors.count(thrown));
    }
  }

  /** What the reply of one row said, said of another that got the very same bytes. */
  #copyFacts(from: number, to: number): void {
    if (this.outcome[from] === ERROR) {
      this.#turnIntoError(to, this.#errors.countAgain(this.errorClass[from]!));
      return;
    }
    this.response[to] = this.response[from]!;
    this.cache[to] = this.cache[from]!;
    this.degraded[to] = this.degraded[from]!;
    this.stale[to] = this.stale[from]!;
    this.matched.set(to, this.matched.at(from));
    this.inputTokens.set(to, this.inputTokens.at(from));
    this.outputTokens.set(to, this.outputTokens.at(from));
    this.costUsd.set(to, this.costUsd.at(from));
    for (const stage of this.stages) stage.set(to, stage.at(from));
  }

  #turnIntoError(row: number, errorClass: number): void {
    this.outcome[row] = ERROR;
    this.errorClass[row] = errorClass;
  }

  #take(row: number, response: TargetResponse): void {
    const cache = Math.max(UNKNOWN_CACHE, CACHE_CODES.indexOf(response.cache));
    const id = this.#responses.intern(this.question[row]!, response);
    this.cache[row] = cache;
    this.degraded[row] =
      response.degraded === undefined ? UNKNOWN_DEGRADATION : DEGRADATION_CODES.indexOf(response.degraded);
    this.stale[row] = response.stale === undefined ? STALENESS_UNKNOWN : response.stale ? STALE : FRESH;
    if (response.matched !== undefined && this.#questions !== undefined) {
      this.matched.set(row, this.#questions.columnValue(this.question[row]!, response.matched.question));
    }
    this.response[row] = id;
    this.inputTokens.set(row, response.inputTokens ?? Number.NaN);
    this.outputTokens.set(row, response.outputTokens ?? Number.NaN);
    this.costUsd.set(row, response.costUsd ?? Number.NaN);
    if (response.stages !== undefined) {
      for (let stage = 0; stage < this.stages.length; stage += 1) {
        this.stages[stage]!.set(row, response.stages[stage] ?? Number.NaN);
      }
    }
  }

  #end(row: number, at: number, outcome: number): void {
    this.#inFlight -= 1;
    this.end[row] = at;
    this.outcome[row] = outcome;
    this.recent[this.ended % RECENT] = row;
    this.ended += 1;
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
    this.end = wider(this.end, Number.NaN);
    this.outcome = wider(this.outcome, 0);
    this.errorClass = wider(this.errorClass, 0);
    this.cache = wider(this.cache, 0);
    this.degraded = wider(this.degraded, 0);
    this.stale = wider(this.stale, 0);
    this.response = wider(this.response, NO_RESPONSE);
    if (this.#replies !== undefined) this.reply = wider(this.reply, NO_RESPONSE);
  }
}
