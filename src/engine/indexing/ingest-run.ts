import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import type { Emitter } from '../../kernel/emitter.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { milliseconds } from '../../kernel/units.ts';
import type { DocumentFailure } from '../documents/source.ts';
import type { EngineEvent } from '../events.ts';

export type IngestPhase = 'read' | 'fit' | 'embed' | 'publish';

/** A document that was not tried, because the embedder's breaker spared the calls. It stays staged for the next ingest. */
export interface SkippedDocument {
  readonly id: string;
  /** `embedder: open` */
  readonly reason: string;
}

/** What one ingest carries through its phases: its failures, its timings, its progress, and whether it may go on. */
export class IngestRun {
  readonly failed: DocumentFailure[] = [];
  readonly skipped: SkippedDocument[] = [];
  readonly phases: Record<IngestPhase, number> = { read: 0, fit: 0, embed: 0, publish: 0 };
  readonly signal: AbortSignal | undefined;
  readonly #clock: Clock;
  readonly #events: Emitter<EngineEvent>;
  readonly #start: number;

  constructor(clock: Clock, events: Emitter<EngineEvent>, signal: AbortSignal | undefined) {
    this.signal = signal;
    this.#clock = clock;
    this.#events = events;
    this.#start = clock.now();
  }

  get durationMs(): number {
    return this.#clock.now() - this.#start;
  }

  async phase<Result>(name: IngestPhase, work: () => Result | Promise<Result>): Promise<Result> {
    const start = this.#clock.now();
    await this.pause();
    const result = await work();
    this.phases[name] = this.#clock.now() - start;
    return result;
  }

  progress(phase: IngestPhase, done: number, total: number | undefined): void {
    if (this.#events.active) this.#events.emit({ type: 'ingest.progress', phase, done, total });
  }

  fail(failure: DocumentFailure): void {
    this.failed.push(failure);
    if (!this.#events.active) return;
    this.#events.emit({ type: 'document.failed', documentId: failure.id, code: failure.code });
  }

  skip(skipped: SkippedDocument): void {
    this.skipped.push(skipped);
    if (!this.#events.active) return;
    this.#events.emit({ type: 'document.skipped', documentId: skipped.id, reason: skipped.reason });
  }

  now(): number {
    return this.#clock.now();
  }

  /** Waits, unless the ingest is called off meanwhile. */
  async wait(ms: number): Promise<void> {
    try {
      await this.#clock.sleep(milliseconds(ms), this.signal);
    } catch (thrown) {
      throw this.signal?.aborted ? this.interruption() : thrown;
    }
  }

  /** Between batches: lets timers, signals and listeners have their turn, and stops when the ingest was called off. */
  async pause(): Promise<void> {
    await nextTurn();
    if (this.signal?.aborted) throw this.interruption();
  }

  interruption(): GroundspeedError {
    return new GroundspeedError('run.interrupted', 'Ingest was interrupted; what is stored so far is kept', {
      hint: 'Run the same command again: it goes on from where it was. Until then the index answers as before.',
      cause: this.signal?.reason,
    });
  }
}
