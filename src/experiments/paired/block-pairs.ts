import type { BlockRecord } from '../../records/schema.ts';

/** Two blocks that ran one behind the other, asked the same questions with the same seed. */
export interface BlockPair {
  readonly a: BlockRecord;
  readonly b: BlockRecord;
}

/** What of two variants' blocks can be compared, and what was left out of it. */
export interface Pairing {
  /** In the order of batch, launch and pair. */
  readonly pairs: readonly BlockPair[];
  /** Pairs in which one block or both were invalid. */
  readonly invalid: number;
  /** Blocks, thrown away as warm-up. */
  readonly warmup: number;
  /** Blocks whose partner never ran. */
  readonly alone: number;
  /** Why blocks were invalid, each reason once. */
  readonly reasons: readonly string[];
}

export interface PairingOptions {
  readonly a: string;
  readonly b: string;
  /** Undefined: all batches together. */
  readonly batch?: number | undefined;
}

/** The pairs of blocks of two variants that can be compared: both measured, neither invalid nor a warm-up. */
export function pairBlocks(blocks: readonly BlockRecord[], { a, b, batch }: PairingOptions): Pairing {
  const own = blocks.filter(
    (block) => (block.variant === a || block.variant === b) && (batch === undefined || block.batch === batch),
  );
  const measured = own.filter(({ warmup }) => !warmup).sort(byTime);
  const partners = new Map(measured.filter(({ variant }) => variant === b).map((one) => [keyOf(one), one]));
  const both = measured
    .filter(({ variant }) => variant === a)
    .flatMap((one): BlockPair[] => {
      const partner = partners.get(keyOf(one));
      return partner === undefined ? [] : [{ a: one, b: partner }];
    });
  const pairs = both.filter((pair) => pair.a.valid && pair.b.valid);
  return {
    pairs,
    invalid: both.length - pairs.length,
    warmup: own.length - measured.length,
    alone: measured.length - 2 * both.length,
    reasons: [
      ...new Set(measured.filter(({ valid }) => !valid).flatMap(({ invalidReasons }) => invalidReasons)),
    ],
  };
}

const keyOf = ({ batch, launch, pair }: BlockRecord): string => `${batch}/${launch}/${pair}`;

function byTime(one: BlockRecord, other: BlockRecord): number {
  return one.batch - other.batch || one.launch - other.launch || one.pair - other.pair;
}

/** "left out: 20 blocks of warm-up, 2 pairs with an invalid block (lag p99 7 ms)"; null where nothing was. */
export function leftOutWords({ invalid, warmup, alone, reasons }: Pairing): string | null {
  const parts = [
    ...(warmup > 0 ? [`${blocksOf(warmup)} of warm-up`] : []),
    ...(invalid > 0
      ? [`${invalid} ${invalid === 1 ? 'pair' : 'pairs'} with an invalid block${why(reasons)}`]
      : []),
    ...(alone > 0 ? [`${blocksOf(alone)} without a partner`] : []),
  ];
  return parts.length === 0 ? null : `left out: ${parts.join(', ')}`;
}

const blocksOf = (count: number): string => `${count} ${count === 1 ? 'block' : 'blocks'}`;
const why = (reasons: readonly string[]): string => (reasons.length === 0 ? '' : ` (${reasons.join('; ')})`);
