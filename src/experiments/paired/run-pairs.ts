import type { Clock } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import { milliseconds } from '../../kernel/units.ts';
import { type BlockRecord, INDICATOR_NAMES } from '../../records/schema.ts';
import { blocksIn, type Launch, type Round } from './plan.ts';
import type { Arm, BlockFigures, BlockOrder, LiveArm } from './port.ts';

/** Launches in a row that an arm may fail before it is given up. */
const MOST_FAILED_LAUNCHES = 3;

export interface PairsOptions {
  readonly arms: readonly Arm[];
  readonly launches: readonly Launch[];
  /** What every block offers. */
  readonly load: Pick<BlockOrder, 'rate' | 'seconds'>;
  readonly batch: number;
  readonly clock: Clock;
  /** On the clock: nothing runs past it. */
  readonly deadline?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after each block. */
  readonly onBlock?: (done: number, total: number) => void;
}

export interface PairsResult {
  /** Of whole pairs alone, in the order in which they ran; arms that failed have a block that says so. */
  readonly blocks: readonly BlockRecord[];
  readonly endedBy: 'interrupted' | 'budget' | 'failures' | null;
}

/**
 * Drives paired blocks by their plan: within a pair the same seed, so the same questions at the same times, for one arm
 * after the other. Interrupted, or at its deadline, it keeps the pairs that are whole.
 */
export async function runPairs(options: PairsOptions): Promise<PairsResult> {
  const { clock, deadline, signal } = options;
  const over = new AbortController();
  const done = new AbortController();
  const stop = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  if (deadline !== undefined) {
    const left = milliseconds(Math.max(0, deadline - clock.now()));
    clock.sleep(left, done.signal).then(
      () => over.abort(new Error('the budget of time is used up')),
      () => undefined,
    );
  }
  const run = new PairsRun(options, stop);
  try {
    for (const launch of options.launches) {
      const goesOn = await run.launch(launch);
      if (!goesOn) break;
    }
  } finally {
    done.abort();
  }
  const { blocks, endedBy } = run;
  return { blocks, endedBy: signal?.aborted ? 'interrupted' : stop.aborted ? 'budget' : endedBy };
}

class PairsRun {
  readonly #options: PairsOptions;
  readonly #stop: AbortSignal;
  readonly #total: number;
  readonly #failedLaunches: number[];
  #done = 0;
  /** The longest so far, in milliseconds. */
  #starting = 0;
  #round = 0;
  readonly blocks: BlockRecord[] = [];
  endedBy: PairsResult['endedBy'] = null;

  constructor(options: PairsOptions, stop: AbortSignal) {
    this.#options = options;
    this.#stop = stop;
    this.#total = blocksIn(options.launches);
    this.#failedLaunches = options.arms.map(() => 0);
  }

  /** False once the run is over. */
  async launch(launch: Launch): Promise<boolean> {
    const { clock } = this.#options;
    const wanted = launch.arms.filter((arm) => this.#failedLaunches[arm]! < MOST_FAILED_LAUNCHES);
    if (wanted.length < 2) {
      const left = this.#failedLaunches.filter((failed) => failed < MOST_FAILED_LAUNCHES);
      if (left.length < 2) this.endedBy = 'failures';
      return this.endedBy === null;
    }
    // A launch that ends with its warm-up is worth nothing.
    if (!this.#hasTime(this.#starting + 2 * this.#roundOf(wanted.length))) return false;
    const began = clock.now();
    const live = await this.#start(wanted, launch);
    this.#starting = Math.max(this.#starting, clock.now() - began);
    try {
      for (const round of launch.rounds) {
        if (live.size < 2) break;
        if (!this.#hasTime(this.#roundOf(live.size))) return false;
        if (!(await this.#run(round, launch, live))) return false;
      }
      return !this.#stop.aborted;
    } finally {
      await Promise.all([...live.values()].map((arm) => arm.close().catch(() => undefined)));
    }
  }

  #roundOf(arms: number): number {
    const planned = arms * this.#options.load.seconds * 1000;
    return Math.max(planned, this.#round);
  }

  #hasTime(needed: number): boolean {
    const { clock, deadline } = this.#options;
    if (this.#stop.aborted) return false;
    if (deadline === undefined || clock.now() + needed <= deadline) return true;
    this.endedBy = 'budget';
    return false;
  }

  /** One after the other: on few cores, programs that start at once slow each other down. */
  async #start(wanted: readonly number[], launch: Launch): Promise<Map<number, LiveArm>> {
    const live = new Map<number, LiveArm>();
    for (const arm of wanted) {
      if (this.#stop.aborted) break;
      try {
        live.set(arm, await this.#options.arms[arm]!.launch(this.#stop));
        this.#failedLaunches[arm] = 0;
      } catch (thrown) {
        if (this.#stop.aborted) break;
        this.#failedLaunches[arm]! += 1;
        const figures = this.#failure(`it could not be started: ${messageOf(thrown)}`);
        const round = launch.rounds.find(({ warmup }) => !warmup);
        if (round !== undefined)
          this.blocks.push(this.#record(figures, { arm, launch, round, first: false }));
      }
    }
    return live;
  }

  /** False where the round could not be finished, and nothing more should run. */
  async #run(round: Round, launch: Launch, live: Map<number, LiveArm>): Promise<boolean> {
    const { clock, load, onBlock } = this.#options;
    const began = clock.now();
    const blocks: BlockRecord[] = [];
    const { warmup, seed, question } = round;
    const order: BlockOrder = { ...load, seed, warmup, ...(question !== undefined && { question }) };
    for (const arm of round.order) {
      const running = live.get(arm);
      if (running === undefined) continue;
      const place = { arm, launch, round, first: blocks.length === 0 };
      try {
        blocks.push(this.#record(await running.block(order, this.#stop), place));
      } catch (thrown) {
        if (this.#stop.aborted) return false;
        blocks.push(this.#record(this.#failure(messageOf(thrown)), place));
        live.delete(arm);
        await running.close().catch(() => undefined);
      }
      if (this.#stop.aborted) return this.#keepIfWhole(blocks, round, live);
      this.#done += 1;
      onBlock?.(this.#done, this.#total);
    }
    this.#round = Math.max(this.#round, clock.now() - began);
    this.blocks.push(...blocks);
    return true;
  }

  /** The run ended just as a block did: where that was the last of its pair, the pair is whole. */
  #keepIfWhole(blocks: readonly BlockRecord[], { order }: Round, live: Map<number, LiveArm>): false {
    const expected = order.filter((arm) => live.has(arm)).length;
    if (blocks.filter(({ valid, arrivals }) => valid || arrivals > 0).length === expected) {
      this.blocks.push(...blocks);
    }
    return false;
  }

  #record(
    figures: BlockFigures,
    { arm, launch, round, first }: { arm: number; launch: Launch; round: Round; first: boolean },
  ): BlockRecord {
    return {
      variant: this.#options.arms[arm]!.name,
      batch: this.#options.batch,
      launch: launch.launch,
      pair: round.pair,
      first,
      warmup: round.warmup,
      ...figures,
    };
  }

  #failure(reason: string): BlockFigures {
    return {
      startedAtEpochMs: this.#options.clock.epoch(),
      seconds: 0,
      offeredRate: this.#options.load.rate,
      arrivals: 0,
      indicators: Object.fromEntries(INDICATOR_NAMES.map((name) => [name, null])),
      stagesMs: {},
      valid: false,
      invalidReasons: [reason],
    };
  }
}
