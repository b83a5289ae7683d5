import { corpusLines } from '../written-set.ts';
import { type Column, isPlainWord, JSON_COLUMNS, tableText, WORD_COLUMNS } from './columns.ts';
import { type Exporter, sumOf } from './exporter.ts';

const COLUMNS: readonly Column[] = [
  { name: 'id', cell: ({ id }) => id },
  { name: 'question', cell: ({ question }) => question },
  { name: 'answer', cell: ({ answers }) => answers[0] ?? '' },
  {
    name: 'source',
    cell: ({ relevant }) =>
      [...relevant]
        .filter(([document, grade]) => grade > 0 && isPlainWord(document))
        .map(([document]) => document)
        .join('; '),
  },
  ...WORD_COLUMNS,
  ...JSON_COLUMNS,
];

export const csv: Exporter = {
  name: 'csv',
  writes: `golden.csv (${COLUMNS.map(({ name }) => name).join(', ')}), safe to open in a spreadsheet, and corpus.jsonl`,
  write({ questions, corpus }, losses) {
    return {
      files: {
        ...(corpus !== undefined && { 'corpus.jsonl': corpusLines(corpus) }),
        'golden.csv': tableText(questions, COLUMNS, losses),
      },
      kept: {
        questions: questions.length,
        documents: corpus?.length ?? 0,
        judgements: sumOf(questions, ({ relevant }) => relevant.size),
      },
    };
  },
};
