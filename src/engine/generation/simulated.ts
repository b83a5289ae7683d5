import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { normal, type Random } from '../../kernel/random.ts';
import { milliseconds } from '../../kernel/units.ts';
import { tokenSpans } from '../../text/tokens.ts';
import type { EngineOptions } from '../options.ts';
import type { Generator, Passage } from '../ports.ts';
import { ABSTENTION } from './abstention.ts';

/** Its price in `generation.prices`, for those who want costs in a rehearsal. */
export const SIMULATED_MODEL = 'simulated';

/** It knows nothing of the question, and so claims neither knowledge nor ignorance. */
const CONFIDENCE = 0.5;

/** Questions whose number of askings is remembered; past that, a question starts again from its first draw. */
const REMEMBERED = 10_000;

/**
 * Stands in for a language model under load: waits as one would and "answers" with the beginning of the passages.
 * Time to the first token and tokens per second are log-normal, one draw each per answer; an answer that fails does
 * so when its first token is due.
 *
 * Chance depends on the seed, the question and how often that question was asked before: a run can be repeated
 * whatever the order in which requests overlap, and a question asked twice is not equally slow twice.
 */
export function createSimulatedGenerator(
  { generation: { simulated: settings } }: EngineOptions,
  { clock, random }: { clock: Clock; random: Random },
): Generator {
  const askings = new LRUCache<string, number>({ max: REMEMBERED });

  return {
    id: 'simulated',
    async *generate({ question, passages, signal }) {
      const asking = askings.get(question) ?? 0;
      askings.set(question, asking + 1);
      const draws = random.fork(`${asking}/${question}`);
      const fails = draws.next() < settings.errorRate;
      const firstTokenMs = settings.firstTokenMs * Math.exp(settings.firstTokenSigma * normal(draws));
      const rate = settings.tokensPerSecond * Math.exp(settings.tokensPerSecondSigma * normal(draws));

      const start = clock.now() + firstTokenMs;
      await sleepUntil(start, clock, signal);
      if (fails) {
        throw new GroundspeedError('generation.failed', 'The simulated service failed, as it was told to', {
          where: 'generation.simulated.errorRate',
          hint: 'Set generation.simulated.errorRate to 0 for a service that never fails.',
        });
      }
      const { pieces, cited } = beginnings(passages, settings.answerTokens);
      for (let index = 0; index < pieces.length; index += 1) {
        // Due times count from the first token, so that the coarseness of timers does not add up.
        await sleepUntil(start + (index * 1000) / rate, clock, signal);
        yield { type: 'text', text: pieces[index]! };
      }
      yield {
        type: 'done',
        answer: {
          text: pieces.join(''),
          citations: Array.from({ length: cited }, (_, index) => index),
          confidence: cited === 0 ? 0 : CONFIDENCE,
          abstained: cited === 0,
          usage: { inputTokens: inputTokens(question, passages), outputTokens: pieces.length },
          model: SIMULATED_MODEL,
        },
      };
    },
  };
}

async function sleepUntil(due: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const left = due - clock.now();
  if (left > 0) await clock.sleep(milliseconds(left), signal);
}

/** The first tokens of the passages, one a piece with what follows it; how many passages they come from. */
function beginnings(passages: readonly Passage[], wanted: number): { pieces: string[]; cited: number } {
  const pieces: string[] = [];
  let cited = 0;
  for (const { text } of passages) {
    if (pieces.length >= wanted) break;
    cited += 1;
    const spans = tokenSpans(text);
    for (let index = 0; index < spans.length && pieces.length < wanted; index += 2) {
      const start = index === 0 && pieces.length === 0 ? 0 : spans[index]!;
      const end = spans[index + 2] ?? text.length;
      pieces.push(text.slice(start, end).replaceAll(/\s+/g, ' '));
    }
    const last = pieces.length - 1;
    if (last >= 0 && !pieces[last]!.endsWith(' ')) pieces[last] += ' ';
  }
  if (pieces.length === 0) return { pieces: [ABSTENTION], cited: 0 };
  pieces[pieces.length - 1] = pieces.at(-1)!.trimEnd();
  return { pieces, cited };
}

function inputTokens(question: string, passages: readonly Passage[]): number {
  let tokens = tokenSpans(question).length / 2;
  for (const { text } of passages) tokens += tokenSpans(text).length / 2;
  return tokens;
}
