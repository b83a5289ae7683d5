import type { CheckedSet, DatasetCheck, Found } from '../../datasets/checks/check.ts';
import { passage, quoted } from '../../datasets/checks/words.ts';
import type { CorpusDocument, GoldenQuestion } from '../../datasets/golden.ts';
import { analyse } from '../../text/analyse.ts';
import { containsAnswer } from '../../text/answers.ts';
import { type CorpusSearch, contentTerms, type Window } from './corpus-search.ts';

/** Documents that are looked into, the first by BM25. */
const CANDIDATES = 10;
/** Of the question's content words, those that must stand within three sentences of the answer. */
const LEAST_SHARE = 0.75;
/** Fewer words stand beside an answer by chance. */
const LEAST_TERMS = 3;

/**
 * A document that nobody listed counts against whichever variant finds it. It matters where the answer stands in a
 * window of three sentences with three quarters of the question's content words (by stem, those of the answer left
 * out, three at least). On SQuAD 2.0's 2,910 answerable questions that is true of 3 %; most of them are.
 */
export function unlistedAnswer(search: () => Promise<CorpusSearch>): DatasetCheck {
  return {
    name: 'unlisted-answer',
    severity: 'warning',
    about: 'No document answers a question without being listed for it',
    needs: ['corpus', 'answers'],
    async run({ questions }: CheckedSet) {
      const corpus = await search();
      const found: Found[] = [];
      for (const { question, where } of questions) {
        if (!question.answerable) continue;
        const elsewhere = await findElsewhere(question, corpus);
        if (elsewhere === undefined) continue;
        const { answer, document, window } = elsewhere;
        const text = document.text.slice(window.start, window.end);
        found.push({
          message: `${question.id}: the answer ${quoted(answer)} to ${passage(question.question)} also stands in ${JSON.stringify(document.id)}: ${passage(text, text.toLowerCase().indexOf(answer.toLowerCase()))}`,
          where,
          hint: 'Read that passage. Where it answers the question add the document to `relevant`, else grade it 0 there.',
          questions: [question.id],
        });
      }
      return found;
    },
  };
}

interface Elsewhere {
  readonly answer: string;
  readonly document: CorpusDocument;
  readonly window: Window;
}

/** The first unlisted document that answers the question. */
async function findElsewhere(
  { question, answers, relevant, evidence }: GoldenQuestion,
  corpus: CorpusSearch,
): Promise<Elsewhere | undefined> {
  const terms = contentTerms(question);
  for (const term of answers.flatMap(analyse)) terms.delete(term);
  if (answers.length === 0 || terms.size < LEAST_TERMS) return undefined;
  const listed = new Set([...relevant.keys(), ...evidence.flat().map(({ document }) => document)]);
  for (const document of await corpus.find(question, CANDIDATES)) {
    if (listed.has(document.id)) continue;
    for (const window of corpus.windows(document, terms)) {
      if (window.share < LEAST_SHARE) continue;
      const text = document.text.slice(window.start, window.end);
      const answer = answers.find((one) => containsAnswer(text, one));
      if (answer !== undefined) return { answer, document, window };
    }
  }
  return undefined;
}
