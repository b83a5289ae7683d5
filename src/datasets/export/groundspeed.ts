import { corpusLines, questionLines } from '../written-set.ts';
import { type Exporter, sumOf } from './exporter.ts';

export const groundspeed: Exporter = {
  name: 'groundspeed',
  writes: 'questions.jsonl, corpus.jsonl and manifest.json: everything',
  write({ questions, corpus }) {
    return {
      files: {
        ...(corpus !== undefined && { 'corpus.jsonl': corpusLines(corpus) }),
        'questions.jsonl': questionLines(questions),
      },
      kept: {
        questions: questions.length,
        documents: corpus?.length ?? 0,
        judgements: sumOf(questions, ({ relevant }) => relevant.size),
      },
    };
  },
};
