import { analyse } from '../../text/analyse.ts';
import { countTokens } from '../../text/tokens.ts';
import type { Passage } from '../ports.ts';
import { type Unit, unitsOf } from './units.ts';

/** A unit and its terms. They are `analyse`'s own strings, so that a list of them is little more than pointers. */
export interface AnalysedUnit {
  readonly unit: Unit;
  /** Distinct terms that it holds itself, in its order. */
  readonly terms: readonly string[];
  /** Those of its table's header. */
  readonly header: readonly string[];
  /** How many of its own terms have a digit. */
  readonly numbers: number;
}

/** A passage taken apart once, for every question that meets it. */
export interface AnalysedPassage {
  readonly text: string;
  readonly title: string;
  readonly titleTerms: readonly string[];
  readonly units: readonly AnalysedUnit[];
  /** Word tokens of the text. */
  readonly tokens: number;
}

const DIGIT = /\p{Nd}/u;

export function analysePassage({ title, text }: Pick<Passage, 'title' | 'text'>): AnalysedPassage {
  return {
    text,
    title,
    titleTerms: distinctTerms(title),
    units: unitsOf(text).map(analyseUnit),
    tokens: countTokens(text),
  };
}

function analyseUnit(unit: Unit): AnalysedUnit {
  const terms = distinctTerms(unit.own);
  const numbers = DIGIT.test(unit.own) ? terms.filter((term) => DIGIT.test(term)).length : 0;
  return { unit, terms, header: distinctTerms(unit.header), numbers };
}

const distinctTerms = (text: string): string[] => [...new Set(analyse(text))];
