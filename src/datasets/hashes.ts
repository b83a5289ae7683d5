import { canonicalJson, sha256 } from '../kernel/digest.ts';
import type { CorpusDocument, GoldenQuestion } from './golden.ts';

/** SHA-256 over questions, whatever their order and however their file was laid out. */
export function hashQuestions(questions: readonly GoldenQuestion[]): string {
  return hashAll(
    questions.map((question) => ({ ...question, relevant: Object.fromEntries(question.relevant) })),
  );
}

/** SHA-256 over documents, whatever their order and however their file was laid out. */
export function hashCorpus(documents: readonly CorpusDocument[]): string {
  return hashAll(documents);
}

/** A hash of hashes: one text of everything could exceed the longest string there can be. */
function hashAll(items: readonly object[]): string {
  return sha256(
    items
      .map((item) => sha256(canonicalJson(item)))
      .sort()
      .join('\n'),
  );
}
