import type { Clues, Guess } from './guessing/guess.ts';
import { guessAnswer } from './guessing/guess-answer.ts';
import { type FigureGuesses, guessFigures } from './guessing/guess-figures.ts';
import { guessPassages, type PassageGuesses } from './guessing/guess-passages.ts';
import { type Json, placesIn } from './guessing/json-paths.ts';
import { bareId } from './id-matching.ts';

export type { Clues, Guess, Trust } from './guessing/guess.ts';
export { guessStream, type StreamGuess } from './guessing/guess-stream.ts';
export type { Json } from './guessing/json-paths.ts';

/**
 * JMESPath expressions for what a reply says; what could not be found is left out. `id`, `title`, `text` and `score`
 * stand for one passage, all others for the whole reply.
 */
export interface GuessedMapping extends PassageGuesses, FigureGuesses {
  readonly answer?: Guess;
}

/**
 * Guesses from one parsed reply where the answer, the passages and the figures are: by the names that services give
 * them, by their shape, and by what is known of the question. Every expression was evaluated on the reply. Pure; never
 * throws, whatever the reply.
 */
export function guessMapping(reply: Json, given: Clues = {}): GuessedMapping {
  const clues = withBareIds(given);
  const places = placesIn(reply);
  const answer = guessAnswer(reply, places, clues);
  const passages = guessPassages(reply, places, { ...clues, ...(answer && { answerSteps: answer.steps }) });
  return { ...(answer && { answer: answer.guess }), ...passages, ...guessFigures(reply, places) };
}

/** What is worked out once, where many replies are guessed from the same clues. */
export function withBareIds(clues: Clues): Clues {
  if (clues.documentIds === undefined || clues.bareIds !== undefined) return clues;
  return { ...clues, bareIds: new Set([...clues.documentIds].map(bareId)) };
}
