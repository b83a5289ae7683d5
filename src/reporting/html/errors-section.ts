import { CATALOGUE } from '../../kernel/errors.ts';
import type { RunRecord } from '../../records/schema.ts';
import { count, counted, share } from '../format.ts';
import { html, quoted } from './markup.ts';
import { lead, type Section } from './section.ts';
import { table } from './table.ts';

/** Failures by class, with one example each. */
export function errorsSection({ load }: RunRecord): Section | undefined {
  if (!load || load.errorClasses.length === 0) return undefined;
  const phases = load.phases;
  const sum = (of: 'errors' | 'timeouts' | 'dropped' | 'arrivals'): number =>
    phases.reduce((total, phase) => total + phase[of], 0);
  const all = load.errorClasses.reduce((total, { count: times }) => total + times, 0);
  const rows = load.errorClasses.toSorted((a, b) => b.count - a.count);
  return {
    id: 'errors',
    title: 'Errors by class',
    short: 'Errors',
    body: html`${lead(
      `${counted(sum('errors'), 'error')}, ${counted(sum('timeouts'), 'timeout')} and ${counted(sum('dropped'), 'drop')} among ${counted(sum('arrivals'), 'arrival')} of all phases, warm-up included.`,
    )}${table({
      caption: 'Errors by class, with one example each',
      quietCaption: true,
      columns: [
        { label: 'Class' },
        { label: 'Count', numeric: true },
        { label: 'Share', numeric: true },
        { label: 'One example', prose: true },
      ],
      rows: rows.map(({ name, count: times, example }) => [
        html`<code>${name}</code><span class="ci">${meaningOf(name)}</span>`,
        count(times),
        share(all > 0 ? times / all : null),
        quoted(example),
      ]),
    })}`,
  };
}

/** What the catalogue says of a code; nothing of one that is not ours. */
function meaningOf(code: string): string {
  return Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code as keyof typeof CATALOGUE].meaning : '';
}
