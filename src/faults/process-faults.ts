import { milliseconds } from '../kernel/units.ts';
import type { Effect, Fault } from './fault.ts';
import type { FaultInjector } from './injector.ts';
import { type HeldMemory, holdMemory } from './memory.ts';
import { LONGEST_SLEEP } from './waits.ts';

export interface ProcessFaultOptions {
  readonly injector: FaultInjector;
  /** Ends a process with SIGKILL; whose is for the drill to say. Left out, kills are refused at once. */
  readonly kill?: (fault: Fault) => void | Promise<void>;
  /** Stops a process (SIGSTOP), and gives what has it go on. Left out, hangs are refused at once. */
  readonly hang?: (fault: Fault) => Resume | Promise<Resume>;
  readonly hold?: (bytes: number, signal: AbortSignal) => Promise<HeldMemory>;
}

/** Has a process that was stopped go on. */
export type Resume = () => void;

const KINDS: ReadonlySet<Effect['kind']> = new Set(['memory', 'kill', 'hang']);

/**
 * Does what happens to the process itself, when it is due: holds memory, kills, and stops. The injector must have been started.
 * Resolves once all of it is done, or the injector has stopped; by then all memory has been given back, and what was
 * stopped goes on. Rejects with what `kill` or `hang` failed with.
 */
export async function runProcessFaults(options: ProcessFaultOptions): Promise<void> {
  const { injector } = options;
  const due = injector.faults
    .map((fault, id) => ({ fault, id }))
    .filter(({ fault: { effect } }) => KINDS.has(effect.kind));
  for (const kind of ['kill', 'hang'] as const) {
    if (options[kind] === undefined && due.some(({ fault }) => fault.effect.kind === kind)) {
      throw new TypeError(`There is a fault of kind ${kind}, and no process that it could hit.`);
    }
  }
  const left = new AbortController();
  const until = AbortSignal.any([injector.ended, left.signal]);
  const ends = await Promise.allSettled(
    due.map(async ({ fault, id }) => {
      try {
        await runOne(fault, id, { options, until });
      } catch (thrown) {
        left.abort();
        throw thrown;
      }
    }),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface Running {
  readonly options: ProcessFaultOptions;
  readonly until: AbortSignal;
}

async function runOne(fault: Fault, id: number, { options, until }: Running): Promise<void> {
  const { injector, kill, hang, hold = holdMemory } = options;
  const { effect, fromMs, toMs } = fault;
  if (!(await reached(injector, fromMs, until))) return;
  if (effect.kind === 'kill') {
    injector.note(id);
    await kill!(fault);
  }
  if (effect.kind === 'hang') {
    injector.note(id);
    const resume = await hang!(fault);
    await reached(injector, toMs ?? Number.POSITIVE_INFINITY, until).finally(resume);
  }
  if (effect.kind !== 'memory') return;
  injector.note(id);
  const held = await hold(effect.bytes, until);
  await reached(injector, toMs ?? Number.POSITIVE_INFINITY, until);
  held.release();
}

/** Waits for a moment of the timeline, in turns where it is far away; false where the end comes first. */
async function reached(injector: FaultInjector, ms: number, until: AbortSignal): Promise<boolean> {
  for (;;) {
    const now = injector.elapsed();
    if (now === undefined || until.aborted) return false;
    if (now >= ms) return true;
    try {
      await injector.clock.sleep(milliseconds(Math.min(ms - now, LONGEST_SLEEP)), until);
    } catch (thrown) {
      if (!until.aborted) throw thrown;
    }
  }
}
