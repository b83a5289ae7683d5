import { GroundspeedError } from '../kernel/errors.ts';

/** Grade by document id, by question id. */
export type Qrels = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface TrecResult {
  readonly id: string;
  /** In single precision, as trec_eval keeps it: what is equal there ties here. */
  readonly score: number;
}

/** Results by question id, as the file has them: not yet in order. */
export type TrecRun = ReadonlyMap<string, readonly TrecResult[]>;

/** What a ranker found for one question, best first. */
export interface Ranking {
  readonly question: string;
  readonly ids: readonly string[];
  readonly scores: ArrayLike<number>;
}

/**
 * Relevance judgements in TREC format: question, an unused column, document, grade. `file` names the text in errors
 * (`trec.format`), which give the line.
 */
export function parseQrels(text: string, file: string): Qrels {
  const qrels = new Map<string, Map<string, number>>();
  for (const { fields, where } of rows(text, file, QRELS_COLUMNS)) {
    const [question, , document, grade] = fields as [string, string, string, string];
    if (!/^[+-]?\d+$/.test(grade)) {
      throw formatError(where, `the grade ${JSON.stringify(grade)} is not a whole number`, QRELS_HINT);
    }
    const grades = entry(qrels, question, () => new Map<string, number>());
    if (grades.has(document)) throw duplicate(where, question, document, 'judged');
    grades.set(document, Number(grade));
  }
  return qrels;
}

/** A run in TREC format: question, an unused column, document, rank (ignored), score, tag. Errors as in `parseQrels`. */
export function parseRun(text: string, file: string): TrecRun {
  const run = new Map<string, { results: TrecResult[]; seen: Set<string> }>();
  for (const { fields, where } of rows(text, file, RUN_COLUMNS)) {
    const [question, , document, , written] = fields as [string, string, string, string, string];
    const score = Number(written);
    if (!Number.isFinite(score)) {
      throw formatError(where, `the score ${JSON.stringify(written)} is not a number`, RUN_HINT);
    }
    const { results, seen } = entry(run, question, () => ({ results: [], seen: new Set<string>() }));
    if (seen.has(document)) throw duplicate(where, question, document, 'ranked');
    seen.add(document);
    results.push({ id: document, score: Math.fround(score) });
  }
  return new Map(Array.from(run, ([question, { results }]) => [question, results]));
}

/**
 * A run in TREC format. Whoever reads it sorts by score, with ties by id, so that scores which do not fall strictly in
 * single precision are lowered by as little as will do: the order that is read is the order that was given.
 */
export function formatRun(rankings: Iterable<Ranking>, tag: string): string {
  let text = '';
  for (const { question, ids, scores } of rankings) {
    let last = Number.POSITIVE_INFINITY;
    for (const [index, id] of ids.entries()) {
      const score = Math.fround(scores[index] ?? Number.NaN);
      if (!isField(question)) throw unfit('question', question);
      if (!isField(id)) throw unfit('document', id);
      if (!Number.isFinite(score)) throw scoreless(question, id);
      last = score < last ? score : floatBelow(last);
      text += `${question} Q0 ${id} ${index + 1} ${Number(last.toPrecision(DIGITS))} ${tag}\n`;
    }
  }
  return text;
}

/** Refuses ids that no line of a run could hold (`trec.format`), before there is anything to write. */
export function refuseUnfitIds(kind: 'question' | 'document', ids: Iterable<string>): void {
  for (const id of ids) if (!isField(id)) throw unfit(kind, id);
}

/** As many digits as tell any two numbers of single precision apart. */
const DIGITS = 9;
const QRELS_COLUMNS = ['question', 'iteration', 'document', 'grade'];
const RUN_COLUMNS = ['question', 'Q0', 'document', 'rank', 'score', 'tag'];
const QRELS_HINT = `A line of qrels has ${QRELS_COLUMNS.length} columns: ${QRELS_COLUMNS.join(' ')}.`;
const RUN_HINT = `A line of a run has ${RUN_COLUMNS.length} columns: ${RUN_COLUMNS.join(' ')}.`;
const BEIR_HINT =
  'This looks like the qrels of a BEIR data set. Insert a column of zeros after the question, and drop the heading.';

interface Row {
  readonly fields: readonly string[];
  readonly where: string;
}

/** Lines that are not blank, cut at white space. */
function* rows(text: string, file: string, columns: readonly string[]): Generator<Row> {
  let number = 0;
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    number += 1;
    const line = text.slice(from, to).trim(); // drops carriage returns, and a byte order mark
    from = to + 1;
    if (line === '') continue;
    const fields = line.split(/[ \t]+/);
    const where = `${file}:${number}`;
    if (fields.length !== columns.length) {
      const beir = columns === QRELS_COLUMNS && fields.length === 3;
      const hint = beir ? BEIR_HINT : columns === QRELS_COLUMNS ? QRELS_HINT : RUN_HINT;
      throw formatError(where, `the line has ${fields.length} of ${columns.length} columns`, hint);
    }
    yield { fields, where };
  }
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** The next smaller number of single precision. */
function floatBelow(value: number): number {
  const float = new Float32Array([value]);
  const bits = new Int32Array(float.buffer);
  if (value === 0)
    bits[0] = -0x7fffffff; // the smallest negative number: sign and lowest bit
  else bits[0] = bits[0]! + (value > 0 ? -1 : 1);
  return float[0]!;
}

const isField = (text: string): boolean => text !== '' && !/[ \t-\r]/.test(text);

const formatError = (where: string, problem: string, hint: string): GroundspeedError =>
  new GroundspeedError('trec.format', `${where}: ${problem}.`, { where, hint });

const duplicate = (where: string, question: string, document: string, verb: string): GroundspeedError =>
  formatError(
    where,
    `document ${JSON.stringify(document)} is ${verb} twice for question ${JSON.stringify(question)}`,
    'Remove one of the two lines.',
  );

const unfit = (kind: string, id: string): GroundspeedError =>
  formatError(
    `${kind} ${JSON.stringify(id)}`,
    'the id is empty or holds white space, which the TREC format cannot express',
    'Give it an id without white space, or write no run file.',
  );

const scoreless = (question: string, id: string): GroundspeedError =>
  formatError(
    `question ${JSON.stringify(question)}`,
    `document ${JSON.stringify(id)} has no finite score`,
    'Give each document of the ranking a score.',
  );
