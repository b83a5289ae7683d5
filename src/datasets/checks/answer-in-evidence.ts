import { containsAnswer } from '../../text/answers.ts';
import type { CorpusDocument, GoldenQuestion } from '../golden.ts';
import type { CheckedSet, DatasetCheck, Found } from './check.ts';
import { quoted, some } from './words.ts';

/**
 * One of a question's answers stands in one of its quotes, or, where it has none, in a document that it calls relevant.
 * The matcher is the one that judges answers: token boundaries, numbers and dates by value. Aliases are other ways to
 * say the same, so that one of them is enough.
 */
export const answerInEvidence: DatasetCheck = {
  name: 'answer-in-evidence',
  severity: 'error',
  about: 'An answer of each question stands in its evidence, or is marked as derived',
  needs: ['answers'],
  run(set) {
    const found: Found[] = [];
    for (const { question, where } of set.questions) {
      const { id, answers, derived, answerable } = question;
      if (answers.length === 0 || derived || !answerable) continue;
      const sources = sourcesOf(question, set.documents);
      if (sources === undefined || anyStands(answers, sources.texts)) continue;
      found.push({
        message: `${id}: ${some(answers.map(quoted), 3)} ${answers.length === 1 ? 'stands' : 'stand'} nowhere in ${sources.words}`,
        where,
        hint: 'Quote what says so, add the wording of the document as an answer, or set "derived": true where the answer is computed from it.',
        questions: [id],
      });
    }
    return found;
  },
};

/** Undefined where there is nothing to look into. */
function sourcesOf(
  { evidence, relevant }: GoldenQuestion,
  documents: CheckedSet['documents'],
): { texts: string[]; words: string } | undefined {
  const quotes = evidence.flat().map(({ quote }) => quote);
  if (quotes.length > 0) return { texts: quotes, words: 'its evidence' };
  const texts = [...relevant]
    .filter(([, grade]) => grade > 0)
    .map(([id]) => documents?.get(id))
    .filter((document): document is CorpusDocument => document !== undefined)
    .map(({ title, text }) => `${title}\n${text}`);
  return texts.length === 0 ? undefined : { texts, words: 'its relevant documents' };
}

const anyStands = (answers: readonly string[], texts: readonly string[]): boolean =>
  texts.some((text) => answers.some((answer) => containsAnswer(text, answer)));
