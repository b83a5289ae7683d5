import type { RunRecord } from '../../records/schema.ts';
import { partsWords } from '../attribution.ts';
import { waterfallChart } from '../charts/waterfall.ts';
import { duration, MISSING, ms } from '../format.ts';
import { slowestRequests, UNTOLD, waterfall } from '../slowest.ts';
import { type Draw, figure } from './figure.ts';
import { html } from './markup.ts';
import { lead, type Section } from './section.ts';
import { table } from './table.ts';

const SHOWN = 10;

/** The slowest requests of a load: when, what, where their time went, and under which trace to look for them. */
export async function slowestSection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const requests = slowestRequests(record, SHOWN);
  if (requests.length === 0) return undefined;
  const chart = waterfallChart(requests);
  const parts = new Set(requests.flatMap((request) => waterfall(request).map(({ name }) => name)));
  const isHere = record.load?.targetKind === 'in-process';
  const isTraced = requests.some(({ traceId }) => traceId !== null);
  return {
    id: 'slowest',
    title: 'The slowest requests',
    short: 'Slowest',
    body: html`${lead(
      `Latency from when each was due.${isTraced ? ' A trace id names the request in the traces of the target; – was not sampled.' : ''}`,
    )}${table({
      caption: 'The slowest requests',
      quietCaption: true,
      columns: [
        { label: 'Question' },
        { label: 'Phase' },
        { label: 'Due', numeric: true },
        { label: 'Latency ms', numeric: true },
        { label: 'Lag ms', numeric: true },
        { label: 'Outcome' },
        { label: 'Cache' },
        { label: 'Trace' },
      ],
      rows: requests.map(({ id, phase, dueMs, latencyMs, lagMs, outcome, cache, traceId }) => [
        id,
        phase,
        duration(dueMs),
        ms(latencyMs),
        ms(lagMs),
        outcome,
        cache,
        traceId === null ? MISSING : html`<code>${traceId}</code>`,
      ]),
    })}${
      chart &&
      html`${lead(`Parts are drawn one behind the other: their lengths were told, their places were not. ${partsWords(parts, isHere)}${parts.has(UNTOLD) ? ' Untold: it told nothing of its time.' : ''}`)}${await figure(chart, draw)}`
    }`,
  };
}
