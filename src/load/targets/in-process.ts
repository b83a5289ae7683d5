import type { Answer } from '../../engine/answer.ts';
import type { Engine } from '../../engine/engine.ts';
import { STAGES } from '../../engine/events.ts';
import type { Target, TargetResponse } from '../target.ts';
import { promisedTarget } from './promised.ts';

/** The engine of this process as a target. It is not closed with the target: whoever opened it closes it. */
export function inProcessTarget(engine: Pick<Engine, 'ask'>): Target {
  return promisedTarget({
    stages: STAGES,
    async ask({ text, cache }, signal, onFirstToken) {
      let told = false;
      const onText = (): void => {
        if (told) return;
        told = true;
        onFirstToken();
      };
      return asResponse(await engine.ask(text, { cache, signal, onText }));
    },
  });
}

/** An engine's answer in the words of the port. Arrays are passed on, not copied. */
export function asResponse(answer: Answer): TargetResponse {
  return {
    answer: answer.text,
    abstained: answer.abstained,
    lastResort: false,
    confidence: answer.confidence,
    passages: answer.passages,
    contextSize: answer.contextSize,
    citations: answer.citations,
    ranking: answer.ranking,
    cache: cacheState(answer.cache),
    stages: STAGES.map((stage) => answer.stages[stage]),
    inputTokens: answer.usage.inputTokens,
    outputTokens: answer.usage.outputTokens,
    costUsd: answer.costUsd,
  };
}

/** The outermost layer that spared work; `off` only when no layer was even asked. */
function cacheState({ response, retrieval, embedding }: Answer['cache']): TargetResponse['cache'] {
  if (response === 'hit') return 'response';
  if (retrieval === 'hit') return 'retrieval';
  if (embedding === 'hit') return 'embedding';
  return response === 'off' && retrieval === 'off' && embedding === 'off' ? 'off' : 'miss';
}
