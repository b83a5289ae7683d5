import { TRIGGERS } from '../../bench/crash/poison-corpus.ts';
import type { EmbeddingsReply, EmbeddingsRequest } from './openai-embeddings.ts';

/** How a service answers that texts with a trigger poison: each does always the same to it. For `startEmbeddingsServer`. */
export function poisonedReply({ input, dimensions = 8 }: EmbeddingsRequest): EmbeddingsReply {
  const holds = (trigger: string): boolean => input.some((text) => text.includes(trigger));
  if (holds(TRIGGERS.refused)) return { status: 400, message: 'this text cannot be tokenised' };
  if (holds(TRIGGERS.breaks)) return { status: 500, message: 'the server had an error' };
  return { embed: (text) => vectorOf(text, dimensions) };
}

function vectorOf(text: string, dimensions: number): (number | null)[] {
  const isPoison = text.includes(TRIGGERS.notANumber);
  return Array.from({ length: dimensions }, (_, place) =>
    isPoison && place === 1 ? null : 1 + (text.charCodeAt(place % text.length) % 97),
  );
}
