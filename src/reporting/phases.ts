import type { CapacityRecord, PhaseRecord, RunRecord } from '../records/schema.ts';
import { chosenPerSecond, chosenRate, count } from './format.ts';

/** Which phases of a run a report speaks of, and by what names. */

/** The usual operating point: what is offered in the headline phase, as a share of the closed-loop maximum. */
const HEADLINE_LOAD = 0.8;

export function measuredPhases(record: RunRecord): PhaseRecord[] {
  return (record.load?.phases ?? []).filter((phase) => !phase.warmup);
}

/**
 * The phase that the headline speaks of.
 *
 * - Of a drill: that of its first arm, which has all its patterns.
 * - Of a capacity search: the last confirmation, else the fastest probe that held, else the slowest one.
 * - Of a load with an SLO: the phase that decided. The first one with the verdict of the whole where that is FAIL or
 *   INCONCLUSIVE (rates are usually given in rising order), the one under most load where all passed.
 * - Of anything else: open-loop, valid before invalid, uncached before cached, and then the one offered nearest to 80 %
 *   of the closed-loop maximum (where that is unknown, the fastest; of closed loops the one with most askers).
 */
export function headlinePhase(record: RunRecord): PhaseRecord | undefined {
  return drilledPhase(record) ?? capacityPhase(record) ?? decidingPhase(record) ?? typicalPhase(record);
}

function drilledPhase({ drill, load }: RunRecord): PhaseRecord | undefined {
  const [main] = drill?.arms ?? [];
  return main && load?.phases[main.phase];
}

function typicalPhase(record: RunRecord): PhaseRecord | undefined {
  const maximum = record.load?.closedLoopMaximum?.ratePerSecond;
  const distance = (phase: PhaseRecord): number =>
    maximum ? Math.abs((phase.offeredRate ?? 0) / maximum - HEADLINE_LOAD) : -load(phase);
  const order = (phase: PhaseRecord): number[] => [
    phase.loop === 'open' ? 0 : 1,
    phase.valid ? 0 : 1,
    phase.cacheMode === 'uncached' ? 0 : 1,
    distance(phase),
  ];
  return measuredPhases(record).sort((a, b) => compareInOrder(order(a), order(b)))[0];
}

function compareInOrder(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function load({ offeredRate, concurrency }: PhaseRecord): number {
  return offeredRate ?? concurrency ?? 0;
}

function decidingPhase(record: RunRecord): PhaseRecord | undefined {
  const slo = record.load?.slo;
  if (!slo) return undefined;
  const named = (name: string): PhaseRecord | undefined =>
    measuredPhases(record).find((phase) => phase.name === name);
  if (slo.verdict !== 'PASS') {
    const first = slo.phases.find(({ verdict }) => verdict === slo.verdict);
    return first && named(first.phase);
  }
  const held = slo.phases.flatMap(({ phase }) => named(phase) ?? []);
  return held.reduce<PhaseRecord | undefined>(
    (most, phase) => (most && load(most) > load(phase) ? most : phase),
    undefined,
  );
}

export type Probe = CapacityRecord['probes'][number];

function capacityPhase(record: RunRecord): PhaseRecord | undefined {
  const probe = headlineProbe(record);
  return probe && record.load?.phases[probe.phase];
}

/** The probe that a capacity report speaks of; undefined where none was judged. */
export function headlineProbe(record: RunRecord): Probe | undefined {
  const judged = openProbes(record).filter(({ verdict }) => verdict !== null);
  const held = judged.filter(({ verdict }) => verdict === 'PASS');
  // A confirmation may be too short to decide every clause by itself: where there is an answer, it did not fail.
  const confirmed = record.capacity?.ratePerSecond
    ? judged.filter(({ verdict }) => verdict !== 'FAIL')
    : held;
  return (
    confirmed.findLast(({ step }) => step === 'confirm') ??
    held.toSorted((a, b) => b.rate! - a.rate!)[0] ??
    judged.toSorted((a, b) => a.rate! - b.rate!)[0]
  );
}

/** Probes at a rate of their own, in the order in which they were made. */
export function openProbes({ capacity }: RunRecord): Probe[] {
  return (capacity?.probes ?? []).filter(({ rate }) => rate !== null);
}

/**
 * What stands on the other side of the answer: the slowest probe above the headline's that failed (that was undecided,
 * where none failed), or the headline's itself where it did.
 */
export function breakingProbe(record: RunRecord): Probe | undefined {
  const headline = headlineProbe(record);
  if (!headline || headline.verdict === 'FAIL') return headline;
  const above = openProbes(record)
    .filter(({ rate }) => rate! > headline.rate!)
    .toSorted((a, b) => a.rate! - b.rate!);
  return (
    above.find(({ verdict }) => verdict === 'FAIL') ?? above.find(({ verdict }) => verdict === 'INCONCLUSIVE')
  );
}

export interface PlacedPhase {
  readonly phase: PhaseRecord;
  /** Its place in record.load.phases, by which the columns know it. */
  readonly index: number;
}

/** More phases than this drawn in full are no longer read. */
const MOST_DRAWN = 8;

/**
 * The measured phases that are worth drawing in full, in the order of the record: all of a load, as far as they are few;
 * of a capacity search the one that held and the one that broke.
 */
export function drawnPhases(record: RunRecord): PlacedPhase[] {
  const placed = (record.load?.phases ?? []).map((phase, index) => ({ phase, index }));
  const headline = headlinePhase(record);
  if (record.capacity) {
    const broken = breakingProbe(record)?.phase;
    return placed.filter(({ phase, index }) => phase === headline || index === broken);
  }
  const measured = placed.filter(({ phase }) => !phase.warmup);
  const kept = new Set(measured.slice(0, MOST_DRAWN));
  return measured.filter((one) => kept.has(one) || one.phase === headline);
}

/** Phases whose cost is worth a line: all of a load that tell of it, and of a search those that its answer rests on. */
export function costedPhases(record: RunRecord): PhaseRecord[] {
  const phases = record.capacity ? drawnPhases(record).map(({ phase }) => phase) : measuredPhases(record);
  return phases.filter(({ cost }) => cost !== null);
}

export function phaseTitle(phase: PhaseRecord): string {
  return `Phase ${phase.name}`;
}

/** "330 /s offered" or "8 askers". */
export function phaseLoad(phase: PhaseRecord): string {
  if (phase.loop === 'open')
    return phase.offeredRate === null ? 'open loop' : `${chosenPerSecond(phase.offeredRate)} offered`;
  return phase.concurrency === 1 ? '1 asker' : `${count(phase.concurrency)} askers`;
}

/** "load, 330 /s offered"; the name alone where it tells the load already. */
export function phaseLabel(phase: PhaseRecord): string {
  const told = phase.loop === 'open' ? chosenRate(phase.offeredRate) : count(phase.concurrency);
  return phase.name.includes(told) ? phase.name : `${phase.name}, ${phaseLoad(phase)}`;
}

/** "at 330 /s", "with 8 askers": for the end of a sentence. */
export function underLoad(phase: PhaseRecord): string {
  if (phase.loop === 'open')
    return phase.offeredRate === null ? 'in an open loop' : `at ${chosenPerSecond(phase.offeredRate)}`;
  return `with ${phaseLoad(phase)}`;
}
