import type { RunResult } from '../experiments/setup.ts';
import { OUTCOMES, type RequestColumns } from '../records/columns.ts';
import type { RunRecord } from '../records/schema.ts';
import { requestTrace } from '../records/trace-ids.ts';
import { counted } from '../reporting/format.ts';
import { ownVersion } from '../system/machine.ts';
import type { TracingOptions } from '../telemetry/options.ts';
import { exportRequestSpans, type SentRequest } from '../telemetry/tracing/request-spans.ts';
import type { Progress } from './progress.ts';

/** The requests of a run that began a trace, in the order of the rows. */
export function* tracedRequests(
  record: RunRecord,
  { length, columns }: RequestColumns,
): Generator<SentRequest> {
  const { load, questions } = record;
  for (let row = 0; row < length; row += 1) {
    const phase = load?.phases[columns.phase[row]!];
    const [question, due, sent, end] = [
      columns.question[row]!,
      columns.due[row]!,
      columns.sent[row]!,
      columns.end[row]!,
    ];
    const trace = phase?.tracing && requestTrace(phase.tracing, { question, due });
    if (phase === undefined || trace === undefined || Number.isNaN(sent) || Number.isNaN(end)) continue;
    const first = columns.first[row]!;
    const origin = phase.startedAtEpochMs;
    const outcome = OUTCOMES[columns.outcome[row]!]!;
    const failure = load?.errorClasses[columns.errorClass[row]! - 1]?.name ?? outcome;
    yield {
      ...trace,
      due: origin + due,
      sent: origin + sent,
      firstToken: Number.isNaN(first) ? undefined : origin + first,
      end: origin + end,
      phase: phase.name,
      question: questions?.[question]?.id ?? String(question),
      outcome,
      error: outcome === 'completed' ? undefined : failure,
    };
  }
}

/** Sends the generator's spans of a run that is over; without a collector, or without traced requests, does nothing. */
export async function sendTraces(
  { record, requests }: RunResult,
  { endpoint, disabled, ...options }: TracingOptions,
  progress: Pick<Progress, 'warn'>,
): Promise<void> {
  const isTraced = record.load?.phases.some(({ tracing }) => tracing !== undefined);
  if (endpoint === undefined || disabled || !isTraced || requests === undefined) return;
  const setting = { options: { ...options, endpoint, disabled }, version: ownVersion(), runId: record.id };
  const { ended, exported } = await exportRequestSpans(setting, tracedRequests(record, requests));
  if (exported < ended) {
    progress.warn(`${counted(ended - exported, 'span')} of ${ended} did not reach ${new URL(endpoint).host}`);
  }
}
