import type { CacheWorkRecord, MachineRecord, PhaseRecord } from '../records/schema.ts';
import type { PhaseTracing } from '../records/trace-ids.ts';

/** What was decided about each row of a phase after it was over, by position. */
export interface PhaseVerdicts {
  /** RIGHT_CODES. A failed request of a scorable question is `wrong`. */
  readonly right: Uint8Array;
  /** Index into `classes`. */
  readonly funnel: Uint8Array;
  readonly classes: readonly string[];
  /** RIGHT_CODES by golden question: whether it was answered right where the answer was made anew, see fresh-answers.ts. */
  readonly fresh?: Uint8Array;
  /** Quality measures by row; NaN where the golden question cannot score. A failed request scores 0. */
  readonly measures?: readonly { readonly name: string; readonly ofRow: (row: number) => number }[];
}

export interface PhaseSetting
  extends Pick<
    PhaseRecord,
    | 'name'
    | 'loop'
    | 'arrivalProcess'
    | 'shape'
    | 'order'
    | 'thinkTimeMs'
    | 'cacheMode'
    | 'concurrency'
    | 'offeredRate'
    | 'endedBy'
    | 'startedAtEpochMs'
    | 'warmup'
  > {
  readonly targetKind: 'in-process' | 'http';
  /** Generator threads. */
  readonly threads: number;
  /** Milliseconds for which requests were sent: as planned, or up to the interruption. More than 0. */
  readonly duration: number;
  /** Milliseconds that the phase really took, drain included. */
  readonly elapsed: number;
  readonly deadline: number;
  readonly firstTokenDeadline: number | null;
  readonly stageNames: readonly string[];
  /** Which of its requests were traced; undefined where none was. */
  readonly tracing?: PhaseTracing | undefined;
  /** What the target's caches did meanwhile; undefined where nobody can look. */
  readonly caches?: CacheWorkRecord | undefined;
  readonly usage: Omit<PhaseRecord['generator'], 'maxInFlight' | 'threads'>;
  /** What was used of the generator's machine by second; undefined where nobody looked. */
  readonly machine?: MachineRecord | undefined;
}
