import type { GoldenSet } from '../../datasets/golden.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import type { TargetResponse } from '../../load/target.ts';
import { ReplyReader } from '../../load/targets/http/reply-reader.ts';
import { secretsOf, withoutCredentials } from '../../load/targets/http/secrets.ts';
import { isExpectedType, statusFailure, typeFailure } from '../../load/targets/http/status-failures.ts';
import type { TargetDescription } from '../../load/targets/http/target-description.ts';
import { contentTypeOf } from '../acceptance/check.ts';
import {
  type Clues,
  type GuessedMapping,
  guessMapping,
  guessStream,
  type Json,
  withBareIds,
} from '../guess-mapping.ts';
import { isList } from '../guessing/json-paths.ts';
import type { Probed } from '../http-probe.ts';
import { goldenIds, type IdMatches, matchIds } from '../id-matching.ts';
import { advice, isGuessed, proposeChanges } from './changes.ts';
import { replyOf } from './described-request.ts';
import type { CheckedPassage, CheckFailure, TargetCheck, TargetChecking } from './facts.ts';
import { changesForStatus } from './refused.ts';
import { lookFor, parsed, type ReplyView, viewReply } from './reply-view.ts';
import { understand } from './understanding.ts';

export type Examined = Pick<TargetCheck, 'failure' | 'understood' | 'passages' | 'ids' | 'changes'>;

/** What the response is worth to a run. */
export function examine(checking: TargetChecking, probed: Probed, text: string): Examined {
  const refused = refusalOf(checking.description, probed);
  if (probed.status < 200 || probed.status > 299) {
    const changes = changesForStatus({
      status: probed.status,
      location: probed.headers.location && withoutCredentials(probed.headers.location),
      reply: parsed(text) ?? text,
    });
    return { failure: refused ?? null, understood: [], passages: [], ids: null, changes };
  }
  return examineReply(checking, { probed, text, refused });
}

function examineReply(
  checking: TargetChecking,
  { probed, text, refused }: { probed: Probed; text: string; refused: CheckFailure | undefined },
): Examined {
  const { description, golden } = checking;
  const view = viewReply(text, contentTypeOf(probed), description);
  const read = readReply(checking, probed);
  const { guess, final, on } = guessFrom(view, cluesOf(checking));
  const isReadable = view.value !== undefined || read.response !== undefined;
  const understood = isReadable
    ? understand({ description, view, response: read.response, isGuessed: isGuessed(guess) })
    : [];
  const list =
    passageList(description.response.passages, view) ??
    passageList(guess.passages?.expression, { value: on });
  const given = list && givenIn(list, description, guess);
  const ids = golden && given && given.length > 0 ? matchIds(given, golden) : undefined;
  const better = golden && list && ids && betterId({ list, ids, guess, golden, description });
  const changes = proposeChanges({
    description,
    view,
    understood,
    guess,
    stream: guessStream(view.events),
    final,
    ids,
    betterId: better,
    hasEvidence: golden?.questions.some(({ evidence }) => evidence.length > 0) ?? false,
  });
  return {
    failure: refused ?? read.failure ?? null,
    understood,
    passages: passagesOf(read.response, golden),
    ids: ids ?? null,
    changes: probed.cut ? [advice('The reply is larger than target.maxBodyBytes.'), ...changes] : changes,
  };
}

/** What is wrong with a response before its content is looked at; undefined where nothing is. */
function refusalOf(description: TargetDescription, probed: Probed): CheckFailure | undefined {
  const { status, headers, body } = probed;
  const contentType = headers['content-type'];
  const response = {
    status,
    headers: {
      contentType,
      contentEncoding: headers['content-encoding'],
      retryAfter: headers['retry-after'],
      location: headers.location,
    },
    body,
  };
  const shown = { target: description, secrets: secretsOf(description.headers) };
  if (status < 200 || status > 299) return failureFrom(statusFailure(response, shown));
  return isExpectedType(contentType, description.stream)
    ? undefined
    : failureFrom(typeFailure(response, shown));
}

/** The reply as a run would read it, or why it could not. */
function readReply(
  { description, question }: TargetChecking,
  probed: Probed,
): { readonly response: TargetResponse | undefined; readonly failure: CheckFailure | undefined } {
  const { golden, text } = question;
  const questions = [{ id: golden?.id ?? 'check', text, evidence: golden?.evidence ?? [] }];
  try {
    const reply = replyOf(probed) ?? probed.body;
    return { response: new ReplyReader(description, questions).read(reply, 0), failure: undefined };
  } catch (thrown) {
    return { response: undefined, failure: failureFrom(thrown) };
  }
}

function cluesOf({ question, golden }: TargetChecking): Clues {
  return withBareIds({
    question: question.text,
    ...(question.golden && { answers: question.golden.answers }),
    ...(golden && { documentIds: goldenIds(golden) }),
  });
}

/** Guesses, and of a stream the expression for the event that they were made on, unless it is found without. */
interface GuessedOn {
  readonly guess: GuessedMapping;
  readonly on: Json | undefined;
  readonly final: string | undefined;
}

/** Guesses on the whole of a reply; of a stream on what its final events say, or on the event that says most. */
function guessFrom({ value, events }: ReplyView, clues: Clues): GuessedOn {
  const values = value === undefined ? events : [value, ...events.filter((event) => event !== value)];
  const most = ({ guess }: GuessedOn): number => Object.keys(guess).length + (guess.passages ? 5 : 0);
  const guesses = values.map((on) => ({ guess: guessMapping(on, clues), on, final: undefined }));
  const nothing: GuessedOn = { guess: {}, on: undefined, final: undefined };
  const best = guesses.reduce<GuessedOn>((leader, one) => (most(one) > most(leader) ? one : leader), nothing);
  return best.on === value && value !== undefined ? best : { ...best, final: finalFor(best, events) };
}

/** An event is known by the field that only it has: that of the passages, or of the usage. */
function finalFor({ guess, on }: GuessedOn, events: readonly Json[]): string | undefined {
  const { expression = '' } = guess.passages ?? guess.outputTokens ?? guess.inputTokens ?? {};
  const field = /^\w+/.exec(expression)?.[0];
  if (field === undefined || on === undefined || !events.includes(on)) return undefined;
  return `${field} && @`;
}

function passageList(
  expression: string | undefined,
  { value }: Pick<ReplyView, 'value'>,
): readonly Json[] | undefined {
  if (expression === undefined || value === undefined) return undefined;
  const found = lookFor(expression, value);
  return 'value' in found && isList(found.value) ? found.value : undefined;
}

interface Given {
  readonly id: string;
  readonly text?: string | undefined;
}

/** Ids and texts before they are mapped: as the description finds them, else as they are guessed to be. */
function givenIn(list: readonly Json[], { response }: TargetDescription, guess: GuessedMapping): Given[] {
  const by = (id: string | undefined, text: string | undefined): Given[] =>
    list.flatMap((item) => {
      const found = textAt(id, item);
      return found === undefined ? [] : [{ id: found, text: textAt(text, item) }];
    });
  const text = response.passageText ?? guess.text?.expression;
  const described = by(response.passageId, text);
  return described.length > 0 ? described : by(guess.id?.expression, text);
}

function textAt(expression: string | undefined, item: Json): string | undefined {
  const found = expression === undefined ? undefined : lookFor(expression, item);
  if (found === undefined || !('value' in found) || typeof found.value === 'object') return undefined;
  return String(found.value);
}

/** A guessed expression for ids, where more of what it finds is known to the golden set. */
function betterId(seen: {
  readonly list: readonly Json[];
  readonly ids: IdMatches;
  readonly guess: GuessedMapping;
  readonly golden: GoldenSet;
  readonly description: TargetDescription;
}): { readonly expression: string; readonly reason: string } | undefined {
  const { list, ids, guess, golden, description } = seen;
  const given = description.response.passageId;
  if (guess.id === undefined || given === undefined || guess.id.expression === given) return undefined;
  const { expression, reason } = guess.id;
  const found = list.flatMap((item) => textAt(expression, item) ?? []);
  const { exact } = matchIds(
    found.map((id) => ({ id })),
    golden,
  );
  return exact.matched > ids.exact.matched ? { expression, reason } : undefined;
}

function passagesOf(response: TargetResponse | undefined, golden: GoldenSet | undefined): CheckedPassage[] {
  const known = golden && goldenIds(golden);
  return (response?.passages ?? []).map(({ documentId, score, text }) => ({
    id: documentId,
    score: score ?? null,
    text: text ?? null,
    known: known?.has(documentId) ?? null,
  }));
}

/** A failure in the words of a run. */
export function failureFrom(thrown: unknown): CheckFailure {
  if (!(thrown instanceof GroundspeedError)) {
    return { code: 'internal.bug', message: messageOf(thrown), hint: null };
  }
  return { code: thrown.code, message: thrown.message, hint: thrown.hint ?? null };
}
