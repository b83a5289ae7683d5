import type { GoldenQuestion } from '../datasets/golden.ts';

/** The text of a document of the corpus; undefined for a document that is not in it, or without a corpus. */
export type DocumentText = (documentId: string) => string | undefined;

/** A retrieved passage. Offsets are UTF-16 units of the document's text. */
export interface MeasuredPassage {
  readonly documentId: string;
  readonly start?: number;
  readonly end?: number;
  readonly text?: string;
}

/** What measures read of what a target returned; undefined stands for what the target hides. */
export interface MeasuredReturn {
  readonly answer: string | undefined;
  readonly abstained: boolean;
  readonly lastResort: boolean;
  readonly passages: readonly MeasuredPassage[] | undefined;
  readonly contextSize: number | undefined;
  readonly citations: readonly number[] | undefined;
  readonly ranking: { readonly ids: readonly string[] } | undefined;
}

/** A golden question and what came back for it: undefined when the request failed, timed out or was never answered. */
export interface QuestionCase {
  readonly question: GoldenQuestion;
  readonly returned: MeasuredReturn | undefined;
  readonly documentText: DocumentText;
}

/** An explicit abstention. A last-resort answer is none, whatever it says. */
export const abstains = ({ abstained, lastResort }: MeasuredReturn): boolean => abstained && !lastResort;

/** Whether a target gave words of its own; otherwise it returns passages or a ranking only. */
export const speaks = ({ answer, abstained, lastResort }: MeasuredReturn): boolean =>
  answer !== undefined || abstained || lastResort;

/** Whether any document is known to be relevant. */
export function hasRelevant({ relevant }: GoldenQuestion): boolean {
  for (const grade of relevant.values()) if (grade > 0) return true;
  return false;
}
