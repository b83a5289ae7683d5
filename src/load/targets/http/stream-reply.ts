import { type ErrorCode, GroundspeedError } from '../../../kernel/errors.ts';
import type { StreamKind } from '../../options.ts';
import { compileExpression, type Expression, type Json } from './expressions.ts';
import { pieceIn } from './first-token.ts';
import { excerptOf, malformed } from './malformed.ts';
import { isTrue, type ResponseReading } from './response-expressions.ts';
import { eventView, hasEnded, readEvents, type StreamEvent } from './stream-events.ts';
import type { EventExpressions } from './target-description.ts';

/** What a whole stream said. */
export interface StreamReply {
  /** What the expressions of a response read: the final events, merged. */
  readonly value: Json;
  /** The pieces of the answer, joined; undefined where nobody says where they are. */
  readonly text: string | undefined;
}

/** Reads whole streams of one kind. */
export class StreamReading {
  readonly #stream: Exclude<StreamKind, 'none'>;
  readonly #events: EventExpressions;
  readonly #token: Expression | undefined;
  readonly #final: Expression | undefined;
  readonly #response: ResponseReading;
  readonly #secrets: readonly string[];

  constructor(
    stream: Exclude<StreamKind, 'none'>,
    events: EventExpressions,
    rest: { readonly response: ResponseReading; readonly secrets: readonly string[] },
  ) {
    this.#stream = stream;
    this.#events = events;
    this.#token = events.token === undefined ? undefined : compileExpression(events.token);
    this.#final = events.final === undefined ? undefined : compileExpression(events.final);
    this.#response = rest.response;
    this.#secrets = rest.secrets;
  }

  /** @throws GroundspeedError target.cut where the stream has no end or tells of an error, target.malformed where it has no answer */
  read(text: string): StreamReply {
    const events = readEvents(text, this.#stream);
    const views: Json[] = [];
    const { done } = this.#events;
    let final: { [name: string]: Json } | undefined;
    let answer = '';
    for (const event of events) {
      if (done !== undefined && event.data.trim() === done) continue;
      const view = eventView(event);
      views.push(view);
      this.#refuseError(event, view);
      if (this.#token !== undefined) answer += pieceIn(this.#token, view);
      const found = this.#finalIn(view);
      if (found !== undefined) final = { ...final, ...found };
    }
    this.#refuseCut(text, events, final !== undefined);
    // Without a word on which event holds the rest, the last one may.
    const value: Json = final ?? (this.#final === undefined ? (views.at(-1) ?? null) : {});
    if (this.#token !== undefined && answer === '' && this.#response.text('answer', value) === undefined) {
      throw malformed(
        `No event of the stream holds a piece of the answer by target.events.token (\`${this.#events.token}\`); ${this.#shown(events)}`,
      );
    }
    return { value, text: this.#token === undefined ? undefined : answer };
  }

  #finalIn(view: Json): { [name: string]: Json } | undefined {
    let found: Json | undefined;
    try {
      found = this.#final?.(view);
    } catch {
      return undefined; // a function of the expression that does not fit this kind of event
    }
    if (found === true) return view as { [name: string]: Json };
    const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
    return isObject && Object.keys(found as object).length > 0
      ? (found as { [name: string]: Json })
      : undefined;
  }

  #refuseError({ name, data }: StreamEvent, view: Json): void {
    const told = this.#response.find('error', view);
    if (name !== 'error' && !isTrue(told)) return;
    const words = typeof told === 'string' && told !== '' ? told : data;
    throw cut(`The stream told of an error: ${excerptOf(words, this.#secrets)}`);
  }

  #refuseCut(text: string, events: readonly StreamEvent[], hasFinal: boolean): void {
    const { done, final } = this.#events;
    if (done !== undefined) {
      if (!hasEnded(text, events, done)) {
        throw cut(
          `The stream ended without its last event, ${done} (target.events.done); ${this.#shown(events)}`,
        );
      }
    } else if (final !== undefined && !hasFinal) {
      throw cut(
        `The stream ended without the event of target.events.final (\`${final}\`); ${this.#shown(events)}`,
      );
    }
  }

  #shown(events: readonly StreamEvent[]): string {
    const last = events.at(-1);
    if (last === undefined) return 'it had no event at all';
    const name = last.name === undefined ? '' : `${last.name}: `;
    return `it had ${events.length}, the last being ${name}${excerptOf(last.data, this.#secrets)}`;
  }
}

const cut = (message: string, code: ErrorCode = 'target.cut'): GroundspeedError =>
  new GroundspeedError(code, message);
