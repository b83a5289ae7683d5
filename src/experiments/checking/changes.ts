import type { TargetDescription } from '../../load/targets/http/target-description.ts';
import type { Guess, GuessedMapping, Json, StreamGuess, Trust } from '../guess-mapping.ts';
import type { IdMatches } from '../id-matching.ts';
import type { ReplyView } from './reply-view.ts';
import { BY_WORDS, type Understood } from './understanding.ts';

/** Something to change in the description of the target, or to do about it. */
export interface Change {
  /** Null for advice that is no setting. */
  readonly setting: string | null;
  readonly value: Json;
  readonly reason: string;
  readonly trust: Trust;
}

export const advice = (reason: string): Change => ({ setting: null, value: null, reason, trust: 'high' });

const change = (setting: string, value: Json, reason: string, trust: Trust = 'high'): Change => ({
  setting,
  value,
  reason,
  trust,
});

export interface Seen {
  readonly description: TargetDescription;
  readonly view: ReplyView;
  readonly understood: readonly Understood[];
  readonly guess: GuessedMapping;
  readonly stream: StreamGuess | undefined;
  /** An expression for the event of a stream that the guesses were made on; undefined where it is found without. */
  readonly final: string | undefined;
  readonly ids: IdMatches | undefined;
  /** An expression by which more ids are those of golden documents than by the description's. */
  readonly betterId: { readonly expression: string; readonly reason: string } | undefined;
  /** Whether some golden question of the set has evidence quotes. */
  readonly hasEvidence: boolean;
}

/** What to change so that everything which the reply tells is understood, the most needed first. */
export function proposeChanges(seen: Seen): Change[] {
  return [...kindChanges(seen), ...missingChanges(seen), ...idChanges(seen)];
}

/** What the reply is, against what the description says that it is. */
function kindChanges({ description, view, stream }: Seen): Change[] {
  const { kind } = view;
  if (kind === 'empty') return [advice('The reply has no body: is this the address that answers questions?')];
  if (kind === 'html') {
    return [
      advice(
        'The reply is a page for browsers: this is the address of a page, or of a login, and not of the API.',
      ),
    ];
  }
  if (kind === 'text') {
    return [
      advice(
        'The reply is plain text. Replies are read as JSON, server-sent events or JSON lines: let the service answer with one of them.',
      ),
    ];
  }
  if (kind === description.stream) return [];
  if (kind === 'none') return [change('target.stream', 'none', 'the reply is one JSON value, and no stream')];
  const what = kind === 'sse' ? 'server-sent events' : 'a JSON value a line';
  return [
    change('target.stream', kind, `the reply is a stream: ${what}`),
    ...(stream ? [guessed('target.events.token', stream.piece)] : []),
  ];
}

const guessed = (setting: string, { expression, reason, trust }: Guess): Change =>
  change(setting, expression, reason, trust);

/** Where each guess belongs. */
const SETTINGS: Readonly<Record<keyof GuessedMapping, string>> = {
  answer: 'answer',
  passages: 'passages',
  id: 'passageId',
  title: 'passageTitle',
  text: 'passageText',
  score: 'passageScore',
  inputTokens: 'inputTokens',
  outputTokens: 'outputTokens',
  costUsd: 'costUsd',
  cache: 'cache',
  confidence: 'confidence',
  abstained: 'abstained',
};

/** Whether there is a guess for what a setting asks for. */
export const isGuessed =
  (guess: GuessedMapping) =>
  (setting: string): boolean =>
    Object.entries(SETTINGS).some(
      ([part, name]) =>
        setting === `target.response.${name}` && guess[part as keyof GuessedMapping] !== undefined,
    );

/** A guess for everything that was not understood. */
function missingChanges(seen: Seen): Change[] {
  const { view, understood, guess } = seen;
  const changes = Object.entries(SETTINGS).flatMap(([part, name]) => {
    const found = guess[part as keyof GuessedMapping];
    const setting = `target.response.${name}`;
    // A stream's answer comes in pieces, for which there is a setting of its own.
    if (found === undefined || (part === 'answer' && view.events.length > 0)) return [];
    const row = understood.find((one) => one.setting === setting);
    const isKnown = row !== undefined && row.value !== null && row.note !== BY_WORDS;
    return isKnown ? [] : [guessed(setting, found)];
  });
  return [...streamChanges(seen), ...changes];
}

/** Where in the events of a stream the pieces of the answer are, the rest of it, and the end. */
function streamChanges({ description, view, understood, stream, guess, final }: Seen): Change[] {
  const { events } = description;
  if (view.events.length === 0) return [];
  const tokenMissing = understood.some(
    ({ setting, value }) => setting === 'target.events.token' && value === null,
  );
  const changes: Change[] = [];
  if (stream !== undefined && tokenMissing && stream.piece.expression !== events.token) {
    changes.push(guessed('target.events.token', stream.piece));
  }
  if (final !== undefined && final !== events.final && Object.keys(guess).some((part) => part !== 'answer')) {
    changes.push(
      change('target.events.final', final, 'the event that tells more than a piece of the answer', 'medium'),
    );
  }
  if (view.done !== undefined && events.done === undefined) {
    changes.push(change('target.events.done', view.done, 'the stream ends with it: without it, it was cut'));
  }
  return changes;
}

/** How ids lead to golden documents, where another way would lead more of them there. */
function idChanges({ description, ids, betterId, hasEvidence }: Seen): Change[] {
  const { mode } = description.ids;
  if (ids === undefined || ids.exact.of === 0) return [];
  const { exact, pattern, evidence, caseOnly } = ids;
  if (betterId !== undefined) {
    return [change('target.response.passageId', betterId.expression, betterId.reason)];
  }
  if (mode !== 'exact' || exact.matched === exact.of) return [];
  if (pattern !== undefined) {
    const reason = `${pattern.matched} of ${pattern.of} ids are those of golden documents ${pattern.meaning}, ${exact.matched} as they are`;
    return [change('target.ids.pattern', pattern.pattern, reason)];
  }
  if (exact.matched > 0) return [];
  if (caseOnly > 0) {
    return [
      advice(
        'Ids match the golden set but for small and capital letters: write them alike in the golden set.',
      ),
    ];
  }
  if (evidence !== undefined && evidence.matched > 0 && hasEvidence) {
    const reason = `no id is known to the golden set, but the texts of ${evidence.matched} of ${evidence.of} passages are`;
    return [change('target.ids.mode', 'evidence', reason)];
  }
  return [];
}
