import { setMaxListeners } from 'node:events';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { drawDelay } from './delay.ts';
import { type Effect, type Fault, isActiveAt, TARGETS, type Target } from './fault.ts';
import { printFault } from './print.ts';
import { PERMITS, type Permit, refuseFaults } from './refuse.ts';

export interface InjectorOptions {
  /** Their places in the list are their numbers. */
  readonly faults: readonly Fault[];
  /** On whose behalf: never a default, so that nothing gets faults by mistake. */
  readonly permit: Permit;
  /** The machine's, not one that jumps. */
  readonly clock: Clock;
  /** Equal seeds give equal decisions, call by call and fault by fault. */
  readonly random: Random;
  /** Told of every injection, when it is decided. */
  readonly onInjected?: (injected: Injected) => void;
}

/** A fault that a call met. */
export interface Injected {
  /** Its number. */
  readonly id: number;
  readonly fault: Fault;
  /** On the run's timeline. */
  readonly ms: number;
}

/** What was injected of one fault. Times are on the run's timeline; null where it never was. */
export interface FaultLog {
  readonly id: number;
  /** As it is written. */
  readonly fault: string;
  readonly count: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
}

/** What a call meets, of all the faults that are active: time, then a failure, or else changes to what comes back. */
export interface Plan {
  readonly delayMs: number;
  readonly failure: Failure | undefined;
  readonly changes: readonly Change[];
}

/** The call does not reach what it is made to. */
export type Failure = Extract<Effect, { kind: 'error' | 'timeout' | '429' | 'full' }>;
export type Change = Extract<
  Effect,
  { kind: 'drip' | 'truncate' | 'malformed' | 'reset' | 'corrupt' | 'empty' }
>;

/** The faults of one run, on its timeline. Before `start` and after `stop`, nothing fails. */
export interface FaultInjector {
  readonly faults: readonly Fault[];
  readonly permit: Permit;
  readonly clock: Clock;
  /** For what a fault draws besides its share. */
  readonly random: Random;
  /** Begins the timeline, at a moment of the clock; now, unless it is given. */
  start(at?: number): void;
  /** Ends it: calls that hang end, those that wait go on. */
  stop(): void;
  /** Milliseconds since the start; undefined while it does not run. */
  elapsed(): number | undefined;
  /** Aborts at `stop`. */
  readonly ended: AbortSignal;
  /** Numbers of the faults that are in force at a moment of the timeline, whether or not the injector runs. */
  activeAt(ms: number): number[];
  /** The same for now; none while it does not run. */
  active(): number[];
  /** Whether any fault, at any time, is for the target. */
  concerns(target: Target): boolean;
  /** What one call to a target meets; undefined where it meets nothing. */
  plan(target: Target): Plan | undefined;
  /** Notes what was done outside a call: memory held, a process killed. */
  note(id: number): void;
  /** What was injected so far, of each fault. */
  log(): readonly FaultLog[];
}

/** Throws `fault.refused` without a permit. */
export function createFaultInjector(options: InjectorOptions): FaultInjector {
  if (!PERMITS.includes(options.permit)) throw refuseFaults('faults');
  return new Injector(options);
}

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  /** Each fault draws from its own: one fault more, or one call elsewhere, leaves its decisions alone. */
  readonly random: Random;
}

class Injector implements FaultInjector {
  readonly faults: readonly Fault[];
  readonly permit: Permit;
  readonly clock: Clock;
  readonly random: Random;
  readonly #onInjected: InjectorOptions['onInjected'];
  readonly #armed: ReadonlyMap<Target, readonly Armed[]>;
  readonly #log: { count: number; firstMs: number | null; lastMs: number | null }[];
  #startedAt: number | undefined;
  #ended = new AbortController();

  constructor({ faults, permit, clock, random, onInjected }: InjectorOptions) {
    this.faults = faults;
    this.permit = permit;
    this.clock = clock;
    this.random = random.fork('changes');
    this.#onInjected = onInjected;
    const armed = faults.map((fault, id) => ({
      id,
      fault,
      random: random.fork(`${id} ${printFault(fault)}`),
    }));
    this.#armed = new Map(
      TARGETS.map((target) => [target, armed.filter(({ fault }) => fault.target === target)]),
    );
    // Every call that hangs listens.
    setMaxListeners(0, this.#ended.signal);
    this.#log = faults.map(() => ({ count: 0, firstMs: null, lastMs: null }));
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  start(at: number = this.clock.now()): void {
    if (this.#ended.signal.aborted) {
      this.#ended = new AbortController();
      setMaxListeners(0, this.#ended.signal);
    }
    this.#startedAt = at;
  }

  stop(): void {
    this.#startedAt = undefined;
    this.#ended.abort(new Error('the drill is over'));
  }

  elapsed(): number | undefined {
    return this.#startedAt === undefined ? undefined : this.clock.now() - this.#startedAt;
  }

  activeAt(ms: number): number[] {
    return this.faults.flatMap((fault, id) => (isActiveAt(fault, ms) ? [id] : []));
  }

  active(): number[] {
    const ms = this.elapsed();
    return ms === undefined ? [] : this.activeAt(ms);
  }

  concerns(target: Target): boolean {
    return this.#armed.get(target)!.length > 0;
  }

  plan(target: Target): Plan | undefined {
    const ms = this.elapsed();
    if (ms === undefined) return undefined;
    let hits: Armed[] | undefined;
    for (const one of this.#armed.get(target)!) {
      if (!isActiveAt(one.fault, ms)) continue;
      if (one.fault.share === 1 || one.random.next() < one.fault.share) {
        hits ??= [];
        hits.push(one);
      }
    }
    return hits === undefined ? undefined : this.#planOf(hits, ms);
  }

  note(id: number): void {
    this.#note(id, this.elapsed() ?? 0);
  }

  log(): readonly FaultLog[] {
    return this.#log.map((entry, id) => ({ id, fault: printFault(this.faults[id]!), ...entry }));
  }

  /** All delays add up. The first failure is the one; only without any does what comes back matter. */
  #planOf(hits: readonly Armed[], ms: number): Plan {
    let delayMs = 0;
    for (const { id, fault, random } of hits) {
      if (fault.effect.kind !== 'latency') continue;
      delayMs += drawDelay(fault.effect.delay, random);
      this.#note(id, ms);
    }
    const failing = hits.find(({ fault }) => isFailure(fault.effect));
    if (failing !== undefined) {
      this.#note(failing.id, ms);
      return { delayMs, failure: failing.fault.effect as Failure, changes: [] };
    }
    const changing = hits.filter(({ fault }) => isChange(fault.effect));
    for (const { id } of changing) this.#note(id, ms);
    return { delayMs, failure: undefined, changes: changing.map(({ fault }) => fault.effect as Change) };
  }

  #note(id: number, ms: number): void {
    const entry = this.#log[id]!;
    entry.count += 1;
    entry.firstMs ??= ms;
    entry.lastMs = ms;
    this.#onInjected?.({ id, fault: this.faults[id]!, ms });
  }
}

const FAILURES: ReadonlySet<string> = new Set<Failure['kind']>(['error', 'timeout', '429', 'full']);
const CHANGES: ReadonlySet<string> = new Set<Change['kind']>([
  'drip',
  'truncate',
  'malformed',
  'reset',
  'corrupt',
  'empty',
]);

const isFailure = (effect: Effect): effect is Failure => FAILURES.has(effect.kind);
const isChange = (effect: Effect): effect is Change => CHANGES.has(effect.kind);

/** The change of a kind in a plan. */
export function changeOf<K extends Change['kind']>(
  plan: Plan,
  kind: K,
): Extract<Change, { kind: K }> | undefined {
  return plan.changes.find((change): change is Extract<Change, { kind: K }> => change.kind === kind);
}
