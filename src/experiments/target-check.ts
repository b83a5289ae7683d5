import { compileExpression } from '../load/targets/http/expressions.ts';
import { FirstTokenWatch } from '../load/targets/http/first-token.ts';
import { decode, excerptOf } from '../load/targets/http/malformed.ts';
import { unpackReply } from '../load/targets/http/packed-reply.ts';
import { maskSecrets, secretsOf } from '../load/targets/http/secrets.ts';
import type { TargetDescription } from '../load/targets/http/target-description.ts';
import { contentTypeOf } from './acceptance/check.ts';
import { describedRequest, replyOf } from './checking/described-request.ts';
import { examine, failureFrom } from './checking/examine.ts';
import type { TargetCheck, TargetChecking } from './checking/facts.ts';
import type { Json } from './guess-mapping.ts';
import { type Probed, probe } from './http-probe.ts';

export type { Change } from './checking/changes.ts';
export type * from './checking/facts.ts';
export type { Understood } from './checking/understanding.ts';

/** Of a reply that is shown, characters. */
const SHOWN = 8000;

/**
 * Asks one question, and tells all that can be told of what came back: what a run would understand of it, by which
 * expressions, and what to change where that is not everything. Rejects only when it is interrupted.
 */
export async function checkTarget(checking: TargetChecking): Promise<TargetCheck> {
  try {
    return checkResponse(checking, await askTarget(checking));
  } catch (thrown) {
    checking.signal?.throwIfAborted();
    return {
      ...basicsOf(checking),
      connection: null,
      response: null,
      ...NOTHING,
      failure: failureFrom(thrown),
    };
  }
}

const NOTHING = { understood: [], passages: [], ids: null, changes: [] };

/** Puts the question as a run would. Rejects where no response came. */
export function askTarget({
  description,
  question,
  clock,
  timeoutMs,
  signal,
}: TargetChecking): Promise<Probed> {
  const { stream, events, tls, maxBodyBytes } = description;
  const watch =
    stream === 'none' || events.token === undefined
      ? undefined
      : new FirstTokenWatch(stream, compileExpression(events.token));
  return probe(describedRequest(description, { id: question.golden?.id, text: question.text }), {
    clock,
    timeoutMs,
    signal,
    tls,
    maxBytes: maxBodyBytes,
    isFirstToken: watch && ((piece) => watch.feed(piece)),
  });
}

/** What a response is worth to a run by this description, whatever description it was asked by. */
export function checkResponse(checking: TargetChecking, probed: Probed): TargetCheck {
  const text = textOf(probed, checking.description);
  const mask = masking(secretsOf(checking.description.headers));
  const shown = mask(text);
  const { understood, passages, ...examined } = examine(checking, probed, text);
  return {
    ...basicsOf(checking),
    connection: probed.connection,
    response: {
      status: probed.status,
      contentType: contentTypeOf(probed) ?? null,
      headMs: probed.headMs,
      firstByteMs: probed.firstByteMs ?? null,
      firstTokenMs: probed.firstTokenMs ?? null,
      totalMs: probed.totalMs,
      bytes: probed.body.length,
      pieces: probed.pieces,
      text: shown.slice(0, SHOWN),
      clipped: probed.cut || shown.length > SHOWN,
    },
    understood: understood.map((row) => ({ ...row, value: masked(row.value, mask) })),
    passages: passages.map((passage) => ({
      ...passage,
      text: passage.text === null ? null : mask(passage.text),
    })),
    ...examined,
  };
}

function basicsOf({ description, question }: TargetChecking): Pick<TargetCheck, 'target' | 'question'> {
  const { name, method, preset = null } = description;
  return {
    target: { url: name, method, preset },
    question: { id: question.golden?.id ?? null, text: question.text },
  };
}

const masking =
  (secrets: readonly string[]) =>
  (text: string): string =>
    maskSecrets(text, secrets);

/** A service may repeat what it was sent, also in its answer. */
function masked(value: Json, mask: (text: string) => string): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  return JSON.parse(mask(JSON.stringify(value))) as Json;
}

function textOf(probed: Probed, { maxBodyBytes }: TargetDescription): string {
  try {
    return decode(unpackReply(replyOf(probed) ?? probed.body, maxBodyBytes));
  } catch {
    return excerptOf(probed.body, []);
  }
}
