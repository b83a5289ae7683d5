import type { Span } from '@opentelemetry/api';
import type { EngineEvent } from '../../engine/events.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Emitter } from '../../kernel/emitter.ts';
import type { TracingOptions } from '../options.ts';
import { questionsUnderWay, type Traced, type TraceIds } from './active.ts';
import { type EvaluationScore, writeEvaluation } from './evaluation-span.ts';
import type { EngineFacts } from './facts.ts';
import { QueryTrace, type TracedAnswer } from './query-trace.ts';
import { type Headers, type LoadedSdk, loadSdk, type SdkSetting } from './sdk.ts';
import type { SpanFigures } from './span-counts.ts';
import { calendarAt, kindOf, writeQuery } from './write-spans.ts';

/** What an engine has to be, to be traced. */
export interface TraceableEngine<Options, Answer extends TracedAnswer> {
  readonly events: Emitter<EngineEvent>;
  ask(question: string, options?: Options): Promise<Answer>;
}

/** A question that came from elsewhere. */
export interface Arrived {
  /** Of the request: whoever sent it may have begun the trace. */
  readonly headers?: Headers;
  /** When it came, on the engine's clock; by default now. */
  readonly start?: number;
}

/** One question on its way, traced or not. Its methods cost next to nothing where it is not sampled. */
export interface QuestionTrace extends Traced {
  /** Does the work as this question's: what the engine tells meanwhile is taken for it, and `activeTrace` names it. */
  run<T>(work: () => T): T;
  waited(queue: string, start: number, end: number): void;
  failed(error: unknown): void;
  /** Ends the trace, once: what is told afterwards is not heard. */
  end(): void;
}

/** The traces of one engine. */
export interface EngineTracing {
  /** Begins the trace of a question; `watch` goes on with it inside `run`. */
  begin(arrived: Arrived): QuestionTrace;
  /**
   * The engine, each of whose questions makes a trace of its own unless one was begun for it. `stop` lets go of the engine's
   * events.
   */
  watch<Options, Answer extends TracedAnswer, Engine extends TraceableEngine<Options, Answer>>(
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
  readonly ids?: SdkSetting['ids'];
}

/** Undefined where no collector is named: nothing of OpenTelemetry is loaded then. */
export async function startTracing(setting: TracingSetting): Promise<Tracing | undefined> {
  const { options, version, ids } = setting;
  const { endpoint, disabled } = options;
  if (endpoint === undefined || disabled) return undefined;
  const sdk = await loadSdk({ options: { ...options, endpoint }, version, ...(ids && { ids }) });
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

  begin({ headers, start }: Arrived): Question {
    return this.#begin({ kind: 'server', context: headers && this.#sdk.contextOf(headers), start });
  }

  watch<Options, Answer extends TracedAnswer, Engine extends TraceableEngine<Options, Answer>>(
    engine: Engine & TraceableEngine<Options, Answer>,
  ): { readonly ask: Engine['ask']; readonly stop: () => void } {
    const numbered = new Map<number, Question>();
    const stop = engine.events.listen((event) => hear(event, numbered));
    const ask = (text: string, options?: Options): Promise<Answer> => {
      const around = questionsUnderWay.getStore();
      if (around instanceof Question && around.claim())
        return answered(around, text, () => engine.ask(text, options));
      const question = this.#begin({
        kind: 'internal',
        context: around instanceof Question ? around.context : undefined,
        start: undefined,
      });
      if (!question.ids.sampled) return engine.ask(text, options);
      question.claim();
      return question
        .run(() => answered(question, text, () => engine.ask(text, options)))
        .finally(() => question.end());
    };
    return { ask, stop };
  }

  #begin({ kind, context, start }: Pick<Begun, 'kind'> & Partial<Begun>): Question {
    const { clock, content, options } = this.#setting;
    const { api, tracer } = this.#sdk;
    const now = clock.now();
    const from = start ?? now;
    const calendar = calendarAt(now, clock.epoch());
    const span = tracer.startSpan(
      'rag.query',
      { kind: kindOf(api, kind), startTime: calendar(from) },
      context ?? api.ROOT_CONTEXT,
    );
    const trace = span.isRecording()
      ? new QueryTrace({
          facts: this.#facts,
          disclosure: { content, documents: options.documents },
          now: () => clock.now(),
          start: from,
        })
      : undefined;
    return new Question(span, trace, {
      context: () => api.trace.setSpan(api.ROOT_CONTEXT, span),
      write: (finished) => writeQuery(span, finished, { sdk: this.#sdk, calendar }),
      now: () => clock.now(),
    });
  }
}

type Context = ReturnType<LoadedSdk['contextOf']>;

interface Begun {
  readonly kind: 'server' | 'internal';
  readonly context: Context | undefined;
  readonly start: number | undefined;
}

interface Ways {
  readonly context: () => Context;
  readonly write: (finished: ReturnType<QueryTrace['finish']>) => void;
  readonly now: () => number;
}

class Question implements QuestionTrace {
  readonly ids: TraceIds;
  /** Undefined where it is not sampled, and once it has ended. */
  trace: QueryTrace | undefined;
  readonly #ways: Ways;
  #claimed = false;

  constructor(span: Span, trace: QueryTrace | undefined, ways: Ways) {
    const { traceId, spanId } = span.spanContext();
    this.ids = { traceId, spanId, sampled: trace !== undefined };
    this.trace = trace;
    this.#ways = ways;
  }

  get context(): Context {
    return this.#ways.context();
  }

  /** True once: a second question inside the same `run` makes a trace below this one. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    return true;
  }

  run<T>(work: () => T): T {
    return questionsUnderWay.run(this, work);
  }

  waited(queue: string, start: number, end: number): void {
    this.trace?.waited(queue, start, end);
  }

  failed(error: unknown): void {
    this.trace?.failed(error);
  }

  end(): void {
    const { trace } = this;
    this.trace = undefined;
    if (trace !== undefined) this.#ways.write(trace.finish(this.#ways.now()));
  }
}

/**
 * Events of a question go by its number. Those of dependencies bear none, and belong to the question in whose course they
 * happen: of several that share one call it is the first.
 */
function hear(event: EngineEvent, numbered: Map<number, Question>): void {
  if (event.type === 'query.started') {
    const question = questionsUnderWay.getStore();
    if (!(question instanceof Question) || question.trace === undefined) return;
    numbered.set(event.query, question);
    question.trace.take(event);
  } else if ('query' in event) {
    if (numbered.size === 0) return;
    numbered.get(event.query)?.trace?.take(event);
    if (event.type === 'query.finished' || event.type === 'query.failed') numbered.delete(event.query);
  } else if (numbered.size > 0) {
    const question = questionsUnderWay.getStore();
    if (question instanceof Question) question.trace?.take(event);
  }
}

async function answered<Answer extends TracedAnswer>(
  question: Question,
  text: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  question.trace?.question(text);
  try {
    const answer = await ask();
    question.trace?.answered(answer);
    return answer;
  } catch (error) {
    question.failed(error);
    throw error;
  }
}
