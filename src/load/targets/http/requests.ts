import { randomBytes } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { TargetQuestion } from './passage-ids.ts';
import type { TargetDescription } from './target-description.ts';
import { fillTemplate, fillText, placeholdersIn, type Values } from './template.ts';

/** Stands for the nonce until a request is sent. Signs for private use: no text holds them, and JSON leaves them alone. */
const NONCE = '\uE000\uE001\uE000';

/** A request of one question, as far as it can be made beforehand: texts between the places of the nonce. */
interface Prepared {
  readonly text: string;
  readonly path: readonly string[];
  readonly body: readonly string[] | undefined;
  /** The same for every asking; undefined where a nonce makes each one new. */
  readonly whole: Dispatcher.DispatchOptions | undefined;
}

/** Makes the requests of one target. Whatever does not change from one to the next is made once a question. */
export class RequestMaker {
  readonly #description: TargetDescription;
  readonly #questions: readonly TargetQuestion[];
  readonly #prepared: (Prepared | undefined)[];
  readonly #headers: string[];
  readonly #target: string;
  readonly #isForm: boolean;
  /** The target's description sends a trace of its own. */
  readonly #ownTrace: boolean;
  /** Other processes and threads that ask the same target have other beginnings. */
  readonly #nonce = randomBytes(6).toString('hex');
  #nonces = 0;

  constructor(description: TargetDescription, questions: readonly TargetQuestion[]) {
    this.#description = description;
    this.#questions = questions;
    this.#prepared = new Array<Prepared | undefined>(questions.length).fill(undefined);
    this.#headers = Object.entries(description.headers).flat();
    this.#target = description.url.slice(new URL(description.url).origin.length);
    this.#ownTrace = 'traceparent' in description.headers;
    this.#isForm = /^application\/x-www-form-urlencoded\b/i.test(description.headers['content-type'] ?? '');
  }

  /** The request for a golden question, or for another text in its place; as part of a trace where it begins one. */
  for(question: number, text: string, traceparent?: string): Dispatcher.DispatchOptions {
    const request = this.#request(question, text);
    if (traceparent === undefined || this.#ownTrace) return request;
    return { ...request, headers: [...this.#headers, 'traceparent', traceparent] };
  }

  #request(question: number, text: string): Dispatcher.DispatchOptions {
    let prepared = this.#prepared[question];
    if (prepared === undefined || prepared.text !== text) {
      prepared = this.#prepare(question, text);
      if (question >= 0 && question < this.#prepared.length) this.#prepared[question] = prepared;
    }
    return prepared.whole ?? this.#withNonce(prepared);
  }

  #withNonce({ path, body }: Prepared): Dispatcher.DispatchOptions {
    this.#nonces += 1;
    const nonce = `${this.#nonce}${this.#nonces.toString(36)}`;
    return this.#options(path.join(nonce), body?.join(nonce));
  }

  #prepare(question: number, text: string): Prepared {
    const { model, topK } = this.#description;
    const values: Values = {
      question: text,
      question_id: this.#questions[question]?.id ?? '',
      top_k: topK,
      model,
      nonce: NONCE,
    };
    const path = fillText(this.#target, values, encode).split(NONCE);
    const body = this.#body(values)?.split(NONCE);
    const isWhole = path.length === 1 && (body === undefined || body.length === 1);
    return { text, path, body, whole: isWhole ? this.#options(path[0]!, body?.[0]) : undefined };
  }

  #body(values: Values): string | undefined {
    const { body } = this.#description;
    if (body === undefined) return undefined;
    if (typeof body !== 'string') return JSON.stringify(fillTemplate(body, values));
    return fillText(body, values, this.#isForm ? encode : undefined);
  }

  #options(path: string, body: string | undefined): Dispatcher.DispatchOptions {
    return {
      path,
      method: this.#description.method,
      headers: this.#headers,
      body: body === undefined ? null : Buffer.from(body, 'utf8'),
      // One request a connection at a time needs no guard against those behind it.
      blocking: false,
    };
  }
}

const encode = (value: string, name: string): string =>
  name === 'nonce' ? value : encodeURIComponent(value);

/** Whether every asking of a question makes another request, which no cache knows. */
export function bustsCaches({ url, body }: TargetDescription): boolean {
  return placeholdersIn(url).has('nonce') || (body !== undefined && placeholdersIn(body).has('nonce'));
}
