import { askCanary, type CanaryFigures, canaryQuestions } from '../experiments/canary.ts';
import { appendHistory } from '../experiments/gate/history.ts';
import { historyEntry } from '../experiments/gate/history-entry.ts';
import type { RunSetup } from '../experiments/setup.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { TargetDescription } from '../load/targets/http/description.ts';
import type { Json } from '../load/targets/http/expressions.ts';
import { isLoopback } from '../load/targets/http/loopback.ts';
import { CANARY_CLIENT, CANARY_HEADER, canaryProof } from '../server/analytics/canary-proof.ts';

export interface CanaryRounds {
  /** Its golden set and settings; what it drives is `description`. */
  readonly setup: RunSetup;
  readonly description: TargetDescription;
  /** Of each round, at most. */
  readonly questions: number;
  readonly ks: readonly number[];
  /** Told what a round came to: by pushing, say. */
  readonly publish: (figures: CanaryFigures) => Promise<void>;
  /** Where each round is added to a history; undefined where to none. */
  readonly history?: { readonly reports: string; readonly name: string } | undefined;
  readonly warn: (message: string) => void;
}

/** Makes what asks one round and tells what it came to. */
export function canaryRounds(rounds: CanaryRounds): () => Promise<CanaryFigures> {
  const { setup, questions, ks, publish, history, warn } = rounds;
  let { description } = rounds;
  let isTaken = !hasCacheSwitch(description);
  const ask = (asked: TargetDescription): ReturnType<typeof askCanary> =>
    askCanary(
      {
        ...setup,
        golden: canaryQuestions(setup.golden, questions),
        target: { kind: 'http', description: asked, generators: 1 },
      },
      ks,
    );
  const askFresh = async (): ReturnType<typeof askCanary> => {
    try {
      const round = await ask(description);
      isTaken = true;
      return round;
    } catch (error) {
      if (isTaken || !isRefused(error)) throw error;
      const plain = withoutCacheSwitch(description);
      const round = await ask(plain);
      description = plain;
      isTaken = true;
      warn('the service takes no "cache": false; its caches may answer the golden questions');
      return round;
    }
  };
  return async () => {
    const { figures, record } = await askFresh();
    await publish(figures);
    if (history !== undefined)
      await appendHistory(history.reports, history.name, historyEntry(record, undefined));
    return figures;
  };
}

/** Whether the questions were answered with 400 or 422: a field of theirs may be one that the service does not know. */
function isRefused(error: unknown): boolean {
  return (
    error instanceof GroundspeedError &&
    error.code === 'target.failed' &&
    error.problems.length > 0 &&
    error.problems.every((problem) => / answered 4(00|22)\b/.test(problem))
  );
}

function hasCacheSwitch({ preset, body }: TargetDescription): boolean {
  return preset === 'groundspeed' && isObject(body) && body.cache === false;
}

function withoutCacheSwitch(description: TargetDescription): TargetDescription {
  if (!isObject(description.body)) return description;
  const { cache: _, ...body } = description.body;
  return { ...description, body };
}

const isObject = (body: TargetDescription['body']): body is { readonly [name: string]: Json } =>
  typeof body === 'object' && body !== null && !Array.isArray(body);

export interface CanaryManner {
  readonly ks: readonly number[];
  readonly apiToken: string | undefined;
  /** Of the service whose own canary this is. */
  readonly secret?: string;
}

/**
 * The deployment as a canary asks it: where it speaks groundspeed's API, past its caches, so that the answers are those of now, and by a
 * client_id of its own and the proof that it is a canary, so that its analytics leave these questions out; and for as many passages as
 * the largest k needs.
 */
export function asCanary(
  description: TargetDescription,
  { ks, apiToken, secret }: CanaryManner,
): TargetDescription {
  const { preset, body, topK, url } = description;
  const isOwn = preset === 'groundspeed' && isObject(body);
  const most = Math.max(...ks);
  // The token of the settings is for a service of this machine; any other gets what target.headers say.
  const knowsToken =
    description.headers.authorization === undefined && apiToken !== undefined && isLoopback(url);
  const headers = knowsToken
    ? { ...description.headers, authorization: `Bearer ${apiToken}` }
    : description.headers;
  const proof = secret ?? proofOf(headers.authorization);
  return {
    ...description,
    ...(isOwn && { body: { cache: false, ...body, client_id: CANARY_CLIENT } }),
    ...(isOwn && most > (topK ?? 5) && { topK: most }),
    headers: isOwn && proof !== undefined ? { ...headers, [CANARY_HEADER]: proof } : headers,
  };
}

/** Without a token there is none: the service counts the questions as anybody's. */
function proofOf(authorization: string | undefined): string | undefined {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  return token === undefined ? undefined : canaryProof(token);
}
