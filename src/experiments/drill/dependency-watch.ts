import type { EngineEvent } from '../../engine/events.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { DrillArmRecord, DrillDependencyRecord } from '../../records/schema.ts';
import { type FaultSpan, SECOND } from './windows.ts';

interface Watched {
  calls: number;
  attempts: number;
  retries: number;
  refused: number;
  /** By second of the timeline. */
  readonly wantedPerSecond: number[];
  readonly reachedPerSecond: number[];
}

/** What an engine's events say of its dependencies while a drill lasts. Ingest is left out: a drill judges questions. */
export class DependencyWatch {
  readonly #clock: Clock;
  #origin = Number.NaN;
  readonly #watched = new Map<string, Watched>();
  readonly #transitions: DrillArmRecord['transitions'] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The timeline begins now. Events from before are not counted. */
  begin(): void {
    this.#origin = this.#clock.now();
  }

  hear(event: EngineEvent): void {
    if (Number.isNaN(this.#origin)) return;
    const now = this.#clock.now() - this.#origin;
    switch (event.type) {
      case 'dependency.called': {
        if (event.purpose !== 'query') return;
        const watched = this.#of(event.dependency);
        const began = Math.max(0, now - event.duration);
        if (event.attempt === 1) {
          watched.calls += 1;
          count(watched.wantedPerSecond, began);
        }
        if (event.outcome === 'open' || event.outcome === 'busy') return;
        watched.attempts += 1;
        count(watched.reachedPerSecond, began);
        return;
      }
      case 'dependency.retried':
        if (event.purpose === 'query') this.#of(event.dependency).retries += 1;
        return;
      case 'retry.refused':
        this.#of(event.dependency).refused += 1;
        return;
      case 'breaker.changed':
        this.#transitions.push({ atMs: now, dependency: event.dependency, from: event.from, to: event.to });
        return;
      default:
    }
  }

  get transitions(): DrillArmRecord['transitions'] {
    return this.#transitions;
  }

  /** From the first fault to the first breaker that opened while faults lasted; null where none did. */
  detectedAfter({ fromMs, toMs }: FaultSpan): number | null {
    const opened = this.#transitions.find(({ to, atMs }) => to === 'open' && atMs >= fromMs && atMs <= toMs);
    return opened === undefined ? null : opened.atMs - fromMs;
  }

  dependencies(span: FaultSpan): DrillDependencyRecord[] {
    return [...this.#watched].map(([dependency, watched]) => {
      const { calls, attempts, retries, refused, wantedPerSecond, reachedPerSecond } = watched;
      return {
        dependency,
        calls,
        attempts,
        retries,
        refused,
        amplification: ratio(within(reachedPerSecond, span), within(wantedPerSecond, span)),
        perSecond: Array.from(
          { length: Math.ceil(span.durationMs / SECOND) },
          (_, second) => reachedPerSecond[second] ?? 0,
        ),
        herd: herdAfter(reachedPerSecond, span),
      };
    });
  }

  #of(dependency: string): Watched {
    let watched = this.#watched.get(dependency);
    if (watched === undefined) {
      watched = { calls: 0, attempts: 0, retries: 0, refused: 0, wantedPerSecond: [], reachedPerSecond: [] };
      this.#watched.set(dependency, watched);
    }
    return watched;
  }
}

function count(perSecond: number[], at: number): void {
  const second = Math.floor(at / SECOND);
  perSecond[second] = (perSecond[second] ?? 0) + 1;
}

/** In the whole seconds that lie within the faults. */
function within(perSecond: readonly number[], { fromMs, toMs }: FaultSpan): number {
  return sumOf(perSecond, Math.ceil(fromMs / SECOND), Math.floor(toMs / SECOND));
}

/**
 * The most attempts in any second after the faults, over the mean per second before them. Null where there is no whole
 * second before them, or nothing was asked then.
 */
function herdAfter(perSecond: readonly number[], { fromMs, toMs, durationMs }: FaultSpan): number | null {
  const before = Math.floor(fromMs / SECOND);
  const steady = before === 0 ? 0 : sumOf(perSecond, 0, before) / before;
  let most = 0;
  for (let second = Math.ceil(toMs / SECOND); second < Math.ceil(durationMs / SECOND); second += 1) {
    most = Math.max(most, perSecond[second] ?? 0);
  }
  return ratio(most, steady);
}

function sumOf(perSecond: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let second = from; second < to; second += 1) sum += perSecond[second] ?? 0;
  return sum;
}

const ratio = (a: number, b: number): number | null => (b === 0 ? null : a / b);
