import type { GoldenQuestion } from '../datasets/golden.ts';
import { abstains, type DocumentText, hasRelevant, speaks } from '../measures/case.ts';
import { coveredAt, showsText } from '../measures/evidence.ts';
import { containsAnswer } from '../text/answers.ts';
import type { Returned, Right } from './returned.ts';

export const DEFAULT_K = 5;

export interface Judgement {
  readonly question: GoldenQuestion;
  readonly returned: Returned;
  /** How many passages count, where passages are judged; 5 by default. */
  readonly k?: number | undefined;
  readonly documentText: DocumentText;
}

/** Which of the ways to be right applies to what a target returned. Exactly one does: they are never ORed. */
export type Rule = 'none' | 'abstention' | 'answer' | 'evidence' | 'passages' | 'ranking';

/**
 * Whether what came back is right, by one rule, chosen by what the golden question knows and what the target returns:
 *
 * 1. The question cannot be answered: right is an explicit abstention. Passages alone are unscored.
 * 2. An abstention, or a last-resort answer, to a question that can be answered: wrong.
 * 3. An answer, and golden answers: right when it holds one of them and nothing forbidden.
 * 4. Passages with text or offsets, and evidence: right when every group of it is covered in the top k.
 * 5. Passages, and relevant documents: right when one of these stands in the top k.
 * 6. Nothing but a ranking of documents, and relevant documents: the same, in its top k.
 *
 * Otherwise the question has nothing that the target returns, and the answer is unscored. A last-resort answer is
 * never right, whatever it says.
 */
export function judgeRight(judgement: Judgement): Right {
  const { question, returned } = judgement;
  const rule = ruleFor(judgement);
  if (rule === 'abstention') return verdict(abstains(returned));
  if (rule === 'none') return isLabelled(question) && isStandIn(returned) ? 'wrong' : 'unscored';
  return verdict(!isStandIn(returned) && holds(rule, judgement));
}

/** An abstention or a last-resort answer: neither can be right where there is an answer to give. */
const isStandIn = ({ abstained, lastResort }: Returned): boolean => abstained || lastResort;

const verdict = (right: boolean): Right => (right ? 'right' : 'wrong');

export function ruleFor({ question, returned, documentText }: Judgement): Rule {
  const answers = speaks(returned);
  if (!question.answerable) return answers ? 'abstention' : 'none';
  if (answers && question.answers.length > 0) return 'answer';
  if (returned.passages !== undefined) {
    if (question.evidence.length > 0 && showsText(returned.passages, documentText)) return 'evidence';
    return hasRelevant(question) ? 'passages' : 'none';
  }
  return returned.ranking !== undefined && hasRelevant(question) ? 'ranking' : 'none';
}

function holds(rule: Exclude<Rule, 'none' | 'abstention'>, judgement: Judgement): boolean {
  const { question, returned, k = DEFAULT_K, documentText } = judgement;
  switch (rule) {
    case 'answer':
      return matchesAnswer(question, returned.answer ?? '');
    case 'evidence': {
      const top = returned.passages?.slice(0, k) ?? [];
      return question.evidence.every((group) =>
        group.some((quote) => coveredAt(quote, top, documentText) !== null),
      );
    }
    case 'passages':
      return (
        returned.passages?.slice(0, k).some(({ documentId }) => isRelevant(question, documentId)) ?? false
      );
    case 'ranking':
      return returned.ranking?.ids.slice(0, k).some((id) => isRelevant(question, id)) ?? false;
  }
}

function matchesAnswer({ answers, forbidden }: GoldenQuestion, answer: string): boolean {
  return (
    answers.some((alias) => containsAnswer(answer, alias)) &&
    !forbidden.some((value) => containsAnswer(answer, value))
  );
}

/** Grades of 0 and below are judged, and not relevant. */
export function isRelevant({ relevant }: GoldenQuestion, documentId: string): boolean {
  return (relevant.get(documentId) ?? 0) > 0;
}

const isLabelled = (question: GoldenQuestion): boolean =>
  question.answers.length > 0 || question.evidence.length > 0 || hasRelevant(question);
