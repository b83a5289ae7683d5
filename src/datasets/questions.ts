import { parseEvidence } from './evidence-field.ts';
import { Fields } from './fields.ts';
import type { EvidenceQuote, GoldenQuestion } from './golden.ts';
import { decodeLines } from './lines.ts';

/** A question and the line that it was read from. */
export interface LocatedQuestion {
  readonly question: GoldenQuestion;
  readonly where: string;
}

/**
 * Reads golden questions, one JSON object a line: the fields of `questions.jsonl`, and those of a plain list
 * (`answer`, `source`). Without `id`, where that is allowed, a question is called `q` and its place in the file.
 * Throws `dataset.line`.
 */
export function parseQuestions(
  bytes: Uint8Array,
  file: string,
  options: { readonly ids: 'required' | 'optional' },
): LocatedQuestion[] {
  const questions: LocatedQuestion[] = [];
  for (const line of decodeLines(bytes, file)) {
    const fields = Fields.ofLine(line, file);
    const place = `q${questions.length + 1}`;
    const id =
      options.ids === 'required' ? fields.id('id', '_id') : (fields.optionalId('id', '_id') ?? place);
    questions.push({ question: questionOf(id, fields), where: fields.where });
  }
  return questions;
}

function questionOf(id: string, fields: Fields): GoldenQuestion {
  const evidence = parseEvidence(fields);
  const kind = fields.optionalText('kind');
  return {
    id,
    question: fields.text('question'),
    answers: [...fields.texts('answers'), ...fields.texts('answer')],
    forbidden: fields.texts('forbidden'),
    evidence,
    relevant: parseRelevant(fields, evidence),
    answerable: fields.boolean('answerable', kind !== 'unanswerable'),
    kind,
    difficulty: fields.optionalText('difficulty'),
    split: fields.optionalText('split'),
    derived: fields.boolean('derived', false),
    tags: fields.texts('tags'),
    must: fields.boolean('must', false),
  };
}

/**
 * `relevant` as a list of ids or as grades by id; else the `source` of a plain list; else the documents of the
 * evidence. What has no grade of its own has grade 1.
 */
function parseRelevant(
  fields: Fields,
  evidence: readonly (readonly EvidenceQuote[])[],
): ReadonlyMap<string, number> {
  const value = fields.value('relevant');
  if (value === undefined) {
    const sources = fields.texts('source').flatMap(splitSources);
    return gradeOne(sources.length > 0 ? sources : evidence.flat().map((quote) => quote.document));
  }
  if (Array.isArray(value)) return gradeOne(fields.texts('relevant'));
  return new Map(
    Object.entries(fields.object('relevant')).map(([document, grade]) => {
      if (typeof grade === 'number' && Number.isFinite(grade)) return [document, grade];
      throw fields.wrong(
        'relevant',
        'must be a list of document ids, or an object of numbers by document id',
      );
    }),
  );
}

export function gradeOne(documents: readonly string[]): ReadonlyMap<string, number> {
  return new Map(documents.map((document) => [document, 1]));
}

/** Document ids or URLs, separated by semicolons. */
export function splitSources(sources: string): string[] {
  return sources
    .split(';')
    .map((source) => source.trim())
    .filter((source) => source !== '');
}
