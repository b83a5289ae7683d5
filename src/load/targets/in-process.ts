import type { Answer, AskOptions } from '../../engine/answer.ts';
import type { Engine } from '../../engine/engine.ts';
import { STAGES } from '../../engine/events.ts';
import { isLastResort, type Target, type TargetResponse } from '../target.ts';
import { promisedTarget } from './promised.ts';

/** Asks the engine below the trace that a request began. */
export type TracedAsk = (traceparent: string, question: string, options: AskOptions) => Promise<Answer>;

/**
 * The engine of this process as a target. It is not closed with the target: whoever opened it closes it. Requests that begin a
 * trace are asked by `traced`, where there is one.
 */
export function inProcessTarget(
  engine: Pick<Engine, 'ask'> & Partial<Pick<Engine, 'cacheStatistics'>>,
  traced?: TracedAsk,
): Target {
  return promisedTarget({
    stages: STAGES,
    ...(engine.cacheStatistics !== undefined && { cacheStatistics: () => engine.cacheStatistics!() }),
    async ask({ text, cache, traceparent }, signal, onFirstToken) {
      let told = false;
      const onText = (): void => {
        if (told) return;
        told = true;
        onFirstToken();
      };
      const options = { cache, signal, onText };
      return asResponse(
        await (traceparent === undefined || traced === undefined
          ? engine.ask(text, options)
          : traced(traceparent, text, options)),
      );
    },
  });
}

/** An engine's answer in the words of the port. Arrays are passed on, not copied. */
export function asResponse(answer: Answer): TargetResponse {
  const degraded = answer.degraded?.level ?? 'none';
  return {
    answer: answer.text,
    abstained: answer.abstained,
    lastResort: isLastResort(degraded),
    degraded,
    confidence: answer.confidence,
    passages: answer.passages,
    contextSize: answer.contextSize,
    citations: answer.citations,
    ranking: answer.ranking,
    ...cacheReading(answer.cache),
    matched: answer.matched,
    stages: STAGES.map((stage) => answer.stages[stage]),
    inputTokens: answer.usage.inputTokens,
    outputTokens: answer.usage.outputTokens,
    costUsd: answer.costUsd,
  };
}

const OUTERMOST_FIRST = ['response', 'semantic', 'retrieval', 'embedding'] as const;

/** The outermost layer that spared work, and whether what it gave was past its time; `off` only when no layer was even asked. */
function cacheReading(states: Answer['cache']): Pick<TargetResponse, 'cache' | 'stale'> {
  for (const layer of OUTERMOST_FIRST) {
    const state = states[layer];
    if (state === 'hit' || state === 'stale') return { cache: layer, stale: state === 'stale' };
  }
  const isOff = OUTERMOST_FIRST.every((layer) => states[layer] === 'off');
  return isOff ? { cache: 'off', stale: undefined } : { cache: 'miss', stale: false };
}
