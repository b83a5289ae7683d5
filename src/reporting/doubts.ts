import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import { count, seconds, share } from './format.ts';
import { UNSCORED_LIMIT } from './headline.ts';
import { drawnPhases, headlinePhase, measuredPhases } from './phases.ts';
import { ENDED_BY } from './words.ts';

export interface Doubt {
  /** `stop`: the numbers must not be trusted. `mind`: read them with this in mind. */
  readonly weight: 'stop' | 'mind';
  readonly text: string;
}

/** Why the numbers, or some of them, cannot be taken at face value; the gravest first. */
export function doubts(record: RunRecord): Doubt[] {
  const stops = judgedPhases(record)
    .filter(({ valid }) => !valid)
    .map(
      ({ name, invalidReasons }) =>
        `Phase ${name} is invalid: ${invalidReasons.join('; ') || 'no reason was recorded'}.`,
    );
  if (!record.complete)
    stops.unshift('The run was interrupted: what is here was measured, the rest was not.');
  const minds = [
    ...unscoredDoubts(record),
    ...endedDoubts(record),
    ...unsteadyDoubts(record),
    ...sideDoubts(record),
    ...(record.capacity?.notes ?? []),
    ...record.notes,
    ...inputDoubts(record),
  ];
  return [
    ...stops.map((text) => ({ weight: 'stop', text }) as const),
    ...minds.map((text) => ({ weight: 'mind', text }) as const),
  ];
}

/** Phases that the answer rests on: of a capacity search only the probes on either side of it, of a drill its first arm. */
function judgedPhases(record: RunRecord): PhaseRecord[] {
  if (record.drill) return [headlinePhase(record)].filter((phase) => phase !== undefined);
  return record.capacity ? drawnPhases(record).map(({ phase }) => phase) : measuredPhases(record);
}

/** Probes that the answer of a capacity search does not rest on may be invalid without harm to it. */
function sideDoubts(record: RunRecord): string[] {
  if (!record.capacity) return [];
  const judged = judgedPhases(record);
  const invalid = measuredPhases(record).filter((phase) => !phase.valid && !judged.includes(phase));
  return invalid.length > 0
    ? [`Probes that are invalid, and not part of the answer: ${namesOf(invalid)}.`]
    : [];
}

function endedDoubts(record: RunRecord): string[] {
  return measuredPhases(record).flatMap(({ name, endedBy, scheduledSeconds }) =>
    endedBy === null || endedBy === 'interrupted'
      ? []
      : [
          `Phase ${name} was ${ENDED_BY[endedBy]} after ${seconds(scheduledSeconds)}; what was measured until then stands.`,
        ],
  );
}

function unscoredDoubts(record: RunRecord): string[] {
  const phases = judgedPhases(record);
  const withheld = phases.filter(({ unscoredShare }) => unscoredShare > UNSCORED_LIMIT);
  const most = Math.max(0, record.quality?.unscoredShare ?? 0, ...phases.map((phase) => phase.unscoredShare));
  return [
    ...(most > 0 ? [`Up to ${share(most)} of arrivals and questions could not be scored.`] : []),
    ...(withheld.length > 0
      ? [`Attainment is withheld above ${share(UNSCORED_LIMIT)} unscored: ${namesOf(withheld)}.`]
      : []),
  ];
}

function unsteadyDoubts(record: RunRecord): string[] {
  // A drill is there to disturb the steady state.
  if (record.drill) return [];
  const unsteady = judgedPhases(record).filter(({ steadyState }) => steadyState?.steady === false);
  return unsteady.length > 0 ? [`No steady state was reached in ${namesOf(unsteady)}.`] : [];
}

function inputDoubts({ ingest, dataset }: RunRecord): string[] {
  const left = [...(ingest?.failed ?? []), ...(ingest?.skipped ?? []), ...(ingest?.quarantined ?? [])];
  const failed = left.length;
  const warned = (dataset?.warnings ?? []).reduce((sum, warning) => sum + warning.count, 0);
  return [
    ...(failed > 0 ? [`Documents that could not be indexed: ${count(failed)}.`] : []),
    ...(warned > 0 ? [`Warnings about the golden set: ${count(warned)}.`] : []),
  ];
}

function namesOf(phases: readonly PhaseRecord[]): string {
  return phases.map(({ name }) => name).join(', ');
}
