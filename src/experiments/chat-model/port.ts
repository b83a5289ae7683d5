import type { TokenUsage } from '../../engine/ports.ts';
import type { ChatMessage, ReplySchema } from '../../judging/llm/chat.ts';

export type { ChatMessage, ReplySchema } from '../../judging/llm/chat.ts';

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly schema: ReplySchema;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

export interface ChatReply {
  /** What the model said: JSON, if it kept to the schema. */
  readonly text: string;
  /** As the service names what answered. */
  readonly model: string;
  /** Estimated where the service does not count. */
  readonly usage: TokenUsage;
}

/** What the service would not take, and the calls therefore went without. Settled by the first calls. */
export interface ChatTerms {
  /** How the reply is held to the schema: by the service, as any JSON object, or by the prompt alone. */
  readonly structuredOutput: 'json_schema' | 'json_object' | 'none';
  readonly temperature: number | null;
  readonly seeded: boolean;
}

/** Why a call gave nothing. */
export type ChatFault =
  | 'rate-limited'
  | 'server-error'
  | 'timeout'
  | 'connection'
  | 'malformed'
  | 'refused'
  /** The service will not take this request: too long, or filtered. */
  | 'rejected'
  /** The service will take no request at all: a wrong key, an unknown model. */
  | 'unusable';

/** A call that failed. The message holds no secret. */
export class ChatCallError extends Error {
  readonly fault: ChatFault;
  /** How long the service asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** Of the reply that was of no use, where there was one: it is paid for. */
  readonly usage: TokenUsage | undefined;

  constructor(
    fault: ChatFault,
    message: string,
    details: { readonly retryAfterMs?: number | undefined; readonly usage?: TokenUsage | undefined } = {},
  ) {
    super(message);
    this.name = 'ChatCallError';
    this.fault = fault;
    this.retryAfterMs = details.retryAfterMs;
    this.usage = details.usage;
  }
}

/** A language model that is asked for JSON: the port. */
export interface ChatModel {
  /** As the settings name it. */
  readonly model: string;
  /** Address of the service, without credentials. */
  readonly service: string;
  readonly terms: ChatTerms;
  /** Requests sent so far: one call may take several, until the service's terms are known. */
  readonly sent: number;
  /** One call, not tried again. Rejects with `ChatCallError`, or with the signal's reason. */
  ask(request: ChatRequest): Promise<ChatReply>;
}
