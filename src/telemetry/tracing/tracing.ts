import type { EngineEvent } from '../../engine/events.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Emitter } from '../../kernel/emitter.ts';
import type { TracingOptions } from '../options.ts';
import { type EvaluationScore, writeEvaluation } from './evaluation-span.ts';
import { type EngineFacts, embeddedBy } from './facts.ts';
import { QueryTrace, type TracedAnswer } from './query-trace.ts';
import { type Recorded, Recording } from './recording.ts';
import { type Headers, type LoadedSdk, loadSdk, ROOT_SPAN } from './sdk.ts';
import type { SpanFigures } from './span-counts.ts';
import type { Traced, TraceIds } from './trace-ids.ts';
import { kindOf, writeQuery } from './write-spans.ts';

/** What a question is asked with, as far as traces are concerned. */
interface Tagged {
  readonly tag?: object;
}

/** What an engine has to be, to be traced. */
export interface TraceableEngine<Options extends Tagged, Answer extends TracedAnswer> {
  readonly events: Emitter<EngineEvent>;
  /** `model`: id of the embedder whose vectors it holds now. */
  readonly store?: { readonly model: string | undefined };
  ask(question: string, options?: Options): Promise<Answer>;
}

/** A question that came from elsewhere. */
export interface Arrived {
  /** Of the request: whoever sent it may have begun the trace. */
  readonly headers?: Headers;
  /** Who answers it: a service (by default), or the process that asks. */
  readonly kind?: 'server' | 'internal';
  /** When it came, on the engine's clock; by default now. */
  readonly start?: number;
}

/**
 * One question on its way, traced or not: the tag to ask it with. Its methods cost next to nothing where it is not sampled.
 */
export interface QuestionTrace extends Traced {
  waited(queue: string, start: number, end: number): void;
  failed(error: unknown): void;
  /** Ends the trace, once: what is told afterwards is not heard. */
  end(): void;
}

/** The traces of one engine. */
export interface EngineTracing {
  /** Begins the trace of a question; `watch` goes on with it where it is the question's tag. */
  begin(arrived: Arrived): QuestionTrace;
  /**
   * The engine, each of whose questions makes a trace of its own unless one was begun for it. `stop` lets go of the engine's
   * events.
   */
  watch<Options extends Tagged, Answer extends TracedAnswer, Engine extends TraceableEngine<Options, Answer>>(
    engine: Engine & TraceableEngine<Options, Answer>,
  ): { readonly ask: Engine['ask']; readonly stop: () => void };
  /** Adds to a trace that is kept what its answer was scored, also after it has ended. */
  evaluated(of: TraceIds, results: readonly EvaluationScore[]): void;
  figures(): SpanFigures;
}

export interface Tracing {
  forEngine(facts: EngineFacts): EngineTracing;
  figures(): SpanFigures;
  /** Sends what is left, within `tracing.flushMs`. */
  stop(): Promise<void>;
}

export interface TracingSetting {
  readonly options: TracingOptions;
  /** `telemetry.content`. */
  readonly content: boolean;
  readonly version: string;
  /** That of the engines. */
  readonly clock: Clock;
}

/** Undefined where no collector is named: nothing of OpenTelemetry is loaded then. */
export async function startTracing(setting: TracingSetting): Promise<Tracing | undefined> {
  const { options, version } = setting;
  const { endpoint, disabled } = options;
  if (endpoint === undefined || disabled) return undefined;
  const sdk = await loadSdk({ options: { ...options, endpoint }, version });
  return {
    forEngine: (facts) => new Traces(sdk, setting, facts),
    figures: () => sdk.figures(),
    stop: () => sdk.stop(),
  };
}

class Traces implements EngineTracing {
  readonly #sdk: LoadedSdk;
  readonly #setting: TracingSetting;
  readonly #facts: EngineFacts;
  #embedder: () => string | undefined = () => undefined;

  constructor(sdk: LoadedSdk, setting: TracingSetting, facts: EngineFacts) {
    this.#sdk = sdk;
    this.#setting = setting;
    this.#facts = facts;
  }

  figures(): SpanFigures {
    return this.#sdk.figures();
  }

  evaluated(of: TraceIds, results: readonly EvaluationScore[]): void {
    writeEvaluation(this.#sdk, of, results);
  }

  begin({ headers, start, kind = 'server' }: Arrived): Question {
    return this.#begin({ kind, context: headers && this.#sdk.contextOf(headers), start });
  }

  watch<Options extends Tagged, Answer extends TracedAnswer, Engine extends TraceableEngine<Options, Answer>>(
    engine: Engine & TraceableEngine<Options, Answer>,
  ): { readonly ask: Engine['ask']; readonly stop: () => void } {
    this.#embedder = () => engine.store?.model;
    const numbered = new Map<number, Question>();
    const stop = engine.events.listen((event) => hear(event, numbered));
    const ask = (text: string, options?: Options): Promise<Answer> => {
      const around = options?.tag instanceof Question ? options.tag : undefined;
      if (around?.claim()) return answered(around, text, () => engine.ask(text, options));
      const question = this.#begin({ kind: 'internal', context: around?.context, start: undefined });
      if (!question.ids.sampled) return engine.ask(text, options);
      question.claim();
      const tagged = { ...options, tag: question } as Options & Tagged;
      return answered(question, text, () => engine.ask(text, tagged)).finally(() => question.end());
    };
    return { ask, stop };
  }

  #begin({ kind, context, start }: Begun): Question {
    const sdk = this.#sdk;
    const { clock } = this.#setting;
    const ids = sdk.sample(context);
    const recording = ids.sampled
      ? new Recording(start ?? clock.now(), clock, (recorded) =>
          sdk.later(() => this.#write(recorded, { ids, kind, context })),
        )
      : undefined;
    return new Question(sdk, ids, recording);
  }

  /** All of it once the question has been answered: what was told meanwhile is gone through as if it were told now. */
  #write(
    { start, end, steps, calendar }: Recorded,
    { ids, kind, context }: { ids: TraceIds } & Omit<Begun, 'start'>,
  ): void {
    const sdk = this.#sdk;
    const { content, options } = this.#setting;
    let now = start;
    const trace = new QueryTrace({
      facts: embeddedBy(this.#embedder(), this.#facts),
      disclosure: { content, documents: options.documents },
      now: () => now,
      start,
    });
    for (const { at, step } of steps) {
      now = at;
      step(trace);
    }
    const startTime = calendar(start);
    const root = sdk.startAs(ids, ROOT_SPAN, { kind: kindOf(sdk.api, kind), startTime, parent: context });
    writeQuery(root, trace.finish(end), { sdk, calendar });
  }
}

type Context = ReturnType<LoadedSdk['contextOf']>;
interface Begun {
  readonly kind: 'server' | 'internal';
  readonly context: Context | undefined;
  readonly start: number | undefined;
}

class Question implements QuestionTrace {
  readonly ids: TraceIds;
  /** Undefined where it is not sampled, and once it has ended. */
  recording: Recording | undefined;
  readonly #sdk: LoadedSdk;
  #claimed = false;

  constructor(sdk: LoadedSdk, ids: TraceIds, recording: Recording | undefined) {
    this.#sdk = sdk;
    this.ids = ids;
    this.recording = recording;
  }

  /** For what happens below it. */
  get context(): Context {
    const { traceId, spanId, sampled } = this.ids;
    const { api } = this.#sdk;
    const { SAMPLED, NONE } = api.TraceFlags;
    return api.trace.setSpanContext(api.ROOT_CONTEXT, {
      traceId,
      spanId,
      traceFlags: sampled ? SAMPLED : NONE,
    });
  }

  /** True once: a second question with the same tag makes a trace below this one. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    return true;
  }

  waited(queue: string, start: number, end: number): void {
    this.recording?.keep((trace) => trace.waited(queue, start, end));
  }

  failed(error: unknown): void {
    this.recording?.keep((trace) => trace.failed(error));
  }

  end(): void {
    const { recording } = this;
    this.recording = undefined;
    recording?.end();
  }
}

/** A question's tag says whose trace it is; what happens in its course bears its number. */
function hear(event: EngineEvent, numbered: Map<number, Question>): void {
  if (event.type === 'query.started') {
    const { tag } = event;
    if (!(tag instanceof Question) || tag.recording === undefined) return;
    numbered.set(event.query, tag);
    tag.recording.keep((trace) => trace.take(event));
  } else if (numbered.size > 0 && 'query' in event && event.query !== undefined) {
    numbered.get(event.query)?.recording?.keep((trace) => trace.take(event));
    if (event.type === 'query.finished' || event.type === 'query.failed') numbered.delete(event.query);
  }
}

async function answered<Answer extends TracedAnswer>(
  question: Question,
  text: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  question.recording?.keep((trace) => trace.question(text));
  try {
    const answer = await ask();
    question.recording?.keep((trace) => trace.answered(answer));
    return answer;
  } catch (error) {
    question.failed(error);
    throw error;
  }
}
