import type { Plan } from '../../plan.ts';
import { runbooks } from '../links.ts';
import { rateOf, select, sumRate } from '../select.ts';
import type { PanelSpec, RowSpec } from '../spec.ts';

export function cacheRow(): RowSpec {
  return {
    title: 'Cache',
    panels: [
      {
        kind: 'lines',
        title: 'Hit ratio by layer',
        description:
          'Share of the look-ups that found something, stale values included. Layers are not added up: they are asked one after the other.',
        unit: 'percentunit',
        queries: [
          {
            expr: `${sumRate('cacheRequests', 'layer', 'result=~"hit|stale"')} / ${sumRate('cacheRequests', 'layer')}`,
            legend: '{{layer}}',
          },
        ],
        max: 1,
        needs: 'traffic',
      },
      {
        kind: 'lines',
        title: 'Entries',
        description: 'Entries in each cache; 0 where it is off.',
        unit: 'short',
        queries: [{ expr: `sum by (layer) (${select('cacheEntries')})`, legend: '{{layer}}' }],
      },
      {
        kind: 'lines',
        title: 'Evictions',
        description: 'Entries a second that a cache let go of to make room.',
        unit: 'cps',
        queries: [{ expr: sumRate('cacheEvictions', 'layer'), legend: '{{layer}}' }],
      },
    ],
  };
}

export function resilienceRow(plan: Plan): RowSpec {
  const { alerts } = plan;
  return {
    title: 'Resilience',
    panels: [
      {
        kind: 'lines',
        title: 'Degraded answers',
        description: 'Share of degraded answers among the questions that were not rejected.',
        unit: 'percentunit',
        queries: [
          {
            expr: `${sumRate('queries', '', 'outcome="degraded"')} / ${sumRate('queries', '', 'outcome!~"rejected|invalid|withdrawn"')}`,
            legend: 'degraded',
          },
        ],
        bounds: { warn: alerts.degradedRate, bad: alerts.degradedRate },
        links: runbooks(plan, 'RagDegradedHigh'),
        needs: 'traffic',
      },
      {
        kind: 'lines',
        title: 'Fallbacks',
        description: 'What stood in a second where something failed, by the stage that failed.',
        unit: 'cps',
        queries: [{ expr: sumRate('fallbacks', 'stage, to'), legend: '{{stage}} → {{to}}' }],
        stacked: true,
      },
      {
        kind: 'timeline',
        title: 'Open circuit breakers',
        description:
          'When the circuit breaker of each dependency was open, and its calls were spared, or half open, and tried whether it is back.',
        unit: 'short',
        queries: [
          {
            expr: `max by (dependency) (${select('breakerState', 'state="open"')} or ${select('breakerState', 'state="half_open"')} * 0.5)`,
            legend: '{{dependency}}',
          },
        ],
        bounds: { warn: 0.5, bad: 1 },
        states: [
          { value: 0, text: 'closed', colour: 'green' },
          { value: 0.5, text: 'half open', colour: 'orange' },
          { value: 1, text: 'open', colour: 'red' },
        ],
        links: runbooks(plan, 'RagCircuitBreakerOpen'),
      },
      {
        kind: 'lines',
        title: 'Retries',
        description:
          'Calls of a dependency a second that were made again, by the stage that needs it and why the call before failed.',
        unit: 'cps',
        queries: [{ expr: sumRate('retries', 'stage, reason'), legend: '{{stage}}: {{reason}}' }],
        stacked: true,
      },
      {
        kind: 'lines',
        title: 'Retries not made',
        description: 'Retries a second that were not made: their budget was spent, or the deadline too near.',
        unit: 'cps',
        queries: [
          { expr: sumRate('retriesRefused', 'dependency, reason'), legend: '{{dependency}}: {{reason}}' },
        ],
        stacked: true,
      },
    ],
  };
}

function sinceTimestamp(
  title: string,
  key: 'indexLastSuccess' | 'indexNewestDocument',
  description: string,
): PanelSpec {
  return {
    kind: 'lines',
    title,
    description,
    unit: 's',
    queries: [{ expr: `time() - max by (index) (${select(key)})`, legend: '{{index}}' }],
    needs: 'ingest',
  };
}

export function indexRow(plan: Plan): RowSpec {
  const { ingestIntervalSeconds: interval } = plan.alerts;
  return {
    title: 'Index',
    panels: [
      {
        ...sinceTimestamp(
          'Age of the index',
          'indexLastSuccess',
          'Seconds since documents were last taken in to the end.',
        ),
        ...(interval !== undefined && { bounds: { warn: interval, bad: interval } }),
        links: runbooks(plan, 'RagIndexStale'),
      },
      sinceTimestamp(
        'Age of the newest document',
        'indexNewestDocument',
        'Seconds since the newest document was taken in.',
      ),
      {
        kind: 'lines',
        title: 'Documents and chunks',
        description: 'What the index holds.',
        unit: 'short',
        queries: [
          { expr: `max by (index) (${select('indexChunks')})`, legend: 'chunks' },
          { expr: `max by (index) (${select('indexDocuments')})`, legend: 'documents' },
        ],
      },
      {
        kind: 'lines',
        title: 'Documents taken in',
        description: 'Documents a second that came over HTTP, by what became of them.',
        unit: 'cps',
        queries: [{ expr: sumRate('documentsProcessed', 'result'), legend: '{{result}}' }],
        stacked: true,
      },
      {
        kind: 'lines',
        title: 'Version of the index',
        description:
          'It counts up with every published change; instances that differ answer from different indexes.',
        unit: 'short',
        queries: [{ expr: `max by (instance) (${select('indexVersion')})`, legend: '{{instance}}' }],
      },
      {
        kind: 'lines',
        title: 'Wait in the queues',
        description: 'Seconds that an admitted request had waited for its place, mean by queue.',
        unit: 's',
        queries: [
          {
            expr: `sum by (queue) (${rateOf('queueWait', '', '_sum')}) / sum by (queue) (${rateOf('queueWait', '', '_count')})`,
            legend: '{{queue}}',
          },
        ],
        needs: 'traffic',
      },
    ],
  };
}
