import { GroundspeedError } from '../kernel/errors.ts';
import type { Answer, AskOptions, Finding } from './answer.ts';
import type { CachedAnswer } from './caching/layers.ts';
import type { SemanticMatch } from './caching/semantic-cache.ts';
import type { Stage } from './events.ts';
import { ABSTENTION } from './generation/abstention.ts';
import { costOf, type PriceTable } from './generation/cost.ts';
import type { GeneratedAnswer, Generator, Passage, TokenUsage } from './ports.ts';
import type { Query } from './query.ts';

const NO_STAGES: Readonly<Record<Stage, number>> = {
  embed: 0,
  retrieve: 0,
  rerank: 0,
  prompt: 0,
  generate: 0,
};
const NO_USAGE: TokenUsage = { inputTokens: 0, outputTokens: 0 };
const NO_CONTEXT: GeneratedAnswer = {
  text: ABSTENTION,
  citations: [],
  confidence: 0,
  abstained: true,
  usage: NO_USAGE,
};
const WITHOUT_MODEL = { by: 'none' } as const;
const NO_RANKING: Answer['ranking'] = { ids: [], scores: new Float64Array(0) };
const NO_TRACE: NonNullable<Answer['trace']> = {
  keyword: undefined,
  vector: undefined,
  fused: { keys: new Uint32Array(0), scores: new Float64Array(0) },
  reranked: undefined,
};

/** What stands in for a full answer, before anybody has been told of it. */
export type StandIn = Pick<
  Answer,
  | 'text'
  | 'abstained'
  | 'confidence'
  | 'passages'
  | 'contextSize'
  | 'citations'
  | 'ranking'
  | 'similarity'
  | 'usage'
> & { readonly trace: NonNullable<Answer['trace']> };

export interface WriterParts {
  readonly generator: Generator;
  readonly prices: PriceTable;
}

/** The second half of every answer: from the passages to the text, and to whoever waits for it. */
export class Writer {
  readonly #parts: WriterParts;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** The generator's answer from the passages that were found, its pieces passed on as they come. */
  async write(
    query: Query,
    question: string,
    { passages, contextSize, ranking, similarity }: Finding,
    options: AskOptions,
  ): Promise<Answer> {
    const context = contextOf(passages, contextSize);
    const say = (text: string): void => {
      query.spoke();
      options.onText?.(text);
    };
    const generated = await query.during(
      'generate',
      async () => {
        if (context.length > 0) return this.#listen(query, question, context, say);
        say(ABSTENTION);
        return NO_CONTEXT;
      },
      context.length > 0 ? undefined : WITHOUT_MODEL,
    );
    const { text, abstained, confidence, citations, usage, model } = generated;
    query.used('chat', usage, costOf(this.#parts.prices, model, usage));
    const totalMs = query.elapsed();
    const { degraded } = query;
    return {
      text,
      abstained,
      confidence,
      passages,
      contextSize,
      citations,
      ranking,
      ...(similarity !== undefined && { similarity }),
      stages: query.stages,
      totalMs,
      firstTokenMs: query.firstTokenMs ?? totalMs,
      cache: query.cache,
      ...(degraded && { degraded }),
      usage,
      costUsd: query.costUsd,
    };
  }

  /** A cached answer, or one that somebody else's computation gave: the same arrays, but its own time, and nothing spent. */
  again(query: Query, { answer, finding }: CachedAnswer, options: AskOptions): Answer {
    query.spoke();
    options.onText?.(answer.text);
    const totalMs = query.elapsed();
    return {
      ...answer,
      stages: NO_STAGES,
      totalMs,
      firstTokenMs: query.firstTokenMs ?? totalMs,
      cache: query.cache,
      usage: NO_USAGE,
      costUsd: 0,
      ...(options.trace && { trace: finding.trace }),
    };
  }

  /** The answer to an earlier question that means the same: only what led to it was spent. */
  near(
    query: Query,
    { value: { answer }, matched }: SemanticMatch<CachedAnswer>,
    options: AskOptions,
  ): Answer {
    query.spoke();
    options.onText?.(answer.text);
    const totalMs = query.elapsed();
    return {
      ...answer,
      stages: query.stages,
      totalMs,
      firstTokenMs: query.firstTokenMs ?? totalMs,
      cache: query.cache,
      matched,
      usage: NO_USAGE,
      costUsd: query.costUsd,
    };
  }

  /** What stands in, passed on in one piece; what failed before it has taken its time and its money all the same. */
  passOn(query: Query, { trace, ...standIn }: StandIn, options: AskOptions): Answer {
    query.unsay();
    query.spoke();
    options.onText?.(standIn.text);
    const totalMs = query.elapsed();
    const { degraded } = query;
    return {
      ...standIn,
      stages: query.stages,
      totalMs,
      firstTokenMs: query.firstTokenMs ?? totalMs,
      cache: query.cache,
      ...(degraded && { degraded }),
      costUsd: query.costUsd,
      ...(options.trace && { trace }),
    };
  }

  async #listen(
    query: Query,
    question: string,
    passages: readonly Passage[],
    say: (text: string) => void,
  ): Promise<GeneratedAnswer> {
    const { generator } = this.#parts;
    const { signal, stageDeadline: deadline } = query;
    for await (const event of generator.generate({
      question,
      passages,
      query: query.number,
      deadline,
      ...(signal && { signal }),
    })) {
      query.throwIfWithdrawn();
      if (event.type === 'done') return event.answer;
      say(event.text);
    }
    throw brokenOff(generator);
  }
}

/**
 * The answer of a generator that needs nothing and takes a moment: also for a question whose time is up. Nothing is passed on
 * before it is whole.
 */
export async function extracted(
  query: Query,
  question: string,
  { passages, contextSize, ranking, similarity, trace }: Finding,
  generator: Generator,
): Promise<StandIn> {
  const { text, abstained, confidence, citations } = await query.during(
    'generate',
    async () => {
      for await (const event of generator.generate({
        question,
        passages: contextOf(passages, contextSize),
      })) {
        if (event.type === 'done') return event.answer;
      }
      throw brokenOff(generator);
    },
    { evenLate: true, by: 'extractive' },
  );
  return {
    text,
    abstained,
    confidence,
    passages,
    contextSize,
    citations,
    ranking,
    ...(similarity !== undefined && { similarity }),
    usage: NO_USAGE, // of the model it stands in for, which gave nothing
    trace,
  };
}

/** An earlier answer, given once more. */
export function recalled({ answer, finding }: CachedAnswer): StandIn {
  const { text, abstained, confidence, passages, contextSize, citations, ranking, similarity } = answer;
  const { trace } = finding;
  return {
    text,
    abstained,
    confidence,
    passages,
    contextSize,
    citations,
    ranking,
    ...(similarity !== undefined && { similarity }),
    usage: NO_USAGE,
    trace,
  };
}

/** Words that come of no passage. */
export function saidWithoutPassages(text: string, { abstained }: { abstained: boolean }): StandIn {
  return {
    text,
    abstained,
    confidence: 0,
    passages: [],
    contextSize: 0,
    citations: [],
    ranking: NO_RANKING,
    usage: NO_USAGE,
    trace: NO_TRACE,
  };
}

function contextOf(passages: readonly Passage[], contextSize: number): readonly Passage[] {
  return contextSize === passages.length ? passages : passages.slice(0, contextSize);
}

function brokenOff({ id }: Generator): GroundspeedError {
  return new GroundspeedError('generation.failed', 'The answer broke off before its end', {
    where: id,
    hint: 'Ask again; if it happens often, the service drops connections.',
  });
}
