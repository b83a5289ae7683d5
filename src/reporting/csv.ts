import type { QuestionRecord, RunRecord } from '../records/schema.ts';
import { type Cell, write } from './csv/cells.ts';

export { renderBlocksCsv } from './csv/blocks.ts';
export { neutralise } from './csv/cells.ts';
export { renderDrillSecondsCsv, renderDrillWindowsCsv } from './csv/drill.ts';
export { renderGateCsv } from './csv/gate.ts';
export { renderPhasesCsv } from './csv/phases.ts';
export { renderProbesCsv } from './csv/probes.ts';
export { renderRequestsCsv } from './csv/requests.ts';

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
