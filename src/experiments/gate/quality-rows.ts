import { type Random, seededRandom } from '../../kernel/random.ts';
import type { GateRow } from '../../records/schema.ts';
import { bootstrapMeanInterval } from '../../statistics/bootstrap.ts';
import { normalQuantile } from '../../statistics/distributions.ts';
import { holm } from '../../statistics/holm.ts';
import { leastMeanDifference } from '../../statistics/power.ts';
import { mean, variance } from '../../statistics/quantiles.ts';
import { flipsFor, pairedRandomisation } from '../../statistics/randomisation.ts';
import { POWER } from '../paired/scales.ts';
import { answerChanged, rankingChanged } from './changes.ts';
import type { QuestionPair } from './common-questions.ts';
import { blankRow, chance, score } from './gate-row.ts';
import { isRetrieval, readsRankingsAlone } from './measure-kind.ts';
import type { GatePolicy, MeasureRule } from './policy.ts';
import { scoreOf } from './question-score.ts';
import { unscoredReason } from './unscored.ts';

/** Questions that a golden set should have, for a gate to see losses of about 0.05. */
export const RECOMMENDED_QUESTIONS = 200;

/** A measure that lost more than this share of the scores it had is no longer of the same questions. */
const LEAST_SCORED = 0.9;

/** Below this share of judged documents, or with this gap between runs, unjudged ones decide. */
const LEAST_JUDGED = 0.8;
const JUDGED_GAP = 0.05;

export interface QualityInput {
  readonly pairs: readonly QuestionPair[];
  readonly policy: GatePolicy;
  readonly seed: number;
}

/** What one measure is on the questions that both runs scored. */
interface Sample {
  readonly rule: MeasureRule;
  /** By question, positive is worse; ascending, so that no order of questions matters. */
  readonly losses: Float64Array;
  readonly baseline: number | null;
  readonly candidate: number | null;
  /** Questions for which the baseline has a score. */
  readonly scoredBefore: number;
  /** Nothing that the measure reads changed in any question. */
  readonly unchanged: boolean;
  /** Why there is none to compare; empty where there is one. */
  readonly unscored: string;
  /** A doubt about documents that nobody judged; empty where there is none. */
  readonly judged: string;
}

/**
 * The measures of a policy, question by question. FAIL: the paired randomisation test finds a loss (one-sided, adjusted by
 * Holm over the measures) that is on average at least `leastLoss`. PASS: the one-sided bootstrap bound of the loss lies under
 * δ, or nothing that the measure reads changed. Else INCONCLUSIVE, as is everything under 50 questions that did change.
 */
export function qualityRows({ pairs, policy, seed }: QualityInput): GateRow[] {
  const samples = policy.measures.map((rule) => sampleOf(rule, pairs));
  const tested = samples.filter((sample) => isTested(sample, policy));
  const random = seededRandom(seed).fork('gate');
  const flips = flipsFor(Math.max(1, tested.length), policy.alpha);
  const ps = tested.map(({ losses, rule }) => oneSidedP(losses, { random: random.fork(rule.name), flips }));
  const adjusted = holm(ps);
  return samples.map((sample) => {
    const at = tested.indexOf(sample);
    const test = at < 0 ? null : { p: ps[at]!, adjustedP: adjusted[at]!, tests: tested.length };
    return rowOf(sample, { policy, random: random.fork(`${sample.rule.name} interval`), test });
  });
}

const isTested = ({ losses }: Sample, { leastQuestions }: GatePolicy): boolean =>
  losses.length >= leastQuestions;

function sampleOf(rule: MeasureRule, pairs: readonly QuestionPair[]): Sample {
  const sign = rule.direction === 'higher' ? 1 : -1;
  const before: number[] = [];
  const after: number[] = [];
  let scoredBefore = 0;
  for (const pair of pairs) {
    const [one, other] = [scoreOf(pair.before, rule.name), scoreOf(pair.after, rule.name)];
    if (one !== null) scoredBefore += 1;
    if (one === null || other === null) continue;
    before.push(one);
    after.push(other);
  }
  const losses = Float64Array.from(before, (value, index) => sign * (value - after[index]!)).sort();
  const ofRankings = readsRankingsAlone(rule.name);
  return {
    rule,
    losses,
    baseline: before.length === 0 ? null : mean(before),
    candidate: after.length === 0 ? null : mean(after),
    scoredBefore,
    unchanged:
      losses.every((loss) => loss === 0) &&
      !pairs.some((pair) => rankingChanged(pair) || (!ofRankings && answerChanged(pair))),
    unscored: before.length === 0 ? unscoredReason(rule.name, pairs) : '',
    judged: isRetrieval(rule.name) ? judgedDoubt(pairs) : '',
  };
}

/** Documents without a judgement count as irrelevant; where they are many, or more in one run, that decides. */
function judgedDoubt(pairs: readonly QuestionPair[]): string {
  const name = pairs
    .flatMap(({ before }) => Object.keys(before.scores))
    .find((one) => one.startsWith('judged@'));
  if (name === undefined) return '';
  const meanOf = (side: 'before' | 'after'): number => {
    const told = pairs.flatMap((pair) => pair[side].scores[name] ?? []);
    return told.length === 0 ? Number.NaN : mean(told);
  };
  const [before, after] = [meanOf('before'), meanOf('after')];
  const few = Math.min(before, after) < LEAST_JUDGED;
  const apart = Math.abs(before - after) > JUDGED_GAP;
  if (!few && !apart) return '';
  const shares = `${name} is ${before.toFixed(2)}, then ${after.toFixed(2)}`;
  return apart
    ? `; not comparable, if unjudged documents may be relevant: ${shares}`
    : `; unjudged documents count as irrelevant: ${shares}`;
}

/**
 * The chance of a mean loss as large as this if both were alike. The sums of random sign flips are symmetric about 0, so
 * half of the two-sided p is the one-sided one, of twice as many flips. 1 where nothing was lost.
 */
function oneSidedP(
  losses: Float64Array,
  options: { readonly random: Random; readonly flips: number },
): number {
  return mean(losses) > 0 ? pairedRandomisation(losses, options) / 2 : 1;
}

interface Judging {
  readonly policy: GatePolicy;
  readonly random: Random;
  readonly test: { readonly p: number; readonly adjustedP: number; readonly tests: number } | null;
}

function rowOf(sample: Sample, { policy, random, test }: Judging): GateRow {
  const { rule, losses, baseline, candidate } = sample;
  const n = losses.length;
  const wins = losses.filter((loss) => loss < 0).length;
  const lost = losses.filter((loss) => loss > 0).length;
  const bound = upperBound(losses, { random, alpha: policy.alpha });
  return blankRow({
    subject: 'measure',
    name: rule.name,
    baseline,
    candidate,
    n,
    estimate: n === 0 ? null : mean(losses),
    interval: bootstrapMeanInterval(losses, { random: random.fork('resamples'), resamples: resamplesFor(n) }),
    delta: rule.delta,
    p: test?.p ?? null,
    adjustedP: test?.adjustedP ?? null,
    detectable: test === null ? null : detectableLoss(losses, { policy, tests: test.tests }),
    wins,
    ties: n - wins - lost,
    losses: lost,
    ...verdictOf(sample, { policy, bound, adjustedP: test?.adjustedP ?? null }),
  });
}

/** What a resample costs grows with the questions; two thousand are the least that show the 99th percentile. */
const resamplesFor = (n: number): number =>
  Math.min(10_000, Math.max(2000, Math.floor(4_000_000 / Math.max(1, n))));

/**
 * The one-sided bound of the mean loss, by paired bootstrap. Where every question scored the same, resampling would show no
 * spread at all; then it is the share of questions that may be affected though none of n was, 1 − α^(1/n) (Clopper and Pearson
 * 1934), each at the whole of its score.
 */
function upperBound(
  losses: Float64Array,
  { random, alpha }: { readonly random: Random; readonly alpha: number },
): number | null {
  const n = losses.length;
  if (n === 0) return null;
  if (losses.every((loss) => loss === 0)) return 1 - alpha ** (1 / n);
  const options = { random: random.fork('resamples'), resamples: resamplesFor(n), level: 1 - 2 * alpha };
  return bootstrapMeanInterval(losses, options)?.[1] ?? null;
}

/** The mean loss that would fail four times in five: found by the test, and at least `leastLoss`. Null without any spread. */
function detectableLoss(
  losses: Float64Array,
  { policy, tests }: { readonly policy: GatePolicy; readonly tests: number },
): number | null {
  const n = losses.length;
  if (n < 2) return null;
  const sd = Math.sqrt(variance(losses));
  if (!(sd > 0)) return null;
  const found = leastMeanDifference({ n, sd }, { power: POWER, alpha: (2 * policy.alpha) / tests })!;
  return Math.max(found, policy.leastLoss + (normalQuantile(POWER) * sd) / Math.sqrt(n));
}

interface Evidence {
  readonly policy: GatePolicy;
  readonly bound: number | null;
  readonly adjustedP: number | null;
}

function verdictOf(sample: Sample, evidence: Evidence): Pick<GateRow, 'verdict' | 'why'> {
  const { verdict, why } = judged(sample, evidence);
  return { verdict, why: `${why}${sample.judged}` };
}

function judged(sample: Sample, { policy, bound, adjustedP }: Evidence): Pick<GateRow, 'verdict' | 'why'> {
  const { rule, losses, scoredBefore, unchanged } = sample;
  const n = losses.length;
  const open = (why: string) => ({ verdict: 'INCONCLUSIVE' as const, why });
  if (n === 0) return open(`not scored: ${sample.unscored}`);
  if (n < LEAST_SCORED * scoredBefore)
    return open(`only ${n} of the ${scoredBefore} questions that the baseline scored have a score now`);
  if (unchanged) return { verdict: 'PASS', why: `nothing that it rests on changed in ${n} questions` };
  if (adjustedP === null)
    return open(
      `${n} questions are too few for statistics (${policy.leastQuestions} at least, ${RECOMMENDED_QUESTIONS} recommended): pinned questions decide`,
    );
  const loss = mean(losses);
  if (adjustedP <= policy.alpha && loss >= policy.leastLoss - 1e-12)
    return {
      verdict: 'FAIL',
      why: `lost ${score(loss)} on average over ${n} questions (p ${chance(adjustedP)})`,
    };
  const sure = percentSure(policy.alpha);
  if (bound !== null && bound < rule.delta)
    return {
      verdict: 'PASS',
      why: `lost no more than ${score(Math.max(0, bound))} (${sure}); ${rule.delta} would matter`,
    };
  return open(`may have lost as much as ${score(bound ?? 1)} (${sure}); ${rule.delta} would matter`);
}

const percentSure = (alpha: number): string => `${Number((100 * (1 - alpha)).toPrecision(4))} %, one-sided`;
