/** A stretch of a text that no sentence crosses. */
export interface TextBlock {
  /** UTF-16 units; the white space around the block is outside. */
  readonly start: number;
  readonly end: number;
  /** Whether it may hold several sentences; a heading, a table row or a line of code is taken as it stands. */
  readonly prose: boolean;
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly content: string;
}

const FENCE = /^(?:```|~~~)/;
const HEADING = /^#{1,6}(?:\s|$)/;
const RULE = /^(?:[-=*_]\s*){3,}$/;
const TABLE_ROW = /^\||\s\|\s.*\s\|\s|\S\t+\S/;
const BULLET = /^(?:[-*+•‣–]|\(?\p{Nd}{1,3}[.)]|\(?\p{Ll}\))\s+\S/u;
/** In running text a wrapped line may begin with a number and a point: only the first item interrupts a paragraph (CommonMark). */
const INTERRUPTING_BULLET = /^(?:[-*+•‣]|\(?1[.)]|\(?a\))\s+\S/;
const STARTS_LOW = /^\p{Ll}/u;
/** Nobody wraps text to fewer columns. */
const NARROWEST_COLUMN = 40;

/** Cuts plain text or Markdown into blocks, in order; only white space lies between them. */
export function textBlocks(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let paragraph: Line[] = [];
  let inCode = false;
  let inList = false;
  const flush = () => {
    splitParagraph(paragraph, blocks);
    paragraph = [];
  };
  for (const line of lines(text)) {
    const { content } = line;
    const fence = FENCE.test(content);
    if (content === '') {
      flush();
    } else if (inCode || fence || HEADING.test(content) || RULE.test(content) || TABLE_ROW.test(content)) {
      flush();
      blocks.push({ start: line.start, end: line.end, prose: false });
      if (fence) inCode = !inCode;
      inList = false;
    } else {
      const item: boolean = (paragraph.length > 0 && !inList ? INTERRUPTING_BULLET : BULLET).test(content);
      if (item) flush();
      if (item || paragraph.length === 0) inList = item;
      paragraph.push(line);
    }
  }
  flush();
  return blocks;
}

/**
 * One block for each stretch of a paragraph whose lines belong together. A line end was made by wrapping when the next
 * word would not have fitted any more; where it would have, and the next line does not begin in lower case, the author
 * ended the line on purpose: an address, a list without bullets, `Adult: 4.50`.
 */
function splitParagraph(paragraph: readonly Line[], blocks: TextBlock[]): void {
  const first = paragraph[0];
  if (first === undefined) return;
  const column = paragraph.reduce(
    (longest, { content }) => Math.max(longest, content.length),
    NARROWEST_COLUMN,
  );
  let start = first.start;
  let previous = first;
  for (const line of paragraph.slice(1)) {
    const word = line.content.search(/\s|$/);
    const fitted = previous.content.length + 1 + word <= column;
    if (fitted && !STARTS_LOW.test(line.content)) {
      blocks.push({ start, end: previous.end, prose: true });
      start = line.start;
    }
    previous = line;
  }
  blocks.push({ start, end: previous.end, prose: true });
}

/** The lines without the white space at their ends. */
function* lines(text: string): Generator<Line> {
  const breaks = /\r\n?|\n|\u2028|\u2029/g;
  for (let from = 0; from <= text.length; ) {
    const to = breaks.exec(text)?.index ?? text.length;
    const raw = text.slice(from, to);
    const content = raw.trim();
    const start = from + (raw.length - raw.trimStart().length);
    yield { start, end: start + content.length, content };
    from = to === text.length ? to + 1 : breaks.lastIndex;
  }
}
