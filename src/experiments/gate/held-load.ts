import type { BlockRecord, RunRecord } from '../../records/schema.ts';
import { quantile, sortSamples } from '../../statistics/quantiles.ts';
import { overloaded } from '../paired/overload.ts';
import { percent } from './gate-row.ts';

/** More blocks than this, and it is no hiccup. */
const MOST_BLOCKS = 0.25;

/** Errors under load beyond those of one question at a time: what a target that sheds load answers. */
const MOST_SHED = 0.05;

/** What the loads of a gate are named by. */
interface Side {
  readonly blocks: readonly BlockRecord[];
  /** Its name among the blocks. */
  readonly variant: string;
}

/**
 * Why a baseline is nothing to be held against: under the very load it did not answer all that came, so that both sides' figures
 * are of queues that only grow. Empty where it held the load. `run` asked it the same questions one at a time.
 */
export function baselineOverload({ blocks, variant }: Side, { questions = [] }: RunRecord): string[] {
  const own = blocks.filter((block) => block.variant === variant);
  const { of, count, share } = overloaded(own);
  const remedy = 'give a lower --rate, or none: then half of what it can do is offered';
  if (count > MOST_BLOCKS * of) {
    const where = `in ${count} of ${of} blocks, ${percent(share)} of what came was more than it answered`;
    return [`the baseline itself does not hold ${loadOf(own)}: ${where}; ${remedy}`];
  }
  const rates = own
    .filter(({ warmup, valid }) => !warmup && valid)
    .flatMap(({ offeredRate, indicators }) => (offeredRate === null ? [] : (indicators['error-rate'] ?? [])));
  if (rates.length === 0) return [];
  const failed = quantile(sortSamples(rates), 0.5);
  const alone =
    questions.length === 0 ? 0 : questions.filter(({ error }) => error !== null).length / questions.length;
  if (failed <= alone + MOST_SHED) return [];
  return [
    `the baseline itself does not hold ${loadOf(own)}: ${percent(failed)} of requests failed under it, ${percent(alone)} of questions asked one at a time; ${remedy}`,
  ];
}

/** What a candidate that cannot hold the load did with it; empty where it held it. It explains a FAIL, and takes nothing away. */
export function candidateOverload({ blocks, variant }: Side): string[] {
  const own = blocks.filter((block) => block.variant === variant);
  const { of, count, share } = overloaded(own);
  if (count <= MOST_BLOCKS * of) return [];
  return [
    `does not hold ${loadOf(own)}: ${percent(share)} of it was more than was answered, so that requests queued, timed out or were dropped`,
  ];
}

function loadOf(blocks: readonly BlockRecord[]): string {
  const rate = blocks.find(({ offeredRate }) => offeredRate !== null)?.offeredRate;
  return rate === undefined || rate === null ? 'the load' : `${Number(rate.toPrecision(3))} requests/s`;
}
