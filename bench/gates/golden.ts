import { type Random, seededRandom } from '../../src/kernel/random.ts';

/** A made golden set as text: keepers of lighthouses, one document and one question each. */
export interface MadeSet {
  readonly corpus: string;
  readonly questions: string;
}

const SYLLABLES = [
  'ba',
  'dor',
  'fen',
  'gal',
  'hul',
  'ker',
  'lim',
  'mar',
  'nes',
  'pol',
  'rin',
  'sel',
  'tor',
  'vas',
];
const FIRST_NAMES = ['Ada', 'Bruno', 'Celia', 'Dario', 'Elsa', 'Fritz', 'Greta', 'Hugo', 'Ines', 'Jonas'];

/** As many documents and questions as wanted; what is asked for stands in the first line of its document. */
export function makeSet(size: number, seed: number): MadeSet {
  const random = seededRandom(seed).fork('golden');
  const taken = new Set<string>();
  const corpus: string[] = [];
  const questions: string[] = [];
  for (let number = 0; number < size; number += 1) {
    const place = newName(random, taken);
    const keeper = `${FIRST_NAMES[random.integer(FIRST_NAMES.length)]} ${newName(random, taken)}`;
    const id = `lighthouse-${String(number).padStart(4, '0')}`;
    const sentence = `The keeper of the lighthouse of ${place} is ${keeper}.`;
    const text = `${sentence}\nIts lamp was lit in ${1700 + random.integer(250)} and is seen from ${5 + random.integer(20)} miles.`;
    corpus.push(JSON.stringify({ id, title: `Lighthouse of ${place}`, text }));
    questions.push(
      JSON.stringify({
        id: `keeper-${String(number).padStart(4, '0')}`,
        question: `Who is the keeper of the lighthouse of ${place}?`,
        answers: [keeper],
        evidence: [{ document: id, quote: sentence }],
        relevant: { [id]: 2 },
        answerable: true,
        kind: 'lookup',
        split: 'test',
      }),
    );
  }
  return { corpus: lines(corpus), questions: lines(questions) };
}

const lines = (rows: readonly string[]): string => `${rows.join('\n')}\n`;

function newName(random: Random, taken: Set<string>): string {
  for (;;) {
    const syllables = Array.from({ length: 3 }, () => SYLLABLES[random.integer(SYLLABLES.length)]!);
    const name = syllables.join('');
    if (taken.has(name)) continue;
    taken.add(name);
    return `${name[0]!.toUpperCase()}${name.slice(1)}`;
  }
}
