import {
  CORRUPTIONS,
  type Effect,
  type EffectKind,
  type Fault,
  type Flap,
  TARGETS,
  type Target,
} from './fault.ts';
import { takeEffect, takeKeeping } from './read-effect.ts';
import { takePercent, takeTime } from './read-quantity.ts';
import { FaultReader, type FaultReading, quoted, refuse, splitFaults, tokensOf } from './syntax.ts';
import { CLASSES_OF, KINDS_OF } from './vocabulary.ts';

const EXAMPLE = 'Write for example: embedder: timeout 30% from 10s to 25s';

/**
 * Faults such as `embedder: timeout 30% from 10s to 25s; process: kill at 20s`, separated by semicolons or new lines. Throws
 * `fault.syntax` at the first thing that is wrong: one line that says what, the line of the text with a caret below the
 * character (one entry of `problems`), and a hint with what was expected.
 */
export function parseFaults(text: string, reading: FaultReading): readonly Fault[] {
  const faults = splitFaults(tokensOf(text));
  if (faults.length === 0) {
    refuse(text, Math.max(0, text.search(/\S/u)), { message: 'There is no fault.', hint: EXAMPLE, reading });
  }
  return faults.map((tokens) => readFault(new FaultReader(text, tokens, reading)));
}

function readFault(reader: FaultReader): Fault {
  const target = takeTarget(reader);
  const { kind, flapping } = takeKind(reader, target);
  const draft: Draft = { target, effect: { kind: 'timeout' }, given: new Set() };
  if (flapping) draft.effect = { kind: 'error', error: 'generic', status: null };
  else draft.effect = takeEffect(reader, kind, target);
  while (!reader.done) takeModifier(reader, draft);
  return finish(reader, draft);
}

/** What has been read of a fault. */
interface Draft {
  readonly target: Target;
  effect: Effect;
  share?: number;
  flap?: Flap;
  fromMs?: number;
  toMs?: number;
  atMs?: number;
  /** The modifiers so far. */
  readonly given: Set<string>;
}

function takeTarget(reader: FaultReader): Target {
  const { at, found } = reader;
  const word = reader.take('word')?.text.toLowerCase() ?? '';
  const target = TARGETS.find((one) => one === word);
  if (target === undefined) return reader.unknown(at, `${found} is no target.`, TARGETS, 'Targets are');
  if (!reader.accept(':')) {
    const kind = reader.word() ?? KINDS_OF[target][0];
    reader.fail(reader.at, `No colon stands after ${quoted(target)}.`, `Write ${target}: ${kind}`);
  }
  return target;
}

function takeKind(reader: FaultReader, target: Target): { kind: EffectKind; flapping: boolean } {
  const { at, found } = reader;
  const kinds = KINDS_OF[target];
  const canFlap = target !== 'process';
  const token = reader.peek();
  const word = token?.text.toLowerCase();
  // Without a kind of its own, what flaps fails as such things do.
  if (word === 'flap' && canFlap) return { kind: 'error', flapping: true };
  const kind = kinds.find((one) => one === word);
  if (kind !== undefined) {
    reader.accept(kind);
    return { kind, flapping: false };
  }
  if (token === undefined) {
    reader.fail(at, `Nothing stands after "${target}:".`, `Write for example: ${target}: ${kinds[0]}`);
  }
  const isElsewhere = Object.values(KINDS_OF).some((others) => others.some((one) => one === word));
  const message = isElsewhere
    ? `${found} is nothing that can happen to ${target}.`
    : `${found} is no kind of fault.`;
  const words = [...kinds, ...(canFlap ? ['flap'] : [])];
  return reader.unknown(at, message, words, `Kinds for ${target}:`);
}

const MODIFIERS = ['from', 'to', 'at', 'flap', 'keeping'];

/** What else may come right after the word of a kind: mistyped, it stands where a modifier would. */
function wordsAfter({ target, effect }: Draft): readonly string[] {
  if (effect.kind === 'error') return CLASSES_OF[target];
  if (effect.kind === 'corrupt') return CORRUPTIONS;
  if (effect.kind === '429') return ['retry-after'];
  return effect.kind === 'jump' ? ['monotonic'] : [];
}

function takeModifier(reader: FaultReader, draft: Draft): void {
  const { at, found } = reader;
  const word = reader.word();
  const isShare = reader.peek()?.kind === 'number' && reader.peek(1)?.text === '%';
  const name = isShare ? 'share' : (word ?? '');
  if (!isShare && !MODIFIERS.includes(name)) {
    const words = [...wordsAfter(draft), ...MODIFIERS];
    reader.unknown(at, `${found} says nothing here.`, words, 'What may follow is a share (30%),');
  }
  if (draft.given.has(name))
    reader.fail(at, `${isShare ? 'The share' : quoted(name)} is given twice.`, 'Keep one of the two.');
  if (draft.target === 'process' && (isShare || name === 'flap')) {
    reader.fail(at, 'A share and "flap" are for calls; a process has none.', 'Leave it out.');
  }
  draft.given.add(name);
  if (isShare) draft.share = takePercent(reader, { after: draft.effect.kind, sample: '30%' });
  else if (name === 'keeping') draft.effect = takeKeeping(reader, draft.effect);
  else if (name === 'flap') draft.flap = takeFlap(reader);
  else takeWhen(reader, draft, name);
}

function takeWhen(reader: FaultReader, draft: Draft, name: string): void {
  const at = reader.at;
  const { kind } = draft.effect;
  reader.accept(name);
  const sample = name === 'to' ? '25s' : '10s';
  const wordAt = reader.at;
  const ms = takeTime(reader, { after: name, sample, zero: name !== 'to' });
  if (name === 'at') {
    if (kind !== 'kill' && kind !== 'jump') {
      reader.fail(at, `"at" is for a moment, and ${kind} lasts.`, 'Write from 10s to 25s.');
    }
    draft.atMs = ms;
  } else {
    if (kind === 'kill') reader.fail(at, 'A process is killed at a moment.', 'Write process: kill at 10s.');
    if (name === 'from') draft.fromMs = ms;
    else draft.toMs = ms;
  }
  if (draft.atMs !== undefined && (draft.fromMs !== undefined || draft.toMs !== undefined)) {
    reader.fail(at, '"at" stands beside "from" or "to".', 'Keep either the moment or the interval.');
  }
  if (draft.toMs !== undefined && draft.toMs <= (draft.fromMs ?? 0)) {
    reader.fail(wordAt, 'The fault would end before it begins.', 'Write from 10s to 25s.');
  }
}

/** `2s up 3s down`, in either order; the first of them comes first. */
function takeFlap(reader: FaultReader): Flap {
  reader.accept('flap');
  const times: Partial<Record<'up' | 'down', number>> = {};
  let first: 'up' | 'down' | undefined;
  for (const turn of [1, 2]) {
    const ms = takeTime(reader, {
      after: turn === 1 ? 'flap' : 'flap 2s up',
      sample: turn === 1 ? '2s up 3s down' : '3s down',
    });
    const { at, found } = reader;
    const which = reader.accept('up') ? 'up' : reader.accept('down') ? 'down' : undefined;
    if (which === undefined || times[which] !== undefined) {
      reader.fail(at, `${found} stands where "up" or "down" should.`, 'Write flap 2s up 3s down.');
    }
    times[which] = ms;
    first ??= which;
  }
  return { upMs: times.up!, downMs: times.down!, first: first! };
}

function finish(reader: FaultReader, draft: Draft): Fault {
  const { target, effect, share = 1, flap = null, fromMs = 0, toMs = null, atMs } = draft;
  if (effect.kind === 'kill' && atMs === undefined) {
    reader.fail(reader.at, 'The moment of the kill is missing.', 'Write process: kill at 10s.');
  }
  return { target, effect, share, flap, fromMs: atMs ?? fromMs, toMs };
}
