import { countTokens } from '../../text/tokens.ts';
import type { CorpusDocument } from '../golden.ts';
import type { Span } from '../quotes.ts';
import { type Section, unmarked } from './sections.ts';

/** A question for a section that its asker knows of. */
export interface KnownItemCandidate extends Span {
  readonly question: string;
}

/** Tokens of the sentence that stands for its section. */
const FEWEST_TOKENS = 3;
const LONGEST = 500;

/**
 * The known-item question of a section: by its heading and the title of its document, or by that title alone for text
 * below no heading. Its evidence is the section's first sentence. Undefined where there is no name to ask by, or
 * nothing below it.
 */
export function knownItemOf(
  { title, text }: Pick<CorpusDocument, 'title' | 'text'>,
  section: Section,
  sentences: readonly Span[],
): KnownItemCandidate | undefined {
  const document = named(title);
  const heading = section.heading === undefined ? '' : named(section.heading);
  const name = nameOf(heading, document);
  if (name === undefined) return undefined;
  const first = sentences.find(({ start, end }) => {
    if (start < section.start || end > section.end || end - start > LONGEST) return false;
    const sentence = text.slice(start, end);
    return !/^(?:#{1,6}\s|```|~~~|[-=*_\s|:]+$)/u.test(sentence) && countTokens(sentence) >= FEWEST_TOKENS;
  });
  return first && { question: `What does ${name} say?`, start: first.start, end: first.end };
}

function nameOf(heading: string, document: string): string | undefined {
  if (heading === '') return document === '' ? undefined : `«${document}»`;
  return document === '' || document.toLowerCase() === heading.toLowerCase()
    ? `«${heading}»`
    : `«${heading}» of «${document}»`;
}

/** On one line, without the marks that the question puts around it; nothing where it has no letter, or is a whole text. */
function named(words: string): string {
  const name = unmarked(words.slice(0, 1000)).replaceAll(/[«»]/g, '').trim();
  return name.length > 150 || !/\p{L}/u.test(name) ? '' : name;
}
