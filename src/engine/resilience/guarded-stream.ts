import { GroundspeedError } from '../../kernel/errors.ts';
import type { GeneratedAnswer, GenerationEvent, GenerationRequest, Generator } from '../ports.ts';
import { freshSignals, pooledSignals, type Signals } from './attempt.ts';
import type { CallContext, Policy } from './policy.ts';

/**
 * The generator behind its policy. An attempt lasts from the request to the end of the stream: its place in the bulkhead is
 * held so long, and a stream that breaks off is a failure. Its timeout covers the time to the first event, and from one event
 * to the next, so that an answer may take long as long as it goes on; the deadline covers the whole. It is asked again only
 * while no text has been passed on. Leaving the iteration withdraws the request.
 */
export function guardGenerator(
  generator: Generator,
  policy: Policy,
  contextOf: (request: GenerationRequest) => CallContext = ({ signal, deadline, query }) => ({
    purpose: 'query',
    deadline,
    signal,
    query,
  }),
): Generator {
  // A policy keeps the signal that it is given to itself, unless it passes everything on: then each request has its own.
  const signals = policy.passesSignalOn ? freshSignals : pooledSignals();
  return {
    id: generator.id,
    generate: (request) => guarded({ generator, policy, signals }, request, contextOf(request)),
  };
}

interface Means {
  readonly generator: Generator;
  readonly policy: Policy;
  readonly signals: Signals;
}

async function* guarded(
  { generator, policy, signals }: Means,
  request: GenerationRequest,
  context: CallContext,
): AsyncGenerator<GenerationEvent> {
  const caller = context.signal;
  const left = signals.take();
  const leave = (): void => left.abort(caller?.reason);
  if (caller?.aborted) leave();
  caller?.addEventListener('abort', leave);
  const texts = new TextQueue();
  let spoken = false;
  const whole = policy.run(
    (signal, alive) =>
      listen(generator, { ...request, signal }, (event) => {
        alive();
        // An attempt that was given up may go on speaking for a while.
        if (event === undefined || signal.aborted) return;
        spoken = true;
        texts.push(event);
      }),
    { ...context, signal: left.signal, repeatable: () => !spoken },
  );
  const end = (): void => texts.end();
  whole.then(end, end);
  try {
    for (;;) {
      const text = await texts.next();
      if (text === undefined) break;
      yield text;
    }
    yield { type: 'done', answer: await whole };
  } finally {
    caller?.removeEventListener('abort', leave);
    if (texts.hasEnded) signals.giveBack(left);
    else left.abort(caller?.reason);
  }
}

type TextEvent = Extract<GenerationEvent, { type: 'text' }>;

/** One whole stream: its texts as they come, its answer at the end. */
async function listen(
  generator: Generator,
  request: GenerationRequest,
  heard: (text: TextEvent | undefined) => void,
): Promise<GeneratedAnswer> {
  let answer: GeneratedAnswer | undefined;
  for await (const event of generator.generate(request)) {
    if (event.type === 'done') answer = event.answer;
    heard(event.type === 'text' ? event : undefined);
    if (request.signal?.aborted) break;
  }
  if (answer !== undefined) return answer;
  request.signal?.throwIfAborted();
  throw new GroundspeedError('generation.failed', 'The answer broke off before its end', {
    where: generator.id,
    hint: 'Ask again; if it happens often, the service drops connections.',
  });
}

/** Texts from whoever makes them to whoever takes them, one taker at a time. */
class TextQueue {
  #texts: TextEvent[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  get hasEnded(): boolean {
    return this.#ended;
  }

  push(text: TextEvent): void {
    this.#texts.push(text);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Undefined once all have been taken and no more will come. */
  async next(): Promise<TextEvent | undefined> {
    while (this.#texts.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#texts.shift();
  }
}
