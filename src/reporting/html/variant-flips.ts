import type { ComparisonRecord, FlippedRecord, FlipRecord } from '../../records/schema.ts';
import { count, counted } from '../format.ts';
import { flipKind, flipWords } from '../gate-words.ts';
import { clip, oneLine } from '../plain.ts';
import { flippedWords, shownPairs } from '../variant-flips.ts';
import { html, type Markup, NOTHING, quoted } from './markup.ts';

/** Flips of one pair that are shown. */
const FLIPS_SHOWN = 30;
const TOP_SHOWN = 5;
/** Characters of one text that are shown; record.json holds the whole of it. */
const LONGEST = { question: 400, answer: 1200, name: 80 };

/** For each pair of variants, folded: the questions that came out otherwise, with both answers side by side. */
export function flippedPart(comparison: ComparisonRecord): Markup {
  const { pairs, more } = shownPairs(comparison);
  if (pairs.length === 0) return NOTHING;
  return html`<h3>Questions that flipped</h3>
${pairs.map(pairPart)}${more > 0 && html`<p class="source">${counted(more, 'more pair')} of variants: record.json has them.</p>`}`;
}

function pairPart(pair: FlippedRecord, nth: number): Markup {
  const { flips, total } = pair;
  const shown = flips.slice(0, FLIPS_SHOWN);
  const left = total - shown.length;
  return html`<p>${flippedWords(pair)}</p>
<details class="print"><summary>${shown.length === total ? counted(total, 'question') : `The first ${shown.length}`}, both answers side by side</summary>${shown.map(
    (flip, index) => flipPart(flip, { pair, id: `flipped-${nth}-${index}`, number: index + 1 }),
  )}${left > 0 && html`<p class="source">${count(left)} more came out otherwise${flips.length < total ? '; record.json has the first ' : '; record.json has all '}${count(flips.length)}.</p>`}</details>
`;
}

interface Place {
  readonly pair: Pick<FlippedRecord, 'a' | 'b'>;
  readonly id: string;
  readonly number: number;
}

function flipPart(flip: FlipRecord, { pair, id, number }: Place): Markup {
  const look = { broke: ' bad', mended: ' good', changed: '' }[flipKind(flip)];
  const name = (text: string): string => clip(oneLine(text), LONGEST.name);
  return html`<article class="question" aria-labelledby="${id}">
<h4 class="unseen">Question ${number}</h4>
<p id="${id}"><b>${quoted(clip(flip.question, LONGEST.question))}</b></p>
<p class="meta"><span class="badge${look}">${flipWords(flip)}</span><span><code>${quoted(name(flip.id))}</code></span>${
    flip.kind !== null && html`<span>kind: ${name(flip.kind)}</span>`
  }</p>
<div class="sides"><div><p><b>${quoted(name(pair.a))}</b></p>${side(flip.answerBefore, flip.topBefore, flip.topAfter)}</div><div><p><b>${quoted(name(pair.b))}</b></p>${side(flip.answerAfter, flip.topAfter, flip.topBefore)}</div></div>
</article>
`;
}

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
      (document) =>
        html`<li><code>${quoted(clip(oneLine(document), LONGEST.name))}</code>${!others.has(document) && html` <span class="source">only here</span>`}</li>`,
    )}</ol>`;
}
