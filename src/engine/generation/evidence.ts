import type { AskedQuestion, AskedTerm } from './asked.ts';
import { CUE } from './cues.ts';
import { likeness } from './likeness.ts';
import { type AnalysedPassage, NEARNESS, type Postings } from './passage-analysis.ts';
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
  readonly rarity: number;
  /** 1, or less for a term that is only like one that was found. */
  readonly likeness: number;
  /** By passage. */
  readonly postings: readonly (Postings | undefined)[];
  readonly term: string;
}

/**
 * Weighs every unit of the passages against the question. A term's weight is its rarity among these units, as BM25's
 * idf has it; a term that stands nowhere keeps the weight of the rarest, so that what the passages leave out counts.
 */
export function gatherEvidence(question: AskedQuestion, analysed: readonly AnalysedPassage[]): Candidate[] {
  const total = analysed.reduce((sum, { units }) => sum + units.length, 0);
  const terms = question.terms.map((asked) => findTerm(asked, analysed, total));
  const sum = (which: (term: FoundTerm) => boolean) =>
    terms.reduce((mass, term) => (which(term) ? mass + term.rarity : mass), 0);
  const mass = sum(() => true);
  const namedMass = sum(({ asked }) => asked.named);
  if (mass === 0) return [];
  return analysed.flatMap((passage, index) =>
    weigh({ cues: question.cues, passage, index, terms, mass, namedMass }),
  );
}

function findTerm(asked: AskedTerm, analysed: readonly AnalysedPassage[], total: number): FoundTerm {
  let term = asked.term;
  let alike = 1;
  let postings = analysed.map((passage) => passage.postings.get(term));
  if (postings.every((found) => found === undefined) && !analysed.some(({ title }) => title.has(term))) {
    const nearest = nearestTerm(term, analysed);
    if (nearest !== undefined) {
      term = nearest.term;
      alike = nearest.likeness * LIKE_WEIGHT;
      postings = analysed.map((passage) => passage.postings.get(term));
    }
  }
  const own = postings.reduce((count, found) => count + (found?.own ?? 0), 0);
  const rarity = asked.weight * Math.log(1 + (total + 1) / (own + 0.5));
  return { asked, term, rarity, likeness: alike, postings };
}

function nearestTerm(
  term: string,
  analysed: readonly AnalysedPassage[],
): { term: string; likeness: number } | undefined {
  let best: { term: string; likeness: number } | undefined;
  for (const { postings } of analysed) {
    for (const other of postings.keys()) {
      const alike = likeness(term, other);
      if (alike > (best?.likeness ?? 0)) best = { term: other, likeness: alike };
    }
  }
  return best;
}

interface Weighing {
  readonly cues: number;
  readonly passage: AnalysedPassage;
  readonly index: number;
  readonly terms: readonly FoundTerm[];
  readonly mass: number;
  readonly namedMass: number;
}

function weigh({ cues, passage, index, terms, mass, namedMass }: Weighing): Candidate[] {
  const { units } = passage;
  const covered = new Float64Array(units.length);
  const named = new Float64Array(units.length);
  const repeated = new Uint8Array(units.length);
  for (const term of terms) {
    const gain = term.rarity * term.likeness;
    const found = term.postings[index];
    // Where no unit near it holds the term, the passage as a whole, or its title, still may.
    const base = passage.title.has(term.term) ? NEARNESS.title : found ? NEARNESS.passage : 0;
    if (base === 0) continue;
    const add = (unit: number, weight: number): void => {
      covered[unit]! += gain * weight;
      if (term.asked.named) named[unit]! += gain * weight;
    };
    for (let unit = 0; unit < units.length; unit += 1) add(unit, base);
    if (found === undefined) continue;
    for (let at = 0; at < found.units.length; at += 1) {
      const unit = found.units[at]!;
      const weight = found.weights[at]!;
      if (weight > base) add(unit, weight - base);
      if (weight === 1 && term.asked.numeric) repeated[unit]! += 1;
    }
  }
  const place = 1 / (1 + index / 2);
  return units.map((unit, at) => {
    const coverage = covered[at]! / mass;
    const cue = cueFit(cues, passage.cues[at]!, passage.numbers[at]! > repeated[at]!);
    const penalty = unit.kind === 'heading' ? HEADING_PENALTY : 0;
    const score = coverage + CUE_WEIGHT * cue + PLACE_WEIGHT * place - penalty;
    return {
      unit,
      passage: index,
      coverage,
      named: namedMass === 0 ? 1 : named[at]! / namedMass,
      cue,
      score,
    };
  });
}

/** A number answers only when it is not the question's own. */
function cueFit(asked: number, held: number, newNumber: boolean): number {
  if (asked === 0) return 0.5;
  return (asked & (newNumber ? held | CUE.number : held)) === 0 ? 0 : 1;
}
