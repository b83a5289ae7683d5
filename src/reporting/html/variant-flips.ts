import type { ComparisonRecord, FlippedRecord } from '../../records/schema.ts';
import { count, counted } from '../format.ts';
import { flippedWords, shownPairs } from '../variant-flips.ts';
import { flipView } from './flip-view.ts';
import { html, type Markup, NOTHING } from './markup.ts';

/** Flips of one pair that are shown. */
const FLIPS_SHOWN = 30;

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
    (flip, index) =>
      flipView(flip, { id: `flipped-${nth}-${index}`, number: index + 1, names: [pair.a, pair.b] }),
  )}${left > 0 && html`<p class="source">${count(left)} more came out otherwise${flips.length < total ? '; record.json has the first ' : '; record.json has all '}${count(flips.length)}.</p>`}</details>
`;
}
