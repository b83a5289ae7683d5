import { analyse } from '../../text/analyse.ts';
import { tokenise } from '../../text/tokens.ts';
import { cuesAsked } from './cues.ts';

/** A word of the question that says what it is about. */
export interface AskedTerm {
  readonly term: string;
  /** 1, or less for a word that asks more than it names ("cost", "number"). */
  readonly weight: number;
  /** A name or a number: what an answer that leaves it out is not about. */
  readonly named: boolean;
  readonly numeric: boolean;
}

export interface AskedQuestion {
  readonly terms: readonly AskedTerm[];
  /** CUE bits of what would answer it; 0 where the question does not say. */
  readonly cues: number;
  /** The last day that the question speaks of, as 2025-08-31; undefined where it names none. */
  readonly asOf: string | undefined;
}

const ASKING_WEIGHT = 0.4;

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** English words that ask and that the stop words of `analyse` leave. */
const ENGLISH = words(
  'who whom whose what which when where why how many much do does did is are was were can could may might must shall should will would has have had been being there here any please tell give say i you we they he she it me my your our their its us them s t d ll re ve m',
);
const FRENCH = words(
  'le la les l un une des du de d à au aux en dans sur sous pour par avec sans entre et ou où est sont a ont été être avoir il elle on ils elles nous vous je me moi se s ce cet cette ces c ça son sa ses leur leurs mon ma mes notre nos votre vos que qu qui quoi quel quelle quels quelles combien quand comment pourquoi lequel laquelle doit doivent faut peut peuvent fait y ne n pas plus t si',
);
/** Terms, as analysed, whose sense the cues carry already. */
const ASKING = new Set(
  analyse(
    'cost costs price pay paid name number time long amount day year date much many far old high called coûte coûtent prix nombre heure temps nom',
  ),
);

const DIGIT = /\p{Nd}/u;
const UPPER = /^\p{Lu}/u;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

export function analyseQuestion(question: string): AskedQuestion {
  const functionWords = isFrench(question) ? FRENCH : ENGLISH;
  const terms = new Map<string, AskedTerm>();
  let first = true;
  for (const [word] of question.matchAll(WORD)) {
    const numeric = DIGIT.test(word);
    const named = numeric || (!first && UPPER.test(word));
    first = false;
    if (functionWords.has(word.toLowerCase())) continue;
    for (const term of analyse(word)) {
      const known = terms.get(term);
      if (known === undefined || (named && !known.named)) {
        terms.set(term, { term, weight: ASKING.has(term) ? ASKING_WEIGHT : 1, named, numeric });
      }
    }
  }
  return { terms: [...terms.values()], cues: cuesAsked(question), asOf: lastDayNamed(question) };
}

function isFrench(question: string): boolean {
  let french = 0;
  let english = 0;
  for (const token of tokenise(question)) {
    if (FRENCH.has(token)) french += 1;
    if (ENGLISH.has(token)) english += 1;
  }
  return french >= 2 && french > english;
}

const MONTHS: readonly (readonly string[])[] = [
  ['january', 'janvier'],
  ['february', 'février'],
  ['march', 'mars'],
  ['april', 'avril'],
  ['may', 'mai'],
  ['june', 'juin'],
  ['july', 'juillet'],
  ['august', 'août'],
  ['september', 'septembre'],
  ['october', 'octobre'],
  ['november', 'novembre'],
  ['december', 'décembre'],
];
const DATED = new RegExp(
  `(?:(\\d{1,2})(?:st|nd|rd|th|er)?\\s+)?(?:(${MONTHS.flat().join('|')})\\s+)?\\b(20\\d{2}|19\\d{2})\\b`,
  'giu',
);

function lastDayNamed(question: string): string | undefined {
  let last: string | undefined;
  for (const [, day, month, year] of question.matchAll(DATED)) {
    const number =
      month === undefined ? 12 : 1 + MONTHS.findIndex((names) => names.includes(month.toLowerCase()));
    const date = `${year}-${String(number).padStart(2, '0')}-${(month && day ? day : '31').padStart(2, '0')}`;
    if (last === undefined || date > last) last = date;
  }
  return last;
}
