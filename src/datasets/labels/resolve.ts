import { MOST_SUGGESTIONS, meantBy } from '../checks/words.ts';
import type { GoldenQuestion } from '../golden.ts';
import { type Label, sheetError } from './sheet.ts';

/** Labels that a golden set does not have yet, by question. */
export interface ResolvedLabels {
  /** Grade by document id, by question id; in the order of the sheet. */
  readonly added: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Labels that say what the set says already, and repeats within the sheet. */
  readonly known: number;
}

/** What labels are held against. */
export interface LabelledSet {
  readonly questions: readonly Pick<GoldenQuestion, 'id' | 'relevant'>[];
  /** Undefined where the set brings no corpus: then any document may be named. */
  readonly documents: ReadonlyMap<string, unknown> | undefined;
}

/**
 * Sorts labels into new ones and known ones. A question or document that the set does not have, two grades for one pair,
 * and a grade other than the one that the set has are `dataset.labels`, all told at once. (A grade below 0 counts as
 * none, as in trec_eval, and may be replaced.)
 */
export function resolveLabels(labels: readonly Label[], set: LabelledSet, file: string): ResolvedLabels {
  const questions = new Map(set.questions.map((question) => [question.id, question]));
  const first = new Map<string, Label>();
  const added = new Map<string, Map<string, number>>();
  const problems: string[] = [];
  let known = 0;
  for (const label of labels) {
    const { where, grade } = label;
    const question = idIn(label.question, questions);
    const document = set.documents === undefined ? label.document : idIn(label.document, set.documents);
    if (question === undefined || document === undefined) {
      const few = problems.length < MOST_SUGGESTIONS;
      if (question === undefined) problems.push(stranger(label, 'question', questions.keys(), few));
      if (document === undefined)
        problems.push(stranger(label, 'document', set.documents?.keys() ?? [], few));
      continue;
    }
    const pair = JSON.stringify([question, document]);
    const earlier = first.get(pair);
    const before = questions.get(question)?.relevant.get(document) ?? -1;
    if (earlier !== undefined && earlier.grade !== grade) {
      problems.push(
        `${where}: \`grade\` is ${grade}, and ${earlier.grade} at ${earlier.where}, for question ${JSON.stringify(question)} and document ${JSON.stringify(document)}`,
      );
    } else if (before >= 0 && before !== grade) {
      problems.push(
        `${where}: \`grade\` is ${grade}, and the set says ${before} for question ${JSON.stringify(question)} and document ${JSON.stringify(document)}`,
      );
    } else if (earlier !== undefined || before === grade) {
      known += 1;
    } else {
      const grades = added.get(question) ?? new Map<string, number>();
      added.set(question, grades.set(document, grade));
    }
    if (earlier === undefined) first.set(pair, label);
  }
  if (problems.length > 0) throw sheetError(file, problems);
  return { added, known };
}

/** The id as the set has it: a CSV puts an apostrophe before what a spreadsheet would run as a formula. */
function idIn(id: string, known: ReadonlyMap<string, unknown>): string | undefined {
  return [id, id.replace(/^'/, ''), id.trim()].find((one) => known.has(one));
}

function stranger(
  { where, ...label }: Label,
  kind: 'question' | 'document',
  known: Iterable<string>,
  wantsMeaning: boolean,
): string {
  const meant = wantsMeaning ? meantBy(label[kind], known) : undefined;
  const suggestion = meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
  return `${where}: \`${kind}_id\` ${JSON.stringify(label[kind])} is not in the set${suggestion}`;
}
