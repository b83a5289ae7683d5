import type { Clock } from '../../kernel/clock.ts';
import { type Probed, type ProbeOptions, type ProbeRequest, probe } from '../http-probe.ts';

/** A deployment as its description has it: how it is asked, and how its responses are read. */
export interface Deployment {
  /** The request by which it tells whether it is well; undefined where it has no such place. */
  readonly health: ProbeRequest | undefined;
  readonly tls?: ProbeOptions['tls'];
  /** Whether its answers are streamed. */
  readonly streams: boolean;
  /** The request that puts this question. */
  request(question: string): ProbeRequest;
  /** The answer in a response of status 200; undefined where it brings passages only. Throws where it cannot be read. */
  answerOf(response: Probed): string | undefined;
}

export interface Verdict {
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What was seen. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string;
}

export interface CheckContext {
  readonly deployment: Deployment;
  readonly clock: Clock;
  readonly questions: readonly string[];
  readonly timeoutMs: number;
  readonly answerWithinMs: number;
  readonly refusals: readonly number[];
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
  /** What one check learnt and a later one needs: the response to the question that was asked alone, once it was answered. */
  readonly asked: { response?: Probed };
}

export type Check = (context: CheckContext) => Promise<Verdict>;

export const passed = (detail: string): Verdict => ({ status: 'passed', detail });
export const skipped = (detail: string): Verdict => ({ status: 'skipped', detail });
export const failed = (detail: string, hint?: string): Verdict => ({
  status: 'failed',
  detail,
  ...(hint !== undefined && { hint }),
});

export const send = (context: CheckContext, request: ProbeRequest): Promise<Probed> =>
  probe(request, context);

/** `application/json`, without parameters; undefined where the response does not say. */
export function contentTypeOf({ headers }: Probed): string | undefined {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  return type.trim().toLowerCase() || undefined;
}

export const isJsonType = (type: string | undefined): boolean =>
  type !== undefined && /^application\/(?:[\w.+-]+\+)?json$/.test(type);

/** A body as JSON; undefined where it is none. */
export function jsonOf({ body }: Probed): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}
