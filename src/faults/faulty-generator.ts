import type { GenerationEvent, GenerationRequest, Generator } from '../engine/ports.ts';
import { cutReply, malformedReply, resetOf } from './failures.ts';
import { changeOf, type FaultInjector, type Plan } from './injector.ts';
import { meet } from './meet.ts';
import { portAround } from './port-around.ts';
import { pause } from './waits.ts';

type Stream = AsyncIterable<GenerationEvent>;

export function faultyGenerator(port: Generator, injector: FaultInjector): Generator {
  return portAround(port, {
    generate: (request) => {
      const plan = injector.plan('generator');
      return plan === undefined ? port.generate(request) : generateUnder(plan, port, { request, injector });
    },
  });
}

interface Generation {
  readonly request: GenerationRequest;
  readonly injector: FaultInjector;
}

async function* generateUnder(plan: Plan, port: Generator, { request, injector }: Generation): Stream {
  await meet(plan, 'generator', injector, request.signal);
  let stream: Stream = port.generate(request);
  const cut = changeOf(plan, 'truncate');
  if (cut !== undefined) stream = cutShort(stream, cut.keep);
  if (changeOf(plan, 'malformed')) stream = brokenAfterFirst(stream, malformedReply('generator'));
  if (changeOf(plan, 'reset')) stream = brokenAfterFirst(stream, resetOf('generator'));
  const drip = changeOf(plan, 'drip');
  yield* drip === undefined ? stream : dripping(stream, { ...drip, injector, signal: request.signal });
}

/**
 * The first so much of the text, and then the failure that an adapter makes of a stream that lacks its end. How much that
 * is shows only once the answer is whole, so that nothing comes before.
 */
async function* cutShort(stream: Stream, keep: number): Stream {
  const texts: string[] = [];
  for await (const event of stream) if (event.type === 'text') texts.push(event.text);
  const whole = texts.reduce((length, text) => length + text.length, 0);
  let left = Math.floor(whole * keep);
  for (const text of texts) {
    if (left <= 0) break;
    yield { type: 'text', text: text.slice(0, left) };
    left -= text.length;
  }
  throw cutReply('generator');
}

/** The first piece of text, then a failure; also where there is no text at all. */
async function* brokenAfterFirst(stream: Stream, failure: Error): Stream {
  for await (const event of stream) {
    if (event.type === 'text') yield event;
    break;
  }
  throw failure;
}

/** A word, with the space behind it: as good as a token, where nobody knows the model's own. */
const TOKENS = /\S+\s*|\s+/gu;

interface Drip {
  readonly perSecond: number;
  readonly injector: FaultInjector;
  readonly signal: AbortSignal | undefined;
}

/** The same texts, a token at a time. Due times count from the start, so that the coarseness of timers does not add up. */
async function* dripping(stream: Stream, { perSecond, injector, signal }: Drip): Stream {
  const { clock } = injector;
  let start: number | undefined;
  let tokens = 0;
  for await (const event of stream) {
    if (event.type === 'done') {
      yield event;
      continue;
    }
    for (const [text] of event.text.matchAll(TOKENS)) {
      start ??= clock.now();
      tokens += 1;
      await pause(injector, start + (tokens * 1000) / perSecond - clock.now(), signal);
      yield { type: 'text', text };
    }
  }
}
