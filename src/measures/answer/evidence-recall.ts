import { tokenSpans } from '../../text/tokens.ts';
import type { DocumentText, MeasuredPassage } from '../case.ts';
import { coveredAt, passageText, showsText } from '../evidence.ts';
import type { AnswerFamily } from '../measure.ts';

export const evidenceRecall: AnswerFamily = {
  kind: 'answer',
  name: 'evidence-recall',
  cutoff: 'tokens',
  reads: 'passages',
  description:
    'Golden quotes of which the passages within the first N tokens, together, show 90 % or more, over all quotes; of alternatives, one is enough.',
  range: [0, 1],
  citation:
    'Recall under a token budget, as Smith and Troynikov, “Evaluating Chunking Strategies for Retrieval”, 2024, argue for',
  score({ question, returned, documentText }, budget) {
    if (!question.answerable || question.evidence.length === 0) return null;
    if (returned === undefined) return 0;
    const { passages } = returned;
    if (passages === undefined || !showsText(passages, documentText)) return null;
    const shown = withinBudget(passages, budget, documentText);
    const found = question.evidence.filter((group) =>
      group.some((quote) => coveredAt(quote, shown, documentText) !== null),
    );
    return found.length / question.evidence.length;
  },
};

/** The passages that fit into the first `budget` tokens, in rank order; the one that crosses the line is cut there. */
function withinBudget(
  passages: readonly MeasuredPassage[],
  budget: number,
  documentText: DocumentText,
): MeasuredPassage[] {
  const fitting: MeasuredPassage[] = [];
  let left = budget;
  for (const passage of passages) {
    if (left <= 0) break;
    const text = passageText(passage, documentText);
    if (text === undefined) continue;
    const spans = tokenSpans(text);
    const tokens = spans.length / 2;
    fitting.push(tokens <= left ? passage : cut(passage, text, spans[2 * left - 1]!));
    left -= tokens;
  }
  return fitting;
}

function cut(passage: MeasuredPassage, text: string, length: number): MeasuredPassage {
  const shortened = { documentId: passage.documentId, text: text.slice(0, length) };
  if (passage.start === undefined || passage.end === undefined) return shortened;
  return { ...shortened, start: passage.start, end: Math.min(passage.end, passage.start + length) };
}
