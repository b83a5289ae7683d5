import { CACHE_CODES, OUTCOMES } from '../records/columns.ts';
import type { PhaseRecord } from '../records/schema.ts';
import { type PhaseTracing, requestTrace } from '../records/trace-ids.ts';
import type { PhaseRecorder } from './recorder.ts';

/** So many are told of: enough to see whether they are alike. */
const SLOWEST = 10;

interface Setting {
  /** By row; NaN where there is none. */
  readonly latency: Float64Array;
  /** Of the stage columns. */
  readonly names: readonly string[];
  readonly tracing: PhaseTracing | undefined;
}

/** The slowest requests of a phase, slowest first, with what is known of each: its parts, and its trace where it has one. */
export function slowestRequests(
  rows: PhaseRecorder,
  { latency, names, tracing }: Setting,
): NonNullable<PhaseRecord['slowest']> {
  const slowest: number[] = [];
  for (let row = 0; row < rows.rows; row += 1) {
    const value = latency[row]!;
    if (Number.isNaN(value)) continue;
    const last = slowest.at(-1);
    if (slowest.length === SLOWEST && !(value > latency[last!]!)) continue;
    const place = slowest.findIndex((other) => latency[other]! < value);
    slowest.splice(place < 0 ? slowest.length : place, 0, row);
    if (slowest.length > SLOWEST) slowest.pop();
  }
  return slowest.map((row) => {
    const question = rows.question[row]!;
    const due = rows.due[row]!;
    const told = rows.stages.some((stage) => !Number.isNaN(stage.at(row)));
    return {
      question,
      dueMs: due,
      lagMs: rows.sent[row]! - due,
      latencyMs: latency[row]!,
      outcome: OUTCOMES[rows.outcome[row]!]!,
      cache: CACHE_CODES[rows.cache[row]!]!,
      stagesMs: told
        ? Object.fromEntries(
            names.flatMap((name, stage) => {
              const spent = rows.stages[stage]!.at(row);
              return Number.isNaN(spent) ? [] : [[name, spent]];
            }),
          )
        : null,
      traceId: (tracing && requestTrace(tracing, { question, due })?.traceId) ?? null,
    };
  });
}
