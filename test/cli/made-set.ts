const ISLANDS = [
  'Arran',
  'Brodick',
  'Canna',
  'Danna',
  'Eigg',
  'Foula',
  'Gigha',
  'Hoy',
  'Iona',
  'Jura',
  'Kerrera',
  'Lismore',
];
const THINGS = ['harbour', 'lighthouse', 'bakery', 'museum', 'school'];

const year = (island: number, thing: number): number => 1700 + island * 17 + thing * 3;

const lines = (values: readonly object[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** A golden set small enough to be indexed in no time: a dozen islands, sixty questions with answers and evidence. */
export const MADE_SET: Readonly<Record<string, string>> = {
  'islands/corpus.jsonl': lines(
    ISLANDS.map((name, island) => ({
      _id: name.toLowerCase(),
      title: `The island of ${name}`,
      text: THINGS.map((thing, index) => sentence(name, thing, year(island, index))).join(' '),
    })),
  ),
  'islands/questions.jsonl': lines(
    ISLANDS.flatMap((name, island) =>
      THINGS.map((thing, index) => ({
        id: `${name.toLowerCase()}-${thing}`,
        question: `When was the ${thing} of ${name} built?`,
        answers: [String(year(island, index))],
        evidence: [{ document: name.toLowerCase(), quote: sentence(name, thing, year(island, index)) }],
        relevant: [name.toLowerCase()],
        answerable: true,
        kind: 'lookup',
        difficulty: 'easy',
        split: 'test',
      })),
    ),
  ),
};

function sentence(island: string, thing: string, built: number): string {
  return `The ${thing} of ${island} was built in ${built}.`;
}
