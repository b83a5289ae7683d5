import type { PhaseRecord, RunRecord } from '../../records/schema.ts';
import { percent } from './gate-row.ts';

/** Rates that differ by more than this are different loads. */
const SAME_RATE = 0.02;

/**
 * Why two saved runs cannot gate latency, with what they show for what it is worth. Runs at different times differ by
 * whatever else the machine did, and each is a single launch: nothing of it passes or fails.
 */
export function weakerComparison(baseline: RunRecord, candidate: RunRecord): string {
  const start = 'Latency was not gated: ';
  const both = (baseline.load?.phases ?? []).length > 0 && (candidate.load?.phases ?? []).length > 0;
  const remedy = 'Gate against git:REF, which runs both here in turns.';
  if (!both) return `${start}one record or both hold no load. ${remedy}`;
  const alike = baseline.environment.fingerprint === candidate.environment.fingerprint;
  const why = alike
    ? 'the two runs were made at different times'
    : `the two runs were made on different hardware (${machine(baseline)}; ${machine(candidate)})`;
  const shown = phasesInBoth(baseline, candidate).map(phaseWords);
  const seen = shown.length === 0 ? '' : ` For what it is worth: ${shown.join('; ')}.`;
  return `${start}${why}.${seen} ${remedy}`;
}

const machine = ({ environment: { cpu, cores, node } }: RunRecord): string =>
  `${cores} × ${cpu}, Node ${node.replace(/^v/, '')}`;

interface PhasePair {
  readonly before: PhaseRecord;
  readonly after: PhaseRecord;
}

/** Phases of the same name, loop, caches and load, measured and valid in both. */
function phasesInBoth(baseline: RunRecord, candidate: RunRecord): PhasePair[] {
  if (baseline.capacity !== undefined || candidate.capacity !== undefined) return [];
  const usable = ({ load }: RunRecord): PhaseRecord[] =>
    load!.phases.filter(({ warmup, valid }) => !warmup && valid);
  return usable(baseline).flatMap((before) => {
    const after = usable(candidate).find((one) => one.name === before.name && sameLoad(one, before));
    return after === undefined ? [] : [{ before, after }];
  });
}

function sameLoad(one: PhaseRecord, other: PhaseRecord): boolean {
  return (
    one.loop === other.loop &&
    one.cacheMode === other.cacheMode &&
    one.concurrency === other.concurrency &&
    (one.offeredRate === null || other.offeredRate === null
      ? one.offeredRate === other.offeredRate
      : Math.abs(one.offeredRate - other.offeredRate) <= SAME_RATE * other.offeredRate)
  );
}

function phaseWords({ before, after }: PhasePair): string {
  const changes = (['p50', 'p95'] as const).flatMap((name) => {
    const [one, other] = [before.latencyMs[name], after.latencyMs[name]];
    if (one === null || other === null || one === 0) return [];
    const change = other / one - 1;
    return [
      `${name} ${one.toFixed(1)} → ${other.toFixed(1)} ms (${change < 0 ? '−' : '+'}${percent(Math.abs(change))})`,
    ];
  });
  return `in ${before.name} ${changes.length === 0 ? 'no quantile in both' : changes.join(', ')}`;
}
