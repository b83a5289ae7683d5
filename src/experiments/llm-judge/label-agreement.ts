import type { HumanLabel } from '../../judging/llm/labels.ts';
import { JUDGEMENTS, type Judgement } from '../../judging/options.ts';
import type { Random } from '../../kernel/random.ts';
import type { AgreementRecord, QuestionJudgements } from '../../records/judge-schema.ts';
import { bootstrapKappaInterval, cohensKappa, type RatedPair } from '../../statistics/agreement.ts';
import { wilsonInterval } from '../../statistics/proportions.ts';

/** A score of a half or more counts as yes, where people said yes or no. */
const YES = 0.5;
/** Graded labels and scores are compared by quarters, which the model's grades are. */
const QUARTERS = 4;

/**
 * How far the model's scores agree with people's labels, for each judgement that was labelled. Scores that a rule gave
 * are left out: they say nothing of the model.
 */
export function labelAgreement(
  labels: readonly HumanLabel[],
  judged: ReadonlyMap<string, QuestionJudgements>,
  random: Random,
): AgreementRecord[] {
  return JUDGEMENTS.flatMap((judgement) => {
    const own = labels.filter((label) => label.judgement === judgement);
    return own.length === 0 ? [] : [agreementOn(judgement, own, judged, random)];
  });
}

function agreementOn(
  judgement: Judgement,
  labels: readonly HumanLabel[],
  judged: ReadonlyMap<string, QuestionJudgements>,
  random: Random,
): AgreementRecord {
  const matched = labels.flatMap(({ id, label }) => {
    const one = judged.get(id)?.[judgement];
    return one?.status === 'judged' && one.score !== null ? [{ label, score: one.score }] : [];
  });
  const binary = labels.every(({ label }) => label === 0 || label === 1);
  const category = binary
    ? (value: number) => (value >= YES ? 1 : 0)
    : (value: number) => Math.round(value * QUARTERS);
  const pairs = matched.map(({ label, score }): RatedPair => [category(label), category(score)]);
  const same = pairs.filter(([label, score]) => label === score).length;
  const options = {
    categories: binary ? 2 : QUARTERS + 1,
    weighting: binary ? 'none' : 'linear',
  } as const;
  return {
    judgement,
    n: pairs.length,
    unmatched: labels.length - pairs.length,
    scale: binary ? 'binary' : 'graded',
    agreement: pairs.length === 0 ? null : same / pairs.length,
    agreementCi95: wilsonInterval(same, pairs.length),
    kappa: cohensKappa(pairs, options),
    kappaCi95: bootstrapKappaInterval(pairs, { ...options, random: random.fork(`kappa/${judgement}`) }),
  };
}
