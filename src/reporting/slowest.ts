import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import { LAG, OUTSIDE, QUEUE } from '../records/time-parts.ts';
import { ms } from './format.ts';
import { measuredPhases } from './phases.ts';
import { oneLine } from './plain.ts';

type SlowRequest = NonNullable<PhaseRecord['slowest']>[number];

/** One of the slowest requests, with the phase that it was in and the name of its question. */
export interface PlacedSlowRequest extends SlowRequest {
  readonly phase: string;
  readonly id: string;
}

/** One part of a request's time, in milliseconds from when it was due. */
export interface WaterfallBar {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The slowest requests of all measured phases, slowest first. */
export function slowestRequests(record: RunRecord, limit: number): PlacedSlowRequest[] {
  return measuredPhases(record)
    .flatMap(({ name, slowest = [] }) =>
      slowest.map((request) => ({
        ...request,
        phase: name,
        id: record.questions?.[request.question]?.id ?? String(request.question),
      })),
    )
    .sort((a, b) => b.latencyMs - a.latencyMs)
    .slice(0, limit);
}

/** Of a request that told nothing of its time, a timeout mostly: all of it but the lag. */
export const UNTOLD = 'untold';

/**
 * The parts of a request one behind the other: what the generator was late by, the target's queue where it told it, its
 * stages in the order of the pipeline, and what neither accounts for. Their lengths were told, their places were not.
 */
export function waterfall({ lagMs, latencyMs, stagesMs }: Timed): WaterfallBar[] {
  const lag = Math.max(0, lagMs);
  const { [QUEUE]: queue = 0, ...stages } = stagesMs ?? {};
  const spent = Object.values(stages).reduce((sum, value) => sum + value, lag + queue);
  const rest = Math.max(0, latencyMs - spent);
  const parts = [
    [LAG, lag],
    [QUEUE, queue],
    ...Object.entries(stages),
    [stagesMs === null ? UNTOLD : OUTSIDE, rest],
  ] as const;
  let end = 0;
  return parts.flatMap(([name, length]) => {
    const start = end;
    end += length;
    return length > 0 ? [{ name, start, end }] : [];
  });
}

type Timed = Pick<SlowRequest, 'lagMs' | 'latencyMs' | 'stagesMs'>;

/** "queue 80.0, generate 17.0, outside 2.0 (ms)": the longest first, those of a fiftieth or more. */
export function partsOf(request: Timed): string {
  const parts = waterfall(request)
    .map(({ name, start, end }) => ({ name, length: end - start }))
    .filter(({ length }) => length >= request.latencyMs / 50)
    .sort((a, b) => b.length - a.length);
  return `${parts.map(({ name, length }) => `${oneLine(name)} ${ms(length)}`).join(', ')} ms`;
}
