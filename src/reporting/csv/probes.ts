import type { ClauseRecord, RunRecord } from '../../records/schema.ts';
import { probeFigures } from '../capacity.ts';
import { type Cell, write } from './cells.ts';

const HEADINGS = [
  'probe',
  'phase',
  'step',
  'rate',
  'concurrency',
  'runs',
  'seconds',
  'achieved_rate',
  'in_flight_mean',
  'verdict',
  'reasons',
  'least_p95_ms',
  'most_p95_ms',
  'right',
  'attainment',
  'error_rate',
];
const OF_CLAUSE = ['observed', 'tested', 'tested_low', 'tested_high', 'tested_bound', 'verdict'];

/** One line a probe of a capacity search, in the order in which they were made, with what each clause was judged by. */
export function renderProbesCsv(record: RunRecord): string {
  const { capacity } = record;
  const probes = capacity?.probes ?? [];
  const clauses = [...new Set(probes.flatMap((probe) => probe.clauses.map(({ text }) => text)))];
  const rows = probes.map((probe, index): Cell[] => {
    const figures = probeFigures(record, probe);
    return [
      index + 1,
      figures.phase?.name ?? null,
      probe.step,
      probe.rate,
      probe.concurrency,
      probe.runs,
      probe.seconds,
      probe.achievedRate,
      probe.inFlightMean,
      probe.verdict,
      probe.reasons.join(' | '),
      figures.p95?.[0] ?? null,
      figures.p95?.[1] ?? null,
      figures.right,
      figures.attainment,
      figures.errorRate,
      ...clauses.flatMap((text) => clauseCells(probe.clauses.find((clause) => clause.text === text))),
    ];
  });
  const headings = [...HEADINGS, ...clauses.flatMap((text) => OF_CLAUSE.map((name) => `${text}: ${name}`))];
  return write([headings, ...rows]);
}

function clauseCells(clause: ClauseRecord | undefined): Cell[] {
  if (!clause) return OF_CLAUSE.map(() => null);
  const { observed, tested, testedBound, verdict } = clause;
  return [observed, tested.estimate, tested.low, tested.high, testedBound, verdict];
}
