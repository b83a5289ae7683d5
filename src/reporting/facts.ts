import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import { isSweep, rates, searchEffort } from './capacity.ts';
import { drillFigures } from './drill-words.ts';
import {
  bound,
  chosenPerSecond,
  count,
  duration,
  interval,
  MISSING,
  perSecond,
  score,
  share,
  usd,
} from './format.ts';
import { headlinePhase, measuredPhases, phaseLoad } from './phases.ts';
import { LIMITS } from './words.ts';

export { headlinePhase } from './phases.ts';

/** The key figures, which every format of a report shows alike. */

export interface KeyFigure {
  readonly label: string;
  readonly value: string;
  /** The 95 % interval, or what the figure is of. */
  readonly detail: string;
}

export function keyFigures(record: RunRecord): KeyFigure[] {
  if (record.drill) return drillFigures(record.drill);
  const phase = headlinePhase(record);
  const ofLoad =
    !phase || record.kind === 'bench' ? benchFigures(record, phase) : targetFigures(record, phase);
  return [...capacityFigures(record), ...ofLoad, ...qualityFigures(record)];
}

function benchFigures(record: RunRecord, phase: PhaseRecord | undefined): KeyFigure[] {
  if (!phase) return firstTouchFigures(record);
  return [
    ...latencyFigures(phase),
    ...goodFigures(phase),
    maximumFigure(record),
    errorFigure(phase),
    { label: 'Cache hit rate', value: share(phase.cacheHitRate), detail: cacheDetail(record, phase) },
  ];
}

/** Of a load or a search against any target: what it does not return stands there as a dash, and says so. */
function targetFigures(record: RunRecord, phase: PhaseRecord): KeyFigure[] {
  const { cost, firstTokenMs } = phase;
  const returns = record.load?.returns;
  const told = (key: keyof NonNullable<typeof returns>, detail: string): string =>
    returns && !returns[key] ? 'the target does not return it' : detail;
  return [
    ...goodFigures(phase),
    errorFigure(phase),
    {
      label: 'Right at any time',
      value: share(phase.right),
      detail: within(phase.rightCi95, share) || told('answer', `phase ${phase.name}`),
    },
    ...latencyFigures(phase),
    {
      label: 'First token p95',
      value: duration(firstTokenMs?.p95),
      detail: told('firstToken', firstTokenMs ? `p50 ${duration(firstTokenMs.p50)}` : 'not streamed'),
    },
    {
      label: 'Achieved rate',
      value: perSecond(phase.achievedRate),
      detail:
        phase.offeredRate === null ? phaseLoad(phase) : `of ${chosenPerSecond(phase.offeredRate)} offered`,
    },
    {
      label: 'Cache hit rate',
      value: share(phase.cacheHitRate),
      detail: told('cache', `phase ${phase.name}`),
    },
    {
      label: 'Per good answer',
      value: usd(cost?.perGoodUsd),
      detail: told('cost', cost ? `${usd(cost.perQueryUsd)} a query` : 'not told'),
    },
    ...(record.load?.closedLoopMaximum && !record.capacity ? [maximumFigure(record)] : []),
  ];
}

function latencyFigures({ latencyMs, latencyCi95 }: PhaseRecord): KeyFigure[] {
  return (['p50', 'p95', 'p99'] as const).map((name) => ({
    label: `Latency ${name}`,
    value: duration(latencyMs[name]),
    detail: within(latencyCi95[name], duration),
  }));
}

function goodFigures(phase: PhaseRecord): KeyFigure[] {
  return [
    {
      label: 'Attainment',
      value: share(phase.attainment),
      detail: within(phase.attainmentCi95, share) || `within ${bound(phase.deadlineMs)}`,
    },
    {
      label: 'Goodput',
      value: perSecond(phase.goodputPerSecond),
      detail: within(phase.goodputCi95, perSecond) || `of ${chosenPerSecond(phase.offeredRate)} offered`,
    },
  ];
}

function maximumFigure({ load }: RunRecord): KeyFigure {
  const maximum = load?.closedLoopMaximum;
  return {
    label: 'Max throughput',
    value: perSecond(maximum?.ratePerSecond),
    detail: maximum ? `closed loop of ${count(maximum.concurrency)}` : 'closed loop: not measured',
  };
}

function errorFigure(phase: PhaseRecord): KeyFigure {
  return {
    label: 'Error rate',
    value: share(phase.errorRate),
    detail: `of ${count(phase.arrivals)} arrivals`,
  };
}

function capacityFigures({ capacity }: RunRecord): KeyFigure[] {
  if (!capacity) return [];
  const { ratePerSecond, atLeast, limitedBy, limitKind, usl } = capacity;
  const knee = usl?.kneeRate ?? null;
  return [
    ...(isSweep(capacity)
      ? []
      : [
          {
            label: 'Capacity',
            value: ratePerSecond ? `${atLeast ? '≥ ' : ''}${rates(ratePerSecond)} /s` : MISSING,
            detail: limitedBy.join(', ') || LIMITS[limitKind],
          },
        ]),
    {
      label: 'Closed-loop max',
      value: perSecond(capacity.maximum),
      detail: knee === null ? searchEffort(capacity) : `knee of the fitted law: ${perSecond(knee)}`,
    },
  ];
}

function firstTouchFigures({ quality }: RunRecord): KeyFigure[] {
  if (!quality) return [];
  return (['p50', 'p95', 'p99'] as const).map((name) => ({
    label: `Latency ${name}`,
    value: duration(quality.latencyMs[name]),
    detail: 'each question asked once',
  }));
}

function qualityFigures({ quality }: RunRecord): KeyFigure[] {
  if (!quality) return [];
  const ndcg = quality.measures.find(({ name }) => name === 'ndcg@10');
  return [
    {
      label: 'Right answers',
      value: share(quality.right.mean),
      detail: within(quality.right.ci95, share) || `n = ${count(quality.right.n)}`,
    },
    {
      label: 'Retrieval accuracy',
      value: share(quality.retrievalAccuracy.mean),
      detail: within(quality.retrievalAccuracy.ci95, share) || `n = ${count(quality.retrievalAccuracy.n)}`,
    },
    {
      label: 'nDCG@10',
      value: score(ndcg?.mean),
      detail: within(ndcg?.ci95, score) || (ndcg ? `n = ${count(ndcg.n)}` : 'not measured'),
    },
  ];
}

function within(
  ends: readonly [number, number] | null | undefined,
  write: (value: number | null | undefined) => string,
): string {
  return ends ? `95 %: ${interval(ends, write)}` : '';
}

/** The headline phase is uncached, so the tile also says what caching would have done. */
function cacheDetail(record: RunRecord, phase: PhaseRecord): string {
  const cached = measuredPhases(record).find(
    (other) => other.cacheMode === 'cached' && other.cacheHitRate !== null,
  );
  if (phase.cacheMode !== 'uncached' || !cached) return `phase ${phase.name}`;
  return `${share(cached.cacheHitRate)} in ${cached.name}`;
}
