import { stringify } from 'csv-stringify/sync';
import { CACHE_CODES, NO_RESPONSE, OUTCOMES, type RequestColumns, RIGHT_CODES } from '../records/columns.ts';
import type { QuestionRecord, RunRecord } from '../records/schema.ts';
import { type Cell, LINE_END, neutralise, write } from './csv/cells.ts';

export { neutralise } from './csv/cells.ts';
export { renderPhasesCsv } from './csv/phases.ts';
export { renderProbesCsv } from './csv/probes.ts';

/** Rows turned to text at a time: what is held in memory, however many there are. */
const ROWS_A_CHUNK = 4096;

/**
 * One line a request, in chunks of a few thousand lines, so that memory stays flat. Times in milliseconds since the
 * phase began; empty where there is none.
 */
export async function* renderRequestsCsv(record: RunRecord, columns: RequestColumns): AsyncGenerator<string> {
  const stages = record.load?.stages ?? [];
  yield write([[...REQUEST_HEADINGS, ...stages.map((stage) => `${stage}_ms`)]]);
  const lineOf = requestLines(record, columns);
  for (let start = 0; start < columns.length; start += ROWS_A_CHUNK) {
    const end = Math.min(start + ROWS_A_CHUNK, columns.length);
    let chunk = '';
    for (let row = start; row < end; row += 1) chunk += lineOf(row);
    yield chunk;
  }
}

const REQUEST_HEADINGS = [
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
  'right',
  'funnel',
  'response',
];

/** Writes single requests. Names are quoted once, not once a line: all else on a line is numbers. */
function requestLines(record: RunRecord, { columns, stages }: RequestColumns): (row: number) => string {
  const { load } = record;
  const phases = fields(load?.phases.map(({ name }) => name));
  const questions = fields(record.questions?.map(({ id }) => id));
  const errors = fields(['', ...(load?.errorClasses.map(({ name }) => name) ?? [])]);
  const classes = fields(load?.funnelClasses);
  const text = (names: readonly string[], code: number): string => names[code] ?? String(code);
  return (row) => {
    const due = columns.due[row]!;
    const sent = columns.sent[row]!;
    const end = columns.end[row]!;
    const response = columns.response[row]!;
    const cells = [
      text(phases, columns.phase[row]!),
      text(questions, columns.question[row]!),
      micro(due),
      micro(sent),
      micro(columns.first[row]!),
      micro(end),
      micro(end - due),
      micro(end - sent),
      micro(sent - due),
      text(OUTCOMES, columns.outcome[row]!),
      text(errors, columns.errorClass[row]!),
      text(CACHE_CODES, columns.cache[row]!),
      text(RIGHT_CODES, columns.right[row]!),
      text(classes, columns.funnel[row]!),
      response === NO_RESPONSE ? '' : String(response),
      ...stages.map((values) => micro(values[row]!)),
    ];
    return cells.join(',') + LINE_END;
  };
}

function fields(names: readonly string[] = []): string[] {
  return names.map((name) => stringify([[neutralise(name)]], { eof: false }));
}

/** To the microsecond: finer is noise, and floating point would print it in seventeen digits. */
function micro(ms: number): string {
  return Number.isNaN(ms) ? '' : String(Math.round(ms * 1000) / 1000);
}

const QUESTION_HEADINGS = [
  'id',
  'question',
  'kind',
  'difficulty',
  'answerable',
  'right',
  'funnel',
  'first_relevant_rank',
  'latency_ms',
  'expected_answers',
  'forbidden',
  'evidence',
  'relevant',
  'answer',
  'abstained',
  'confidence',
  'top_documents',
  'error',
];
const TOP_DOCUMENTS = 10;

/** One line a golden question, with every score. Lists are joined by " | ". */
export function renderQuestionsCsv({ questions = [] }: RunRecord): string {
  const measures = [...new Set(questions.flatMap(({ scores }) => Object.keys(scores)))];
  return write([
    [...QUESTION_HEADINGS, ...measures],
    ...questions.map((question) => [
      ...questionCells(question),
      ...measures.map((name) => question.scores[name] ?? null),
    ]),
  ]);
}

function questionCells(question: QuestionRecord): Cell[] {
  const { expected, returned } = question;
  return [
    question.id,
    question.question,
    question.kind,
    question.difficulty,
    question.answerable,
    question.right,
    question.funnel,
    question.firstRelevantRank,
    question.latencyMs === null ? null : Math.round(question.latencyMs * 1000) / 1000,
    joined(expected.answers),
    joined(expected.forbidden),
    joined(expected.evidence.flat().map(({ document, quote }) => `${document}: ${quote}`)),
    joined(expected.relevant),
    returned?.answer ?? null,
    returned?.abstained ?? null,
    returned?.confidence ?? null,
    joined(returned?.ranking?.slice(0, TOP_DOCUMENTS) ?? []),
    question.error,
  ];
}

function joined(items: readonly string[]): string {
  return items.join(' | ');
}
