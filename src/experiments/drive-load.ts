import { type RunPhase, runPhase } from '../load/phase.ts';
import type { LoadContext, PhasePlan } from '../load/phase-plan.ts';
import { OUTCOMES } from '../records/columns.ts';
import type { LoadRecord } from '../records/schema.ts';
import { askAll } from './ask-all.ts';
import type { Parts } from './parts.ts';
import { LEAST_GAIN, LOAD_LEVELS, MOST_USERS, type ProfilePlan } from './profiles.ts';

export interface Driving {
  readonly plan: ProfilePlan;
  readonly parts: Parts;
  /** Empties the target's caches, so that preheating starts from nothing. */
  readonly clearCaches: () => Promise<void>;
}

export interface DrivenLoad {
  readonly phases: readonly RunPhase[];
  /** Null where the closed loop was not run to its end, or no request of it was answered. */
  readonly maximum: LoadRecord['closedLoopMaximum'];
  /** What the reader must know of it. */
  readonly notes: readonly string[];
}

type Maximum = NonNullable<LoadRecord['closedLoopMaximum']>;

/** Runs a phase and keeps it; undefined once the run is interrupted, unless something was sent before. */
type Drive = (plan: PhasePlan) => Promise<RunPhase | undefined>;

/**
 * Warm-up, the closed-loop maximum, and open loop at the load levels below it, uncached and cached. Interrupted, it ends
 * with the phase that was under way.
 */
export async function driveLoad(context: LoadContext, driving: Driving): Promise<DrivenLoad> {
  const { plan, parts } = driving;
  const phases: RunPhase[] = [];
  const drive: Drive = async (phase) => {
    if (context.signal?.aborted) return undefined;
    const run = await runPhase(phase, context);
    if (context.signal?.aborted && run.rows.rows === 0) return undefined;
    phases.push(run);
    return run;
  };
  const over = (): boolean => context.signal?.aborted === true;
  const stopped: DrivenLoad = { phases, maximum: null, notes: [] };

  if (over()) return stopped;
  await parts.run('warm-up', async () => {
    await drive({ name: 'warm-up', loop: 'closed', concurrency: 1, duration: plan.warmup, warmup: true });
    return [undefined, `${plan.warmup / 1000} s`];
  });
  if (over()) return stopped;
  const maximum = await parts.run('closed loop', async () => {
    const found = await findMaximum(drive, plan.closedProbe);
    return [found, found === null ? 'no request was answered' : inWords(found)];
  });
  if (over()) return stopped;
  if (maximum === null) {
    return { ...stopped, notes: ['No request of the closed loop was answered: there is no open loop.'] };
  }
  await parts.run('open loop', async () => {
    const before = phases.length;
    await driveOpen(drive, maximum.ratePerSecond, context, driving);
    return [undefined, `phases driven: ${phases.length - before} (${plan.openPhase / 1000} s each)`];
  });
  return { phases, maximum, notes: [] };
}

const inWords = ({ ratePerSecond, concurrency }: Maximum): string =>
  `${ratePerSecond < 10 ? ratePerSecond.toPrecision(2) : ratePerSecond.toFixed(0)} requests/s at most, with ${concurrency} in flight`;

/** Users are doubled until that brings less than 5 % more answers a second. */
async function findMaximum(drive: Drive, duration: number): Promise<Maximum | null> {
  let best: Maximum | null = null;
  for (let concurrency = 1; concurrency <= MOST_USERS; concurrency *= 2) {
    const run = await drive({ name: `closed × ${concurrency}`, loop: 'closed', concurrency, duration });
    if (run === undefined) break;
    const ratePerSecond = answered(run) / (run.setting.elapsed / 1000);
    // Where one user gets no answer at all, more users will not either.
    const least: number = best === null ? 0 : best.ratePerSecond * (1 + LEAST_GAIN);
    if (ratePerSecond > (best?.ratePerSecond ?? 0)) best = { concurrency, ratePerSecond };
    if (ratePerSecond <= least) break;
  }
  return best;
}

const COMPLETED = OUTCOMES.indexOf('completed');

function answered({ rows: { outcome, rows } }: RunPhase): number {
  let count = 0;
  for (let row = 0; row < rows; row += 1) if (outcome[row] === COMPLETED) count += 1;
  return count;
}

async function driveOpen(
  drive: Drive,
  maximum: number,
  context: LoadContext,
  { plan, parts, clearCaches }: Driving,
): Promise<void> {
  for (const cacheMode of ['uncached', 'cached'] as const) {
    if (cacheMode === 'cached') {
      await clearCaches();
      await preheat(context, parts);
    }
    for (const level of LOAD_LEVELS) {
      const name = `open ${level * 100} % ${cacheMode}`;
      await drive({ name, loop: 'open', rate: maximum * level, cacheMode, duration: plan.openPhase });
    }
  }
}

/** Asks each question once, so that `cached` phases measure warm caches. Who fails here will be counted there. */
async function preheat(
  { questions, target, clock, timeoutMs, signal }: LoadContext,
  parts: Parts,
): Promise<void> {
  const { onEvent } = parts;
  await askAll(questions, target, { name: 'preheat', clock, timeoutMs, cache: true, signal, onEvent });
}
