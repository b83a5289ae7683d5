/** What the page draws, as data: its markup and its script are both made from this. */

export type SeriesKey =
  | 'achieved'
  | 'offered'
  | 'goodput'
  | 'p50'
  | 'p95'
  | 'p99'
  | 'errorRate'
  | 'timeoutRate'
  | 'dropRate'
  | 'inFlight'
  | 'lag';

export interface LiveSeries {
  readonly key: SeriesKey;
  readonly label: string;
  /** A custom property of the page. */
  readonly colour: string;
  /** SVG dash array. */
  readonly dash?: string;
}

export interface LiveChart {
  /** Unique in the page; letters only. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly description: string;
  readonly unit: 'perSecond' | 'duration' | 'count';
  /** From zero, or logarithmic where the values lie far apart. */
  readonly scale: 'zero' | 'log';
  /** The axis always reaches this far; a dashed line stands there. */
  readonly bound?: { readonly value: number; readonly label: string };
  readonly series: readonly LiveSeries[];
}

/** A p99 of lag above this is worth a look: past it a run over HTTP may be invalid. */
export const LAG_TO_MIND_MS = 5;

export const CHARTS: readonly LiveChart[] = [
  {
    id: 'rate',
    title: 'Rate and goodput, per second',
    description:
      'Requests: as the schedule asks, as they were sent, and those answered right and in time (estimated from a sample).',
    unit: 'perSecond',
    scale: 'zero',
    series: [
      { key: 'offered', label: 'offered', colour: '--soft', dash: '4 3' },
      { key: 'achieved', label: 'achieved', colour: '--blue' },
      { key: 'goodput', label: 'goodput', colour: '--green' },
    ],
  },
  {
    id: 'latency',
    title: 'Latency',
    description: 'From the due time to the end, of the requests that ended in the last seconds.',
    unit: 'duration',
    scale: 'log',
    series: [
      { key: 'p50', label: 'p50', colour: '--blue' },
      { key: 'p95', label: 'p95', colour: '--orange' },
      { key: 'p99', label: 'p99', colour: '--vermilion' },
    ],
  },
  {
    id: 'failures',
    title: 'Errors, timeouts and drops, per second',
    description: 'Requests that failed, timed out, or were dropped because too many were in flight.',
    unit: 'perSecond',
    scale: 'zero',
    series: [
      { key: 'errorRate', label: 'errors', colour: '--vermilion' },
      { key: 'timeoutRate', label: 'timeouts', colour: '--purple' },
      { key: 'dropRate', label: 'drops', colour: '--orange' },
    ],
  },
  {
    id: 'inflight',
    title: 'In flight',
    description:
      'Requests that were sent and not answered yet. A steady rise means that the target falls behind.',
    unit: 'count',
    scale: 'zero',
    series: [{ key: 'inFlight', label: 'in flight', colour: '--blue' }],
  },
  {
    id: 'lag',
    title: 'Lag of the load generator',
    description: `How late requests were sent, p99 of the last seconds. Above ${LAG_TO_MIND_MS} ms the generator itself is in doubt.`,
    unit: 'duration',
    scale: 'zero',
    bound: { value: LAG_TO_MIND_MS, label: `${LAG_TO_MIND_MS} ms` },
    series: [{ key: 'lag', label: 'lag p99', colour: '--blue' }],
  },
];
