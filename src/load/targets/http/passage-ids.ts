import type { EvidenceQuote } from '../../../datasets/golden.ts';
import type { IdMapping } from './target-description.ts';

/** A golden question as the HTTP target needs it: plain data. */
export interface TargetQuestion {
  readonly id: string;
  readonly text: string;
  /** AND of ORs, as golden questions have it; needed where ids are mapped by evidence. */
  readonly evidence?: readonly (readonly EvidenceQuote[])[];
}

/** A passage as the target gave it. */
export interface GivenPassage {
  readonly id: string | undefined;
  readonly text: string | undefined;
  /** Its place in the list, from 1. */
  readonly rank: number;
}

/** The id of the golden document that a passage stands for, else the id that the target gave it. */
export type PassageIds = (passage: GivenPassage, question: number) => string;

export function passageIds(mapping: IdMapping, questions: readonly TargetQuestion[]): PassageIds {
  if (mapping.mode !== 'pattern') return mapping.mode === 'evidence' ? byEvidence(questions) : ownId;
  const pattern = new RegExp(mapping.pattern);
  return (passage) => {
    const own = ownId(passage);
    return pattern.exec(own)?.[1] ?? own;
  };
}

/** A passage without an id is no golden document, and two of them are not the same one. */
const ownId = ({ id, rank }: GivenPassage): string => id ?? `#${rank}`;

/** Shorter stretches stand in texts by chance. */
const LEAST_SHARED = 20;

/** The document of whose evidence most stands in the passage. */
function byEvidence(questions: readonly TargetQuestion[]): PassageIds {
  const quotes = questions.map(({ evidence = [] }) =>
    evidence.flat().map(({ document, quote }) => ({ document, words: squash(quote) })),
  );
  return (passage, question) => {
    const text = squash(passage.text ?? '');
    let [best, most] = [ownId(passage), 0];
    for (const { document, words } of quotes[question] ?? []) {
      const shared = sharedLength(text, words);
      if (shared > most) [best, most] = [document, shared];
    }
    return best;
  };
}

/**
 * Characters of the quote in the text: all of it, or, where a passage is cut within the quote, the stretch up to the
 * cut, if that is half of the quote or more. 0 for less.
 */
function sharedLength(text: string, quote: string): number {
  if (text === '' || quote === '') return 0;
  if (text.includes(quote)) return quote.length;
  if (quote.includes(text)) return text.length >= LEAST_SHARED ? text.length : 0;
  const least = Math.max(LEAST_SHARED, Math.ceil(quote.length / 2));
  for (let length = Math.min(quote.length, text.length) - 1; length >= least; length -= 1) {
    if (text.endsWith(quote.slice(0, length)) || text.startsWith(quote.slice(-length))) return length;
  }
  return 0;
}

const squash = (text: string): string => text.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
