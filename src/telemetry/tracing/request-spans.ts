import type { TracingOptions } from '../options.ts';
import { ATTRIBUTE } from './attributes.ts';
import { loadSdk } from './sdk.ts';
import type { SpanFigures } from './span-counts.ts';
import { calendarAt } from './write-spans.ts';

/** One request that a load generator sent as the beginning of a trace. Times are milliseconds since 1970, with a fraction. */
export interface SentRequest {
  readonly traceId: string;
  readonly spanId: string;
  readonly due: number;
  readonly sent: number;
  /** Undefined where no first token was told. */
  readonly firstToken: number | undefined;
  readonly end: number;
  readonly phase: string;
  /** Id of the golden question. */
  readonly question: string;
  readonly outcome: string;
  /** The class of failure; undefined for an answer. */
  readonly error: string | undefined;
}

export interface RequestSpansSetting {
  readonly options: TracingOptions & { readonly endpoint: string };
  readonly version: string;
  /** Of the run, for whoever looks for its traces. */
  readonly runId: string;
}

/** Spans between two waits for the collector, so that none has to be dropped for want of room. */
const AT_ONCE = 400;

/**
 * The generator's own spans, written once a run is over, so that they cost it nothing: `load.request` from due to end, above
 * the target's own. Ids are those that the target was told.
 */
export async function exportRequestSpans(
  { options, version, runId }: RequestSpansSetting,
  requests: Iterable<SentRequest>,
): Promise<SpanFigures> {
  const sdk = await loadSdk({ options: { ...options, sampler: 'always_on' }, version });
  const { api } = sdk;
  const at = calendarAt(0, 0);
  let written = 0;
  for (const request of requests) {
    const { due, sent, firstToken, end, phase, question, outcome, error } = request;
    const span = sdk.startAs(request, 'load.request', {
      kind: api.SpanKind.CLIENT,
      startTime: at(due),
      attributes: {
        'loadgen.run_id': runId,
        'loadgen.phase': phase,
        'loadgen.question_id': question,
        'loadgen.lag_ms': sent - due,
        [ATTRIBUTE.outcome]: outcome,
        ...(error !== undefined && { [ATTRIBUTE.errorType]: error }),
      },
    });
    span.addEvent('sent', at(sent));
    if (firstToken !== undefined) span.addEvent('first token', at(firstToken));
    if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR });
    span.end(at(end));
    written += 1;
    if (written % AT_ONCE === 0) {
      await sdk.flush();
      if (sdk.figures().dropped.export_failed > 0) break; // nobody listens: the rest would be lost as well
    }
  }
  await sdk.stop();
  return sdk.figures();
}
