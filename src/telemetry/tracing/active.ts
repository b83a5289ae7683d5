import { AsyncLocalStorage } from 'node:async_hooks';

/** A trace by the ids that logs and exemplars quote. */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: of the query's own span. */
  readonly spanId: string;
  /** Whether its spans are kept; else nobody can look the trace up here. */
  readonly sampled: boolean;
}

/** Whatever runs on behalf of a traced question. */
export interface Traced {
  readonly ids: TraceIds;
}

/** What runs now belongs to this question. It costs nothing until something is traced: no storage is ever entered then. */
export const questionsUnderWay = new AsyncLocalStorage<Traced>();

/** The trace of the question that runs now; undefined outside of one, and while tracing is off. */
export function activeTrace(): TraceIds | undefined {
  return questionsUnderWay.getStore()?.ids;
}
