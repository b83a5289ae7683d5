import type { RunRecord } from '../../records/schema.ts';
import { attributionOf, attributionWords, growthCell, whySlowTitle, withheldWords } from '../attribution.ts';
import { ms, share } from '../format.ts';
import { headlinePhase } from '../phases.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { lead } from './section.ts';
import { table } from './table.ts';

/** Why p99 is slow, in the phase that the headline speaks of: the sentence, and the parts as a table; or why it is not said. */
export function whySlow(record: RunRecord): Markup {
  const phase = headlinePhase(record);
  if (phase === undefined) return NOTHING;
  const heading = html`<h3>${whySlowTitle(phase)} in ${phase.name}</h3>`;
  const withheld = withheldWords(phase);
  if (withheld !== undefined) return html`${heading}${lead(withheld)}`;
  const attribution = attributionOf(phase);
  if (!attribution) return NOTHING;
  const { slowest } = attribution;
  return html`${heading}${lead(attributionWords(attribution))}${table({
    caption: `Share of p50 and of ${slowest} by part`,
    quietCaption: true,
    columns: [
      { label: 'Part' },
      ...['p50 ms', 'of p50', `${slowest} ms`, `of ${slowest}`, 'of what is between'].map((label) => ({
        label,
        numeric: true,
      })),
    ],
    rows: attribution.stages.map((one) => [
      one.stage,
      ms(one.typicalMs),
      share(one.typicalShare),
      ms(one.slowestMs),
      share(one.slowestShare),
      growthCell(one.growthShare),
    ]),
  })}`;
}
