import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { milliseconds } from '../../kernel/units.ts';
import type { Arm, BlockFigures, BlockOrder, LiveArm } from './port.ts';

/** Milliseconds beyond what a block and its requests may take, before nobody believes in its end. */
const GRACE = 30_000;
/** Patience with one request where an arm does not say. */
const PATIENCE = 30_000;
/** Milliseconds that an arm has to heed an abort. */
const HEEDING = 10_000;
/** Milliseconds for the end of an arm: it has killed what it started long before. */
const CLOSING = 60_000;

/**
 * Milliseconds after which a block is given up: twice its length, for requests that came late, and twice the patience with one
 * request, for those that still ran. A block that is merely slow ends long before.
 */
export function blockLimit({ patience = PATIENCE }: Pick<Arm, 'patience'>, { seconds }: BlockOrder): number {
  return 2 * 1000 * seconds + 2 * patience + GRACE;
}

export interface InTime {
  readonly arm: Pick<Arm, 'patience'>;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A block, or a rejection with `target.timeout` where that never ends, whatever its arm does: one that hangs hears an abort and
 * need not heed it.
 */
export async function blockInTime(
  live: LiveArm,
  order: BlockOrder,
  { arm, clock, signal }: InTime,
): Promise<BlockFigures> {
  const limit = blockLimit(arm, order);
  const late = new AbortController();
  const done = new AbortController();
  const either = (other: AbortSignal): AbortSignal => (signal ? AbortSignal.any([signal, other]) : other);
  const block = live.block(order, either(late.signal));
  const patience = clock.sleep(milliseconds(limit), either(done.signal)).then(
    () => {
      const seconds = Math.round(limit / 1000);
      late.abort(
        new GroundspeedError('target.timeout', `the block was not over after ${seconds} s, and was given up`),
      );
      throw late.signal.reason;
    },
    async () => {
      await clock.sleep(milliseconds(HEEDING), done.signal).catch(() => undefined);
      if (done.signal.aborted) return block; // which is over
      throw signal?.reason;
    },
  );
  try {
    return await Promise.race([block, patience]);
  } finally {
    done.abort();
    patience.catch(() => undefined);
    block.catch(() => undefined);
  }
}

/** Ends an arm, or stops waiting for its end. */
export async function closeInTime(live: LiveArm, clock: Clock): Promise<void> {
  const done = new AbortController();
  const patience = clock.sleep(milliseconds(CLOSING), done.signal).catch(() => undefined);
  try {
    await Promise.race([live.close().catch(() => undefined), patience]);
  } finally {
    done.abort();
  }
}
