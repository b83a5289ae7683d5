import { describe, expect, it } from 'vitest';
import { authoredSet, holds, IN_WORDS, rows } from './authored-set.ts';

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
  /** By role, for those whom the list of roles does not name; the document gives both. */
  readonly furtherPeople: Table<{ readonly name: string; readonly document: string }>;
  /** By number: whose it is, and every document in which it stands. */
  readonly telephones: Table<{ readonly desk: string; readonly documents: readonly string[] }>;
  /** What each form is for, by its number. */
  readonly forms: Table<string>;
  /** The document in force, by the number of the procedure. */
  readonly procedures: Table<string>;
  readonly supersessions: readonly {
    readonly newer: string;
    readonly older: string;
    readonly was: string;
    readonly is: string;
  }[];
  /** What stands in several documents, or must not change: the value verbatim. */
  readonly facts: readonly {
    readonly fact: string;
    readonly value: string;
    readonly documents: readonly string[];
  }[];
  /** Cells after the first, by document and by the first cell of the row. */
  readonly tables: Table<Table<readonly string[]>>;
}

const { corpus, questions, documents, textOf, read } = authoredSet('tidewater');
const world = JSON.parse(read('world.json')) as World;

/** The number in a cell: of the row that begins with `row`, in the section whose heading holds `section` (or anywhere). */
function cell(document: string, row: string, column: number, section = ''): number {
  const part = textOf(document)
    .split(/^## /m)
    .find((text) => text.split('\n', 1)[0]?.includes(section) && text.includes(`| ${row} |`));
  const found = rows(part ?? '').find(([name]) => name === row)?.[column];
  return numberIn(found ?? `no row ${row} in ${document}`);
}

/** The number, or the small number in words, that the pattern's group takes from the document. */
function told(document: string, pattern: RegExp): number {
  return numberIn(pattern.exec(textOf(document))?.[1] ?? `nothing like ${pattern} in ${document}`);
}

function numberIn(text: string): number {
  const digits = /\d[\d,]*(\.\d+)?/.exec(text)?.[0].replaceAll(',', '');
  const value = digits === undefined ? IN_WORDS.indexOf(text) : Number(digits);
  if (value < 0) throw new Error(`no number: ${text}`);
  return value;
}

const minutes = (time: string): number => {
  const [, hours = '', rest = ''] = /^(\d\d?):(\d\d)$/.exec(time) ?? [];
  return Number(hours) * 60 + Number(rest);
};

/** Minutes after midnight of the last departure in a cell: `09:00, 15:00`. */
function lastDeparture(document: string, row: string, column: number): number {
  const times = rows(textOf(document)).find(([name = '']) => name.startsWith(row))?.[column] ?? '';
  return minutes(times.split(', ').at(-1) ?? '');
}

/** What each derived answer is computed from: the number that it must hold, or its minutes after midnight. */
const DERIVED: Readonly<Record<string, () => number>> = {
  'tw-multi-hop-05': () => lastDeparture('timetable-winter-2025', '4 ', 1) - cell('notice-2025-03', '4', 1),
  'tw-multi-hop-06': () =>
    cell('fares-2025', 'Adult', 1, 'Route 2') * (1 - cell('fares-residents', 'Foot passenger', 1) / 100),
  'tw-multi-hop-11': () => cell('fares-2025', 'Car up to 5.5 m', 3, 'Route 2') * 0.5,
  'tw-multi-hop-17': () =>
    12 *
    (cell('fares-freight-2025', '4 Port Amery–Saint-Aubrac', 1) +
      told('notice-2025-12', /surcharge of £([\d.]+) per lane metre/)),
  'tw-multi-hop-19': () =>
    cell('notice-2025-07', 'Adult', 2) +
    cell('notice-2025-07', 'Car up to 5.5 m', 2) +
    told('notice-2025-02', /surcharge of £([\d.]+) per single crossing/),
  'tw-multi-hop-21': () =>
    10 * cell('fares-2025', 'Adult', 2, 'Route 2') - cell('carnets-2025', 'Route 2, adult', 2),
  'tw-multi-hop-22': () =>
    13.5 *
    (cell('fares-freight-2025', '2 Port Amery–Vanehaven', 1) +
      told('notice-2025-12', /surcharge of £([\d.]+) per lane metre/)),
  'tw-multi-hop-23': () =>
    cell('vessel-grey-heron-manual', 'Vehicle deck clear height', 1) -
    told('freight-conditions', /at least (\d+) cm below the clear height/) / 100,
  'tw-multi-hop-25': () =>
    cell('fares-2025', 'Child (5–15)', 2, 'Route 4') *
    (1 - told('school-travel-scheme', /receive (\d+) % off the child fare/) / 100),
  'tw-multi-hop-26': () =>
    (cell('cabins-razorbill', 'There and back on one day', 3, '2025') *
      cell('agents-commission', 'Cabins on Razorbill', 2)) /
    100,
  'tw-multi-hop-28': () => {
    const [permit, day] = [
      cell('parking-permits', 'Long stay (Saltworks Lane)', 1),
      cell('notice-2025-06', 'Long stay (Saltworks Lane)', 1),
    ];
    return Math.floor(permit / day) + 1;
  },
  'tw-multi-hop-29': () =>
    (cell('vessel-grey-heron-manual', 'Fuel capacity', 1) *
      told('safety-bunkering-2025', /no more than (\d+) % of their capacity/)) /
    100,
  'tw-multi-hop-30': () =>
    cell('safety-bulletin-2024', 'Storm Petrel', 3) - cell('safety-muster', 'Storm Petrel', 2),
  'tw-multi-hop-31': () =>
    cell('vessel-razorbill-manual', 'Passengers, maximum', 1) -
    told('safety-passenger-count', /stopped when (\w+) places are left/),
  'tw-multi-hop-38': () =>
    2 *
    told('port-kelby-brough-guide', /Kelby is (\d+) miles south/) *
    cell('handbook-expenses-2025', 'Car, petrol or diesel', 1),
  'tw-multi-hop-39': () =>
    told('handbook-leave-2025', /Parental leave is (\d+) weeks/) -
    told('handbook-parental-leave-2025', /neither may be shorter than (\w+) weeks/),
  'tw-multi-hop-44': () =>
    told('handbook-staff-travel-2023', /served for (\d+) years/) -
    told('handbook-staff-travel-2025', /after (\d+) years' service/),
  'tw-multi-hop-48': () =>
    told('vessel-razorbill-manual', /Fresh water capacity is (\d+) m³/) / cell('water-waste-ashore', '1', 1),
  'tw-multi-hop-49': () =>
    cell('fares-2025', 'Adult', 2, 'Route 2') + cell('catering-prices-2025', 'Fish pie', 2),
  'tw-multi-hop-50': () => 1.25 * told('vessel-grey-heron-manual', /Ramps carry (\d+) tonnes/),
  'tw-multi-hop-54': () =>
    lastDeparture('timetable-winter-2025', '4 ', 2) - told('avis-2025-11', /mairie (\d+) minutes avant/),
  'tw-multi-hop-55': () => {
    const bus = rows(textOf('connecting-buses-2025')).find(([line]) => line === '46')?.[3] ?? '';
    return minutes(bus) - (lastDeparture('timetable-winter-2025', '2 ', 2) + 100);
  },
  'tw-multi-hop-57': () =>
    cell('fares-2025', 'Adult', 1, 'Route 4') + told('special-sailings-2025', /now £([\d.]+) per adult/),
  'tw-multi-hop-59': () =>
    60 +
    told('brough-holm-island-guide', /\| 1 h (\d+) min after low water \|\n\| Between/) -
    told('vessel-little-tern-manual', /used for (\d+) minutes either side/),
  'tw-multi-hop-60': () =>
    cell('vessel-grey-heron-manual', 'Cars, maximum', 1) - told('notice-2025-15', /pier holds (\d+) cars/),
};

describe('the derived answers', () => {
  it('are all computed here', () => {
    const derived = questions.filter((question) => question.derived).map(({ id }) => id);
    expect(Object.keys(DERIVED)).toEqual(derived);
  });

  it.each(Object.entries(DERIVED))('follow from the cells they are computed from: %s', (id, compute) => {
    const answer = questions.find((question) => question.id === id)?.answers[0] ?? '';
    const expected = answer.includes(':') ? minutes(answer) : numberIn(answer);
    expect(Number(compute().toFixed(2))).toBe(expected);
  });
});

describe('the world behind the corpus', () => {
  it('states the facts that several documents share as they do', () => {
    for (const { fact, value, documents: where } of world.facts) {
      expect(where.length, fact).toBeGreaterThan(0);
      for (const id of where) expect(textOf(id), `${fact}: ${id}`).toContain(value);
    }
  });

  it('states the rows of the tables as the documents do', () => {
    expect(Object.keys(world.tables).length).toBeGreaterThan(50);
    for (const [document, table] of Object.entries(world.tables)) {
      const found = rows(textOf(document)).map((cells) => JSON.stringify(cells));
      for (const [name, cells] of Object.entries(table)) {
        expect(found, `${document}: ${name}`).toContain(JSON.stringify([name, ...cells]));
      }
    }
  });

  it('gives every person one role, and every role one person', () => {
    const further = Object.entries(world.furtherPeople);
    const names = [...Object.values(world.people), ...further.map(([, { name }]) => name)];
    expect(new Set(names).size).toBe(names.length);
    for (const [role, { name, document }] of further) {
      expect(role in world.people, role).toBe(false);
      expect(textOf(document), role).toContain(name);
      expect(holds(textOf(document), role), `${document}: ${role}`).toBe(true);
    }
  });

  it('gives every telephone number to one desk, and lists where it stands', () => {
    const desks = Object.values(world.telephones).map(({ desk }) => desk);
    expect(new Set(desks).size).toBe(desks.length);
    const found = new Map<string, string[]>();
    for (const { id, text } of corpus) {
      for (const number of new Set(text.match(/01632 960 \d{3}/g) ?? [])) {
        expect(number).toMatch(/^01632 960 1\d\d$/);
        found.set(number, [...(found.get(number) ?? []), id]);
      }
    }
    const listed = Object.entries(world.telephones).map(([number, { documents: where }]) => [number, where]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(listed));
  });

  it('knows the form and the procedure behind every number', () => {
    const standing = (pattern: RegExp): string[] =>
      [...new Set(corpus.flatMap(({ text }) => text.match(pattern) ?? []))].sort();
    expect(standing(/\bTF-\d\d\b/g)).toEqual(Object.keys(world.forms).sort());
    expect(new Set(Object.values(world.forms)).size).toBe(Object.keys(world.forms).length);
    expect(standing(/\bSP-\d\d\b/g)).toEqual(Object.keys(world.procedures).sort());
    for (const [number, id] of Object.entries(world.procedures)) expect(textOf(id), number).toContain(number);
  });

  it('numbers notices in the order of their issue', () => {
    const months =
      /January|February|March|April|May|June|July|August|September|October|November|December|août|octobre/;
    const month = (name: string): number =>
      name === 'août' ? 8 : name === 'octobre' ? 10 : new Date(`1 ${name} 2000`).getMonth() + 1;
    const issued = corpus
      .filter(({ metadata }) => metadata.kind === 'notice')
      .map(({ text, metadata }) => {
        const date = new RegExp(`(?:Issued|Publié le) (\\d+) (${months.source}) (\\d{4})`).exec(text);
        const [, day = '', name = '', year = ''] = date ?? [];
        return {
          number: metadata.version ?? '',
          on: `${year}-${String(month(name)).padStart(2, '0')}-${day.padStart(2, '0')}`,
          effective: metadata.effective ?? '',
        };
      })
      .sort((a, b) => a.number.localeCompare(b.number));
    expect(new Set(issued.map(({ number }) => number)).size).toBe(issued.length);
    for (const [index, { number, on, effective }] of issued.entries()) {
      expect(on.slice(0, 4), number).toBe(number.slice(0, 4));
      expect(on <= effective, number).toBe(true);
      expect((issued[index - 1]?.on ?? '') <= on, number).toBe(true);
    }
  });

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
