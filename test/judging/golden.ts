import { type EvidenceQuote, type GoldenQuestion, goldenQuestion } from '../../src/datasets/golden.ts';
import type { Returned } from '../../src/judging/returned.ts';

/** A golden question that knows nothing but what a test gives it. */
export function question(known: Partial<GoldenQuestion> = {}): GoldenQuestion {
  return goldenQuestion({
    id: 'q',
    question: 'What does a crossing cost?',
    ...known,
  });
}

/** A target that hides all but what a test shows. */
export function returned(shown: Partial<Returned> = {}): Returned {
  return {
    answer: undefined,
    abstained: false,
    lastResort: false,
    passages: undefined,
    contextSize: undefined,
    citations: undefined,
    ranking: undefined,
    ...shown,
  };
}

export const ranking = (...ids: string[]): NonNullable<Returned['ranking']> => ({
  ids,
  scores: ids.map((_, index) => 1 / (index + 1)),
});

export const TEXTS: Readonly<Record<string, string>> = {
  fares: 'Welcome aboard. A crossing costs 12 euros\nfor adults. Children sail free.',
  refunds: 'Refunds take five days. Ask at the desk.',
  pets: 'Dogs sail on a lead.',
};

export const documentText = (id: string): string | undefined => TEXTS[id];

export const FARE: EvidenceQuote = { document: 'fares', quote: 'A crossing costs 12 euros for adults.' };
export const REFUND: EvidenceQuote = { document: 'refunds', quote: 'Refunds take five days.' };

/** The passage of a document that starts and ends with these words. */
export function passage(
  documentId: string,
  from = '',
  to = '',
): { documentId: string; start: number; end: number } {
  const text = TEXTS[documentId] ?? '';
  const end = to === '' ? text.length : text.indexOf(to) + to.length;
  return { documentId, start: text.indexOf(from), end };
}
