import type { CorpusDocument, GoldenQuestion } from '../golden.ts';
import { splitFileName } from '../import/split-names.ts';
import type { Losses } from '../loss.ts';
import { DEFAULT_SPLIT } from '../splits.ts';
import { evidenceField } from '../written-set.ts';
import { isWritable } from './cells.ts';
import { type Exporter, placeOf, splitsOf, sumOf } from './exporter.ts';

export const beir: Exporter = {
  name: 'beir',
  writes:
    'corpus.jsonl, queries.jsonl with the questions of all splits (unanswerable ones included; what BEIR has no field for in metadata), and qrels/<split>.tsv',
  write({ questions, corpus }, losses) {
    const kept = sumOf(questions, (question) => keptJudgements(question, losses));
    const splits = splitsOf(questions);
    const files = Object.fromEntries(
      (splits.length === 0 ? [DEFAULT_SPLIT] : splits).map((split) => {
        const asked = questions.filter((question) => (question.split ?? split) === split);
        return [`qrels/${splitFileName(split)}.tsv`, qrelsLines(asked)];
      }),
    );
    return {
      files: {
        ...(corpus !== undefined && { 'corpus.jsonl': documentLines(corpus) }),
        'queries.jsonl': queryLines(questions),
        ...files,
      },
      kept: { questions: questions.length, documents: corpus?.length ?? 0, judgements: kept },
    };
  },
};

function* documentLines(corpus: readonly CorpusDocument[]): Generator<string> {
  for (const { id, title, text, metadata } of corpus) {
    const more = Object.keys(metadata).length > 0 ? { metadata } : {};
    yield `${JSON.stringify({ _id: id, title, text, ...more })}\n`;
  }
}

function* queryLines(questions: readonly GoldenQuestion[]): Generator<string> {
  for (const question of questions) {
    const { id, question: text, answers, forbidden, evidence, kind, difficulty, split, tags } = question;
    const metadata = {
      ...(answers.length > 0 && { answers }),
      is_impossible: !question.answerable,
      ...(evidence.length > 0 && { evidence: evidenceField(question) }),
      ...(kind !== undefined && { kind }),
      ...(difficulty !== undefined && { difficulty }),
      ...(tags.length > 0 && { tags }),
      ...(question.derived && { derived: true }),
      ...(forbidden.length > 0 && { forbidden }),
      ...(question.must && { must: true }),
      // Null says that the question is of no split, and so asked with each of them.
      split: split ?? null,
    };
    yield `${JSON.stringify({ _id: id, text, metadata })}\n`;
  }
}

/** Whether a column of a TSV file can hold an id. */
const isColumn = (id: string): boolean =>
  id !== '' && id.trim() === id && !/[\t\n\r]/.test(id) && isWritable(id);

function keptJudgements(question: GoldenQuestion, losses: Losses): number {
  const fit = isColumn(question.id) ? [...question.relevant.keys()].filter(isColumn).length : 0;
  const note = {
    kind: 'id',
    of: 'judgement',
    what: 'judgements whose ids hold tabs, line breaks or outer white space, which qrels cannot hold',
    where: placeOf(question),
  } as const;
  losses.add(note, question.relevant.size - fit);
  return fit;
}

function* qrelsLines(questions: readonly GoldenQuestion[]): Generator<string> {
  yield 'query-id\tcorpus-id\tscore\n';
  for (const { id, relevant } of questions) {
    if (!isColumn(id)) continue;
    for (const [document, grade] of relevant) if (isColumn(document)) yield `${id}\t${document}\t${grade}\n`;
  }
}
