import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import { measuredPhases } from './phases.ts';

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

/**
 * The parts of a request one behind the other: what the generator was late by, the wait (what no stage accounts for), and the
 * stages in the order of the pipeline. Their lengths were told, their places were not. Empty where no stage was told.
 */
export function waterfall({ lagMs, latencyMs, stagesMs }: SlowRequest): WaterfallBar[] {
  if (stagesMs === null) return [];
  const spent = Object.values(stagesMs).reduce((sum, value) => sum + value, 0);
  const waiting = Math.max(0, latencyMs - Math.max(0, lagMs) - spent);
  const parts = [['lag', Math.max(0, lagMs)], ['waiting', waiting], ...Object.entries(stagesMs)] as const;
  let end = 0;
  return parts.flatMap(([name, length]) => {
    const start = end;
    end += length;
    return length > 0 ? [{ name, start, end }] : [];
  });
}
