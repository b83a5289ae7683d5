import type { BlockRecord, GateRow } from '../../records/schema.ts';
import { hodgesLehmann } from '../../statistics/hodges-lehmann.ts';
import { holm } from '../../statistics/holm.ts';
import { signedRankBounds, signedRankP } from '../../statistics/signed-rank.ts';
import { leftOutWords, type Pairing, pairBlocks } from '../paired/block-pairs.ts';
import { changesOf, leastChange, medianOf, type PairedValues, valuesOf } from '../paired/differences.ts';
import { LEAST_PAIRS, lossSign, onScale, scaleOf } from '../paired/scales.ts';
import { blankRow, chance, percent } from './gate-row.ts';
import type { GatePolicy, IndicatorRule } from './policy.ts';

export interface IndicatorInput {
  readonly blocks: readonly BlockRecord[];
  /** Names of the two variants among the blocks. */
  readonly baseline: string;
  readonly candidate: string;
  readonly policy: GatePolicy;
}

/** One indicator in one batch. */
interface Finding {
  readonly rule: IndicatorRule;
  readonly values: PairedValues;
  /** Of each pair, positive is worse. */
  readonly losses: readonly number[];
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Signed-rank, that there is a loss; one-sided, as the bounds are. */
  readonly p: number | null;
  /** Over the indicators that are not primary; null for the primary one. */
  readonly adjustedP: number | null;
  /** δ on the scale of the losses. */
  readonly least: number;
  readonly failed: boolean;
}

/** Batches, as blocks bear them. */
const FIRST = 0;
const CONFIRMING = 1;

/**
 * The indicators of a policy over interleaved pairs of blocks. FAIL: the Hodges–Lehmann estimate of the loss lies above
 * δ and its lower bound above 0 (for indicators other than the primary: the signed-rank p, adjusted by Holm over all of them, is at most α), in the
 * first batch and again in the second. INCONCLUSIVE: not FAIL, and the upper bound lies above δ, the second batch did not
 * repeat it, or fewer than eight pairs could be had. Else PASS.
 */
export function indicatorRows({ blocks, baseline, candidate, policy }: IndicatorInput): GateRow[] {
  const inBatch = (batch: number): Pairing => pairBlocks(blocks, { a: baseline, b: candidate, batch });
  const first = inBatch(FIRST);
  const found = findings(first, policy);
  const second = findings(inBatch(CONFIRMING), policy);
  return found.map((finding, index) =>
    rowOf(finding, { second: second[index]!, first, policy, tests: found.length }),
  );
}

/** The indicators that one batch fails in by itself, which a second one has to confirm. */
export function failedIndicators(input: IndicatorInput, batch: number = FIRST): string[] {
  const { blocks, baseline, candidate, policy } = input;
  return findings(pairBlocks(blocks, { a: baseline, b: candidate, batch }), policy)
    .filter(({ failed }) => failed)
    .map(({ rule }) => rule.name);
}

function findings({ pairs }: Pairing, policy: GatePolicy): Finding[] {
  const all = policy.indicators.map((rule) => {
    const values = valuesOf(pairs, ({ indicators }) => indicators[rule.name] ?? null);
    const losses = changesOf(values, scaleOf(rule.name)).map((change) => lossSign(rule.name) * change);
    const bounds = losses.length < LEAST_PAIRS ? null : signedRankBounds(losses, policy.speedAlpha);
    return {
      rule,
      values,
      losses,
      estimate: hodgesLehmann(losses),
      low: bounds?.low ?? null,
      high: bounds?.high ?? null,
      p: losses.length === 0 ? null : signedRankP(losses, 'greater'),
      least: onScale(rule.delta, scaleOf(rule.name)),
    };
  });
  // The primary counts among the tests: it is judged by its bound, which is one more chance of a false alarm.
  const tested = all.filter(({ p }) => p !== null);
  const adjusted = holm(tested.map(({ p }) => p!));
  return all.map((one): Finding => {
    const at = tested.indexOf(one);
    const adjustedP = at < 0 || one.rule.primary ? null : adjusted[at]!;
    const isReal = one.rule.primary
      ? one.low !== null && one.low > 0
      : one.low !== null && adjustedP !== null && adjustedP <= policy.speedAlpha;
    return { ...one, adjustedP, failed: isReal && one.estimate !== null && one.estimate > one.least };
  });
}

interface Judging {
  readonly second: Finding;
  readonly first: Pairing;
  readonly policy: GatePolicy;
  readonly tests: number;
}

function rowOf(finding: Finding, judging: Judging): GateRow {
  const { rule, values, losses, estimate, low, high, p, adjustedP, least, failed } = finding;
  const { first, policy, tests } = judging;
  const others = Math.max(1, tests);
  const leftOut = leftOutOf(first);
  const { verdict, why } = verdictOf(finding, judging);
  return blankRow({
    subject: 'indicator',
    name: rule.name,
    primary: rule.primary,
    baseline: medianOf(values.a),
    candidate: medianOf(values.b),
    n: losses.length,
    estimate,
    interval: low === null || high === null ? null : [low, high],
    delta: least,
    p,
    adjustedP,
    detectable: leastChange(losses, {
      alpha: rule.primary ? policy.speedAlpha : policy.speedAlpha / others,
      beyond: least,
    }),
    verdict,
    confirmed: failed ? verdict === 'FAIL' : null,
    why: `${why}${leftOut}`,
  });
}

/** Warm-up is left out by plan, and says nothing. */
function leftOutOf(pairing: Pairing): string {
  const words = leftOutWords({ ...pairing, warmup: 0 });
  return words === null ? '' : `; ${words}`;
}

function verdictOf(finding: Finding, { second, first, policy }: Judging): Pick<GateRow, 'verdict' | 'why'> {
  const { rule, losses, estimate, high, least, failed } = finding;
  const open = (why: string) => ({ verdict: 'INCONCLUSIVE' as const, why });
  const n = losses.length;
  if (n === 0 && first.pairs.length > 0) return open(`no pair of blocks could carry ${rule.name}`);
  if (estimate === null || high === null)
    return open(`${n} ${n === 1 ? 'pair is' : 'pairs are'} too few: ${LEAST_PAIRS} at least`);
  const worse = words(rule);
  const sure = `(${sureOf(policy)}, one-sided); ${sizeWords(rule)} would matter`;
  if (!failed && high > least) return open(`may be ${worse(high)} ${sure}`);
  if (!failed)
    return { verdict: 'PASS', why: `${high > 0 ? `at most ${worse(high)}` : 'not worse at all'} ${sure}` };
  const found = `${worse(estimate)} over ${n} pairs (p ${chance(finding.adjustedP ?? finding.p!)})`;
  if (second.failed)
    return { verdict: 'FAIL', why: `${found}, and ${worse(second.estimate!)} in a second, fresh batch` };
  return second.losses.length === 0
    ? open(`${found}; no second batch has confirmed it`)
    : open(`${found}; a second, fresh batch of ${second.losses.length} pairs did not confirm it`);
}

/** From three times as much on, nobody reads percents. */
const MANY_TIMES = Math.log(3);

/** A loss in the indicator's own terms: "12.0 % slower", "18.5 times as slow". */
function words({ name }: IndicatorRule): (loss: number) => string {
  if (scaleOf(name) === 'difference') return (loss) => `worse for ${percent(loss)} of requests`;
  if (lossSign(name) === -1) return (loss) => `${percent(1 - Math.exp(-loss))} lower`;
  const [higher, plain] = name === 'cost-per-query' ? ['dearer', 'dear'] : ['slower', 'slow'];
  return (loss) =>
    loss < MANY_TIMES
      ? `${percent(Math.expm1(loss))} ${higher}`
      : `${Number(Math.exp(loss).toPrecision(3))} times as ${plain}`;
}

const sizeWords = ({ delta }: IndicatorRule): string => `${Number((100 * delta).toPrecision(4))} %`;

const sureOf = ({ speedAlpha }: GatePolicy): string => `${Number((100 * (1 - speedAlpha)).toPrecision(4))} %`;
