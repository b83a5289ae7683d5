/** A day, or what is said of one: `March 2025` lacks the day, `12 March` the year. */
export interface CalendarDate {
  readonly year: number | undefined;
  readonly month: number;
  readonly day: number | undefined;
}

export interface DateMention extends CalendarDate {
  /** Where it stands, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** English, French and Spanish names and their abbreviations, January first. */
const MONTHS = [
  'january jan janvier janv enero ene',
  'february feb février fevrier févr fevr febrero',
  'march mar mars marzo',
  'april apr avril avr abril abr',
  'may mai mayo',
  'june jun juin junio',
  'july jul juillet juil julio',
  'august aug août aout agosto ago',
  'september sept sep septembre septiembre',
  'october oct octobre octubre',
  'november nov novembre noviembre',
  'december dec décembre déc decembre diciembre dic',
].map((names) => names.split(' '));

const MONTH_BY_NAME = new Map(
  MONTHS.flatMap((names, index) => names.map((name) => [name, index + 1] as const)),
);
const NAME = `(?:${[...MONTH_BY_NAME.keys()].sort((a, b) => b.length - a.length).join('|')})`;
const GAP = '\\s';
const DAY = '\\d{1,2}(?:st|nd|rd|th|er|º|ª)?';
const YEAR = '\\d{4}';
const OF = `(?:(?:of|de|del)${GAP}+)?`;
const EDGE = '(?![\\p{L}\\p{N}])';

/** The ways of writing a date that are known here. */
const FORMS = [
  `${YEAR}([-/])\\d{1,2}\\1\\d{1,2}(?=T\\d|${EDGE})`,
  `\\d{1,2}([./])\\d{1,2}\\2${YEAR}${EDGE}`,
  `${DAY}(?:${GAP}+${OF}|-)${NAME}${EDGE}\\.?(?:(?:,?${GAP}+${OF}|-)${YEAR}${EDGE})?`,
  `${NAME}\\.?${GAP}+(?:the${GAP}+)?${DAY}${EDGE}(?:,?${GAP}+${OF}${YEAR}${EDGE})?`,
  `${NAME}\\.?,?${GAP}+${OF}${YEAR}${EDGE}`,
];
const DATE = new RegExp(`(?<![\\p{L}\\p{N}.,/-])(?:${FORMS.join('|')})`, 'giu');

/**
 * The dates that a text mentions, in order. `12/03/2025` means two days, and which one is not guessed: dates with
 * slashes count only when one reading is impossible (`25/12/2025`) or both agree.
 */
export function findDates(text: string): DateMention[] {
  const dates: DateMention[] = [];
  for (const match of text.matchAll(DATE)) {
    const date = dateOf(match[0]);
    if (date !== undefined) dates.push({ ...date, start: match.index, end: match.index + match[0].length });
  }
  return dates;
}

/** Whether `date` is the day that `asked` describes: everything that `asked` says, `date` says too. */
export function isDate(date: CalendarDate, asked: CalendarDate): boolean {
  return (
    date.month === asked.month &&
    (asked.day === undefined || date.day === asked.day) &&
    (asked.year === undefined || date.year === asked.year)
  );
}

function dateOf(written: string): CalendarDate | undefined {
  const numbers = written.match(/\d+/g)!;
  const words = written.toLowerCase().match(/\p{L}+/gu) ?? [];
  const named = words.map((word) => MONTH_BY_NAME.get(word)).find((month) => month !== undefined);
  if (named !== undefined) {
    const year = numbers.find((digits) => digits.length === 4);
    const day = numbers.find((digits) => digits.length < 4);
    return checked(year, named, day);
  }
  const [first, second, third] = numbers as [string, string, string];
  if (first.length === 4) return checked(first, Number(second), third);
  const swapped = written.includes('/') && Number(second) > 12;
  const ambiguous =
    written.includes('/') && !swapped && Number(first) <= 12 && Number(first) !== Number(second);
  if (ambiguous) return undefined;
  return swapped ? checked(third, Number(first), second) : checked(third, Number(second), first);
}

function checked(year: string | undefined, month: number, day: string | undefined): CalendarDate | undefined {
  const dayNumber = day === undefined ? undefined : Number(day);
  if (month < 1 || month > 12) return undefined;
  if (dayNumber !== undefined && (dayNumber < 1 || dayNumber > 31)) return undefined;
  return { year: year === undefined ? undefined : Number(year), month, day: dayNumber };
}
