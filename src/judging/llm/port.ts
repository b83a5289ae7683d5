import type { TokenUsage } from '../../engine/ports.ts';

export interface JudgeMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** What the reply has to be, as JSON Schema in the subset that services hold a model to. */
export interface ReplySchema {
  /** Letters, digits and underscores. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface JudgeRequest {
  readonly messages: readonly JudgeMessage[];
  readonly schema: ReplySchema;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

export interface JudgeReply {
  /** What the model said: JSON, if it kept to the schema. */
  readonly text: string;
  /** As the service names what answered. */
  readonly model: string;
  /** Estimated where the service does not count. */
  readonly usage: TokenUsage;
}

/** What the service would not take, and the calls therefore went without. Settled by the first calls. */
export interface JudgeTerms {
  /** How the reply is held to the schema: by the service, as any JSON object, or by the prompt alone. */
  readonly structuredOutput: 'json_schema' | 'json_object' | 'none';
  readonly temperature: number | null;
  readonly seeded: boolean;
}

/** Why a call gave no judgement. */
export type JudgeFault =
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

/** A call to the judge that failed. The message holds no secret. */
export class JudgeCallError extends Error {
  readonly fault: JudgeFault;
  /** How long the service asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** Of the reply that was of no use, where there was one: it is paid for. */
  readonly usage: TokenUsage | undefined;

  constructor(
    fault: JudgeFault,
    message: string,
    details: { readonly retryAfterMs?: number | undefined; readonly usage?: TokenUsage | undefined } = {},
  ) {
    super(message);
    this.name = 'JudgeCallError';
    this.fault = fault;
    this.retryAfterMs = details.retryAfterMs;
    this.usage = details.usage;
  }
}

/** A language model that judges: the port; `experiments/llm-judge` holds its adapter. */
export interface JudgeModel {
  /** As the settings name it. */
  readonly model: string;
  /** Address of the service, without credentials. */
  readonly service: string;
  readonly terms: JudgeTerms;
  /** Requests sent so far: one call may take several, until the service's terms are known. */
  readonly sent: number;
  /** One call, not tried again. Rejects with `JudgeCallError`, or with the signal's reason. */
  ask(request: JudgeRequest): Promise<JudgeReply>;
}
