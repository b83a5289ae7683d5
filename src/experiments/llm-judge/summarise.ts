import { promptIdentity } from '../../judging/llm/prompts.ts';
import type { Judgement } from '../../judging/options.ts';
import type { Random } from '../../kernel/random.ts';
import type { JudgementSummary, QuestionJudgement } from '../../records/judge-schema.ts';
import { bootstrapMeanInterval } from '../../statistics/bootstrap.ts';
import { mean } from '../../statistics/quantiles.ts';
import type { ChatFault } from '../chat-model/port.ts';

/** Above this share of failures the mean is withheld: those that failed may well be the hard ones. */
export const MOST_FAILED = 0.05;

/** A judgement that failed, and why. */
export interface Failure {
  readonly fault: ChatFault;
  readonly message: string;
}

/** What came of one judgement over all questions. */
export function summarise(
  judgement: Judgement,
  {
    judged,
    failures,
    random,
  }: {
    readonly judged: readonly QuestionJudgement[];
    readonly failures: readonly Failure[];
    readonly random: Random;
  },
): JudgementSummary {
  const count = (status: QuestionJudgement['status']): number =>
    judged.filter((one) => one.status === status).length;
  const scores = judged.map(({ score }) => score).filter((score) => score !== null);
  const failed = count('failed');
  const asked = failed + count('judged');
  const failedShare = asked === 0 ? null : failed / asked;
  const withheld = failedShare !== null && failedShare > MOST_FAILED;
  const shown = !withheld && scores.length > 0;
  return {
    name: judgement,
    prompt: promptIdentity(judgement),
    mean: shown ? mean(scores) : null,
    ci95: shown ? bootstrapMeanInterval(scores, { random: random.fork(`judge/${judgement}`) }) : null,
    n: scores.length,
    judged: count('judged'),
    byRule: count('by-rule'),
    notApplicable: count('not-applicable'),
    failed,
    notReached: count('not-reached'),
    failedShare,
    withheld,
    failures: countFaults(failures),
  };
}

function countFaults(failures: readonly Failure[]): JudgementSummary['failures'] {
  const counts = new Map<ChatFault, { count: number; example: string }>();
  for (const { fault, message } of failures) {
    const known = counts.get(fault);
    counts.set(fault, { count: (known?.count ?? 0) + 1, example: known?.example ?? message });
  }
  return [...counts]
    .map(([fault, { count, example }]) => ({ fault, count, example }))
    .sort((a, b) => b.count - a.count);
}
