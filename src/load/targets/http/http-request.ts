import type { Dispatcher } from 'undici';
import type { GroundspeedError } from '../../../kernel/errors.ts';
import type { Exchange, Sent } from '../../target.ts';
import type { Connection, Connections } from './connections.ts';
import type { Expression } from './expressions.ts';
import { FirstTokenWatch } from './first-token.ts';
import { networkFailure } from './network-failures.ts';
import { type Coding, codingOf, packedReply } from './packed-reply.ts';
import { readResponseHeaders } from './response-headers.ts';
import {
  codingFailure,
  isExpectedType,
  type ResponseHeaders,
  sizeFailure,
  statusFailure,
  typeFailure,
} from './status-failures.ts';
import type { TargetDescription } from './target-description.ts';

/** What all requests to one target have in common. */
export interface RequestContext {
  readonly description: TargetDescription;
  readonly connections: Connections;
  readonly secrets: readonly string[];
  /** The expression for pieces of the answer; undefined where the target does not stream. */
  readonly token: Expression | undefined;
  /** Whether a content type was expected, by its text: there are but a few. */
  readonly knownTypes: Map<string, boolean>;
}

/** Of the body of a response that is no answer so much is kept, for the message. */
const KEPT = 4096;
const NOTHING = new Uint8Array(0);
/** Told to the HTTP client when a request was withdrawn before it went out. */
const WITHDRAWN = new Error('the request was withdrawn');

/**
 * One request: what the HTTP client tells of it comes here, and the exchange is told its one end. The object is the
 * client's handler and the port's `Sent` at once, and the only one that a request needs.
 */
export class HttpRequest implements Sent, Dispatcher.DispatchHandler {
  readonly #context: RequestContext;
  readonly #connection: Connection;
  readonly #exchange: Exchange;
  #abort: ((error?: Error) => void) | undefined;
  /** The exchange has been told its end, or does not want to know it any more. */
  #done = false;
  /** The connection has been given back or dropped. */
  #left = false;
  #status = 0;
  /** Set where the response is no answer. */
  #refused: ResponseHeaders | undefined;
  #coding: Coding | null | undefined;
  #watch: FirstTokenWatch | undefined;
  #size = 0;
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;

  constructor(context: RequestContext, connection: Connection, exchange: Exchange) {
    this.#context = context;
    this.#connection = connection;
    this.#exchange = exchange;
  }

  withdraw(reason: GroundspeedError): void {
    if (this.#done) return;
    this.#done = true;
    // Before the request is out there is nothing to be broken off but the connection that it waits for.
    if (this.#abort === undefined) this.#leave(false);
    else this.#abort(reason);
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.#done) throw WITHDRAWN;
    this.#abort = abort;
  }

  onHeaders(status: number, raw: Buffer[]): boolean {
    if (status < 200) return true;
    const { description, knownTypes, token } = this.#context;
    const headers = readResponseHeaders(raw);
    this.#status = status;
    const type = headers.contentType ?? '';
    let expected = knownTypes.get(type);
    if (expected === undefined) {
      expected = isExpectedType(type, description.stream);
      if (knownTypes.size < 100) knownTypes.set(type, expected);
    }
    if (headers.contentEncoding !== undefined) this.#coding = codingOf(headers.contentEncoding);
    if (status >= 300 || !expected || this.#coding === null) this.#refused = headers;
    // What is packed can't be looked into on the way.
    else if (token !== undefined && description.stream !== 'none' && this.#coding === undefined)
      this.#watch = new FirstTokenWatch(description.stream, token);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#done) return true;
    this.#size += chunk.length;
    if (this.#size > this.#context.description.maxBodyBytes) {
      this.#fail(
        this.#refused === undefined ? sizeFailure(this.#context.description) : this.#refusal(this.#refused),
      );
      this.#abort?.(WITHDRAWN);
      return true;
    }
    if (this.#refused === undefined) this.#keep(chunk);
    else if (this.#size - chunk.length < KEPT) this.#keep(chunk.subarray(0, KEPT));
    if (this.#watch?.feed(chunk)) {
      this.#watch = undefined;
      this.#exchange.firstToken();
    }
    return true;
  }

  onComplete(): void {
    this.#leave(true);
    if (this.#done) return;
    if (this.#refused !== undefined) {
      this.#fail(this.#refusal(this.#refused));
      return;
    }
    this.#done = true;
    const body = this.#body();
    this.#exchange.complete(this.#coding ? packedReply(this.#coding, body) : body);
  }

  onError(error: Error): void {
    this.#leave(false);
    if (this.#done) return;
    // A refusal that breaks off is a refusal still.
    this.#fail(
      this.#refused === undefined
        ? networkFailure(error, this.#context.description)
        : this.#refusal(this.#refused),
    );
  }

  #keep(chunk: Buffer): void {
    if (this.#first === undefined) this.#first = chunk;
    else if (this.#rest === undefined) this.#rest = [this.#first, chunk];
    else this.#rest.push(chunk);
  }

  #body(): Uint8Array {
    return this.#rest === undefined ? (this.#first ?? NOTHING) : Buffer.concat(this.#rest);
  }

  #fail(error: GroundspeedError): void {
    this.#done = true;
    this.#exchange.fail(error);
  }

  #leave(whole: boolean): void {
    if (this.#left) return;
    this.#left = true;
    if (whole) this.#context.connections.giveBack(this.#connection);
    else this.#context.connections.drop(this.#connection);
  }

  #refusal(headers: ResponseHeaders): GroundspeedError {
    const { description, secrets } = this.#context;
    const shown = { target: description, secrets };
    const response = {
      status: this.#status,
      headers,
      body: this.#coding === undefined ? this.#body() : NOTHING,
    };
    if (this.#status >= 300) return statusFailure(response, shown);
    return this.#coding === null ? codingFailure(response, shown) : typeFailure(response, shown);
  }
}
