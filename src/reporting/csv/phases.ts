import type { PhaseRecord, QuantilesRecord, RunRecord } from '../../records/schema.ts';
import { cacheCells } from './cache-cells.ts';
import { type Cell, write } from './cells.ts';

const STATISTICS = ['p50', 'p90', 'p95', 'p99', 'mean', 'max'] as const;
const TIMES = ['latency', 'service', 'lag', 'first_token', 'per_token'] as const;
const WITH_INTERVAL = ['p50', 'p95', 'p99', 'mean'] as const;

type Row = readonly (readonly [heading: string, cell: Cell])[];

/** One line a phase of load, warm-up included, with every figure; shares as numbers from 0 to 1, durations in ms. */
export function renderPhasesCsv(record: RunRecord): string {
  const phases = record.load?.phases ?? [];
  const measures = [...new Set(phases.flatMap((phase) => phase.measures.map(({ name }) => name)))];
  const classes = [...new Set(phases.flatMap(({ funnel }) => Object.keys(funnel)))];
  const rows = phases.map((phase) => [
    ...setting(record, phase),
    ...counts(phase),
    ...times(phase),
    ...answers(phase),
    ...measures.flatMap((name) => measure(phase, name)),
    ...classes.map((name) => [`funnel_${name}`, phase.funnel[name] ?? null] as const),
    ...costs(phase),
    ...cacheCells(phase),
    ...generator(phase),
  ]);
  const headings = rows[0]?.map(([heading]) => heading) ?? NO_PHASES;
  return write([headings, ...rows.map((row) => row.map(([, cell]) => cell))]);
}

const NO_PHASES = ['phase'];

function setting({ load }: RunRecord, phase: PhaseRecord): Row {
  const judged = load?.slo?.phases.find(({ phase: name }) => name === phase.name);
  return [
    ['phase', phase.name],
    ['warmup', phase.warmup],
    ['verdict', judged?.verdict ?? null],
    ['valid', phase.valid],
    ['invalid_reasons', phase.invalidReasons.join(' | ')],
    ['ended_by', phase.endedBy],
    ['loop', phase.loop],
    ['arrivals_process', phase.arrivalProcess],
    ['shape', phase.shape],
    ['order', phase.order],
    ['think_time_ms', phase.thinkTimeMs],
    ['cache_mode', phase.cacheMode],
    ['concurrency', phase.concurrency],
    ['offered_rate', phase.offeredRate],
    ['achieved_rate', phase.achievedRate],
    ['scheduled_seconds', phase.scheduledSeconds],
    ['started_at', new Date(phase.startedAtEpochMs).toISOString()],
  ];
}

function counts(phase: PhaseRecord): Row {
  return [
    ['arrivals', phase.arrivals],
    ['completed', phase.completed],
    ['errors', phase.errors],
    ['timeouts', phase.timeouts],
    ['dropped', phase.dropped],
    ['error_rate', phase.errorRate],
    ['throughput_per_second', phase.throughputPerSecond],
    ['repeat_share', phase.repeatShare],
    ['cache_hit_rate', phase.cacheHitRate],
  ];
}

function times(phase: PhaseRecord): Row {
  const values: Record<(typeof TIMES)[number], QuantilesRecord | null> = {
    latency: phase.latencyMs,
    service: phase.serviceMs,
    lag: phase.lagMs,
    first_token: phase.firstTokenMs,
    per_token: phase.perTokenMs,
  };
  return [
    ...TIMES.flatMap((name) =>
      STATISTICS.map((statistic) => [`${name}_${statistic}_ms`, values[name]?.[statistic] ?? null] as const),
    ),
    ...WITH_INTERVAL.flatMap((statistic) => ends(`latency_${statistic}_ms`, phase.latencyCi95[statistic])),
  ];
}

function answers(phase: PhaseRecord): Row {
  return [
    ['deadline_ms', phase.deadlineMs],
    ['first_token_deadline_ms', phase.firstTokenDeadlineMs],
    ['attainment', phase.attainment],
    ...ends('attainment', phase.attainmentCi95),
    ['goodput_per_second', phase.goodputPerSecond],
    ...ends('goodput_per_second', phase.goodputCi95),
    ['right', phase.right],
    ...ends('right', phase.rightCi95),
    ['unscored_share', phase.unscoredShare],
  ];
}

function measure(phase: PhaseRecord, name: string): Row {
  const found = phase.measures.find((one) => one.name === name);
  return [[name, found?.mean ?? null], ...ends(name, found?.ci95 ?? null), [`${name}_n`, found?.n ?? null]];
}

function ends(name: string, interval: readonly [number, number] | null): Row {
  return [
    [`${name}_low`, interval?.[0] ?? null],
    [`${name}_high`, interval?.[1] ?? null],
  ];
}

function costs({ cost }: PhaseRecord): Row {
  return [
    ['input_tokens', cost?.inputTokens ?? null],
    ['output_tokens', cost?.outputTokens ?? null],
    ['total_usd', cost?.totalUsd ?? null],
    ['usd_per_query', cost?.perQueryUsd ?? null],
    ['usd_per_right', cost?.perRightUsd ?? null],
    ['usd_per_good', cost?.perGoodUsd ?? null],
    ['cost_told_share', cost?.toldShare ?? null],
  ];
}

function generator({ generator: own }: PhaseRecord): Row {
  return [
    ['generator_cpu_cores', own.cpuShare],
    ['generator_loop_utilisation', own.eventLoopUtilisation],
    ['generator_loop_delay_p99_ms', own.eventLoopDelayP99Ms],
    ['generator_threads', own.threads],
    ['generator_max_in_flight', own.maxInFlight],
    ['generator_resident_bytes', own.residentBytes],
  ];
}
