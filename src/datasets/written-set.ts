import type { CorpusDocument, GoldenQuestion } from './golden.ts';

/** A golden set as it is written: all splits together. */
export interface WrittenSet {
  readonly name: string;
  readonly version?: string | undefined;
  readonly licence?: string | undefined;
  readonly description?: string | undefined;
  readonly questions: readonly GoldenQuestion[];
  /** Undefined where the set brings none. */
  readonly corpus: readonly CorpusDocument[] | undefined;
}

/** Lines of `questions.jsonl`, from which `parseQuestions` makes the same questions again. */
export function* questionLines(questions: Iterable<GoldenQuestion>): Generator<string> {
  for (const question of questions) yield `${JSON.stringify(questionFields(question))}\n`;
}

/** A question as its line has it: what it does not have is left out. */
export function questionFields(question: GoldenQuestion): Record<string, unknown> {
  const { answers, forbidden, evidence, relevant, tags } = question;
  return {
    id: question.id,
    question: question.question,
    ...(answers.length > 0 && { answers }),
    ...(forbidden.length > 0 && { forbidden }),
    ...(evidence.length > 0 && { evidence: evidenceField(question) }),
    // Left out, it would be read from the evidence.
    ...((relevant.size > 0 || evidence.length > 0) && { relevant: Object.fromEntries(relevant) }),
    answerable: question.answerable,
    ...(question.kind !== undefined && { kind: question.kind }),
    ...(question.difficulty !== undefined && { difficulty: question.difficulty }),
    ...(question.split !== undefined && { split: question.split }),
    ...(question.derived && { derived: true }),
    ...(tags.length > 0 && { tags }),
    ...(question.must && { must: true }),
  };
}

/** AND of ORs: a group of one quote stands as the quote itself. */
export function evidenceField({ evidence }: Pick<GoldenQuestion, 'evidence'>): unknown[] {
  return evidence.map((group) => {
    const quotes = group.map(({ document, quote }) => ({ document, quote }));
    return quotes.length === 1 ? quotes[0] : quotes;
  });
}

/** Lines of `corpus.jsonl`, from which `parseCorpus` makes the same documents again. */
export function* corpusLines(corpus: Iterable<CorpusDocument>): Generator<string> {
  for (const { id, title, text, metadata } of corpus) {
    const optional = {
      ...(title !== '' && { title }),
      text,
      ...(Object.keys(metadata).length > 0 && { metadata }),
    };
    yield `${JSON.stringify({ id, ...optional })}\n`;
  }
}

/** Questions by split, as the manifest has them. */
export function splitCounts(questions: Iterable<GoldenQuestion>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { split } of questions) {
    if (split !== undefined) counts.set(split, (counts.get(split) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
