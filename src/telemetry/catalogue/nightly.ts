import { NIGHTLY_COMMANDS, NIGHTLY_VERDICTS, PERCENTILES } from './labels.ts';
import type { MetricSpecs } from './spec.ts';

/** Of which golden set, and by which command: the last run of each is shown, and no run id is a label. */
const RUN = { dataset: null, command: NIGHTLY_COMMANDS } as const;

/**
 * What the last nightly run came to, as `evaluate`, `bench` and `gate` tell with --tell. They are gauges apart from the
 * canary's, whose freshness has an alert: a run a night must not pass for a canary that lives.
 */
export const NIGHTLY_METRICS = {
  nightlyMeasure: {
    name: 'rag_eval_nightly_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Measures of the last nightly run, means over its golden questions: right (share of right answers), success@5, recall@10, ndcg@10 and the others that it took.',
    labels: { ...RUN, measure: null },
    aggregate: 'max',
    zeroed: false,
  },
  nightlyLatency: {
    name: 'rag_eval_nightly_latency_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Percentile of the latency of the last nightly run, under the load that its headline is about; without a load, of the questions asked one after the other. Absent where the load could not be trusted.',
    labels: { ...RUN, percentile: PERCENTILES },
    aggregate: 'max',
    zeroed: false,
  },
  nightlyVerdict: {
    name: 'rag_eval_nightly_verdict',
    type: 'gauge',
    unit: 'state',
    help: '1 for what came of the last nightly run, 0 for the others: by the gate passed, failed or inconclusive, and invalid where it cannot be trusted. Absent for a run that is sound, and was not gated.',
    labels: { ...RUN, verdict: NIGHTLY_VERDICTS },
    aggregate: 'max',
    zeroed: false,
  },
  nightlyTime: {
    name: 'rag_eval_nightly_timestamp_seconds',
    type: 'gauge',
    unit: 'timestamp',
    help: 'When the last nightly run ended, in seconds since 1970; not when it was told.',
    labels: RUN,
    aggregate: 'max',
    zeroed: false,
  },
} as const satisfies MetricSpecs;
