/** A trace by the ids that logs and exemplars quote. */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: of the query's own span. */
  readonly spanId: string;
  /** Whether its spans are kept; else nobody can look the trace up here. */
  readonly sampled: boolean;
}

/**
 * What is done on behalf of a traced question. It goes with the question as its tag (`AskOptions.tag`), and comes back with the
 * engine's events. An `AsyncLocalStorage` would need no tag, and made every question of the process 5 % slower, sampled or not
 * (Node 20, 0.21 ms a question).
 */
export interface Traced {
  readonly ids: TraceIds;
}

/** The trace of a question by its tag; undefined where it has none. */
export function traceOf(tag: object | undefined): TraceIds | undefined {
  return (tag as Partial<Traced> | undefined)?.ids;
}

/** Of a trace that can be looked up: an exemplar must not lead to one that is not kept. */
export function sampledTraceId(tag: object | undefined): string | undefined {
  const trace = traceOf(tag);
  return trace?.sampled ? trace.traceId : undefined;
}
