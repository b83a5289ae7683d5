import { eng } from 'stopword';

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

// English, French and Spanish. What may as well close a sentence (etc., Inc., a.m.) needs no entry: it ends one when
// the next word is capitalised.

/** Always followed by a name or an example. */
const INSIDE =
  words(`mr mrs ms messrs dr prof rev hon gen col maj capt cmdr lt sgt adm gov sen rep mme mmes mlle
  mlles mgr sra sras srta dra ud uds vs cf viz eg ie e.g i.e approx esp incl excl p.ex p.ej ex ej ee`);

/** Part of the sentence when a number follows: `No. 4`, `Fig. 2`, `p. 12`, `art. 3`, `Jan. 5`. */
const BEFORE_A_NUMBER =
  words(`no nos nº n° num núm fig figs tab eq eqs sec sect ch chap cap vol vols art arts p pp pág
  págs par para § ref refs ed tel tél ext ca jan feb mar apr jun jul aug sep sept oct nov dec janv févr avr juil déc
  ene abr ago dic`);

/** Part of a name, unless the next word is one that begins sentences: `St. Mary`, but `on Main St. The quay …`. */
const BEFORE_A_NAME = words('st ste mt ft sr jr');

const CLOCK = words('a.m p.m');
const DOTTED = /^\p{L}(?:\.\p{L}{1,2})+$/u;
const INITIAL = /^\p{Lu}$/u;
const LIST_NUMBER = /^\s*(?:\p{Nd}{1,3}|\p{L})$/u;

const RUN_BEFORE = /[\p{L}\p{M}§º°.]+$/u;
const WORD_HERE = /[\p{L}\p{M}]+/uy;
const DIGIT = /\p{Nd}/u;
/** Longer than any abbreviation: how far back from the point its beginning is looked for. */
const REACH = 16;

/** Capitalised, these words begin a sentence and hardly ever a name. */
const STARTERS = new Set([...eng.filter((word) => word.length > 1), ...words('les il elle el los las una')]);

/**
 * Whether the point at `stop` belongs to an abbreviation, an initial or a list number, and so does not end the
 * sentence that began at `start`. `next` is where the word behind the point begins, which is not in lower case.
 */
export function isAbbreviation(
  text: string,
  { start, stop, next }: { start: number; stop: number; next: number },
): boolean {
  const written = RUN_BEFORE.exec(text.slice(Math.max(start, stop - REACH), stop))?.[0] ?? '';
  const word = written.toLowerCase();
  if (INSIDE.has(word)) return true;
  if (stop - start < REACH && LIST_NUMBER.test(text.slice(start, stop))) return true;
  if (DIGIT.test(text[next] ?? '')) return BEFORE_A_NUMBER.has(word);
  const nameLike =
    BEFORE_A_NAME.has(word) || INITIAL.test(written) || (DOTTED.test(written) && !CLOCK.has(word));
  return nameLike && startsName(text, next);
}

function startsName(text: string, next: number): boolean {
  WORD_HERE.lastIndex = next;
  const word = WORD_HERE.exec(text)?.[0];
  return word !== undefined && !STARTERS.has(word.toLowerCase());
}
