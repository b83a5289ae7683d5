import { ATTRIBUTE, EVALUATION_EVENT } from './attributes.ts';
import type { LoadedSdk } from './sdk.ts';
import type { TraceIds } from './trace-ids.ts';

/** What an answer was scored, in the words of OpenTelemetry's conventions for generative AI. */
export interface EvaluationScore {
  /** Of the evaluator. */
  readonly name: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly label?: 'pass' | 'fail' | undefined;
}

/**
 * Adds to a trace, whose own span has ended, that its answer was scored: a short span below it with an event for each score. It is kept
 * where the trace is.
 */
export function writeEvaluation(
  { api, tracer }: Pick<LoadedSdk, 'api' | 'tracer'>,
  { traceId, spanId, sampled }: TraceIds,
  results: readonly EvaluationScore[],
): void {
  if (!sampled) return;
  const parent = api.trace.setSpanContext(api.ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: api.TraceFlags.SAMPLED,
  });
  const attributes = { [ATTRIBUTE.spanKind]: 'EVALUATOR' };
  const span = tracer.startSpan('evaluate', { kind: api.SpanKind.INTERNAL, attributes }, parent);
  for (const { name, score, label } of results) {
    span.addEvent(EVALUATION_EVENT, {
      [ATTRIBUTE.evaluationName]: name,
      [ATTRIBUTE.evaluationScore]: score,
      ...(label !== undefined && { [ATTRIBUTE.evaluationLabel]: label }),
    });
  }
  span.end();
}
