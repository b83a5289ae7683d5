import type { Answer, AskOptions } from './answer.ts';

/** An answer as it grows, then once whole. The texts, joined, equal the answer's text. */
export type AnswerEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'done'; readonly answer: Answer };

/**
 * Turns `ask` into an iteration over the answer's pieces, ended by the answer. Leaving the iteration early withdraws
 * the question.
 */
export async function* streamAnswer(
  ask: (options: AskOptions) => Promise<Answer>,
  options: AskOptions,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const left = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  const texts: string[] = [];
  let wake = (): void => undefined;
  const onText = (text: string): void => {
    options.onText?.(text);
    texts.push(text);
    wake();
  };
  let over = false;
  const asked = ask({ ...options, signal, onText }).finally(() => {
    over = true;
    wake();
  });
  asked.catch(() => undefined); // it is thrown below, once the pieces before it are out
  try {
    while (!over || texts.length > 0) {
      const text = texts.shift();
      if (text !== undefined) yield { type: 'text', text };
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    yield { type: 'done', answer: await asked };
  } finally {
    left.abort(new Error('nobody reads the answer any more'));
  }
}
