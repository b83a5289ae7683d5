import {
  CACHE_CODES,
  MATCHED_OTHER,
  NO_RESPONSE,
  OUTCOMES,
  type RequestColumns,
  RIGHT_CODES,
  STALE_CODES,
} from '../../records/columns.ts';
import type { RunRecord } from '../../records/schema.ts';
import { OUTSIDE } from '../../records/time-parts.ts';
import { requestTrace } from '../../records/trace-ids.ts';
import { LINE_END, write, writeCell } from './cells.ts';
import { LineWriter } from './line-writer.ts';

const HEADINGS = [
  'phase',
  'question',
  'due_ms',
  'sent_ms',
  'first_token_ms',
  'end_ms',
  'latency_ms',
  'service_ms',
  'lag_ms',
  'outcome',
  'error',
  'cache',
  'stale',
  'matched',
  'right',
  'funnel',
  'response',
];

/** Bytes after which a chunk is handed on. */
const CHUNK = 1 << 16;

/**
 * One line a request, in chunks of some hundred lines, so that memory stays flat. Times in milliseconds since the phase
 * began, to the microsecond: finer is noise. Empty where there is none. lag_ms, the parts that the target tells (queue_ms is its
 * own wait for a turn) and outside_ms, which is the rest, add up to latency_ms.
 */
export async function* renderRequestsCsv(record: RunRecord, columns: RequestColumns): AsyncGenerator<string> {
  const stages = record.load?.stages ?? [];
  const traced = isTraced(record) ? ['trace_id'] : [];
  const parts = stages.length === 0 ? [] : [...stages, OUTSIDE];
  yield write([[...HEADINGS, ...parts.map((part) => `${part}_ms`), ...traced]]);
  const lines = new LineWriter(CHUNK + 4096);
  const writeLine = lineWriting(record, columns, lines);
  for (let row = 0; row < columns.length; row += 1) {
    writeLine(row);
    if (lines.length >= CHUNK) yield lines.take();
  }
  if (lines.length > 0) yield lines.take();
}

const COMMA = Buffer.from(',');

/** A matched question that is none of the golden ones. */
const OTHER = Buffer.from('(other)');
const END = Buffer.from(LINE_END);

/** Writes single requests. Names are quoted once, not once a line: all else on a line is numbers. */
function lineWriting(
  record: RunRecord,
  { columns, stages }: RequestColumns,
  into: LineWriter,
): (row: number) => void {
  const { load } = record;
  const phases = fields(load?.phases.map(({ name }) => name));
  const questions = fields(record.questions?.map(({ id }) => id));
  const errors = fields(['', ...(load?.errorClasses.map(({ name }) => name) ?? [])]);
  const classes = fields(load?.funnelClasses);
  const [outcomes, caches, rights] = [fields(OUTCOMES), fields(CACHE_CODES), fields(RIGHT_CODES)];
  const stales = fields(STALE_CODES.map((name) => (name === 'unknown' ? '' : name)));
  const traced = isTraced(record);
  const tracings = load?.phases.map(({ tracing }) => tracing) ?? [];
  const matched = (code: number): void => {
    if (code > 0 && code !== MATCHED_OTHER) {
      named(questions, code - 1);
      return;
    }
    if (code > 0) into.text(OTHER);
    into.text(COMMA);
  };
  const named = (names: readonly Buffer[], code: number): void => {
    const name = names[code];
    if (name === undefined) into.whole(code);
    else into.text(name);
    into.text(COMMA);
  };
  const time = (ms: number): void => {
    into.thousandths(ms);
    into.text(COMMA);
  };
  return (row) => {
    const due = columns.due[row]!;
    const sent = columns.sent[row]!;
    const end = columns.end[row]!;
    const response = columns.response[row]!;
    named(phases, columns.phase[row]!);
    named(questions, columns.question[row]!);
    time(due);
    time(sent);
    time(columns.first[row]!);
    time(end);
    time(end - due);
    time(end - sent);
    time(sent - due);
    named(outcomes, columns.outcome[row]!);
    named(errors, columns.errorClass[row]!);
    named(caches, columns.cache[row]!);
    named(stales, columns.stale[row]!);
    matched(columns.matched[row]!);
    named(rights, columns.right[row]!);
    named(classes, columns.funnel[row]!);
    if (response !== NO_RESPONSE) into.whole(response);
    let [spent, told] = [Math.max(0, sent - due), 0];
    for (const values of stages) {
      const value = values[row]!;
      into.text(COMMA);
      into.thousandths(value);
      if (Number.isNaN(value)) continue;
      spent += value;
      told += 1;
    }
    if (stages.length > 0) {
      into.text(COMMA);
      into.thousandths(told === 0 ? Number.NaN : Math.max(0, end - due - spent));
    }
    if (traced) {
      into.text(COMMA);
      const tracing = tracings[columns.phase[row]!];
      const trace = tracing && requestTrace(tracing, { question: columns.question[row]!, due });
      if (trace !== undefined) into.text(Buffer.from(trace.traceId));
    }
    into.text(END);
  };
}

/** Whether any request began a trace: only then is there a column for it. */
const isTraced = ({ load }: RunRecord): boolean => load?.phases.some(({ tracing }) => tracing) ?? false;

function fields(names: readonly string[] = []): Buffer[] {
  return names.map((name) => Buffer.from(writeCell(name)));
}
