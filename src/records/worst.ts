import type { QuestionRecord } from './schema.ts';

export function isWrong({ right, error }: QuestionRecord): boolean {
  return right === 'wrong' || error !== null;
}

/** nDCG@10 of a question where it was scored, else any nDCG; null without one. */
export function questionNdcg({ scores }: QuestionRecord): number | null {
  const name = 'ndcg@10' in scores ? 'ndcg@10' : Object.keys(scores).find((key) => key.startsWith('ndcg@'));
  return name === undefined ? null : (scores[name] ?? null);
}

/**
 * The questions to look at first, at most `limit`: the wrong ones, taken in turn from each class of the funnel so
 * that a big class hides no small one, then right ones whose ranking was poor; lowest nDCG first. Those of a lower limit
 * are among those of a higher one.
 */
export function worstQuestions(questions: readonly QuestionRecord[], limit: number): QuestionRecord[] {
  const wrong = takeInTurn(questions.filter(isWrong).sort(byNdcg), limit);
  const poor = questions
    .filter((question) => !isWrong(question) && (questionNdcg(question) ?? 1) < 1)
    .sort(byNdcg);
  return [...wrong, ...poor.slice(0, limit - wrong.length)];
}

export function byNdcg(a: QuestionRecord, b: QuestionRecord): number {
  return (questionNdcg(a) ?? 0) - (questionNdcg(b) ?? 0);
}

function takeInTurn(questions: readonly QuestionRecord[], limit: number): QuestionRecord[] {
  const turns = new Map<string, number>();
  return questions
    .map((question) => {
      const turn = turns.get(question.funnel) ?? 0;
      turns.set(question.funnel, turn + 1);
      return { question, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .slice(0, limit)
    .map(({ question }) => question);
}
