import { NO_PASSAGE_LIST_NAMES, PASSAGE_LIST_NAMES, plainName, weightOf } from './field-names.ts';
import { best, type Clues, evaluate, type Guess, type Trust, verified } from './guess.ts';
import {
  expressionOf,
  isList,
  isObject,
  type Json,
  leadsThrough,
  namesOf,
  type Place,
  type Places,
  type Step,
} from './json-paths.ts';
import { isProse } from './natural-language.ts';
import { goldenValues, guessParts, type PassageParts } from './passage-parts.ts';

/** An expression for the list of passages, and for the parts of one passage, which stand for that passage alone. */
export interface PassageGuesses extends PassageParts {
  readonly passages?: Guess;
}

interface Candidate {
  readonly expression: string;
  readonly items: readonly Json[];
  readonly name: number;
  readonly listName: string;
  readonly parts: PassageParts;
  readonly golden: number;
  readonly points: number;
}

const LEAST_POINTS = 6;

/** The list of what was retrieved, by its name and by what its elements hold; none that `answerSteps` lead through. */
export function guessPassages(
  reply: Json,
  places: Places,
  clues: Clues & { readonly answerSteps?: readonly Step[] },
): PassageGuesses {
  const candidates = [
    ...places.lists.flatMap(({ steps, value }) =>
      clues.answerSteps !== undefined && leadsThrough(clues.answerSteps, steps)
        ? []
        : (candidateOf(wholeList(reply, { steps, value }), clues) ?? []),
    ),
    ...places.objects.flatMap((place) => columnsOf(place, clues)),
  ];
  const chosen = best(candidates.filter(({ points }) => points >= LEAST_POINTS));
  if (chosen === undefined) return {};
  const guess = { expression: chosen.expression, trust: trustIn(chosen), reason: reasonOf(chosen) };
  const passages = verified(guess, reply, isList);
  return passages === undefined ? {} : { passages, ...chosen.parts };
}

interface List {
  readonly expression: string;
  readonly items: readonly Json[];
  readonly names: readonly string[];
}

/** A list within the elements of another, those of all of them one after another where that is more. */
function wholeList(reply: Json, { steps, value }: Place<readonly Json[]>): List {
  const names = namesOf(steps);
  const plain = { expression: expressionOf(steps), items: value, names };
  if (!steps.some((step) => 'index' in step)) return plain;
  const expression = `${plain.expression.replaceAll('[0]', '[]')}[]`;
  const items = evaluate(expression, reply);
  return isList(items) && items.length > value.length ? { expression, items, names } : plain;
}

function candidateOf({ expression, items, names }: List, clues: Clues): Candidate | undefined {
  const last = names.at(-1);
  if (items.length === 0 || (last !== undefined && NO_PASSAGE_LIST_NAMES.has(plainName(last))))
    return undefined;
  const name = Math.max(weightOf(PASSAGE_LIST_NAMES, last), weightOf(PASSAGE_LIST_NAMES, names.at(-2)) - 1);
  const parts = guessParts(items, clues);
  if (parts === undefined) return undefined;
  const { id, text, score } = parts;
  const golden = id === undefined ? 0 : goldenShare(items, id.expression, clues);
  const shape = (text ? 3 : 0) + (id ? 2 : 0) + (score ? 2 : 0);
  if (name < 5 && golden === 0 && !(text && (id || score))) return undefined;
  const points = name + shape + golden * 8 - names.length * 0.25;
  return { expression, items, name, listName: last ?? '', parts, golden, points };
}

/**
 * Lists that lie side by side, as vector databases return them: `ids`, `documents` and `scores`, each perhaps within
 * one more list, for one question of several.
 */
function columnsOf({ steps, value }: Place, clues: Clues): Candidate[] {
  if (!isObject(value)) return [];
  const lists = Object.entries(value).flatMap(([key, inner]) => {
    const nested = isList(inner) && inner.length === 1 && isList(inner[0]);
    const items = nested ? (inner[0] as readonly Json[]) : inner;
    const below: Step[] = nested ? [{ key }, { index: 0 }] : [{ key }];
    return isList(items) && items.length > 1
      ? [{ key, items, expression: expressionOf([...steps, ...below]) }]
      : [];
  });
  const ids = lists.find(({ key, items }) => plainName(key) === 'ids' || goldenValues(items, clues) > 0);
  const rest = lists.filter((list) => list !== ids && list.items.length === ids?.items.length);
  const texts = rest.find(({ items }) => items.every((item) => typeof item === 'string' && isProse(item)));
  if (ids === undefined || texts === undefined) return [];
  const scores = rest.find(({ items }) => items.every((item) => typeof item === 'number'));
  const chosen = [ids, texts, ...(scores ? [scores] : [])];
  const names = ['id', 'text', 'score'];
  const expression = `zip(${chosen.map((list) => list.expression).join(', ')})[*].{${chosen.map((_, at) => `${names[at]}: [${at}]`).join(', ')}}`;
  const items = ids.items.map((id, at) =>
    Object.fromEntries(chosen.map((list, of) => [names[of]!, of === 0 ? id : list.items[at]!])),
  );
  const candidate = candidateOf({ expression, items, names: [...namesOf(steps), 'documents'] }, clues);
  return candidate === undefined ? [] : [candidate];
}

function goldenShare(items: readonly Json[], expression: string, clues: Clues): number {
  const values = items.flatMap((item) => evaluate(expression, item) ?? []);
  return values.length === 0 ? 0 : goldenValues(values, clues) / values.length;
}

function trustIn({ name, parts, golden }: Candidate): Trust {
  const { id, text } = parts;
  if (golden > 0 || (name >= 7 && text && id)) return 'high';
  return name >= 5 || (text && id) ? 'medium' : 'low';
}

function reasonOf({ name, listName, items, parts, golden }: Candidate): string {
  const held = [parts.id && 'an id', parts.text && 'a text', parts.score && 'a score'].filter(Boolean);
  const called = name >= 5 && listName !== '' ? `a list named ${listName}` : 'a list';
  const ofGolden = golden > 0 ? ', which the golden set knows' : '';
  return `${called} of ${items.length}, each with ${held.join(' and ')}${ofGolden}`;
}
