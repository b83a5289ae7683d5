import type { GoldenQuestion } from '../datasets/golden.ts';
import type { TargetReturns } from '../load/target.ts';
import { hasRelevant } from '../measures/case.ts';
import type { Measure } from '../measures/measure.ts';
import { ABILITIES, type Lack, type Need, requireSupport } from '../objectives/needs.ts';
import type { Slo } from '../objectives/slo.ts';

export interface SupportFacts {
  readonly target: string;
  readonly returns: TargetReturns;
  readonly questions: readonly GoldenQuestion[];
  readonly measures: readonly Measure[];
}

/** Throws `slo.unsupported` where the SLO asks for what the target does not return, or the golden set cannot say. */
export function requireReturned(slo: Slo, facts: SupportFacts): void {
  const lack: Lack = (need) => (isMet(need, facts) ? null : wordsFor(need, facts));
  requireSupport(slo, lack, { target: facts.target });
}

function isMet(need: Need, { returns, questions, measures }: SupportFacts): boolean {
  if (need.startsWith('measure:')) {
    const name = need.slice('measure:'.length);
    const measure = measures.find((one) => one.name === name);
    return measure !== undefined && isShown(measure, returns);
  }
  switch (need as Exclude<Need, `measure:${string}`>) {
    case 'answer-or-passages':
      return returns.answer || returns.passages;
    case 'passages':
      return returns.passages;
    case 'firstToken':
      return returns.firstToken;
    case 'outputTokens':
      return returns.outputTokens;
    case 'cost':
      return returns.cost;
    case 'cache':
      return returns.cache;
    case 'scored':
      return questions.some((question) => saysWhatIsRight(question, returns));
  }
}

/** Whether a measure reads something that the target shows. */
export function isShown(measure: Measure, returns: TargetReturns): boolean {
  const reads = measure.kind === 'answer' ? measure.family.reads : 'ranking';
  return reads === 'answer' ? returns.answer : returns.passages;
}

function saysWhatIsRight(question: GoldenQuestion, returns: TargetReturns): boolean {
  if (!question.answerable) return returns.answer;
  if (returns.answer && question.answers.length > 0) return true;
  return returns.passages && (question.evidence.length > 0 || hasRelevant(question));
}

function wordsFor(need: Need, { measures, returns }: SupportFacts): string {
  if (!need.startsWith('measure:')) return ABILITIES[need as keyof typeof ABILITIES];
  const measure = measures.find(({ name }) => name === need.slice('measure:'.length));
  const reads = measure?.kind === 'answer' ? measure.family.reads : 'ranking';
  return reads === 'answer' && !returns.answer ? 'an answer' : ABILITIES.passages;
}
