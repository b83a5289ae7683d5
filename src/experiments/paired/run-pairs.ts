import type { Clock } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import { milliseconds } from '../../kernel/units.ts';
import { type BlockRecord, INDICATOR_NAMES } from '../../records/schema.ts';
import { blockInTime, closeInTime } from './in-time.ts';
import { blocksIn, type Launch, type Round } from './plan.ts';
import type { Arm, BlockFigures, BlockOrder, LiveArm } from './port.ts';

/** Launches and blocks in a row that an arm may fail before it is given up. */
const MOST_FAILURES = 3;

export interface PairsOptions {
  readonly arms: readonly Arm[];
  readonly launches: readonly Launch[];
  /** What every block offers. */
  readonly load: Pick<BlockOrder, 'rate' | 'seconds'>;
  readonly batch: number;
  readonly clock: Clock;
  /** On the clock: nothing runs past it. */
  readonly deadline?: number | undefined;
  /** US dollars that the blocks may cost, as far as answers tell: the pair that passes it is the last one. */
  readonly maxCostUsd?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after each block. */
  readonly onBlock?: (done: number, total: number) => void;
}

export interface PairsResult {
  /** Of whole pairs alone, in the order in which they ran; arms that failed have a block that says so. */
  readonly blocks: readonly BlockRecord[];
  /** `budget`: of time, or of cost. */
  readonly endedBy: 'interrupted' | 'budget' | 'failures' | null;
  /** What its blocks cost, warm-up included, in US dollars; null where no answer told. */
  readonly costUsd: number | null;
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
  const { blocks, endedBy, costUsd } = run;
  return { blocks, endedBy: signal?.aborted ? 'interrupted' : stop.aborted ? 'budget' : endedBy, costUsd };
}

class PairsRun {
  readonly #options: PairsOptions;
  readonly #stop: AbortSignal;
  readonly #total: number;
  /** In a row, by arm. */
  readonly #failures: number[];
  #done = 0;
  /** The longest so far, in milliseconds. */
  #starting = 0;
  #round = 0;
  readonly blocks: BlockRecord[] = [];
  endedBy: PairsResult['endedBy'] = null;
  costUsd: number | null = null;

  constructor(options: PairsOptions, stop: AbortSignal) {
    this.#options = options;
    this.#stop = stop;
    this.#total = blocksIn(options.launches);
    this.#failures = options.arms.map(() => 0);
  }

  /** False once the run is over. */
  async launch(launch: Launch): Promise<boolean> {
    const { clock } = this.#options;
    const wanted = launch.arms.filter((arm) => this.#isUsable(arm));
    if (wanted.length < 2) return this.#hasTwo();
    // A launch that ends with its warm-up is worth nothing.
    if (!this.#hasTime(this.#starting + 2 * this.#roundOf(wanted.length))) return false;
    const began = clock.now();
    const live = await this.#start(wanted, launch);
    this.#starting = Math.max(this.#starting, clock.now() - began);
    try {
      for (const round of launch.rounds) {
        if (round.question !== undefined) await this.#restart(wanted, live, { launch, round });
        if (live.size < 2) {
          if (round.question !== undefined && wanted.filter((arm) => this.#isUsable(arm)).length > 1)
            continue;
          break;
        }
        if (!this.#hasTime(this.#roundOf(live.size))) return false;
        if (!(await this.#run(round, launch, live))) return false;
      }
      return !this.#stop.aborted && this.#hasTwo();
    } finally {
      await Promise.all([...live.values()].map((arm) => closeInTime(arm, clock)));
    }
  }

  #isUsable(arm: number): boolean {
    return this.#failures[arm]! < MOST_FAILURES;
  }

  /** Whether there is still something to compare. */
  #hasTwo(): boolean {
    const usable = this.#failures.filter((_, arm) => this.#isUsable(arm));
    if (usable.length < 2) this.endedBy = 'failures';
    return this.endedBy === null;
  }

  #roundOf(arms: number): number {
    const planned = arms * this.#options.load.seconds * 1000;
    return Math.max(planned, this.#round);
  }

  #hasTime(needed: number): boolean {
    const { clock, deadline } = this.#options;
    if (this.#stop.aborted) return false;
    if ((this.costUsd ?? 0) > (this.#options.maxCostUsd ?? Number.POSITIVE_INFINITY)) {
      this.endedBy = 'budget';
      return false;
    }
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
      } catch (thrown) {
        if (this.#stop.aborted) break;
        this.#failures[arm]! += 1;
        const figures = this.#failure(`it could not be started: ${messageOf(thrown)}`);
        const round = launch.rounds.find(({ warmup }) => !warmup);
        if (round !== undefined)
          this.blocks.push(this.#record(figures, { arm, launch, round, first: false }));
      }
    }
    return live;
  }

  /**
   * Slow targets have one launch for all questions: an arm that failed one is started again for the next, which it is asked once
   * more than counts. Of blocks the next launch is not far.
   */
  async #restart(
    wanted: readonly number[],
    live: Map<number, LiveArm>,
    { launch, round }: { launch: Launch; round: Round },
  ): Promise<void> {
    const gone = wanted.filter((arm) => !live.has(arm) && this.#isUsable(arm));
    if (gone.length === 0 || round.warmup) return;
    for (const [arm, started] of await this.#start(gone, { ...launch, rounds: [round] })) {
      try {
        await this.#block(arm, started, this.#orderOf({ ...round, warmup: true }));
        live.set(arm, started);
      } catch {
        this.#failures[arm]! += 1;
        await closeInTime(started, this.#options.clock);
      }
    }
  }

  #orderOf({ warmup, seed, question }: Round): BlockOrder {
    return { ...this.#options.load, seed, warmup, ...(question !== undefined && { question }) };
  }

  async #block(arm: number, running: LiveArm, order: BlockOrder): Promise<BlockFigures> {
    const { arms, clock } = this.#options;
    const figures = await blockInTime(running, order, { arm: arms[arm]!, clock, signal: this.#stop });
    const each = figures.indicators['cost-per-query'] ?? null;
    if (each !== null) this.costUsd = (this.costUsd ?? 0) + each * figures.arrivals;
    return figures;
  }

  /** False where the round could not be finished, and nothing more should run. */
  async #run(round: Round, launch: Launch, live: Map<number, LiveArm>): Promise<boolean> {
    const { clock, onBlock } = this.#options;
    const began = clock.now();
    const blocks: BlockRecord[] = [];
    const order = this.#orderOf(round);
    for (const arm of round.order) {
      const running = live.get(arm);
      if (running === undefined) continue;
      const place = { arm, launch, round, first: blocks.length === 0 };
      try {
        blocks.push(this.#record(await this.#block(arm, running, order), place));
        this.#failures[arm] = 0;
      } catch (thrown) {
        if (this.#stop.aborted) return false;
        this.#failures[arm]! += 1;
        blocks.push(this.#record(this.#failure(messageOf(thrown)), place));
        live.delete(arm);
        await closeInTime(running, clock);
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
