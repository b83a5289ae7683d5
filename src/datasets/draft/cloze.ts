import { countTokens } from '../../text/tokens.ts';
import type { CorpusDocument } from '../golden.ts';
import type { Span } from '../quotes.ts';
import { GAP } from './draft.ts';
import { type GapType, gapsOf } from './gaps.ts';
import { unmarked } from './sections.ts';

/** A sentence with a gap in it. */
export interface ClozeCandidate extends Span {
  readonly question: string;
  readonly answer: string;
  readonly type: GapType;
  readonly doubts: readonly string[];
}

/** Tokens of a sentence: fewer say too little about what is asked, more are hard to read with a gap. */
const FEWEST_TOKENS = 6;
const MOST_TOKENS = 60;
const LONGEST = 500;
/** Tokens around the gap below which a reviewer is warned. */
const FEW_AROUND = 8;

const LIST_MARK = /^(?:[-*+•‣–>]\s+|\(?\p{Nd}{1,3}[.)]\s+|\(?\p{Ll}\)\s+)+/u;
const ENDS = /[.!。！؟۔।][)"'”’»\]*_`]*$/u;
/** Not a sentence of prose: headings, table rows, code, and what holds control characters. */
const NO_PROSE = /^(?:#{1,6}\s|\||```|~~~)|\s\|\s|\t|[{}<>]|\p{L}\(\)|[^\s\P{Cc}]/u;
/** A sentence that leans on the one before it says, alone, nothing that could be asked. */
const LEANS =
  /^(?:it|its|they|them|their|he|his|she|her|this|that|these|those|there|then|such|so|here|if so|otherwise|however|but|and|also|il|elle|ils|elles|ce|cela|cet|cette|ces|celui-ci|er|sie|es|dies|diese|dieser|das|ello|esto|esta|este|これ|それ|这|這|它|他|她)(?![\p{L}\p{N}-])/iu;

/** Cloze questions that a document's sentences give, in order. Sentences of whatever script; nothing where none fits. */
export function clozeCandidates(
  { text }: Pick<CorpusDocument, 'text'>,
  sentences: readonly Span[],
  within: Span,
): ClozeCandidate[] {
  const candidates: ClozeCandidate[] = [];
  for (const { start, end } of sentences) {
    if (start < within.start || end > within.end || end - start > LONGEST) continue;
    const sentence = text.slice(start, end);
    if (NO_PROSE.test(sentence) || !ENDS.test(sentence)) continue;
    const plain = unmarked(sentence.replace(LIST_MARK, ''));
    const tokens = countTokens(plain);
    if (tokens < FEWEST_TOKENS || tokens > MOST_TOKENS || LEANS.test(plain) || plain.includes(GAP)) continue;
    for (const gap of gapsOf(plain)) {
      const answer = plain.slice(gap.start, gap.end);
      const question = `${plain.slice(0, gap.start)}${GAP}${plain.slice(gap.end)}`;
      const around = countTokens(question.replace(GAP, ' '));
      if (around < FEWEST_TOKENS - 2 || question.toLowerCase().includes(answer.toLowerCase())) continue;
      // Emphasis within the answer (twelve **months**) keeps it from standing in the sentence as it was written.
      if (!sentence.includes(answer)) continue;
      const doubts = around < FEW_AROUND ? ['Few words stand around the gap: does only one thing fit?'] : [];
      candidates.push({ start, end, question, answer, type: gap.type, doubts });
    }
  }
  return candidates;
}
