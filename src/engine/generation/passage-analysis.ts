import { analyse } from '../../text/analyse.ts';
import type { Passage } from '../ports.ts';
import { cuesHeld } from './cues.ts';
import { type Unit, unitsOf } from './units.ts';

/** How much a term counts for a unit when it stands not in the unit itself but near it. */
export const NEARNESS = { header: 0.5, heading: 0.6, title: 0.4, neighbour: 0.3, passage: 0.15 };

/** Where one term stands in a passage: its units, and the weight that it has for each (1: in the unit itself). */
export interface Postings {
  readonly units: number[];
  readonly weights: number[];
  /** Units that hold the term themselves. */
  own: number;
}

/** A passage taken apart once, for every question that meets it. */
export interface AnalysedPassage {
  readonly units: readonly Unit[];
  /** CUE bits by unit; digits are counted in `numbers`. */
  readonly cues: Uint8Array;
  /** Distinct terms with a digit, by unit. */
  readonly numbers: Uint8Array;
  readonly postings: ReadonlyMap<string, Postings>;
  readonly title: ReadonlySet<string>;
}

const DIGIT = /\p{Nd}/u;

export function analysePassage({ title, text }: Pick<Passage, 'title' | 'text'>): AnalysedPassage {
  const units = unitsOf(text);
  const cues = new Uint8Array(units.length);
  const numbers = new Uint8Array(units.length);
  const postings = new Map<string, Postings>();
  let heading: ReadonlySet<string> = new Set();
  let previous: ReadonlySet<string> = new Set();

  const note = (terms: Iterable<string>, unit: number, weight: number): void => {
    for (const term of terms) {
      const known = postings.get(term);
      if (known === undefined) {
        postings.set(term, { units: [unit], weights: [weight], own: weight === 1 ? 1 : 0 });
        continue;
      }
      // The nearest place is noted first, and counts.
      if (known.units.at(-1) === unit) continue;
      known.units.push(unit);
      known.weights.push(weight);
      if (weight === 1) known.own += 1;
    }
  };

  units.forEach(({ kind, own, header }, unit) => {
    const terms = new Set(analyse(own));
    note(terms, unit, 1);
    note(analyse(header), unit, NEARNESS.header);
    if (kind === 'heading') heading = terms;
    else note(heading, unit, NEARNESS.heading);
    note(previous, unit, NEARNESS.neighbour);
    previous = kind === 'sentence' ? terms : new Set();
    const count = [...terms].filter((term) => DIGIT.test(term)).length;
    numbers[unit] = Math.min(count, 255);
    cues[unit] = cuesHeld(own);
  });
  return { units, cues, numbers, postings, title: new Set(analyse(title)) };
}
