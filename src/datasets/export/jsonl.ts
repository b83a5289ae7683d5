import { corpusLines, questionLines } from '../written-set.ts';
import { type Exporter, sumOf } from './exporter.ts';

export const jsonl: Exporter = {
  name: 'jsonl',
  writes: 'golden.jsonl, a question a line, and corpus.jsonl',
  write({ questions, corpus }) {
    return {
      files: {
        ...(corpus !== undefined && { 'corpus.jsonl': corpusLines(corpus) }),
        'golden.jsonl': questionLines(questions),
      },
      kept: {
        questions: questions.length,
        documents: corpus?.length ?? 0,
        judgements: sumOf(questions, ({ relevant }) => relevant.size),
      },
    };
  },
};
