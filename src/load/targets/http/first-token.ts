import type { Expression } from './expressions.ts';
import { type EventReader, eventReader, eventView } from './stream-events.ts';

/** Looks at a stream while it comes, until a piece of the answer is there. What follows is only kept. */
export class FirstTokenWatch {
  readonly #decoder = new TextDecoder();
  readonly #reader: EventReader;
  #found = false;

  constructor(stream: 'sse' | 'ndjson', token: Expression) {
    this.#reader = eventReader(stream, (event) => {
      this.#found ||= pieceIn(token, eventView(event)) !== '';
    });
  }

  /** Whether a piece of the answer has come with these bytes, or before. */
  feed(bytes: Uint8Array): boolean {
    if (!this.#found) this.#reader.feed(this.#decoder.decode(bytes, { stream: true }));
    return this.#found;
  }
}

/** The piece of the answer in an event; empty where it holds none. */
export function pieceIn(token: Expression, event: Parameters<Expression>[0]): string {
  let found: unknown;
  try {
    found = token(event);
  } catch {
    return ''; // a function of the expression that does not fit this kind of event
  }
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
}
