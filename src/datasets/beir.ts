import { readEvidence } from './evidence-field.ts';
import { Fields } from './fields.ts';
import type { DatasetWarning, GoldenQuestion } from './golden.ts';
import { corruptLine, decodeLines, excerpt } from './lines.ts';
import type { LocatedQuestion } from './questions.ts';

/**
 * Reads BEIR's `queries.jsonl`: `_id`, `text`, and of `metadata` the fields `answers`, `is_impossible`, `evidence`,
 * `kind`, `difficulty`, `tags`, `derived`, `forbidden`, `split` and `must`. Metadata is free-form in BEIR, so what is not understood there is left alone.
 * Throws `dataset.line`; the judgements come from `joinQrels`.
 */
export function parseQueries(bytes: Uint8Array, file: string): LocatedQuestion[] {
  const questions: LocatedQuestion[] = [];
  for (const line of decodeLines(bytes, file)) {
    const fields = Fields.ofLine(line, file);
    const metadata = fields.object('metadata');
    const question: GoldenQuestion = {
      id: fields.id('_id', 'id'),
      question: fields.text('text'),
      answers: textsOf(metadata.answers),
      forbidden: textsOf(metadata.forbidden),
      evidence: readEvidence(metadata.evidence) ?? [],
      relevant: new Map(),
      answerable: metadata.is_impossible !== true,
      kind: textOf(metadata.kind),
      difficulty: textOf(metadata.difficulty),
      split: textOf(metadata.split),
      derived: metadata.derived === true,
      tags: textsOf(metadata.tags),
      must: metadata.must === true,
    };
    questions.push({ question, where: fields.where });
  }
  return questions;
}

function textsOf(value: unknown): readonly string[] {
  const items = Array.isArray(value) ? value : [value];
  return items
    .map((item: unknown) => (typeof item === 'number' ? String(item) : item))
    .filter((item) => typeof item === 'string')
    .filter((item) => item.trim() !== '');
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export interface Qrels {
  /** Grade by document, by query, in the order of the file. */
  readonly grades: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** The first line that names each query. */
  readonly lines: ReadonlyMap<string, string>;
}

const COLUMNS = 'query-id, corpus-id and score, separated by tabs';

/** Reads `qrels/<split>.tsv`, with or without its header. Throws `dataset.line`. */
export function parseQrels(bytes: Uint8Array, file: string): Qrels {
  const grades = new Map<string, Map<string, number>>();
  const lines = new Map<string, string>();
  let first = true;
  for (const line of decodeLines(bytes, file)) {
    const where = `${file}:${line.number}`;
    const cells = line.text.split('\t').map((cell) => cell.trim());
    const [query = '', document = '', score = ''] = cells;
    const header = first && /^(score|grade|rel\w*)$/i.test(score);
    first = false;
    if (header) continue;
    if (cells.length !== 3 || query === '' || document === '' || score === '') {
      throw corruptLine(where, `does not hold three columns: ${excerpt(line.text)}`, {
        hint: `A qrels file of BEIR has ${COLUMNS}. (TREC qrels, with four, are read by \`measure\`.)`,
      });
    }
    const grade = Number(score);
    if (!Number.isFinite(grade)) {
      throw corruptLine(where, `has a score that is not a number: ${excerpt(score)}`, {
        hint: `The columns are ${COLUMNS}.`,
      });
    }
    const judged = grades.get(query) ?? new Map<string, number>();
    const earlier = judged.get(document);
    if (earlier !== undefined && earlier !== grade) {
      throw corruptLine(
        where,
        `judges ${excerpt(document)} for ${excerpt(query)} again, with another score`,
        {
          hint: `It was ${earlier} before and is ${grade} here. Remove one of the two.`,
        },
      );
    }
    judged.set(document, grade);
    grades.set(query, judged);
    if (!lines.has(query)) lines.set(query, where);
  }
  return { grades, lines };
}

/** The questions that the qrels judge, with their grades; a judged query that is not there is a warning. */
export function joinQrels(
  queries: readonly LocatedQuestion[],
  qrels: Qrels,
  split: string,
): { questions: LocatedQuestion[]; warnings: DatasetWarning[] } {
  const missing = new Map(qrels.lines);
  const questions: LocatedQuestion[] = [];
  for (const { question, where } of queries) {
    missing.delete(question.id);
    const relevant = qrels.grades.get(question.id);
    if (relevant !== undefined) questions.push({ question: { ...question, relevant, split }, where });
    // Nothing can be judged relevant for it, and yet it belongs to the split that it names.
    else if (!question.answerable && question.split === split) questions.push({ question, where });
  }
  const warnings = [...missing].map(([query, where]): DatasetWarning => {
    const message = `The judgements name query ${JSON.stringify(query)}, which is not among the queries.`;
    return { code: 'unknown-question', message, where };
  });
  return { questions, warnings };
}
