import type { RunRecord } from '../../records/schema.ts';
import { paretoChart } from '../charts/pareto.ts';
import { standingSentences, standings } from '../pareto.ts';
import { type Draw, figure } from './figure.ts';
import { html } from './markup.ts';
import type { Section } from './section.ts';

/** Quality against p95 and cost: which variants no other is told to beat. */
export async function paretoSection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const found = standings(record);
  if (!found) return undefined;
  return {
    id: 'pareto',
    title: 'What quality costs',
    short: 'Trade-offs',
    body: html`<ul class="findings">${standingSentences(found).map((sentence) => html`<li>${sentence}</li>`)}</ul>
${await figure(paretoChart(found, 'p95'), draw)}
${found.withCost && (await figure(paretoChart(found, 'cost'), draw))}
<p class="source">Bars are the 95 % interval of quality and the middle half of the blocks’ p95. A variant is called dominated where the tests of the tables of differences tell another one better in quality, p95${found.withCost && ' or cost'}, and its own figures are better in none: figures alone, chance included, name no loser.</p>`,
  };
}
