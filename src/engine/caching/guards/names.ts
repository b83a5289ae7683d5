import { eng } from 'stopword';
import { isNamedTime } from './dates.ts';
import { setOf, type Word } from './words.ts';

const STOP: ReadonlySet<string> = new Set(eng);
/** What a question may well begin with, besides stop words, and is no name. */
const OPENERS = setOf(
  `which who whom whose when where why how what does did do is are was were can could may might must shall should will would
   has have had give tell name list show please say i we my our your the a an in on at by for from to of up out within
   during after before until since under over above below between through with without per if once as and or but not no
   how's what's who's where's when's i'm i've i'd we're there they he she it its this that these those any some all every each`,
);
/** A capital after the first letter, or a digit among letters: `TF-50`, `SP-07`, `N14`, `CO2`. */
const CODE = /^(?=.*\p{L})(?=.*\d)[\p{L}\d.-]+$/u;
const CAPITAL = /^\p{Lu}/u;
const QUANTITY = /^\d/;
const POSSESSIVE = /'s?$/;

/** The names of a question, in lower case: capitalised words and codes. */
export function namesOf(words: readonly Word[]): ReadonlySet<string> {
  const names = new Set<string>();
  words.forEach(({ written, word }, index) => {
    const plain = word.replace(POSSESSIVE, '');
    if (CODE.test(word) && !QUANTITY.test(word)) names.add(plain);
    else if (!CAPITAL.test(written) || STOP.has(plain) || OPENERS.has(plain) || isNamedTime(plain)) return;
    else if (index > 0 || !endsLikeAVerb(plain)) names.add(plain);
  });
  return names;
}

/** Every word, so that a name is also found where it was not capitalised. */
export function plainWords(words: readonly Word[]): ReadonlySet<string> {
  return new Set(words.map(({ word }) => word.replace(POSSESSIVE, '')));
}

export interface Named {
  readonly names: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

/** Each name of one question stands in the other. */
export function namesAgree(a: Named, b: Named): boolean {
  return within(a.names, b.words) && within(b.names, a.words);
}

function within(names: ReadonlySet<string>, words: ReadonlySet<string>): boolean {
  for (const name of names) if (!words.has(name)) return false;
  return true;
}

/** "Setting out from Skarrow", "Travelling alone": the first word has its capital from its place. */
const endsLikeAVerb = (word: string): boolean => word.endsWith('ing') || word.endsWith('ed');
