import { textBlocks } from '../../text/blocks.ts';
import type { Span } from '../quotes.ts';

/** A heading and the text up to the next one. */
export interface Section {
  /** Undefined for what stands before the first heading. */
  readonly heading: string | undefined;
  /** 1 for `#`; headings of plain text are all of level 2. */
  readonly level: number;
  /** Of the text below the heading, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

interface Heading extends Span {
  readonly text: string;
  readonly level: number;
}

const ATX = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;
const UNDERLINE = /^ {0,3}(?:=+|-{2,})[ \t]*$/;
const FENCE = /^ {0,3}(?:```+|~~~+)/;
/** Characters of a heading, at most: what is longer is a sentence that happens to stand alone. */
const LONGEST_HEADING = 80;
const PLAIN_HEADING = /^[\p{Lu}\p{Lo}\p{Nd}](?:[^.!?。！？:;,|\t]*[^.!?。！？:;,|\t\s])?$/u;

/**
 * A document's sections, in order: by Markdown's headings, or in a text that has none by short lines that stand alone
 * between blank ones, above some text, and do not end as sentences do. Every text has one section at least.
 */
export function sectionsOf(text: string): Section[] {
  const marked = markdownHeadings(text);
  const headings = marked.length > 0 ? marked : plainHeadings(text);
  const sections: Section[] = [];
  const first = headings[0]?.start ?? text.length;
  if (headings.length === 0 || text.slice(0, first).trim() !== '') {
    sections.push({ heading: undefined, level: 0, start: 0, end: first });
  }
  for (const [index, { text: heading, level, end }] of headings.entries()) {
    sections.push({ heading, level, start: end, end: headings[index + 1]?.start ?? text.length });
  }
  return sections;
}

function markdownHeadings(text: string): Heading[] {
  const headings: Heading[] = [];
  let inCode = false;
  let previous: { content: string; start: number } | undefined;
  for (const { content, start, end } of linesOf(text)) {
    if (FENCE.test(content)) inCode = !inCode;
    // Past this length it is no heading, and a pattern would only spend time on it.
    const short = content.length <= LONGEST_HEADING * 2;
    if (!inCode && short) {
      const [, marks = '', words = ''] = ATX.exec(content) ?? [];
      const underlined =
        previous !== undefined &&
        UNDERLINE.test(content) &&
        PLAIN_HEADING.test(previous.content.trim()) &&
        previous.content.trim().length <= LONGEST_HEADING;
      if (words !== '') headings.push({ text: unmarked(words), level: marks.length, start, end });
      else if (underlined && previous !== undefined) {
        const level = content.trim().startsWith('=') ? 1 : 2;
        headings.push({ text: unmarked(previous.content), level, start: previous.start, end });
      }
    }
    previous = inCode || content.trim() === '' ? undefined : { content, start };
  }
  return headings;
}

function plainHeadings(text: string): Heading[] {
  const blocks = textBlocks(text);
  const headings: Heading[] = [];
  for (const [index, { start, end, prose }] of blocks.entries()) {
    const next = blocks[index + 1];
    if (!prose || next === undefined || end - start > LONGEST_HEADING) continue;
    const before = index === 0 || isBlankLine(text.slice(blocks[index - 1]!.end, start));
    const after = isBlankLine(text.slice(end, next.start));
    const words = text.slice(start, end);
    if (before && after && next.prose && PLAIN_HEADING.test(words) && !words.includes('\n')) {
      headings.push({ text: words, level: 2, start, end });
    }
  }
  return headings;
}

const isBlankLine = (gap: string): boolean => (gap.match(/\r\n?|\n/g)?.length ?? 0) > 1;

function* linesOf(text: string): Generator<{ content: string; start: number; end: number }> {
  for (const match of text.matchAll(/[^\r\n]+/g)) {
    yield { content: match[0], start: match.index, end: match.index + match[0].length };
  }
}

/** Words as a reader sees them: without emphasis, code marks, and the addresses of links. */
export function unmarked(markdown: string): string {
  return markdown
    .replaceAll(/!?\[([^\]\n]{0,300})\]\([^)\s]{0,500}\)/g, '$1')
    .replaceAll(/(\*\*|__|`)(?=\S)([^\n]{1,300}?)(?<=\S)\1/g, '$2')
    .replaceAll(/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]{1,300})(?<=\S)\*(?![\p{L}\p{N}*])/gu, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
