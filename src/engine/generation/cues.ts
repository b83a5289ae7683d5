/**
 * What kind of thing answers a question, and which kinds a sentence holds: bits, so that both are one number. The
 * rules know English and French.
 */
export const CUE = { number: 1, money: 2, time: 4, date: 8, duration: 16, name: 32 } as const;

interface QuestionRule {
  readonly asks: RegExp;
  readonly cues: number;
}

/** The first that matches decides. */
const QUESTION_RULES: readonly QuestionRule[] = [
  {
    asks: /\b(?:what time|which time|what hour|until when)\b|\bquelle heure\b/,
    cues: CUE.time,
  },
  {
    asks: /\bhow (?:long|soon|early|late|far ahead|far in advance|often)\b|\bwhat period\b|\bcombien de (?:temps|jours|mois|minutes|heures|semaines|ans)\b|\bquelle (?:est la )?durée\b|\b(?:quel|sous quel) délai\b/,
    cues: CUE.duration | CUE.number,
  },
  {
    asks: /\bhow much (?:weight|time|water|fuel|power|space)\b|\bhow many\b|\bcombien (?:de|d['’])/,
    cues: CUE.number,
  },
  {
    asks: /\bhow much\b|\b(?:cost|costs|price|prices|fares?|fees?|fine|penalty|surcharge|salary|wage)\b|\bcombien\b|\b(?:prix|tarifs?|frais|amende)\b|\bindemnité/,
    cues: CUE.money,
  },
  {
    asks: /^(?:\W*(?:in|on|since|until|by|from) )?(?:when|what (?:date|day|year|month|century)|which (?:date|day|year|month|century))\b|\b(?:what|which) (?:day|year|date|month)\b|^\W*(?:depuis )?quand\b|\bquelle (?:date|année)\b|\bquel (?:jour|mois|siècle)\b/,
    cues: CUE.date | CUE.time,
  },
  {
    asks: /\bhow (?:tall|high|wide|heavy|fast|far|deep|big|large|old|cold|warm|hot|thick)\b|\b(?:number|percentage|rate|length|height|weight|speed|age|size|amount|sum|population) of\b|\b(?:what|which) (?:age|rate|percentage|number|height|speed|length|delay)\b|\bquel(?:le)? (?:âge|est le nombre|vitesse|hauteur|longueur|taux)\b/,
    cues: CUE.number,
  },
  {
    asks: /^\W*(?:by |to |with |from )?(?:who|whom|whose)\b|\bby name\b|\bname of the (?:person|man|woman)\b|^\W*(?:à |de |par )?qui\b/,
    cues: CUE.name,
  },
];

const MONTH =
  'january|february|march|april|june|july|august|september|october|november|december|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre';
const DAY =
  'mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?';
const COUNT =
  'two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|thousand|million|billion|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|cent|mille';
const UNIT =
  'seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centuries|nights?|secondes?|heures?|jours?|semaines?|mois|ans?|années?|nuits?';

interface TextRule {
  readonly cue: number;
  /** Of a text in lower case: a pattern that ignores case is several times as slow. */
  readonly holds: RegExp;
}

const TEXT_RULES: readonly TextRule[] = [
  { cue: CUE.number, holds: new RegExp(`\\b(?:${COUNT})\\b`) },
  {
    cue: CUE.money,
    holds: /[£$€¥]\s?\d|\d\s?(?:[£$€¥]|(?:pounds?|dollars?|euros?|pence|cents?|livres?)\b)/,
  },
  {
    cue: CUE.time,
    holds:
      /\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s?(?:am|pm|a\.m|p\.m|h)\b|\bnoon\b|\bmidnight\b|\bmidi\b|\bminuit\b/,
  },
  {
    cue: CUE.date,
    holds: new RegExp(
      `\\b(?:(?:${MONTH}|${DAY}|centur(?:y|ies)|siècles?)(?![\\p{L}])|(?:may|1\\d{3}|20\\d{2}|\\d{1,2}/\\d{1,2}/\\d{2,4})\\b)`,
      'u',
    ),
  },
  {
    cue: CUE.duration,
    holds: new RegExp(`(?:\\d|\\b(?:one|an?|une?|${COUNT}))[\\s\\u00a0-]?(?:${UNIT})\\b`),
  },
];
/** A capitalised word that does not begin the sentence; in a table, two capitalised words in a cell. */
const NAME = /[\p{Ll}\p{N},;:("“«’']\s\p{Lu}[\p{L}’'-]+|[|:]\s*\p{Lu}[\p{L}’'-]+\s\p{Lu}/u;

/** Bits of what the question asks for; 0 where it does not say. */
export function cuesAsked(question: string): number {
  const text = question.toLowerCase();
  return QUESTION_RULES.find(({ asks }) => asks.test(text))?.cues ?? 0;
}

/** Whether the text holds any of these kinds, but for digits: the caller knows which are the question's own. */
export function holdsAny(cues: number, text: string): boolean {
  const lower = text.toLowerCase();
  if (TEXT_RULES.some(({ cue, holds }) => (cues & cue) !== 0 && holds.test(lower))) return true;
  return (cues & CUE.name) !== 0 && NAME.test(text);
}
