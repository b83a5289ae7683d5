import type { FlipRecord } from '../../records/schema.ts';
import { flipKind, flipWords } from '../gate-words.ts';
import { clip, oneLine } from '../plain.ts';
import { html, type Markup, quoted } from './markup.ts';

/** Documents of an answer that are shown. */
const TOP_SHOWN = 5;
/** Characters of one text that are shown; record.json holds the whole of it. */
const LONGEST = { question: 400, answer: 1200, name: 80 };

export interface FlipPlace {
  /** Of the element that names it; unique in the page. */
  readonly id: string;
  /** From 1. */
  readonly number: number;
  /** What the two sides are called. */
  readonly names: readonly [before: string, after: string];
}

/** One question that came out otherwise: what it got on either side, and the documents on top. */
export function flipView(flip: FlipRecord, { id, number, names }: FlipPlace): Markup {
  const look = { broke: ' bad', mended: ' good', changed: '' }[flipKind(flip)];
  const [before, after] = names.map(short);
  return html`<article class="question" aria-labelledby="${id}">
<h4 class="unseen">Question ${number}</h4>
<p id="${id}"><b>${quoted(clip(flip.question, LONGEST.question))}</b></p>
<p class="meta"><span class="badge${look}">${flipWords(flip)}</span>${flip.must && html`<span class="badge">pinned</span>`}<span><code>${quoted(short(flip.id))}</code></span>${
    flip.kind !== null && html`<span>kind: ${short(flip.kind)}</span>`
  }</p>
<div class="sides"><div><p><b>${quoted(before!)}</b></p>${side(flip.answerBefore, flip.topBefore, flip.topAfter)}</div><div><p><b>${quoted(after!)}</b></p>${side(flip.answerAfter, flip.topAfter, flip.topBefore)}</div></div>
</article>
`;
}

const short = (text: string): string => clip(oneLine(text), LONGEST.name);

/** An answer and the documents on top; one that the other side has not is told by a word. */
function side(answer: string | null, top: readonly string[], other: readonly string[]): Markup {
  const others = new Set(other);
  const said =
    answer === null
      ? html`<p class="none">No answer.</p>`
      : html`<blockquote>${quoted(clip(answer, LONGEST.answer))}</blockquote>`;
  if (top.length === 0) return html`${said}<p class="none">No documents.</p>`;
  return html`${said}<p class="source">Top documents:</p><ol>${top
    .slice(0, TOP_SHOWN)
    .map(
      (id) =>
        html`<li><code>${quoted(short(id))}</code>${!others.has(id) && html` <span class="source">only here</span>`}</li>`,
    )}</ol>`;
}
