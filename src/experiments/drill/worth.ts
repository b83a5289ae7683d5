import type { DrillArmRecord, DrillDifferenceRecord, DrillWindowRecord } from '../../records/schema.ts';
import { studentQuantile } from '../../statistics/distributions.ts';
import type { DrillArrivals } from './arrivals.ts';
import { type FaultSpan, firstDue, SECOND } from './windows.ts';

/** One arm, as it is compared. */
export interface ComparedArm {
  readonly record: DrillArmRecord;
  readonly arrivals: DrillArrivals;
}

/** Neighbouring seconds share queues and breaker states: so many of them are one look. */
const BLOCK_SECONDS = 2;
/** Fewer blocks than this show nothing of how they vary. */
const LEAST_BLOCKS = 5;
const LEVEL = 0.95;

type Share = 'availability' | 'attainment' | 'right';

/** What was measured of each arrival, NaN where nothing can be said. */
const VALUES: Readonly<Record<Share, (arrivals: DrillArrivals) => ArrayLike<number>>> = {
  availability: ({ available }) => available,
  attainment: ({ good }) => good,
  right: ({ right }) => right,
};

/**
 * What a pattern is worth: the same arrivals with it and without it, window by window. Arms get the same questions at the
 * same times, so arrivals are compared one by one; the interval comes from blocks of neighbouring seconds, since what
 * happens to one arrival happens to its neighbours. It is approximate: simulated, "95 %" covers 90 to 95 %.
 */
export function worthOf(withIt: ComparedArm, without: ComparedArm, span: FaultSpan): DrillDifferenceRecord[] {
  const windows = withIt.record.windows.flatMap(({ name }) => {
    const both = [windowOf(withIt.record, name), windowOf(without.record, name)];
    const [one, other] = both;
    return one === undefined || other === undefined ? [] : [{ name, one, other }];
  });
  return [
    ...windows.flatMap(({ name, one, other }) => [
      ...(Object.keys(VALUES) as Share[]).map((indicator) =>
        shareWorth({ withIt, without, indicator, window: one, other }),
      ),
      {
        arm: without.record.name,
        window: name,
        indicator: 'p95' as const,
        withIt: one.latencyMs.p95,
        without: other.latencyMs.p95,
        estimate: difference(other.latencyMs.p95, one.latencyMs.p95),
        ci95: null,
        word: "can't tell" as const,
      },
    ]),
    attemptsWorth(withIt.record, without.record, span),
  ];
}

const windowOf = (arm: DrillArmRecord, name: DrillWindowRecord['name']): DrillWindowRecord | undefined =>
  arm.windows.find((window) => window.name === name);

interface ShareWorth {
  readonly withIt: ComparedArm;
  readonly without: ComparedArm;
  readonly indicator: Share;
  /** Of the arm with the pattern; `other` of the one without. */
  readonly window: DrillWindowRecord;
  readonly other: DrillWindowRecord;
}

function shareWorth({ withIt, without, indicator, window, other }: ShareWorth): DrillDifferenceRecord {
  const blocks = pairedBlocks(withIt.arrivals, without.arrivals, { values: VALUES[indicator], window });
  const count = blocks.reduce((sum, block) => sum + block.count, 0);
  const estimate = count === 0 ? null : blocks.reduce((sum, block) => sum + block.sum, 0) / count;
  const ci95 = blockInterval(blocks);
  return {
    arm: without.record.name,
    window: window.name,
    indicator,
    withIt: window[indicator],
    without: other[indicator],
    estimate,
    ci95,
    word: ci95 === null ? "can't tell" : ci95[0] > 0 ? 'helps' : ci95[1] < 0 ? 'harms' : "can't tell",
  };
}

/** Differences of the arrivals of some neighbouring seconds. */
interface Block {
  readonly sum: number;
  readonly count: number;
}

function pairedBlocks(
  a: DrillArrivals,
  b: DrillArrivals,
  options: {
    readonly values: (arrivals: DrillArrivals) => ArrayLike<number>;
    readonly window: Pick<DrillWindowRecord, 'fromMs' | 'toMs'>;
  },
): Block[] {
  const { values, window } = options;
  const [ofA, ofB] = [values(a), values(b)];
  const end = Math.min(firstDue(a.due, window.toMs), b.length);
  const blocks: { sum: number; count: number }[] = [];
  for (let row = firstDue(a.due, window.fromMs); row < end; row += 1) {
    const change = ofA[row]! - ofB[row]!;
    if (Number.isNaN(change)) continue;
    const at = Math.floor((a.due[row]! - window.fromMs) / (BLOCK_SECONDS * SECOND));
    blocks[at] ??= { sum: 0, count: 0 };
    blocks[at].sum += change;
    blocks[at].count += 1;
  }
  return blocks.filter((block) => block !== undefined);
}

/**
 * Student's interval for a mean of arrivals that come in blocks (a ratio estimator: blocks differ in size), its variance
 * raised by what neighbouring blocks have in common. Null where there are too few of them.
 */
function blockInterval(blocks: readonly Block[]): [number, number] | null {
  if (blocks.length < LEAST_BLOCKS) return null;
  const count = blocks.reduce((sum, block) => sum + block.count, 0);
  const estimate = blocks.reduce((sum, block) => sum + block.sum, 0) / count;
  const residuals = blocks.map((block) => block.sum - estimate * block.count);
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  if (squares === 0) return [estimate, estimate];
  const neighbours = residuals
    .slice(1)
    .reduce((sum, residual, index) => sum + residual * residuals[index]!, 0);
  const inCommon = Math.min(0.9, Math.max(0, neighbours / squares));
  const freedom = blocks.length - 1;
  const variance = ((squares * blocks.length) / freedom) * ((1 + inCommon) / (1 - inCommon));
  const half = (studentQuantile(1 - (1 - LEVEL) / 2, freedom) * Math.sqrt(variance)) / count;
  return [estimate - half, estimate + half];
}

/** Attempts that reached dependencies while faults lasted: what a failing dependency was spared. */
function attemptsWorth(
  withIt: DrillArmRecord,
  without: DrillArmRecord,
  { fromMs, toMs }: FaultSpan,
): DrillDifferenceRecord {
  const attempts = ({ dependencies }: DrillArmRecord): number =>
    dependencies.reduce(
      (sum, { perSecond }) =>
        sum +
        perSecond
          .slice(Math.floor(fromMs / SECOND), Math.ceil(toMs / SECOND))
          .reduce((inWindow, count) => inWindow + count, 0),
      0,
    );
  const [one, other] = [attempts(withIt), attempts(without)];
  return {
    arm: without.name,
    window: 'during',
    indicator: 'attempts',
    withIt: one,
    without: other,
    estimate: other - one,
    ci95: null,
    word: "can't tell",
  };
}

const difference = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a - b;
