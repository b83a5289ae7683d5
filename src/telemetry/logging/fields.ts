/**
 * All that a line of the log may hold beside its level, time, message, request id and trace. It is a list of what may be, not of
 * what may not: a field that nobody thought of is left out.
 */
export const LOGGED_FIELDS = [
  'req',
  'res',
  'err',
  'trace_id',
  'span_id',
  'event',
  'status',
  'ms',
  'query_sha256',
  'query_chars',
  /** The first characters of the question: only where `telemetry.content` says so. */
  'query',
  'outcome',
  'code',
  'documents',
  'scores',
  'stages',
  'cache',
  'degraded',
  'queue_ms',
  'first_token_ms',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'dependency',
  'from',
  'to',
  'level_of_answer',
  'reason',
  'queue',
  'count',
  'indexed',
  'unchanged',
  'failed',
  'skipped',
  'quarantined',
  'index_version',
  'dataset',
  'recall',
  /** Of a process of the service. */
  'role',
  'worker_pid',
] as const;
export type LoggedField = (typeof LOGGED_FIELDS)[number];
export type LoggedFields = Partial<Readonly<Record<LoggedField, unknown>>>;

const ALLOWED: ReadonlySet<string> = new Set(LOGGED_FIELDS);

/** The fields that may be logged, and no others. */
export function allowedFields(given: object): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) if (ALLOWED.has(name)) kept[name] = value;
  return kept;
}
