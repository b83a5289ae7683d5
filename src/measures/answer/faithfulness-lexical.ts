import { analyse } from '../../text/analyse.ts';
import { sentences } from '../../text/sentences.ts';
import type { QuestionCase } from '../case.ts';
import { passageText } from '../evidence.ts';
import type { AnswerFamily } from '../measure.ts';
import { isSupported, lexicalSupport } from './lexical-support.ts';

/** Marks such as [1] or [2, 3], by which answers cite: no claim of theirs. */
const CITATION_MARKS = /\[\d+(?:\s*[,;–-]\s*\d+)*\]/g;

/**
 * Words, not meaning: a sentence that denies what a passage says in the passage's own words counts as supported. That
 * is why the name says lexical; a model judges meaning (`--judge`).
 */
export const faithfulnessLexical: AnswerFamily = {
  kind: 'answer',
  name: 'faithfulness-lexical',
  cutoff: 'none',
  reads: 'passages',
  description:
    'Sentences of the answer of whose terms 65 % or more stand in the passages it cites (in all passages of the context, where it cites none), over its sentences. Over answers; abstentions make no claim.',
  range: [0, 1],
  citation:
    'Supported statements / statements as of Es et al., EACL 2024 (ragas), with the token overlap of Adlakha et al., TACL 2024 (K-Precision) in place of a model',
  score(input) {
    const { returned } = input;
    if (returned?.answer === undefined || returned.abstained || returned.lastResort) return null;
    const shown = shownTerms(input);
    if (shown === undefined) return null;
    const answer = returned.answer.replaceAll(CITATION_MARKS, ' ');
    const shares = sentences(answer)
      .map(({ start, end }) => lexicalSupport(answer.slice(start, end), shown))
      .filter((share) => share !== undefined);
    return shares.length === 0 ? null : shares.filter(isSupported).length / shares.length;
  },
};

/** The terms of the passages that the answer rests on; undefined where none of them shows its text. */
function shownTerms({ returned, documentText }: QuestionCase): ReadonlySet<string> | undefined {
  const passages = returned?.passages;
  if (passages === undefined) return undefined;
  const cited = new Set(returned?.citations ?? []);
  const cites = passages.some((_, index) => cited.has(index));
  const used = cites
    ? passages.filter((_, index) => cited.has(index))
    : passages.slice(0, returned?.contextSize);
  const texts = used
    .map((passage) => passageText(passage, documentText))
    .filter((text) => text !== undefined);
  if (used.length > 0 && texts.length === 0) return undefined;
  return new Set(texts.flatMap(analyse));
}
