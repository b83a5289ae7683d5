import {
  CORRUPTIONS,
  type Corruption,
  type Delay,
  type Effect,
  type EffectKind,
  type Target,
} from './fault.ts';
import { takePercent, takePositive, takeSize, takeTime } from './read-quantity.ts';
import { type FaultReader, quoted } from './syntax.ts';
import { CLASSES_OF, DRIPS, isErrorClass, SPEAKS_HTTP } from './vocabulary.ts';

/** What comes after the word of a kind. The word has been read. */
export function takeEffect(reader: FaultReader, kind: EffectKind, target: Target): Effect {
  switch (kind) {
    case 'error':
      return takeError(reader, target);
    case 'latency':
      return { kind, delay: takeDelay(reader) };
    case 'drip':
      return takeDrip(reader, target);
    case 'truncate':
      return { kind, keep: 0.5 };
    case '429':
      return {
        kind,
        retryAfterMs: reader.accept('retry-after')
          ? takeTime(reader, { after: 'retry-after', sample: '2s', zero: true })
          : null,
      };
    case 'corrupt':
      return { kind, how: takeCorruption(reader) };
    case 'jump':
      return takeJump(reader);
    case 'memory':
      return { kind, bytes: takeSize(reader, { after: 'memory', sample: '200MB' }) };
    default:
      return { kind };
  }
}

/** `keeping 40%`, which belongs to a truncated reply alone. */
export function takeKeeping(reader: FaultReader, effect: Effect): Effect {
  const at = reader.at;
  reader.accept('keeping');
  if (effect.kind !== 'truncate') {
    reader.fail(at, '"keeping" says where a reply is truncated; nothing is truncated here.', 'Leave it out.');
  }
  return { kind: 'truncate', keep: takePercent(reader, { after: 'keeping', sample: '40%' }) };
}

function takeError(reader: FaultReader, target: Target): Effect {
  const kind = 'error';
  const at = reader.at;
  const number = reader.peek();
  if (number?.kind === 'number' && reader.peek(1)?.text !== '%') return takeStatus(reader, target);
  const word = reader.word();
  if (word === undefined || !isErrorClass(word)) return { kind, error: 'generic', status: null };
  if (!CLASSES_OF[target].includes(word)) {
    reader.fail(
      at,
      `${target} cannot fail with ${quoted(word)}.`,
      `Errors of ${target}: ${CLASSES_OF[target].join(', ')}.`,
    );
  }
  reader.take('word');
  return { kind, error: word, status: null };
}

function takeStatus(reader: FaultReader, target: Target): Effect {
  const { text, at } = reader.take('number')!;
  if (!SPEAKS_HTTP.has(target)) {
    reader.fail(
      at,
      `${target} has no HTTP status.`,
      `Errors of ${target}: ${CLASSES_OF[target].join(', ')}.`,
    );
  }
  if (text === '429') {
    reader.fail(at, '429 is a kind of its own.', `Write ${target}: 429 retry-after 2s.`);
  }
  const status = Number(text);
  if (!/^[45]\d\d$/.test(text)) {
    reader.fail(at, `${quoted(text)} is no HTTP status of an error.`, 'Statuses go from 400 to 599.');
  }
  return { kind: 'error', error: status < 500 ? 'http4xx' : 'http5xx', status };
}

const DISTRIBUTIONS = ['lognormal', 'uniform', 'exponential'];
const DELAYS = 'Write latency 200ms, or lognormal(200ms, 0.5), uniform(50ms, 500ms) or exponential(200ms).';

function takeDelay(reader: FaultReader): Delay {
  const at = reader.at;
  const kind = reader.word();
  if (kind === undefined)
    return { kind: 'fixed', ms: takeTime(reader, { after: 'latency', sample: '200ms' }) };
  if (!DISTRIBUTIONS.includes(kind)) {
    const isKnown = ['from', 'to', 'at', 'flap'].includes(kind);
    if (isKnown) reader.fail(at, 'No time stands after "latency".', DELAYS);
    reader.unknown(at, `${quoted(kind)} is no distribution.`, DISTRIBUTIONS, 'There are');
  }
  reader.take('word');
  expectSign(reader, '(');
  const first = takeTime(reader, { after: `latency ${kind}(`, sample: '200ms' });
  const delay = takeSecond(reader, kind, first);
  expectSign(reader, ')');
  return delay;
}

function takeSecond(reader: FaultReader, kind: string, first: number): Delay {
  if (kind === 'exponential') return { kind, meanMs: first };
  expectSign(reader, ',');
  if (kind === 'lognormal') {
    const sigma = takePositive(reader, { after: 'latency lognormal(200ms,', sample: '0.5)' });
    return { kind, medianMs: first, sigma };
  }
  const at = reader.at;
  const toMs = takeTime(reader, { after: 'latency uniform(50ms,', sample: '500ms' });
  if (toMs <= first) reader.fail(at, 'The second time must be above the first.', DELAYS);
  return { kind: 'uniform', fromMs: first, toMs };
}

function expectSign(reader: FaultReader, sign: string): void {
  const { at, found } = reader;
  if (!reader.accept(sign)) reader.fail(at, `${found} stands where ${quoted(sign)} should.`, DELAYS);
}

function takeDrip(reader: FaultReader, target: Target): Effect {
  const unit = DRIPS[target]!;
  const perSecond = takePositive(reader, { after: 'drip', sample: `10 ${unit}/s` });
  const { at, found } = reader;
  const one = unit.slice(0, -1);
  if (reader.accept(unit, '/', 's') || reader.accept(one, '/', 's')) return { kind: 'drip', perSecond, unit };
  const message = reader.done
    ? `No unit stands after ${perSecond}.`
    : `${found} is no rate at which ${target} drips.`;
  return reader.fail(at, message, `Write drip ${perSecond} ${unit}/s.`);
}

function takeCorruption(reader: FaultReader): Corruption {
  const word = reader.word();
  if (word === undefined || !(CORRUPTIONS as readonly string[]).includes(word)) return 'noise';
  reader.take('word');
  return word as Corruption;
}

function takeJump(reader: FaultReader): Effect {
  const at = reader.at;
  const back = reader.accept('-') || reader.accept('\u2212');
  if (!back) reader.accept('+');
  const ms = takeTime(reader, { after: back ? 'jump -' : 'jump +', sample: '1h' });
  const monotonic = reader.accept('monotonic');
  if (monotonic && back) {
    reader.fail(
      at,
      'A monotonic clock never goes back.',
      'Leave "monotonic" out: the calendar alone goes back.',
    );
  }
  return { kind: 'jump', byMs: back ? -ms : ms, monotonic };
}
