import type { GoldenQuestion } from '../golden.ts';
import { corpusLines, questionFields } from '../written-set.ts';
import { type Exporter, sumOf } from './exporter.ts';

export const ragas: Exporter = {
  name: 'ragas',
  writes:
    'ragas.jsonl with user_input, reference, reference_contexts and reference_context_ids (what ragas has no field for beside them, under our names), and corpus.jsonl',
  write({ questions, corpus }) {
    return {
      files: {
        ...(corpus !== undefined && { 'corpus.jsonl': corpusLines(corpus) }),
        'ragas.jsonl': lines(questions),
      },
      kept: {
        questions: questions.length,
        documents: corpus?.length ?? 0,
        judgements: sumOf(questions, ({ relevant }) => relevant.size),
      },
    };
  },
};

function* lines(questions: readonly GoldenQuestion[]): Generator<string> {
  for (const question of questions) {
    const { question: user_input, id, ...own } = questionFields(question);
    // Of each group the first quote: ragas wants every reference context found.
    const quotes = question.evidence.map(([quote]) => quote!);
    const relevant = [...question.relevant].filter(([, grade]) => grade > 0).map(([document]) => document);
    const fields = {
      id,
      user_input,
      reference: question.answers[0] ?? '',
      reference_contexts: quotes.map(({ quote }) => quote),
      reference_context_ids: quotes.length > 0 ? quotes.map(({ document }) => document) : relevant,
      ...own,
    };
    yield `${JSON.stringify(fields)}\n`;
  }
}
