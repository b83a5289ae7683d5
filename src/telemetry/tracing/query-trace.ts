import type { EngineEvent, Stage } from '../../engine/events.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import { outcomeOf } from '../engine-metrics.ts';
import { ATTRIBUTE } from './attributes.ts';
import type { EngineFacts } from './facts.ts';
import {
  type Attributes,
  type AttributeValue,
  type SpanDraft,
  type SpanEvent,
  unaccountedMs,
} from './span-draft.ts';
import { type DependencyCall, dependencySpan, STAGE_OF, stageSpan } from './stage-spans.ts';

type Told<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;

/** What spans may tell of a question and its answer: by choice only. */
export interface Disclosure {
  /** The first 100 characters of the question, the answer and what errors say. */
  readonly content: boolean;
  /** Ids of the passages' documents, and their scores. */
  readonly documents: boolean;
}

/** What of an answer no event tells. */
export interface TracedAnswer {
  readonly text: string;
  readonly contextSize: number;
  readonly passages: readonly { readonly documentId: string; readonly score: number }[];
}

const SHOWN = 100;
export const shown = (text: string): string => text.slice(0, SHOWN);

export interface QueryTraceSetting {
  readonly facts: EngineFacts;
  readonly disclosure: Disclosure;
  /** The engine's clock. */
  readonly now: () => number;
  /** On it. */
  readonly start: number;
}

/** What becomes of the root span. */
export interface FinishedQuery {
  readonly end: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly error: string | undefined;
  readonly children: readonly SpanDraft[];
}

/** One question's trace while it is under way: gathers what the engine tells, and is a tree of spans in the end. Pure. */
export class QueryTrace {
  readonly #setting: QueryTraceSetting;
  readonly #attributes: Record<string, AttributeValue>;
  readonly #events: SpanEvent[] = [];
  readonly #children: SpanDraft[] = [];
  /** Calls and events of dependencies whose stage has not ended yet. */
  readonly #calls: DependencyCall[] = [];
  readonly #happened: { readonly stage: Stage | undefined; readonly event: SpanEvent }[] = [];
  /** When the engine got the question. */
  #asked: number;
  #firstToken: number | undefined;
  #topK: number | undefined;
  readonly #used: Told<'model.used'>[] = [];
  #outcome: string | undefined;
  #error: string | undefined;

  constructor(setting: QueryTraceSetting) {
    this.#setting = setting;
    this.#asked = setting.start;
    this.#attributes = {
      [ATTRIBUTE.spanKind]: 'CHAIN',
      [ATTRIBUTE.dataSource]: setting.facts.dataSource,
    };
  }

  /** The question waited for a place. */
  waited(queue: string, start: number, end: number): void {
    this.#children.push({
      name: `queue ${queue}`,
      kind: 'internal',
      start,
      end,
      attributes: { [ATTRIBUTE.queue]: queue },
      events: [],
      children: [],
    });
  }

  /** The words of the question, which stay here unless they may be shown. */
  question(text: string): void {
    this.#attributes[ATTRIBUTE.questionChars] = text.length;
    if (this.#setting.disclosure.content) this.#attributes[ATTRIBUTE.input] = shown(text);
  }

  answered({ text, contextSize, passages }: TracedAnswer): void {
    const { content, documents } = this.#setting.disclosure;
    this.#attributes[ATTRIBUTE.contextPassages] = contextSize;
    if (content) this.#attributes[ATTRIBUTE.output] = shown(text);
    if (!documents) return;
    const retrieval = this.#children.findLast(
      ({ attributes }) => attributes[ATTRIBUTE.spanKind] === 'RETRIEVER',
    );
    const to = retrieval?.attributes ?? this.#attributes;
    for (const [place, { documentId, score }] of passages.entries()) {
      to[`${ATTRIBUTE.documents}${place}${ATTRIBUTE.documentId}`] = documentId;
      to[`${ATTRIBUTE.documents}${place}${ATTRIBUTE.documentScore}`] = score;
    }
  }

  failed(thrown: unknown): void {
    if (this.#error !== undefined) return; // by those whom it has passed on its way
    const code = codeOf(thrown);
    this.#error = code;
    this.#outcome = code.startsWith('request.') ? 'invalid' : outcomeOf(code as ErrorCode);
    this.#happen('exception', {
      [ATTRIBUTE.exceptionType]: code,
      // What went wrong may quote the question.
      ...(this.#setting.disclosure.content &&
        thrown instanceof Error && { [ATTRIBUTE.exceptionMessage]: shown(thrown.message) }),
    });
  }

  take(event: EngineEvent): void {
    switch (event.type) {
      case 'query.started':
        this.#asked = this.#setting.now();
        this.#topK = event.topK;
        break;
      case 'model.used':
        this.#used.push(event);
        break;
      case 'cache.looked-up':
        this.#lookedUp(event);
        break;
      case 'stage.finished':
      case 'stage.failed':
        this.#stage(event);
        break;
      case 'retrieval.finished':
        this.#retrieved(event);
        break;
      case 'token.first':
        this.#firstToken = this.#asked + event.sinceStart;
        break;
      case 'query.degraded':
        this.#attributes[ATTRIBUTE.degradation] = event.level;
        this.#attributes[ATTRIBUTE.degradationReason] = event.reason;
        this.#happen('degraded', {
          [ATTRIBUTE.degradation]: event.level,
          [ATTRIBUTE.degradationReason]: event.reason,
        });
        break;
      case 'query.finished':
        this.#finished(event);
        break;
      default:
        this.#dependency(event);
    }
  }

  /** The root's own part and its children. What was called and belongs to no stage stands below the root itself. */
  finish(end: number): FinishedQuery {
    for (const call of this.#calls) this.#children.push(dependencySpan(call, this.#setting.facts));
    this.#events.push(...this.#happened.map(({ event }) => event));
    this.#firstChunk();
    for (const use of this.#used) this.#tokens(use);
    return {
      end,
      attributes: {
        ...this.#attributes,
        ...(this.#outcome !== undefined && { [ATTRIBUTE.outcome]: this.#outcome }),
        [ATTRIBUTE.unaccountedMs]: unaccountedMs({ start: this.#setting.start, end }, this.#children),
      },
      events: this.#events,
      error: this.#error,
      children: this.#children,
    };
  }

  #happen(name: string, attributes: Attributes): void {
    this.#events.push({ name, at: this.#setting.now(), attributes });
  }

  #lookedUp({ layer, state }: Told<'cache.looked-up'>): void {
    this.#attributes[`${ATTRIBUTE.cacheLayer}${layer}`] = state;
    const whole = layer === 'response' || layer === 'semantic';
    if (whole && state !== 'off') {
      const hit = state !== 'miss' || this.#attributes[ATTRIBUTE.cache] === 'hit';
      this.#attributes[ATTRIBUTE.cache] = hit ? 'hit' : 'miss';
    }
  }

  #stage(event: Told<'stage.finished'> | Told<'stage.failed'>): void {
    const { stage, by, start, duration } = event;
    const { facts } = this.#setting;
    const span = stageSpan(by ?? stage, this.#topK === undefined ? facts : { ...facts, topK: this.#topK }, {
      start,
      end: start + duration,
      error: event.type === 'stage.failed' ? event.code : undefined,
    });
    for (const call of takeFrom(this.#calls, ({ dependency }) => STAGE_OF[dependency] === stage)) {
      span.children.push(dependencySpan(call, this.#setting.facts));
    }
    for (const { event: happened } of takeFrom(this.#happened, (one) => one.stage === stage)) {
      span.events.push(happened);
    }
    this.#children.push(span);
  }

  /** Told once the stage is over: belongs to the last one. */
  #retrieved({ retriever, count, topScore }: Told<'retrieval.finished'>): void {
    const stage = this.#children.findLast(({ attributes }) => attributes[ATTRIBUTE.spanKind] === 'RETRIEVER');
    const dependency = { keyword: 'keywords', vector: 'vectors', fused: undefined }[retriever];
    const span =
      dependency === undefined
        ? stage
        : stage?.children.findLast(({ attributes }) => attributes[ATTRIBUTE.dependency] === dependency);
    if (span === undefined) return;
    span.attributes[ATTRIBUTE.retrieved] = count;
    if (topScore !== undefined) span.attributes[ATTRIBUTE.topScore] = topScore;
  }

  #finished({ outcome, degraded, costUsd }: Told<'query.finished'>): void {
    this.#outcome = degraded === undefined ? outcome : 'degraded';
    this.#attributes[ATTRIBUTE.costUsd] = costUsd;
  }

  /** On the span of the call: of several, the last, which is the one that answered. */
  #tokens({ operation, inputTokens, outputTokens }: Told<'model.used'>): void {
    const span = this.#children.findLast(({ attributes }) => attributes[ATTRIBUTE.operation] === operation);
    if (span === undefined) return;
    span.attributes[ATTRIBUTE.inputTokens] = inputTokens;
    if (operation === 'embeddings') return;
    span.attributes[ATTRIBUTE.outputTokens] = outputTokens;
    span.attributes[ATTRIBUTE.promptTokens] = inputTokens;
    span.attributes[ATTRIBUTE.completionTokens] = outputTokens;
  }

  #dependency(event: EngineEvent): void {
    const at = this.#setting.now();
    if (event.type === 'dependency.called') {
      const { dependency, outcome, attempt, duration } = event;
      const isSpan = dependency === 'vectors' || dependency === 'keywords' || dependency === 'cache';
      if (isSpan) this.#calls.push({ dependency, outcome, attempt, start: at - duration, end: at });
      else if (outcome !== 'ok') {
        const attributes = { [ATTRIBUTE.dependency]: dependency, [ATTRIBUTE.attempt]: attempt };
        this.#meanwhile(STAGE_OF[dependency], {
          name: 'attempt failed',
          at,
          attributes: { ...attributes, [ATTRIBUTE.cause]: outcome },
        });
      }
    } else if (event.type === 'dependency.retried') {
      const { dependency, delay, cause } = event;
      this.#meanwhile(STAGE_OF[dependency], {
        name: 'retry',
        at,
        attributes: {
          [ATTRIBUTE.dependency]: dependency,
          [ATTRIBUTE.delayMs]: delay,
          [ATTRIBUTE.cause]: cause,
        },
      });
    } else if (event.type === 'retry.refused') {
      const { dependency, why } = event;
      this.#meanwhile(STAGE_OF[dependency], {
        name: 'retry refused',
        at,
        attributes: { [ATTRIBUTE.dependency]: dependency, [ATTRIBUTE.cause]: why },
      });
    } else if (event.type === 'breaker.changed') {
      this.#happen('breaker changed', {
        [ATTRIBUTE.dependency]: event.dependency,
        [ATTRIBUTE.breakerFrom]: event.from,
        [ATTRIBUTE.breakerTo]: event.to,
      });
    }
  }

  #meanwhile(stage: Stage | undefined, event: SpanEvent): void {
    this.#happened.push({ stage, event });
  }

  #firstChunk(): void {
    const chat = this.#children.findLast(({ attributes }) => attributes[ATTRIBUTE.spanKind] === 'LLM');
    if (chat === undefined || this.#firstToken === undefined || this.#firstToken < chat.start) return;
    chat.attributes[ATTRIBUTE.timeToFirstChunk] = (this.#firstToken - chat.start) / 1000;
  }
}

/** The error's own code: that of the catalogue, of a refused request, or the system's. */
function codeOf(thrown: unknown): string {
  const { code } = (thrown ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'internal.bug';
}

/** Takes out of a list what fits, in its order. */
function takeFrom<T>(list: T[], fits: (item: T) => boolean): T[] {
  const taken: T[] = [];
  for (let index = 0; index < list.length; ) {
    if (fits(list[index]!)) taken.push(...list.splice(index, 1));
    else index += 1;
  }
  return taken;
}
