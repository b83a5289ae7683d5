import { containsAnswer } from '../../text/answers.ts';
import {
  ANSWER_NAMES,
  ASIDE_NAMES,
  NO_ANSWER_NAMES,
  PASSAGE_LIST_NAMES,
  plainName,
  weightOf,
} from './field-names.ts';
import { best, type Clues, type Guess, type Trust, verified } from './guess.ts';
import {
  expressionOf,
  type Json,
  type JsonLeaf,
  namesOf,
  type Place,
  type Places,
  type Step,
} from './json-paths.ts';
import { isProse, wordCount } from './natural-language.ts';

interface Candidate {
  readonly place: Place<JsonLeaf>;
  readonly name: number;
  readonly prose: boolean;
  readonly golden: boolean;
  readonly points: number;
}

/** Less than this is no answer: neither its name nor its content speaks for it. */
const LEAST_POINTS = 4;

/** Messages of a conversation that are not the assistant's. */
const OTHER_ROLES = new Set(['human', 'user', 'system', 'developer', 'tool', 'function', 'HumanMessage']);

/** The text that answers: by its name, by being what people read, and by holding a golden answer. */
export function guessAnswer(
  reply: Json,
  { leaves, lists }: Places,
  clues: Clues,
): { readonly guess: Guess; readonly steps: readonly Step[] } | undefined {
  const candidates = leaves.flatMap((place) => candidateOf(place, lists, clues) ?? []);
  const chosen = best(candidates.filter(({ points }) => points >= LEAST_POINTS));
  if (chosen === undefined) return undefined;
  const path = expressionOf(chosen.place.steps);
  const expression = typeof chosen.place.value === 'string' ? path : `to_string(${path})`;
  const unverified = { expression, trust: trustIn(chosen), reason: reasonOf(chosen) };
  const guess = verified(unverified, reply, (found) => typeof found === 'string' && found.trim() !== '');
  return guess && { guess, steps: chosen.place.steps };
}

function candidateOf(place: Place<JsonLeaf>, lists: Places['lists'], clues: Clues): Candidate | undefined {
  const { value, steps } = place;
  const names = namesOf(steps);
  const last = names.at(-1);
  if (names.some((name) => ['error', 'errors'].includes(plainName(name)))) return undefined;
  if (steps.some((step) => 'where' in step && OTHER_ROLES.has(step.is))) return undefined;
  if (last !== undefined && NO_ANSWER_NAMES.has(plainName(last))) return undefined;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.trim() === '' || text === clues.question) return undefined;
  const name = nameWeight(names);
  if (typeof value === 'number' && name < 8) return undefined;
  const prose = isProse(text);
  const golden = (clues.answers ?? []).some((answer) => containsAnswer(text, answer));
  const shape = prose ? Math.min(5, 1 + Math.log2(wordCount(text)) / 2) : steps.length === 0 ? 4 : 0;
  const points = name + shape + (golden ? 4 : 0) - steps.length * 0.25 - misplaced(place, lists);
  return { place, name, prose, golden, points };
}

/** The last name counts, and so does the one before it, where the last says little: `answer.text`, `output.content`. */
function nameWeight(names: readonly string[]): number {
  const [before, last] = [names.at(-2), names.at(-1)];
  return Math.max(weightOf(ANSWER_NAMES, last), weightOf(ANSWER_NAMES, before) - 1, 0);
}

/**
 * Points off for where a text stands. A passage's text is what an answer is made of, and an earlier message is none; of
 * a list of several, no element would be the answer.
 */
function misplaced({ steps }: Place, lists: Places['lists']): number {
  const within = namesOf(steps).slice(0, -1);
  const passages = Math.max(0, ...within.map((name) => weightOf(PASSAGE_LIST_NAMES, name)));
  if (passages >= 7 || within.some((name) => ASIDE_NAMES.has(plainName(name)))) return 10;
  const oneOfSeveral = steps.some(
    (step, at) => 'index' in step && (listAt(lists, steps.slice(0, at))?.length ?? 0) > 1,
  );
  return (passages >= 5 ? 4 : 0) + (oneOfSeveral ? 4 : 0);
}

function listAt(lists: Places['lists'], steps: readonly Step[]): readonly Json[] | undefined {
  const path = expressionOf(steps);
  return lists.find((list) => expressionOf(list.steps) === path)?.value;
}

function trustIn({ name, prose, golden }: Candidate): Trust {
  if (golden || (name >= 8 && prose)) return 'high';
  return name >= 5 || prose ? 'medium' : 'low';
}

function reasonOf({ place, prose, golden, name }: Candidate): string {
  const { steps, value } = place;
  const words = Math.round(wordCount(String(value)));
  const reasons = [
    steps.length === 0 ? 'the whole reply is one text' : undefined,
    name >= 5 ? 'it is named like an answer' : undefined,
    golden ? 'it holds a golden answer of the question' : undefined,
    prose ? `it reads as text (${words} words)` : undefined,
  ].filter((reason) => reason !== undefined);
  return reasons.length > 0 ? reasons.join('; ') : 'nothing else comes nearer';
}
