import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// Authored data is checked as data: straight from the files, without the project's reader in between.

interface Quote {
  readonly document: string;
  readonly quote: string;
}

interface Question {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly string[];
  readonly forbidden?: readonly string[];
  readonly evidence: readonly (Quote | readonly Quote[])[];
  readonly relevant: Readonly<Record<string, number>>;
  readonly answerable: boolean;
  readonly kind: string;
  readonly difficulty: string;
  readonly split: string;
  readonly must?: boolean;
  readonly derived?: boolean;
}

interface Document {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly metadata: {
    readonly kind: string;
    readonly version?: string;
    readonly effective?: string;
    readonly supersedes?: readonly string[];
    readonly language: string;
  };
}

type Table<T> = Readonly<Record<string, T>>;

interface World {
  readonly seasons: Table<Table<string>>;
  readonly fares: Table<Table<Table<readonly string[]>>>;
  readonly fareRevisions: Table<Table<Table<string>>>;
  readonly fuelSurcharge: Table<{ readonly car: string; readonly freight: string }>;
  readonly vessels: Table<{
    readonly name: string;
    readonly manual: string;
    readonly particulars: Table<string>;
  }>;
  readonly weatherLimits: Table<Table<{ readonly wind: string; readonly wave: string }>>;
  readonly people: Table<string>;
  readonly supersessions: readonly {
    readonly newer: string;
    readonly older: string;
    readonly was: string;
    readonly is: string;
  }[];
}

const KINDS = [
  'lookup',
  'paraphrase',
  'multi-hop',
  'numeric',
  'superseded',
  'unanswerable',
  'noisy',
  'other-language',
];

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../datasets/tidewater/${name}`, import.meta.url)), 'utf8');
const lines = <T>(name: string): T[] =>
  read(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

const corpus = lines<Document>('corpus.jsonl');
const questions = lines<Question>('questions.jsonl');
const world = JSON.parse(read('world.json')) as World;
const documents = new Map(corpus.map((document) => [document.id, document]));

const textOf = (id: string): string => documents.get(id)?.text ?? '';
const groups = (question: Question): Quote[][] =>
  question.evidence.map((item) => ('document' in item ? [item] : [...item]));
const quotes = (question: Question): Quote[] => groups(question).flat();
const ofKind = (kind: string): Question[] => questions.filter((question) => question.kind === kind);
const holds = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());
const countOf = (text: string, part: string): number => text.split(part).length - 1;

/** Cells of every Markdown table row in the text, without the row that rules off the head. */
function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** What a document supersedes, and what that supersedes in its turn. */
function supersededBy(id: string): Set<string> {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const older of documents.get(next)?.metadata.supersedes ?? []) {
      if (!found.has(older)) {
        found.add(older);
        open.push(older);
      }
    }
  }
  return found;
}

describe('the corpus of Tidewater Ferries', () => {
  it('names every document once, with a title, a text and a language', () => {
    expect(documents.size).toBe(corpus.length);
    for (const { id, title, text, metadata } of corpus) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(title, id).not.toBe('');
      expect(text, id).toBe(text.trim());
      expect(metadata.kind, id).not.toBe('');
      expect(['en', 'fr'], id).toContain(metadata.language);
      expect(metadata.effective, id).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });

  it('has sixty documents of varied length, some of several chunks', () => {
    const words = corpus.map(({ text }) => text.match(/[\p{L}\p{N}£%][\p{L}\p{N}£%'’.,:–-]*/gu)?.length ?? 0);
    const total = words.reduce((sum, count) => sum + count, 0);
    expect(corpus.length).toBeGreaterThanOrEqual(60);
    expect(total).toBeGreaterThan(12_000);
    expect(Math.min(...words)).toBeGreaterThanOrEqual(70);
    expect(Math.max(...words)).toBeLessThanOrEqual(900);
    expect(words.filter((count) => count > 320).length).toBeGreaterThanOrEqual(8);
  });

  it('supersedes only documents that exist and are older', () => {
    for (const { id, metadata } of corpus) {
      for (const older of metadata.supersedes ?? []) {
        expect(documents.has(older), `${id} supersedes ${older}`).toBe(true);
        const before = documents.get(older)?.metadata.effective ?? '';
        expect(before < (metadata.effective ?? ''), `${id} is newer than ${older}`).toBe(true);
      }
    }
  });

  it('has French documents in French', () => {
    const french = corpus.filter(({ metadata }) => metadata.language === 'fr');
    expect(french.length).toBeGreaterThanOrEqual(5);
    for (const { id, text } of french) {
      expect(text, id).toMatch(/[àâçéèêëîïôùûœ]/);
      expect(countOf(text, ' les ') + countOf(text, ' la '), id).toBeGreaterThan(3);
    }
  });
});

describe('the golden questions of Tidewater Ferries', () => {
  it.each(KINDS)('has 5 questions to develop with and 15 to test with of the kind %s', (kind) => {
    const splits = ofKind(kind).map(({ split }) => split);
    expect(splits.filter((split) => split === 'dev')).toHaveLength(5);
    expect(splits.filter((split) => split === 'test')).toHaveLength(15);
  });

  it('asks nothing twice and gives nothing an id twice', () => {
    const plain = questions.map(({ question }) =>
      question
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    );
    expect(new Set(plain).size).toBe(questions.length);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
  });

  it('knows only its kinds, difficulties and splits', () => {
    for (const { id, kind, difficulty, split } of questions) {
      expect(KINDS, id).toContain(kind);
      expect(['easy', 'medium', 'hard'], id).toContain(difficulty);
      expect(['dev', 'test'], id).toContain(split);
    }
  });

  it('quotes its evidence verbatim, where it stands once', () => {
    for (const question of questions) {
      for (const { document, quote } of quotes(question)) {
        expect(countOf(textOf(document), quote), `${question.id}: ${document}: ${quote}`).toBe(1);
      }
    }
  });

  it('judges every document that it quotes as relevant, and only known ones', () => {
    for (const { id, relevant, ...rest } of questions) {
      for (const document of Object.keys(relevant))
        expect(documents.has(document), `${id}: ${document}`).toBe(true);
      for (const { document } of quotes({ id, relevant, ...rest })) {
        expect(relevant[document], `${id}: ${document}`).toBeGreaterThan(0);
      }
    }
  });

  it('gives each answerable question an answer that stands in its evidence, unless it is derived', () => {
    for (const question of questions.filter(({ answerable }) => answerable)) {
      expect(question.answers.length, question.id).toBeGreaterThan(0);
      expect(question.evidence.length, question.id).toBeGreaterThan(0);
      const inEvidence = quotes(question).some(({ quote }) => holds(quote, question.answers[0] ?? ''));
      expect(inEvidence, question.id).toBe(question.derived !== true);
    }
  });

  it('derives answers only over several hops', () => {
    for (const { id, kind, derived } of questions) if (derived) expect(kind, id).toBe('multi-hop');
  });

  it('spreads every multi-hop question over at least two documents', () => {
    for (const question of ofKind('multi-hop')) {
      expect(groups(question).length, question.id).toBeGreaterThanOrEqual(2);
      expect(
        new Set(quotes(question).map(({ document }) => document)).size,
        question.id,
      ).toBeGreaterThanOrEqual(2);
    }
  });

  it('keeps forbidden values out of the evidence and out of the answers', () => {
    for (const question of questions) {
      for (const value of question.forbidden ?? []) {
        for (const { quote } of quotes(question)) expect(holds(quote, value), question.id).toBe(false);
        for (const answer of question.answers) expect(holds(answer, value), question.id).toBe(false);
      }
    }
  });

  it('leaves unanswerable questions without answers, evidence and relevant documents', () => {
    for (const { id, kind, answerable, answers, evidence, relevant } of questions) {
      expect(answerable, id).toBe(kind !== 'unanswerable');
      if (!answerable)
        expect([answers.length, evidence.length, Object.keys(relevant).length], id).toEqual([0, 0, 0]);
    }
  });

  it('asks superseded questions where a newer document names the older that holds the forbidden value', () => {
    for (const question of ofKind('superseded')) {
      const newest = quotes(question)[0]?.document ?? '';
      const older = Object.keys(question.relevant).filter((id) => question.relevant[id] === 0);
      expect(question.relevant[newest], question.id).toBe(2);
      expect(older.length, question.id).toBeGreaterThan(0);
      for (const id of older) expect(supersededBy(newest).has(id), `${question.id}: ${id}`).toBe(true);
      const stale = (question.forbidden ?? []).some((value) => older.some((id) => holds(textOf(id), value)));
      expect(stale, question.id).toBe(true);
    }
  });

  it('asks the questions of the other language in French, and the others in English', () => {
    const asksInFrench = /(?<!\p{L})(quel|quelle|quels|combien|où|sous|à|jusqu)(?!\p{L}).* \?$/iu;
    for (const { id, kind, question } of questions) {
      expect(asksInFrench.test(question), id).toBe(kind === 'other-language');
      if (kind === 'other-language') expect(question, id).toMatch(/[àâçéèêëîïôùûœÀÉ]/);
    }
  });

  it('writes noisy questions in lower case', () => {
    for (const { id, question } of ofKind('noisy')) {
      expect(question.replace('BA ', ''), id).toBe(question.replace('BA ', '').toLowerCase());
    }
  });

  it('pins a handful of questions of the test split', () => {
    const pinned = questions.filter(({ must }) => must);
    expect(pinned.length).toBeGreaterThanOrEqual(4);
    expect(pinned.length).toBeLessThanOrEqual(8);
    for (const { id, split } of pinned) expect(split, id).toBe('test');
  });
});

describe('the world behind the corpus', () => {
  it('states the fares of both years as the fare sheets do', () => {
    for (const [sheet, routes] of Object.entries(world.fares)) {
      for (const [route, fares] of Object.entries(routes)) {
        const section = textOf(sheet)
          .split(/^## /m)
          .find((part) => new RegExp(`^(\\d\\. )?Route ${route}:`).test(part));
        const table = new Map(rows(section ?? '').map(([fare = '', ...values]) => [fare, values]));
        for (const [fare, values] of Object.entries(fares)) {
          expect(table.get(fare), `${sheet}, Route ${route}, ${fare}`).toEqual(values);
        }
      }
    }
  });

  it('states the revised fares as the notice does', () => {
    for (const [notice, routes] of Object.entries(world.fareRevisions)) {
      const table = new Map(rows(textOf(notice)).map(([fare = '', ...values]) => [fare, values]));
      for (const [column, route] of ['1', '4'].entries()) {
        for (const [fare, value] of Object.entries(routes[route] ?? {})) {
          expect(table.get(fare)?.[column], `${notice}, Route ${route}, ${fare}`).toBe(value);
        }
      }
    }
  });

  it('charges a child half of the adult fare', () => {
    const pounds = (fare: string): number => Number(fare.slice(1));
    for (const routes of Object.values(world.fares)) {
      for (const fares of Object.values(routes)) {
        const { Adult: adult = [], 'Child (5–15)': child = [] } = fares;
        expect(child.map(pounds)).toEqual(adult.map((fare) => Number((pounds(fare) / 2).toFixed(2))));
      }
    }
  });

  it('states seasons and surcharges as the documents do', () => {
    for (const [year, seasons] of Object.entries(world.seasons)) {
      for (const span of Object.values(seasons)) expect(textOf(`fares-${year}`)).toContain(span);
    }
    for (const [notice, { car, freight }] of Object.entries(world.fuelSurcharge)) {
      expect(textOf(notice)).toContain(`a surcharge of ${car} per single crossing`);
      expect(textOf(notice)).toContain(`a surcharge of ${freight} per lane metre`);
    }
  });

  it('states the numbers of each vessel as its manual does', () => {
    for (const { manual, particulars } of Object.values(world.vessels)) {
      const table = new Map(rows(textOf(manual)).map(([name = '', value]) => [name, value]));
      for (const [name, value] of Object.entries(particulars))
        expect(table.get(name), `${manual}: ${name}`).toBe(value);
    }
  });

  it('states the weather limits as the circulars do', () => {
    for (const [circular, limits] of Object.entries(world.weatherLimits)) {
      const table = new Map(rows(textOf(circular)).map(([vessel = '', ...values]) => [vessel, values]));
      for (const [vessel, { wind, wave }] of Object.entries(limits)) {
        expect(table.get(vessel), `${circular}: ${vessel}`).toEqual([wind, wave]);
      }
    }
  });

  it('gives every role the name that the list of roles gives', () => {
    const table = new Map(rows(textOf('roles-and-contacts')).map(([role = '', name]) => [role, name]));
    for (const [role, name] of Object.entries(world.people)) expect(table.get(role), role).toBe(name);
  });

  it('lists what was and what is where the documents say so', () => {
    for (const { newer, older, was, is } of world.supersessions) {
      expect(documents.get(newer)?.metadata.supersedes, `${newer} over ${older}`).toContain(older);
      expect(textOf(older), `${older}: ${was}`).toContain(was);
      expect(textOf(newer), `${newer}: ${is}`).toContain(is);
    }
  });
});
