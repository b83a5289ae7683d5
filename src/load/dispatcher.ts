import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { type Milliseconds, milliseconds } from '../kernel/units.ts';
import { type PhaseTracing, requestTrace, traceparent } from '../records/trace-ids.ts';
import type { PhaseRecorder } from './recorder.ts';
import type { Exchange, RawReply, Sent, Target, TargetResponse } from './target.ts';

export interface DriveOptions {
  readonly target: Target;
  /** Texts of the golden questions, by the index that rows bear. */
  readonly questions: readonly string[];
  readonly clock: Clock;
  /** The moment on the clock that is 0 on the phase's own time axis; by default, now. */
  readonly origin?: number;
  readonly recorder: PhaseRecorder;
  /** Patience with one request, from the moment it was sent. */
  readonly timeout: Milliseconds;
  /** Whether the target may answer from its caches. */
  readonly cache: boolean;
  /** Which requests begin a trace; by default none. */
  readonly tracing?: PhaseTracing;
  /** Ends the phase early: nothing more is sent, what is in flight gets a last moment to finish. */
  readonly signal?: AbortSignal;
  /** Ends the phase early, too, but waits for what is in flight as long as its patience lasts. */
  readonly enough?: AbortSignal;
}

/** How long requests in flight may still take once the run is interrupted. */
const LAST_MOMENT = milliseconds(2_000);

/** A request in flight; what the target tells of it comes here. */
class Pending implements Exchange {
  readonly row: number;
  /** On the phase's own time axis. */
  readonly deadline: number;
  readonly #dispatcher: Dispatcher;
  sent: Sent | undefined;
  done = false;
  /** Its neighbours among those in flight. */
  before: Pending | undefined;
  after: Pending | undefined;

  constructor(dispatcher: Dispatcher, row: number, deadline: number) {
    this.#dispatcher = dispatcher;
    this.row = row;
    this.deadline = deadline;
  }

  firstToken(): void {
    if (!this.done) this.#dispatcher.firstToken(this);
  }

  complete(reply: TargetResponse | RawReply): void {
    if (!this.done) this.#dispatcher.complete(this, reply);
  }

  fail(error: unknown): void {
    if (!this.done) this.#dispatcher.fail(this, error);
  }
}

/**
 * Sends the requests of one phase and sees each of them to exactly one end. All requests have the same patience, so
 * the pending ones, in the order of sending, are also in the order of their deadlines: one queue, no timer each.
 */
export class Dispatcher {
  readonly #options: DriveOptions;
  readonly #origin: number;
  readonly #onEnd: (() => void) | undefined;
  readonly #stop: AbortSignal | undefined;
  /** In the order of sending: linked, so that whoever is done goes at once, and with it all that hangs on it. */
  #first: Pending | undefined;
  #last: Pending | undefined;
  #wake: (() => void) | undefined;

  /** `onEnd` is called when a request has its end, whatever that is. */
  constructor(options: DriveOptions, onEnd?: () => void) {
    this.#options = options;
    this.#origin = options.origin ?? options.clock.now();
    this.#onEnd = onEnd;
    const { signal, enough } = options;
    this.#stop = signal && enough ? AbortSignal.any([signal, enough]) : (signal ?? enough);
  }

  /** Whether nothing more is to be sent, whatever the schedule says. */
  get stopped(): boolean {
    return this.#stop?.aborted === true;
  }

  /** Milliseconds since the phase began. */
  get elapsed(): number {
    return this.#options.clock.now() - this.#origin;
  }

  /** Sends the question of an open row. */
  send(row: number): void {
    const { recorder, timeout, target, questions, cache, tracing } = this.#options;
    const sent = this.elapsed;
    const entry = new Pending(this, row, sent + timeout);
    recorder.send(row, sent);
    this.#append(entry);
    const question = recorder.question[row]!;
    const request = { question, text: questions[question]!, cache };
    const trace = tracing && requestTrace(tracing, { question, due: recorder.due[row]! });
    entry.sent = target.start(trace ? { ...request, traceparent: traceparent(trace) } : request, entry);
  }

  /** Ends requests whose patience has run out. Returns when the next one would, or undefined when none is pending. */
  expire(): number | undefined {
    const now = this.elapsed;
    while (this.#first !== undefined && this.#first.deadline <= now) this.#timeOut(this.#first);
    return this.#first?.deadline;
  }

  /** Waits until `until` (on the phase's axis), or until the next deadline of a request, or an interruption. */
  async wait(until: number): Promise<void> {
    const { timeout } = this.#options;
    // With nothing in flight: what others may send during this very wait expires a timeout from now, at the earliest.
    const next = this.expire() ?? this.elapsed + timeout;
    await this.#sleep(Math.min(until, next), this.#stop);
  }

  /** Waits until no request is in flight. An interrupted run waits a last moment, then gives up on what is left. */
  async drain(): Promise<void> {
    const { recorder, signal } = this.#options;
    const giveUpAt = (): number => (signal?.aborted ? this.elapsed + LAST_MOMENT : Number.POSITIVE_INFINITY);
    let limit = giveUpAt();
    while (recorder.inFlight > 0) {
      const next = Math.min(this.expire() ?? this.elapsed, limit);
      if (recorder.inFlight === 0) return;
      if (this.elapsed >= limit) {
        this.#giveUp();
        return;
      }
      const nap = new AbortController();
      const settled = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const interrupted = (): void => nap.abort();
      if (!signal?.aborted) signal?.addEventListener('abort', interrupted, { once: true });
      const sleep = this.#sleep(next, nap.signal);
      await Promise.race([settled, sleep]);
      nap.abort();
      signal?.removeEventListener('abort', interrupted);
      if (limit === Number.POSITIVE_INFINITY) limit = giveUpAt();
    }
  }

  firstToken(entry: Pending): void {
    this.#options.recorder.firstToken(entry.row, this.elapsed);
  }

  complete(entry: Pending, reply: TargetResponse | RawReply): void {
    // An answer that came after the user had left is a timeout, even where a busy event loop let the timer run late.
    const at = this.elapsed;
    if (at > entry.deadline) {
      this.#timeOut(entry);
      return;
    }
    try {
      this.#options.recorder.complete(entry.row, at, reply);
    } catch (thrown) {
      this.#options.recorder.fail(entry.row, at, thrown);
    }
    this.#finish(entry);
  }

  fail(entry: Pending, error: unknown): void {
    const at = this.elapsed;
    if (at > entry.deadline) {
      this.#timeOut(entry);
      return;
    }
    this.#options.recorder.fail(entry.row, at, error);
    this.#finish(entry);
  }

  /** Sleeps until a moment on the phase's axis, a microsecond at least: a shorter sleep might not move the clock at all. */
  async #sleep(until: number, signal: AbortSignal | undefined): Promise<void> {
    const delay = milliseconds(Math.max(until - this.elapsed, 0.001));
    await this.#options.clock.sleep(delay, signal).catch(() => undefined);
  }

  #timeOut(entry: Pending): void {
    this.#options.recorder.timeOut(entry.row, entry.deadline);
    const { sent } = entry;
    this.#finish(entry);
    sent?.withdraw(new GroundspeedError('query.aborted', 'The request took longer than its timeout'));
  }

  #giveUp(): void {
    const interruption = new GroundspeedError('run.interrupted', 'The run ended before the request did');
    while (this.#first !== undefined) {
      const { row, sent } = this.#first;
      this.#options.recorder.fail(row, this.elapsed, interruption);
      this.#finish(this.#first);
      sent?.withdraw(interruption);
    }
  }

  #append(entry: Pending): void {
    entry.before = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.after = entry;
    this.#last = entry;
  }

  /** Whoever is done holds on to nothing: one that was moved to old space would keep all that came after it alive. */
  #unlink(entry: Pending): void {
    const { before, after } = entry;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    entry.before = undefined;
    entry.after = undefined;
    entry.sent = undefined;
  }

  #finish(entry: Pending): void {
    entry.done = true;
    this.#unlink(entry);
    this.#onEnd?.();
    if (this.#options.recorder.inFlight === 0) this.#wake?.();
  }
}
