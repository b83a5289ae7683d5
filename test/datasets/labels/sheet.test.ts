import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSheet } from '../../../src/cli/dataset-check-sheet.ts';
import { resolveLabels } from '../../../src/datasets/labels/resolve.ts';
import { type Label, readSheet, type SheetRow } from '../../../src/datasets/labels/sheet.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const HEADER = 'question_id,document_id,grade\n';

function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GroundspeedError);
    expect((thrown as GroundspeedError).code).toBe('dataset.labels');
    return (thrown as GroundspeedError).problems;
  }
  throw new Error('nothing was thrown');
}

describe('reading a labelling sheet', () => {
  it('takes grades, and counts blanks', () => {
    const sheet = readSheet(bytes(`${HEADER}q1,d1,2\nq1,d2,\nq2,d1, 0 \nq2,d2,1.0\n`), 's.csv');
    expect(sheet.labels).toEqual([
      { question: 'q1', document: 'd1', grade: 2, where: 's.csv:2' },
      { question: 'q2', document: 'd1', grade: 0, where: 's.csv:4' },
      { question: 'q2', document: 'd2', grade: 1, where: 's.csv:5' },
    ]);
    expect(sheet).toMatchObject({ rows: 4, blank: 1 });
  });

  it.each([
    ['semicolons', 'grade;document_id;question_id\n1;d1;q1\n'],
    ['tabs', 'question_id\tdocument_id\tgrade\nq1\td1\t1\n'],
    [
      'a byte order mark, other columns and capitals',
      '\ufeffGrade,note,Question_ID,document_id\r\n1,ok,q1,d1\r\n',
    ],
  ])('takes a spreadsheet saved with %s', (_what, text) => {
    expect(readSheet(bytes(text), 's.csv').labels).toMatchObject([
      { question: 'q1', document: 'd1', grade: 1 },
    ]);
  });

  it('takes JSON lines with numbers, texts and blanks for grades', () => {
    const lines = [
      { question_id: 'q1', document_id: 7, grade: 1 },
      { question_id: 'q1', document_id: 'd2', grade: '0' },
      { question_id: 'q1', document_id: 'd3', grade: null },
      { question_id: 'q1', document_id: 'd4' },
    ];
    const sheet = readSheet(bytes(lines.map((line) => JSON.stringify(line)).join('\n')), 's.jsonl');
    expect(sheet.labels.map(({ document, grade }) => [document, grade])).toEqual([
      ['7', 1],
      ['d2', 0],
    ]);
    expect(sheet.blank).toBe(2);
  });

  it('names file, line and field of every row at fault', () => {
    expect(
      problemsOf(() => readSheet(bytes(`${HEADER}q1,d1,yes\n,d1,1\nq1,,-1\nq1,d1,1.5\n`), 's.csv')),
    ).toEqual([
      's.csv:2: `grade` must be a whole number from 0, not "yes"',
      's.csv:3: `question_id` is missing',
      's.csv:4: `document_id` is missing',
      's.csv:4: `grade` must be a whole number from 0, not "-1"',
      's.csv:5: `grade` must be a whole number from 0, not "1.5"',
    ]);
    expect(problemsOf(() => readSheet(bytes('question_id,grade\nq1,1\n'), 's.csv'))).toEqual([
      's.csv:1: the header lacks `document_id`',
    ]);
    expect(problemsOf(() => readSheet(bytes(''), 's.csv'))).toHaveLength(1);
    expect(
      problemsOf(() => readSheet(bytes('{"question_id":"q","document_id":"d","grade":true}'), 's.jsonl')),
    ).toEqual(['s.jsonl:1: `grade` must be a whole number from 0, not "true"']);
  });

  it('refuses rows of another width, and what is no UTF-8', () => {
    expect(() => readSheet(bytes(`${HEADER}q1,d1\n`), 's.csv')).toThrow(/s\.csv:2 is not CSV/);
    expect(() => readSheet(new Uint8Array([0xff, 0xfe, 0x41]), 's.csv')).toThrow(/UTF-8/);
    expect(() => readSheet(bytes('{"question_id":'), 's.jsonl')).toThrow(/s\.jsonl:1 is not JSON/);
  });

  it('ends in labels or in an error of its own, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc
            .array(
              fc.constantFrom(
                HEADER,
                'q1,d1,1\n',
                '"',
                ',',
                ';',
                '\n',
                '\r',
                'q1',
                '=1+1',
                '{',
                '}',
                '1e9',
                '\u0000',
              ),
            )
            .map((parts) => bytes(parts.join(''))),
        ),
        fc.constantFrom('s.csv', 's.jsonl'),
        (content, file) => {
          try {
            const { labels, rows, blank } = readSheet(content, file);
            expect(labels.length + blank).toBe(rows);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(GroundspeedError);
            expect((thrown as GroundspeedError).code).toMatch(/^dataset\.(labels|line)$/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a sheet that was written', () => {
  const word = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 12 })
    .filter((text) => text.trim() === text && text !== '');
  const id = fc.oneof(word, fc.constantFrom('=1+1', '@x', '-7', "'x", '+1'));
  const row = fc.record({
    question: id,
    text: fc.string(),
    answers: fc.array(fc.string()),
    document: id,
    title: fc.string(),
    snippet: fc.string(),
    grade: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    ranks: fc.dictionary(fc.constantFrom('A', 'B'), fc.integer({ min: 1, max: 10 }), {
      noNullPrototype: true,
    }),
  });

  it.each(['csv', 'jsonl'] as const)(
    'is read back as it was, ids that look like formulas too: %s',
    (format) => {
      fc.assert(
        fc.property(
          fc.uniqueArray(row, { selector: (one) => `${one.question}\n${one.document}` }),
          (rows: SheetRow[]) => {
            const sheet = readSheet(bytes(renderSheet(rows, format)), `s.${format}`);
            const graded = rows.filter(({ grade }) => grade !== undefined);
            expect(sheet.rows).toBe(rows.length);
            expect(sheet.labels.map(({ grade }) => grade)).toEqual(graded.map(({ grade }) => grade));
            const set = {
              questions: [...new Set(rows.map(({ question }) => question))].map((one) => ({
                id: one,
                relevant: new Map(),
              })),
              documents: new Map(rows.map(({ document }) => [document, 0])),
            };
            // A lone apostrophe before an id that is there, too, cannot be told from the one that a CSV adds.
            const ids = rows.flatMap(({ question, document }) => [question, document]);
            if (ids.some((one) => ids.includes(`'${one}`))) return;
            const { added } = resolveLabels(sheet.labels, set, 's');
            const pairs = [...added].flatMap(([question, grades]) =>
              [...grades].map((grade) => [question, ...grade]),
            );
            const sorted = (all: unknown[]) => all.map((one) => JSON.stringify(one)).sort();
            expect(sorted(pairs)).toEqual(
              sorted(graded.map((one) => [one.question, one.document, one.grade])),
            );
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  it('runs nothing in a spreadsheet', () => {
    const hostile: SheetRow = {
      question: '=cmd()',
      text: '@SUM(1)',
      answers: ['+1'],
      document: '-1+1',
      title: '\t=1',
      snippet: '＝1',
      grade: undefined,
      ranks: { A: 1 },
    };
    const [, line] = renderSheet([hostile], 'csv').split('\r\n');
    expect(line).toBe("'=cmd(),'@SUM(1),'+1,'-1+1,'\t=1,'＝1,,A 1");
  });
});

describe('labels held against a set', () => {
  const set = {
    questions: [
      {
        id: 'q1',
        relevant: new Map([
          ['d1', 1],
          ['d2', -1],
        ]),
      },
      { id: 'q2', relevant: new Map<string, number>() },
    ],
    documents: new Map([
      ['d1', 0],
      ['d2', 0],
      ['d3', 0],
    ]),
  };
  const label = (question: string, document: string, grade: number, line = 2): Label => ({
    question,
    document,
    grade,
    where: `s.csv:${line}`,
  });

  it('are sorted into new ones and known ones; a grade below 0 counts as none', () => {
    const { added, known } = resolveLabels(
      [label('q1', 'd1', 1), label('q1', 'd2', 2), label('q2', 'd3', 0), label('q2', 'd3', 0)],
      set,
      's.csv',
    );
    expect(added).toEqual(
      new Map([
        ['q1', new Map([['d2', 2]])],
        ['q2', new Map([['d3', 0]])],
      ]),
    );
    expect(known).toBe(2);
  });

  it('are refused where they contradict each other or the set, or name what is not there', () => {
    const labels = [
      label('q2', 'd3', 0, 2),
      label('q2', 'd3', 1, 3),
      label('q1', 'd1', 0, 4),
      label('q3', 'd9', 1, 5),
    ];
    expect(problemsOf(() => resolveLabels(labels, set, 's.csv'))).toEqual([
      's.csv:3: `grade` is 1, and 0 at s.csv:2, for question "q2" and document "d3"',
      's.csv:4: `grade` is 0, and the set says 1 for question "q1" and document "d1"',
      's.csv:5: `question_id` "q3" is not in the set; did you mean "q1"?',
      's.csv:5: `document_id` "d9" is not in the set; did you mean "d1"?',
    ]);
  });

  it('may name any document of a set without a corpus', () => {
    const { added } = resolveLabels([label('q2', 'anything', 1)], { ...set, documents: undefined }, 's');
    expect(added.get('q2')?.get('anything')).toBe(1);
  });
});
