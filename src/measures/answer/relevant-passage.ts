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
 * Which passages are relevant: those that show half of a golden quote or more; without quotes, or where neither text
 * nor offsets are shown, those of a relevant document. Undefined where the target hides its passages, and where the
 * question does not say what is relevant.
 */
export function relevantPassages({
  question,
  returned,
  documentText,
}: QuestionCase): readonly boolean[] | undefined {
  const passages = returned?.passages;
  if (passages === undefined) return undefined;
  if (question.evidence.length > 0 && showsText(passages, documentText)) {
    const quotes = question.evidence.flat();
    return passages.map((passage) =>
      quotes.some((quote) => quoteCoverage(quote, documentText).add(passage) >= HALF),
    );
  }
  if (!hasRelevant(question)) return undefined;
  return passages.map(({ documentId }) => (question.relevant.get(documentId) ?? 0) > 0);
}

/**
 * Which passages an answer cited, and which are relevant. Undefined where there is no answer to judge (failure,
 * abstention, last resort), the target hides its citations or its passages, or the question cannot be answered or does
 * not say what is relevant.
 */
export function citedPassages(input: QuestionCase): CitedPassages | undefined {
  const { question, returned } = input;
  if (!question.answerable || returned?.citations === undefined) return undefined;
  if (returned.abstained || returned.lastResort) return undefined;
  const relevant = relevantPassages(input);
  return relevant && { relevant, cited: [...new Set(returned.citations)] };
}
