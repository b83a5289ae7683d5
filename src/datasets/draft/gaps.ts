import { findDates } from '../../text/dates.ts';
import type { Span } from '../quotes.ts';

export const GAP_TYPES = ['date', 'number', 'term', 'name'] as const;
export type GapType = (typeof GAP_TYPES)[number];

/** Words of a sentence that could be taken out of it. */
export interface Gap extends Span {
  readonly type: GapType;
}

const UNIT = [
  'seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|working days|calendar days|business days',
  'mm|cm|m|km|nm|metres?|meters?|kilomet(?:re|er)s?|miles?|feet|knots?|litres?|liters?|tonnes?|tons?|kg|g|mg',
  'kW|MW|V|A|W|Hz|kHz|MHz|GHz|KB|MB|GB|TB|ms|°C|°F|degrees?|per cent|percent|pounds?|euros?|dollars?|pence|cents?',
  'people|persons?|passengers?|cars?|seats?|pages?|points?|times',
  'secondes?|heures?|jours?|semaines?|mois|ans?|années?|mètres?|nœuds?|passagers?|Stunden?|Tage?n?|Wochen?|Monate?n?|Jahre?n?',
  '分|時間|時|日|週間|月|年|ヶ月|か月|個月|个月|小时|小時|分钟|天|人|円|元|万円',
].join('|');
const DIGITS = "\\p{Nd}+(?:[.,:'’\\u00a0\\u202f\\u066b\\u066c]\\p{Nd}+| \\p{Nd}{3}(?!\\p{Nd}))*";
const NUMBER_WORD =
  'two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|ninety|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze|quinze|vingt|trente';
/** A number with its currency or unit. Not the digits of a name (A4, X-12), of a section (§ 3, 3.2.1) or of a path. */
const NUMBER = new RegExp(
  `(?<![\\p{L}\\p{N}.,:/_#§–-])(?<!§\\s)(?:\\p{Sc}\\s?)?${DIGITS}(?:\\s?(?:%|\\p{Sc}))?(?:[ \\u00a0\\u202f]?(?:${UNIT})(?![\\p{L}\\p{N}]))?(?![\\p{L}\\p{N}/_]|[-–.:]\\p{N})`,
  'gu',
);
const WORDED = new RegExp(
  `(?<![\\p{L}\\p{N}-])(?:${NUMBER_WORD})[ \\u00a0](?:${UNIT})(?![\\p{L}\\p{N}])`,
  'giu',
);
const CJK_NUMBER = new RegExp(`${DIGITS}(?:${UNIT.split('|').filter(isCjk).join('|')})`, 'gu');

/** “X” means …, a “X” is …, « X » désigne …: what is defined, in quotation marks. */
const TERM =
  /(?:“([^”\n]{2,40})”|"([^"\n]{2,40})"|«[ \u00a0\u202f]?([^»\n]{2,40}?)[ \u00a0\u202f]?»|「([^」\n]{1,20})」)(?=[ \u00a0]?(?:means|is|are|refers to|stands for|denotes|désigne|signifie|est|bedeutet|significa|とは|是指))/gu;
/** Capitalised words behind the first of the sentence: Port Ellen, Harbour Office, Île de Ré. */
const NAME =
  /(?<=[\p{L}\p{N},;:)][ \u00a0]\(?)\p{Lu}[\p{L}\p{M}’'-]*\p{Ll}[\p{L}\p{M}-]*(?:[ \u00a0](?:(?:of|the|de|du|des|la|le|von|van|der|del)[ \u00a0])?\p{Lu}[\p{L}\p{M}’'-]*\p{Ll}[\p{L}\p{M}-]*){0,3}(?![\p{L}\p{M}\p{N}]|[ \u00a0-]\p{N})/gu;
/** A capital word right before it: the name may begin there already, unless that word only begins the sentence. */
const RUNS_ON = /(\p{Lu}[\p{L}\p{M}\p{N}’'-]*)[ \u00a0]\(?$/u;
const BEGINS_A_SENTENCE =
  /^(?:A|An|The|On|At|In|From|For|To|By|With|And|But|When|If|All|Every|Each|No|Both|Le|La|Les|De|Du|Des|En|À|Un|Une|Der|Die|Das|Im|Am|El|Los|Las)$/u;
/** Days and words that are capital for other reasons. */
const NO_NAME =
  /^(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|English|French|German|Spanish|Mr|Mrs|Ms|Dr)$/u;
/** Characters of a gap, at most. */
const LONGEST_GAP = 60;

function isCjk(word: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word);
}

/** What could be taken out of a sentence, dates first; no two overlap, and nothing stands twice in the sentence. */
export function gapsOf(sentence: string): Gap[] {
  const found: Gap[] = [];
  const add = (type: GapType, start: number, end: number): void => {
    const words = sentence.slice(start, end);
    if (end - start > LONGEST_GAP || !/[\p{L}\p{N}]/u.test(words)) return;
    if (found.some((gap) => start < gap.end && gap.start < end)) return;
    if (sentence.indexOf(words) !== sentence.lastIndexOf(words)) return;
    found.push({ type, start, end });
  };
  // A point behind a month is its abbreviation's, or the sentence's.
  for (const { start, end } of findDates(sentence))
    add('date', start, end - (sentence[end - 1] === '.' ? 1 : 0));
  for (const pattern of [NUMBER, CJK_NUMBER, WORDED]) {
    for (const match of sentence.matchAll(pattern)) {
      // A digit alone names more often than it counts: route 3, deck 5.
      if (/^\p{Nd}$/u.test(match[0])) continue;
      add('number', match.index, match.index + match[0].length);
    }
  }
  for (const match of sentence.matchAll(TERM)) {
    const term = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
    const start = match.index + match[0].indexOf(term);
    add('term', start, start + term.length);
  }
  if (!isTitleCase(sentence)) {
    for (const match of sentence.matchAll(NAME)) {
      const before = RUNS_ON.exec(sentence.slice(0, match.index))?.[1];
      if (
        NO_NAME.test(match[0]) ||
        /-\p{Ll}/u.test(match[0]) ||
        (before !== undefined && !BEGINS_A_SENTENCE.test(before))
      )
        continue;
      add('name', match.index, match.index + match[0].length);
    }
  }
  return found;
}

/** Where most words are capitalised, capitals tell no names. */
function isTitleCase(sentence: string): boolean {
  const words = sentence.match(/\p{L}{3,}/gu) ?? [];
  const capital = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  return capital * 2 > words.length;
}
