import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/datasets/draft/decide.ts';
import type { Draft } from '../../../src/datasets/draft/draft.ts';
import { draftByRules } from '../../../src/datasets/draft/draft-by-rules.ts';
import { type ReviewRow, readReview } from '../../../src/datasets/draft/read-review.ts';
import { aliasesOf, numbered, reviewCsv, reviewJsonl } from '../../../src/datasets/draft/review-sheet.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { HANDBOOK } from './documents.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const QUOTE = 'A travel voucher is valid for 12 months from the date of issue.';

const draft = (changes: Partial<Draft> = {}): Draft => ({
  question: 'How long may I use a voucher?',
  answers: ['12 months'],
  derived: false,
  kind: 'lookup',
  difficulty: 'easy',
  answerable: true,
  evidence: [{ document: 'terms.md', quote: QUOTE }],
  doubts: [],
  ...changes,
});

/** The sheet with a decision for each row, as a reviewer would save it. */
const filled = (csv: string, keep: string) => csv.replaceAll(/^(g\d+),/gm, `$1,${keep}`);

function rowsOf(drafts: readonly Draft[], keep = 'accept'): ReviewRow[] {
  return readReview(bytes(filled(reviewCsv(numbered(drafts)), keep)), 'review.csv');
}

function refused(action: () => unknown): GroundspeedError {
  try {
    action();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GroundspeedError);
    return thrown as GroundspeedError;
  }
  throw new Error('nothing was refused');
}

describe('a review sheet', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.constantFrom('=1+1', '+x', '-x', '@x', "'=x", 'a|b', 'a\\|b', 'a;b', 'a"b', 'a,b', 'one\r\ntwo', '"', '\tx', '＝x', 'é😀'),
  ); // biome-ignore format: a list of cells
  const cell = hostile
    .map((text) => text.trim())
    .filter((text) => text !== '' && !/[\0\ufeff]|\p{Surrogate}/u.test(text));

  it('is read back as it was written, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            question: cell,
            answers: fc.array(cell, { maxLength: 3 }),
            evidence: fc.array(fc.record({ document: cell, quote: cell }), { maxLength: 3 }),
            derived: fc.boolean(),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        (list) => {
          const drafts = list.map((one) => draft(one));
          const plain = (text: string) => text.replaceAll(/\r\n?/g, '\n');
          for (const [rows, file] of [
            [readReview(bytes(reviewCsv(numbered(drafts))), 'review.csv'), 'csv'],
            [readReview(bytes(reviewJsonl(numbered(drafts))), 'review.jsonl'), 'jsonl'],
          ] as const) {
            expect(rows, file).toHaveLength(drafts.length);
            for (const [at, row] of rows.entries()) {
              const { question, answers, evidence, derived } = drafts[at]!;
              expect(row.keep).toBeUndefined();
              expect(plain(row.question)).toBe(plain(question));
              expect(row.answers.map(plain)).toEqual(answers.map(plain));
              expect(row.evidence.map(({ quote }) => plain(quote))).toEqual(
                evidence.map(({ quote }) => plain(quote)),
              );
              expect(row.evidence.map(({ document }) => plain(document))).toEqual(
                evidence.map(({ document }) => plain(document)),
              );
              expect(row.derived).toBe(derived);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('has no cell that a spreadsheet would run, and says that it is UTF-8', () => {
    const csv = reviewCsv(numbered([draft({ question: '=cmd|x', answers: ['@a'], doubts: ['-1+2'] })]));
    expect(csv.startsWith('\ufeff')).toBe(true);
    expect(csv).toContain("'=cmd|x");
    expect(csv).toContain("'@a");
    expect(csv).toContain("'-1+2");
  });

  it('parts aliases at bars', () => {
    expect(aliasesOf('a | b|c')).toEqual(['a', 'b', 'c']);
    expect(aliasesOf('a\\|b | \\\\')).toEqual(['a|b', '\\']);
    expect(aliasesOf(' ')).toEqual([]);
  });

  it('is read with semicolons and tabs too, and names the line where a row begins', () => {
    const text =
      'id;keep;question;answers;kind;document;quote\n"a";accept;"two\nlines?";x;k;d;"q\nq"\nb;perhaps;q?;x;k;d;q\n';
    const error = refused(() => readReview(bytes(text), 'r.csv'));
    expect(error.problems).toEqual([
      'r.csv:5: `keep` is "perhaps"; write accept, edit or drop, or leave it empty',
    ]);
    expect(error).toMatchObject({ code: 'dataset.labels', where: 'r.csv' });
    expect(readReview(bytes(text.replaceAll(';', '\t').replace('perhaps', 'DROP')), 'r.csv')).toMatchObject([
      { id: 'a', keep: 'accept', where: 'r.csv:2' },
      { id: 'b', keep: 'drop', where: 'r.csv:5' },
    ]);
  });

  it.each([
    ['r.csv', '', /header lacks `id`, `keep`/],
    ['r.csv', 'id,keep,question\n', /r\.csv:1: the header lacks `answers`/],
    ['r.csv', 'id,id,keep,question,answers,kind,document,quote\n', /names `id` twice/],
    ['r.csv', 'id,keep,question,answers,kind,document,quote\na,accept\n', /r\.csv:2.*not CSV/],
    ['r.csv', 'id,keep,question,answers,kind,document,quote\na,acept,q?,x,k,d,q\n', /did you mean accept/],
    ['r.csv', 'id,keep,question,answers,kind,document,quote\na,,q,x,k,d,q\na,,q,x,k,d,q\n', /r\.csv:3: `id` "a" stands at r\.csv:2/],
    ['r.csv', 'id,keep,question,answers,kind,document,quote\n ,,q,x,k,d,q\n', /`id` is empty/],
    ['r.jsonl', '{"id":"a","keep":1}\n', /r\.jsonl:1: `keep` must be a text/],
    ['r.jsonl', '{"id":"a","evidence":[{"quote":1}]}\n', /r\.jsonl:1: `evidence`/],
    ['r.jsonl', '{"id":"a","answers":[1]}\n', /r\.jsonl:1: `answers`/],
    ['r.jsonl', '{"id":\n', /r\.jsonl:1 is not JSON/],
  ])('%s: refuses %j, and says where', (file, text, words) => {
    expect(refused(() => readReview(bytes(text), file)).message).toMatch(words);
  }); // biome-ignore format: a table of cases

  it('is refused or read, whatever its bytes', () => {
    const good = reviewCsv(numbered(draftByRules(HANDBOOK, { size: 5, seed: 1 }).drafts));
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.string({ maxLength: 5 }),
        fc.constantFrom('r.csv', 'r.jsonl'),
        (at, junk, file) => {
          const text = `${good.slice(0, at)}${junk}${good.slice(at + 3)}`;
          try {
            readReview(bytes(text), file);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(GroundspeedError);
            expect((thrown as GroundspeedError).where).toContain(file);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('deciding', () => {
  it('keeps what was accepted or edited, and counts the rest', () => {
    const drafts = draftByRules(HANDBOOK, { size: 6, seed: 3 }).drafts;
    const words = ['accept', 'edit', 'drop', '', 'accept', 'accept'] as const;
    const rows = rowsOf(drafts).map((row, at) => ({ ...row, keep: words[at] || undefined }));
    const decided = decide(rows, HANDBOOK);
    expect(decided.problems).toEqual([]);
    expect(decided.counts).toEqual({ accepted: 3, edited: 1, dropped: 1, undecided: 1 });
    expect(decided.questions.map(({ id }) => id)).toEqual(['g001', 'g002', 'g005', 'g006']);
    expect(decided.questions[1]!.tags).toEqual(['generated', 'edited']);
    expect(decided.undecided).toHaveLength(1);
    expect(decide(rows, HANDBOOK, { undecided: 'keep' }).questions).toHaveLength(5);
    expect(decide(rows, HANDBOOK, { undecided: 'drop' }).questions).toHaveLength(4);
  });

  it.each([
    [{ evidence: [{ document: 'terms.md', quote: 'A voucher is valid for ever.' }] }, /`quote`: .*does not stand/],
    [{ evidence: [{ document: 'gone.md', quote: QUOTE }] }, /`document`: there is no document "gone\.md"/],
    [{ evidence: [] }, /`quote` is empty/],
    [{ answers: ['13 months'] }, /`answers`: "13 months" stands in none of its quotes/],
    [{ answers: [] }, /`answers`: it has none/],
    [{ question: '?' }, /`question`: /],
    [{ kind: 'unanswerable', answers: [] }, /`quote` is filled in, though/],
    [{ kind: 'unanswerable', evidence: [] }, /`answers`: it is unanswerable/],
  ])('refuses what was edited into %j, by line and field', (changes, words) => {
    const { problems, questions } = decide(rowsOf([draft(changes)], 'edit'), HANDBOOK);
    expect(problems.join('\n')).toMatch(words);
    expect(problems.every((problem) => problem.startsWith('review.csv:2: `'))).toBe(true);
    expect(questions).toEqual([]);
  }); // biome-ignore format: a table of cases

  it('takes derived answers, unanswerable questions, and quotes whose line breaks were changed', () => {
    const drafts = [
      draft({ answers: ['a year'], derived: true }),
      draft({ question: 'May crocodiles travel?', kind: 'unanswerable', answers: [], evidence: [] }),
      draft({
        question: 'For how long?',
        evidence: [{ document: 'terms.md', quote: QUOTE.replace(' is ', '\n is ') }],
      }),
    ];
    const { questions, problems } = decide(rowsOf(drafts), HANDBOOK);
    expect(problems).toEqual([]);
    expect(questions.map(({ answerable, derived }) => [answerable, derived])).toEqual([
      [true, true],
      [false, false],
      [true, false],
    ]);
    expect(questions[2]!.evidence[0]![0]!.quote).toBe(QUOTE);
  });

  it('refuses a question that is asked twice, and warns of leaks and of what does not end as a question', () => {
    expect(decide(rowsOf([draft(), draft()]), HANDBOOK).problems.join()).toMatch(
      /review\.csv:3: `question` is asked at review\.csv:2/,
    );
    const odd = decide(rowsOf([draft({ question: 'Tell me of the 12 months in this document' })]), HANDBOOK);
    expect(odd.problems).toEqual([]);
    expect(odd.warnings).toHaveLength(3);
    expect(odd.questions).toHaveLength(1);
  });
});
