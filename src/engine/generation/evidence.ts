import type { AskedQuestion, AskedTerm } from './asked.ts';
import { CUE, holdsAny } from './cues.ts';
import { likeness } from './likeness.ts';
import { type Nearness, nearnessIn } from './nearness.ts';
import type { AnalysedPassage, AnalysedUnit } from './passage-analysis.ts';
import type { Unit } from './units.ts';

/**
 * What a unit's score is made of, beside its coverage. A grid search over these, and over the weights of nearness, found
 * nothing that was better on SQuAD and on Tidewater's dev split alike.
 */
const CUE_WEIGHT = 0.25;
const PLACE_WEIGHT = 0.1;
const HEADING_PENALTY = 0.15;
/** What a term counts that is only like one of the passages', as a share of their likeness. */
const LIKE_WEIGHT = 0.8;

/** One unit that may be the answer, and what speaks for it. All shares lie in [0, 1]. */
export interface Candidate {
  readonly unit: Unit;
  /** Index of its passage. */
  readonly passage: number;
  /** Share of the question's terms, by rarity, that the unit or its surroundings hold. */
  readonly coverage: number;
  /** The same for the question's names and numbers alone; 1 where it has none. */
  readonly named: number;
  /** Whether it holds what the question asks for (an amount, a time, a name): 0 or 1; 0.5 where the question does not say. */
  readonly cue: number;
  readonly score: number;
}

/** A term of the question, as the passages know it. */
interface FoundTerm {
  readonly asked: AskedTerm;
  /** The term itself or, where it stands nowhere, the one that is most like it. */
  readonly term: string;
  /** 1, or less for a term that is only like the one asked. */
  readonly likeness: number;
}

/** A term and what it is worth. */
interface WeighedTerm {
  readonly asked: AskedTerm;
  /** In every `Nearness`. */
  readonly column: number;
  readonly rarity: number;
  /** Its rarity as far as what was found is like it: what a unit gains by holding it. */
  readonly gain: number;
}

/**
 * Weighs every unit of the passages against the question. A term's weight is its rarity among these units, as BM25's
 * idf has it; a term that stands nowhere keeps the weight of the rarest, so that what the passages leave out counts.
 */
export function gatherEvidence(question: AskedQuestion, passages: readonly AnalysedPassage[]): Candidate[] {
  if (question.terms.length === 0) return [];
  const found = question.terms.map((asked) => findTerm(asked, passages));
  const distinct = new Set(found.map(({ term }) => term));
  const columns = new Map([...distinct].map((term, column) => [term, column]));
  const nearness = passages.map((passage) => nearnessIn(passage, columns));
  const terms = weighTerms(found, columns, nearness);
  const mass = terms.reduce((sum, { rarity }) => sum + rarity, 0);
  const namedMass = terms.reduce((sum, { asked, rarity }) => (asked.named ? sum + rarity : sum), 0);
  return passages.flatMap(({ units }, passage) => {
    const place = 1 / (1 + passage / 2);
    return units.map((analysed, row): Candidate => {
      const { unit } = analysed;
      const held = evidenceIn(row, terms, nearness[passage]!);
      const coverage = held.covered / mass;
      const named = namedMass === 0 ? 1 : held.named / namedMass;
      const cue = cueFit(question.cues, analysed, held.numbers);
      const penalty = unit.kind === 'heading' ? HEADING_PENALTY : 0;
      const score = coverage + CUE_WEIGHT * cue + PLACE_WEIGHT * place - penalty;
      return { unit, passage, coverage, named, cue, score };
    });
  });
}

function findTerm(asked: AskedTerm, passages: readonly AnalysedPassage[]): FoundTerm {
  const { term } = asked;
  if (passages.some((passage) => holds(passage, term))) return { asked, term, likeness: 1 };
  const nearest = nearestTerm(term, passages);
  if (nearest === undefined) return { asked, term, likeness: 1 };
  return { asked, term: nearest.term, likeness: nearest.likeness * LIKE_WEIGHT };
}

function holds({ units, titleTerms }: AnalysedPassage, term: string): boolean {
  return (
    titleTerms.includes(term) ||
    units.some(({ terms, header }) => terms.includes(term) || header.includes(term))
  );
}

/** The first of those most like it. */
function nearestTerm(
  term: string,
  passages: readonly AnalysedPassage[],
): { term: string; likeness: number } | undefined {
  let best: { term: string; likeness: number } | undefined;
  const compare = (other: string): void => {
    const alike = likeness(term, other);
    if (alike > (best?.likeness ?? 0)) best = { term: other, likeness: alike };
  };
  for (const { units } of passages) {
    for (const { terms, header } of units) {
      terms.forEach(compare);
      header.forEach(compare);
    }
  }
  return best;
}

function weighTerms(
  found: readonly FoundTerm[],
  columns: ReadonlyMap<string, number>,
  nearness: readonly Nearness[],
): WeighedTerm[] {
  let units = 0;
  const holding = new Float64Array(columns.size);
  for (const { near } of nearness) {
    units += near.length / columns.size;
    for (let at = 0; at < near.length; at += 1) if (near[at] === 1) holding[at % columns.size]! += 1;
  }
  return found.map(({ asked, term, likeness: alike }) => {
    const column = columns.get(term)!;
    const rarity = asked.weight * Math.log(1 + (units + 1) / (holding[column]! + 0.5));
    return { asked, column, rarity, gain: rarity * alike };
  });
}

/** What one unit gains by the terms, and by names and numbers alone; how many of the numbers it holds itself. */
function evidenceIn(
  row: number,
  terms: readonly WeighedTerm[],
  { near, anywhere }: Nearness,
): { covered: number; named: number; numbers: number } {
  let covered = 0;
  let named = 0;
  let numbers = 0;
  for (const { asked, column, gain } of terms) {
    const least = anywhere[column]!;
    const weight = near[row * anywhere.length + column]!;
    const wherever = gain * least;
    const nearer = weight > least ? gain * (weight - least) : 0;
    covered = covered + wherever + nearer;
    if (asked.named) named = named + wherever + nearer;
    if (weight === 1 && asked.numeric) numbers += 1;
  }
  return { covered, named, numbers };
}

/** A number answers only when it is not the question's own. */
function cueFit(asked: number, { unit, numbers }: AnalysedUnit, askedNumbers: number): number {
  if (asked === 0) return 0.5;
  if ((asked & CUE.number) !== 0 && numbers > askedNumbers) return 1;
  return holdsAny(asked, unit.own) ? 1 : 0;
}
