import type { RunRecord } from '../../records/schema.ts';
import { attributionOf, attributionWords } from '../attribution.ts';
import { ms, share } from '../format.ts';
import { headlinePhase } from '../phases.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { lead } from './section.ts';
import { table } from './table.ts';

/** Why p99 is slow, in the phase that the headline speaks of: the sentence, and the parts as a table. */
export function whySlow(record: RunRecord): Markup {
  const phase = headlinePhase(record);
  const attribution = phase && attributionOf(phase);
  if (!attribution) return NOTHING;
  return html`<h3>Why p99 is slow in ${phase.name}</h3>${lead(attributionWords(attribution))}${table({
    caption: 'Share of p50 and of p99 by stage',
    quietCaption: true,
    columns: [
      { label: 'Part' },
      ...['p50 ms', 'of p50', 'p99 ms', 'of p99', 'of what is between'].map((label) => ({
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
      share(one.growthShare),
    ]),
  })}`;
}
