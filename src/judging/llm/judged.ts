import type { GoldenQuestion } from '../../datasets/golden.ts';
import { type DocumentText, speaks } from '../../measures/case.ts';
import { passageText } from '../../measures/evidence.ts';
import type { Judgement } from '../options.ts';
import type { Returned } from '../returned.ts';

/** A golden question and what came back for it; undefined where nothing did. */
export interface JudgedCase {
  readonly question: GoldenQuestion;
  readonly returned: Returned | undefined;
  readonly documentText: DocumentText;
}

/** What the model is shown. Fields that a judgement has no use for are left out of its prompt. */
export interface JudgeInput {
  readonly question: string;
  readonly answer: string;
  readonly goldenAnswers: readonly string[];
  readonly forbidden: readonly string[];
  readonly passages: readonly string[];
}

/**
 * What is to be done for one judgement of one answer: ask the model; or take the score that a rule gives (nothing came
 * back, or an abstention, where there was an answer to give: 0); or leave it out, since there is nothing to judge.
 */
export type Task =
  | { readonly kind: 'ask'; readonly input: JudgeInput }
  | { readonly kind: 'rule'; readonly score: number; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string };

const none = (reason: string): Task => ({ kind: 'none', reason });

/**
 * Decides by what came back, as the measures do. A target that hides its answers or its passages is not judged on them;
 * a last-resort answer counts as no answer.
 */
export function taskFor(
  judgement: Judgement,
  judged: JudgedCase,
  limits: { readonly passageCharacters: number },
): Task {
  const { question, returned } = judged;
  if (judgement === 'correctness' && question.answers.length === 0) return none('no golden answer');
  if (judgement === 'correctness' && !question.answerable) return none('the question cannot be answered');
  if (returned === undefined) return withoutReturn(judgement, question);
  const passages = contextOf(judged, limits.passageCharacters);
  if (judgement === 'context-relevance') {
    if (passages === undefined) return none('the passages are hidden');
    return passages.length === 0 ? none('no passage was retrieved') : ask(judged, passages, limits);
  }
  if (!speaks(returned)) return none('the target gives no answers');
  if (returned.abstained || returned.lastResort || (returned.answer ?? '').trim() === '') {
    return withoutAnswer(judgement, question, returned);
  }
  if (judgement !== 'faithfulness') return ask(judged, passages ?? [], limits);
  if (passages === undefined) return none('the passages are hidden');
  if (passages.length === 0) return { kind: 'rule', score: 0, reason: 'answered without any passage' };
  return ask(judged, passages, limits);
}

function withoutReturn(judgement: Judgement, { answerable }: GoldenQuestion): Task {
  const wanted = judgement === 'correctness' || (judgement === 'answer-relevance' && answerable);
  return wanted ? { kind: 'rule', score: 0, reason: 'nothing came back' } : none('nothing came back');
}

function withoutAnswer(judgement: Judgement, { answerable }: GoldenQuestion, { lastResort }: Returned): Task {
  if (judgement === 'faithfulness') return none('an abstention makes no claim');
  if (!answerable && !lastResort) return none('an abstention is right here');
  return { kind: 'rule', score: 0, reason: lastResort ? 'a last-resort answer' : 'no answer was given' };
}

/** The passages that were in the context, as text; undefined where they, or all of their texts, are hidden. */
function contextOf({ returned, documentText }: JudgedCase, characters: number): string[] | undefined {
  const shown = returned?.passages?.slice(0, returned.contextSize);
  if (shown === undefined) return undefined;
  const texts = shown
    .map((passage) => passageText(passage, documentText))
    .filter((text) => text !== undefined);
  if (shown.length > 0 && texts.length === 0) return undefined;
  return texts.map((text) => cut(text, characters));
}

function ask(
  { question, returned }: JudgedCase,
  passages: readonly string[],
  { passageCharacters }: { readonly passageCharacters: number },
): Task {
  return {
    kind: 'ask',
    input: {
      question: question.question,
      answer: cut(returned?.answer ?? '', passageCharacters),
      goldenAnswers: question.answers,
      forbidden: question.forbidden,
      passages,
    },
  };
}

/** Never in the middle of a character. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return `${text.slice(0, end)} …`;
}
