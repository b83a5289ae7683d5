import { hasRelevant, type QuestionCase } from '../case.ts';
import { quoteCoverage, showsText } from '../evidence.ts';

/** What a passage must show of a quote to be evidence by itself: of a quote that is cut in two, the larger part is. */
const HALF = 0.5;

export interface CitedPassages {
  /** Whether each passage supports the golden answer. */
  readonly relevant: readonly boolean[];
  /** Indexes of cited passages, each once; one past the end names a passage that was not there. */
  readonly cited: readonly number[];
}

/**
 * Which passages an answer cited, and which are relevant: those that show half of a golden quote or more; without
 * quotes, or where neither text nor offsets are shown, those of a relevant document. Undefined where there is no answer
 * to judge (failure, abstention, last resort), the target hides its citations or its passages, or the question cannot
 * be answered or does not say what is relevant.
 */
export function citedPassages({ question, returned, documentText }: QuestionCase): CitedPassages | undefined {
  if (!question.answerable || returned?.citations === undefined || returned.passages === undefined)
    return undefined;
  const { passages, citations, abstained, lastResort } = returned;
  if (abstained || lastResort) return undefined;
  const cited = [...new Set(citations)];
  if (question.evidence.length > 0 && showsText(passages, documentText)) {
    const quotes = question.evidence.flat();
    const relevant = passages.map((passage) =>
      quotes.some((quote) => quoteCoverage(quote, documentText).add(passage) >= HALF),
    );
    return { relevant, cited };
  }
  if (!hasRelevant(question)) return undefined;
  return { relevant: passages.map(({ documentId }) => (question.relevant.get(documentId) ?? 0) > 0), cited };
}
