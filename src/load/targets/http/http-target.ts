import type { Target, TargetReturns } from '../../target.ts';
import { Connections } from './connections.ts';
import { compileExpression } from './expressions.ts';
import { HttpRequest, type RequestContext } from './http-request.ts';
import type { TargetQuestion } from './passage-ids.ts';
import { ReplyReader } from './reply-reader.ts';
import { RequestMaker } from './requests.ts';
import { secretsOf } from './secrets.ts';
import { type TargetDescription, timesTold } from './target-description.ts';

export { checkReachable } from './connections.ts';
export type { TargetQuestion } from './passage-ids.ts';
export { bustsCaches } from './requests.ts';

/** What an HTTP target is made of: plain data, so that another thread can make the same one. */
export interface HttpTargetOptions {
  readonly description: TargetDescription;
  /** The golden questions, by the index that requests bear. */
  readonly questions: readonly TargetQuestion[];
  /** Connections that are kept open, at most: as many as requests may be in flight. */
  readonly connections: number;
  /** Milliseconds after which a connection that cannot be made is given up: the patience with a request. */
  readonly timeoutMs: number;
}

/**
 * A deployment as a target. Redirects are not followed and nothing is tried again: either would hide what happened, and
 * stand in the measured time.
 *
 * @throws GroundspeedError target.description where target.tls.caFile cannot be read
 */
export function httpTarget(options: HttpTargetOptions): Target {
  const { description, questions, timeoutMs } = options;
  const { stream, events, headers } = description;
  const connections = new Connections(description, { kept: options.connections, timeoutMs });
  const requests = new RequestMaker(description, questions);
  const reader = new ReplyReader(description, questions);
  const context: RequestContext = {
    description,
    connections,
    secrets: secretsOf(headers),
    token: stream === 'none' || events.token === undefined ? undefined : compileExpression(events.token),
    knownTypes: new Map(),
  };
  return {
    name: description.name,
    kind: 'http',
    stages: timesTold(description),
    returns: returnsOf(description),
    start({ question, text, traceparent }, exchange) {
      const connection = connections.take();
      const request = new HttpRequest(context, connection, exchange);
      connection.dispatch(requests.for(question, text, traceparent), request);
      return request;
    },
    read: (reply, question) => reader.read(reply, question),
    close: () => connections.close(),
  };
}

/** What the target returns, as far as its description knows. */
export function returnsOf({ response, events, stream, prices }: TargetDescription): TargetReturns {
  const { answer, passages, outputTokens, inputTokens, costUsd, cache } = response;
  const isStreamed = stream !== 'none' && events.token !== undefined;
  const isPriced =
    (prices.inputPerMillionUsd !== undefined && inputTokens !== undefined) ||
    (prices.outputPerMillionUsd !== undefined && outputTokens !== undefined);
  return {
    answer: answer !== undefined || isStreamed,
    passages: passages !== undefined,
    firstToken: isStreamed,
    outputTokens: outputTokens !== undefined,
    cost: costUsd !== undefined || isPriced,
    cache: cache !== undefined,
  };
}
