import type { RunRecord } from '../../records/schema.ts';
import { clip, oneLine } from '../plain.ts';
import { settingRows } from '../settings-diff.ts';
import { html } from './markup.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

/** What sets variants apart: a row a setting that is not the same for all. */
export function settingsSection(record: RunRecord): Section | undefined {
  const rows = settingRows(record);
  if (rows.length === 0) return undefined;
  const names = record.comparison?.variants.map(({ name }) => clip(oneLine(name), 80)) ?? [];
  return {
    id: 'settings',
    title: 'What sets them apart',
    short: 'Settings',
    body: table({
      caption: 'Settings that differ; marked is what a variant sets itself',
      columns: [{ label: 'Setting' }, ...names.map((label) => ({ label }))],
      rows: rows.map(({ path, values, own }) => [
        html`<code>${path}</code>`,
        ...values.map((value, index) =>
          own[index] ? html`<span class="hit"><code>${value}</code></span>` : html`<code>${value}</code>`,
        ),
      ]),
    }),
  };
}
