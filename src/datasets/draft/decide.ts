import { tokenise } from '../../text/tokens.ts';
import type { CorpusDocument, GoldenQuestion } from '../golden.ts';
import { type Draft, GENERATED_TAG } from './draft.ts';
import { NearDuplicates } from './near-duplicates.ts';
import type { ReviewRow } from './read-review.ts';
import {
  DocumentTexts,
  type Fault,
  faultOfAnswer,
  faultOfLeak,
  faultOfWords,
  isFault,
  settleQuote,
  speaksOfItsSource,
} from './verify.ts';

/** Tag of a question that whoever reviewed it has changed. */
export const EDITED_TAG = 'edited';

export interface Decided {
  readonly questions: readonly GoldenQuestion[];
  readonly counts: {
    readonly accepted: number;
    readonly edited: number;
    readonly dropped: number;
    readonly undecided: number;
  };
  /** File, line and field, what is wrong, and what to do. With any, the set must not be written. */
  readonly problems: readonly string[];
  /** What is odd, and was decided by a person all the same. */
  readonly warnings: readonly string[];
  /** Where the rows stand that nothing was decided of. */
  readonly undecided: readonly string[];
}

/**
 * Golden questions from the rows that were accepted or edited (and from undecided ones, where `undecided` is keep). Each
 * is verified against the documents again, since what was edited may no longer stand there.
 */
export function decide(
  rows: readonly ReviewRow[],
  documents: readonly CorpusDocument[],
  options: { readonly undecided?: 'keep' | 'drop' | undefined } = {},
): Decided {
  const texts = new DocumentTexts(documents);
  const duplicates = new NearDuplicates();
  const asked = new Map<string, string>();
  const questions: GoldenQuestion[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  const undecided = rows.filter(({ keep }) => keep === undefined).map(({ where }) => where);
  const kept = rows.filter(({ keep }) =>
    keep === undefined ? options.undecided === 'keep' : keep !== 'drop',
  );
  for (const row of kept) {
    const found = checked(row, texts);
    problems.push(...found.problems);
    warnings.push(...found.warnings);
    const words = tokenise(row.question).join(' ');
    const first = asked.get(words);
    const twin = duplicates.find(found.draft);
    if (first !== undefined) {
      problems.push(`${row.where}: \`question\` is asked at ${first} already; reword one, or drop it`);
    } else if (twin !== undefined) {
      warnings.push(`${row.where}: \`question\` is almost ${JSON.stringify(twin)}`);
    }
    asked.set(words, row.where);
    duplicates.add(found.draft);
    if (found.problems.length === 0) questions.push(goldenQuestion(row, found.draft));
  }
  const count = (keep: ReviewRow['keep']): number => rows.filter((row) => row.keep === keep).length;
  return {
    questions,
    counts: {
      accepted: count('accept'),
      edited: count('edit'),
      dropped: count('drop'),
      undecided: undecided.length,
    },
    problems,
    warnings,
    undecided,
  };
}

interface Checked {
  readonly draft: Draft;
  readonly problems: string[];
  readonly warnings: string[];
}

function checked(row: ReviewRow, texts: DocumentTexts): Checked {
  const answerable = row.kind !== 'unanswerable';
  const problems: string[] = [];
  const warnings: string[] = [];
  if (!answerable && row.evidence.some(({ quote }) => quote !== '')) {
    problems.push(
      `${row.where}: \`quote\` is filled in, though the question is unanswerable; empty it, or give it another kind`,
    );
  }
  if (answerable && row.evidence.length === 0) {
    problems.push(
      `${row.where}: \`quote\` is empty; copy the sentence of the document that holds the answer`,
    );
  }
  const evidence = (answerable ? row.evidence : []).flatMap((one, at) => {
    const settled = settleQuote(one, texts);
    if (!isFault(settled)) return [{ document: settled.document, quote: settled.quote }];
    const named = at === 0 ? '' : `_${at + 1}`;
    if (settled.reason === 'repeated-quote') {
      warnings.push(`${row.where}: \`quote${named}\`: ${settled.detail}`);
      return [one];
    }
    const field = texts.get(one.document) === undefined ? 'document' : 'quote';
    problems.push(
      `${row.where}: \`${field}${named}\`: ${settled.detail}; copy a stretch of the document as it is`,
    );
    return [];
  });
  const draft: Draft = {
    question: row.question,
    answers: row.answers,
    derived: row.derived,
    kind: row.kind ?? '',
    difficulty: row.difficulty,
    answerable,
    evidence,
    doubts: [],
  };
  const add = (field: string, fault: Fault | undefined, advice: string, odd = false): void => {
    if (fault === undefined) return;
    if (odd) warnings.push(`${row.where}: \`${field}\`: ${fault.detail}`);
    else problems.push(`${row.where}: \`${field}\`: ${fault.detail}; ${advice}`);
  };
  const words = faultOfWords(draft);
  const aboutAnswer = words?.reason === 'no-answer';
  add(
    aboutAnswer ? 'answers' : 'question',
    words,
    aboutAnswer
      ? 'write one, or empty it where the kind is unanswerable'
      : 'write a question, or drop the row',
    words?.reason === 'not-a-question',
  );
  // Without its quotes there is nothing to look for the answer in, and that is told already.
  if (evidence.length > 0) {
    add(
      'answers',
      faultOfAnswer(draft),
      'quote what says so, or write yes under `derived` where the answer is computed',
    );
  }
  add('question', faultOfLeak(draft), '', true);
  add('question', speaksOfItsSource(row.question), '', true);
  return { draft, problems, warnings };
}

function goldenQuestion(row: ReviewRow, draft: Draft): GoldenQuestion {
  return {
    id: row.id,
    question: draft.question,
    answers: draft.answers,
    forbidden: [],
    evidence: draft.evidence.map((quote) => [quote]),
    relevant: new Map(draft.evidence.map(({ document }) => [document, 1])),
    answerable: draft.answerable,
    kind: row.kind,
    difficulty: row.difficulty,
    split: undefined,
    derived: draft.derived,
    tags: row.keep === 'edit' ? [GENERATED_TAG, EDITED_TAG] : [GENERATED_TAG],
    must: false,
  };
}
