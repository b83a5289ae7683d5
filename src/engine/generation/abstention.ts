/**
 * What a generator says when the passages do not answer the question. Word for word: whoever reads a stream must be
 * able to tell an abstention from an answer.
 */
export const ABSTENTION = 'The documents do not answer this question.';

/** Whether a model's reply is the abstention it was told to give, whatever it did to the case, quotes and full stop. */
export function isAbstention(reply: string): boolean {
  return bare(reply) === bare(ABSTENTION);
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
