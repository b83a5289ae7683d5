import type { RunRecord } from '../../records/schema.ts';
import { count, MISSING, share, usd } from '../format.ts';
import { costedPhases } from '../phases.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section } from './section.ts';
import { type Cell, table } from './table.ts';

/** Tokens and money, per query, per right answer, and per answer that is right and in time. */
export function costSection(record: RunRecord): Section | undefined {
  const phases = costedPhases(record);
  if (phases.length === 0) return undefined;
  const partly = phases.some(({ cost }) => cost!.toldShare > 0 && cost!.toldShare < 1);
  return {
    id: 'cost',
    title: 'Cost',
    short: 'Cost',
    body: html`${lead(
      'A good answer is right and in time. What was spent on wrong and late ones, too, is part of its price.',
    )}${table({
      caption: 'Tokens and US dollars by phase',
      quietCaption: true,
      columns: [
        { label: 'Phase' },
        ...[
          'Per query',
          'Per right answer',
          'Per good answer',
          'In all',
          'Input tokens',
          'Output tokens',
          ...(partly ? ['Told by'] : []),
        ].map((label) => ({ label, numeric: true })),
      ],
      rows: phases.map(({ name, cost }): Cell[] => [
        name,
        usd(cost!.perQueryUsd),
        usd(cost!.perRightUsd),
        usd(cost!.perGoodUsd),
        usd(cost!.totalUsd),
        count(cost!.inputTokens),
        count(cost!.outputTokens),
        ...(partly ? [cost!.totalUsd === null ? MISSING : share(cost!.toldShare)] : []),
      ]),
    })}${partly && partlyTold()}`,
  };
}

function partlyTold(): Markup {
  return html`<p class="source">Not every answer told its cost: the true totals are higher, per query it is the mean of those that did.</p>`;
}
