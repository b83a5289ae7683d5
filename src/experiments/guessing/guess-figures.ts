import {
  ABSTAINED_NAMES,
  ANSWERED_NAMES,
  CACHE_NAMES,
  CONFIDENCE_NAMES,
  COST_NAMES,
  INPUT_TOKEN_NAMES,
  type Names,
  OUTPUT_TOKEN_NAMES,
  PASSAGE_LIST_NAMES,
  plainName,
  weightOf,
} from './field-names.ts';
import { best, type Guess, verified } from './guess.ts';
import { expressionOf, type Json, type JsonLeaf, namesOf, type Place, type Places } from './json-paths.ts';

/** What a reply may tell besides the answer and its passages. */
export interface FigureGuesses {
  readonly inputTokens?: Guess;
  readonly outputTokens?: Guess;
  readonly costUsd?: Guess;
  readonly cache?: Guess;
  readonly confidence?: Guess;
  readonly abstained?: Guess;
}

const isCount = (value: JsonLeaf): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isAmount = (value: JsonLeaf): boolean => typeof value === 'number' && value >= 0;
const isSwitch = (value: JsonLeaf): boolean => typeof value === 'boolean';
const isState = (value: JsonLeaf): boolean =>
  isSwitch(value) || (typeof value === 'string' && value.length <= 40);

interface Sought {
  readonly names: Names;
  readonly fits: (value: JsonLeaf) => boolean;
  readonly reason: string;
}

const SOUGHT: Readonly<Record<keyof FigureGuesses, Sought>> = {
  inputTokens: {
    names: INPUT_TOKEN_NAMES,
    fits: isCount,
    reason: 'a count named like the tokens that went in',
  },
  outputTokens: {
    names: OUTPUT_TOKEN_NAMES,
    fits: isCount,
    reason: 'a count named like the tokens that came out',
  },
  costUsd: { names: COST_NAMES, fits: isAmount, reason: 'an amount named like a cost; taken as US dollars' },
  cache: { names: CACHE_NAMES, fits: isState, reason: 'named like the state of a cache' },
  confidence: { names: CONFIDENCE_NAMES, fits: isAmount, reason: 'a number named like a confidence' },
  abstained: { names: ABSTAINED_NAMES, fits: isSwitch, reason: 'a switch that says there is no answer' },
};

/** Figures by their names, and by being numbers or switches; those of single passages are none of the reply's. */
export function guessFigures(reply: Json, { leaves }: Places): FigureGuesses {
  const own = leaves.filter(
    ({ steps }) => !namesOf(steps).some((name) => weightOf(PASSAGE_LIST_NAMES, name) >= 8),
  );
  const found = Object.entries(SOUGHT).flatMap(([field, sought]) => {
    const guess = guessFigure(reply, own, sought);
    return guess === undefined ? [] : [[field, guess] as const];
  });
  const guesses: FigureGuesses = Object.fromEntries(found);
  const abstained = guesses.abstained ?? guessAnswerable(reply, own);
  return abstained === undefined ? guesses : { ...guesses, abstained };
}

function guessFigure(reply: Json, leaves: readonly Place<JsonLeaf>[], sought: Sought): Guess | undefined {
  const { names, fits, reason } = sought;
  const candidates = leaves.flatMap(({ steps, value }) => {
    const name = weightOf(names, namesOf(steps).at(-1)) || weightOf(names, lastTwo(steps));
    return name > 0 && fits(value) ? [{ steps, name, value, points: name - steps.length * 0.25 }] : [];
  });
  const chosen = best(candidates);
  if (chosen === undefined) return undefined;
  const trust = chosen.name >= 9 ? 'high' : 'medium';
  return verified(
    { expression: expressionOf(chosen.steps), trust, reason },
    reply,
    (found) => found === chosen.value,
  );
}

/** `usage.input` and `cache.hit` say together what neither says alone. */
const lastTwo = (steps: Place['steps']): string =>
  namesOf(steps)
    .slice(-2)
    .map((name) => plainName(name))
    .join('');

function guessAnswerable(reply: Json, leaves: readonly Place<JsonLeaf>[]): Guess | undefined {
  const sought = {
    names: ANSWERED_NAMES,
    fits: isSwitch,
    reason: 'the opposite of a switch that says there is one',
  };
  const answered = guessFigure(reply, leaves, sought);
  if (answered === undefined) return undefined;
  const { expression, trust, reason } = answered;
  return verified(
    { expression: `!${expression}`, trust, reason },
    reply,
    (found) => typeof found === 'boolean',
  );
}
