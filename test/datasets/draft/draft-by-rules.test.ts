import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Draft, GAP, RULE_KINDS } from '../../../src/datasets/draft/draft.ts';
import { draftByRules } from '../../../src/datasets/draft/draft-by-rules.ts';
import type { CorpusDocument } from '../../../src/datasets/golden.ts';
import { locateQuote } from '../../../src/datasets/quotes.ts';
import { containsAnswer } from '../../../src/text/answers.ts';
import { documentOf, HANDBOOK } from './documents.ts';

const drafted = (documents: readonly CorpusDocument[], size = 30, seed = 1) =>
  draftByRules(documents, { size, seed });
const questions = (drafts: readonly Draft[]) => drafts.map(({ question }) => question);

/** What holds of every draft, whatever the documents. */
function expectSound(drafts: readonly Draft[], documents: readonly CorpusDocument[]): void {
  const texts = new Map(documents.map(({ id, text }) => [id, text]));
  for (const draft of drafts) {
    expect(RULE_KINDS).toContain(draft.kind);
    expect(draft.evidence).toHaveLength(1);
    const { document, quote } = draft.evidence[0]!;
    expect(texts.get(document)).toContain(quote);
    expect(locateQuote(texts.get(document)!, quote)).toHaveLength(1);
    for (const answer of draft.answers) {
      expect(containsAnswer(draft.question, answer)).toBe(false);
      expect(containsAnswer(quote, answer)).toBe(true);
    }
    if (draft.kind === 'cloze') {
      expect(draft.question.split(GAP)).toHaveLength(2);
      expect(draft.answers).toHaveLength(1);
    } else expect(draft.question).toMatch(/\?$/);
  }
  expect(new Set(questions(drafts)).size).toBe(drafts.length);
}

describe('drafting by rules', () => {
  it('makes cloze questions from sentences with a number, a date, a name or a defined term', () => {
    const { drafts } = drafted(HANDBOOK);
    expectSound(drafts, HANDBOOK);
    const cloze = drafts.filter(({ kind }) => kind === 'cloze');
    const all = cloze.map(({ question, answers }) => `${question} → ${answers[0]}`);
    expect(all).toContain('A travel voucher is valid for ___ from the date of issue. → 12 months');
    expect(all).toContain(
      'The winter timetable applies from ___ until further notice to all boats. → 3 November 2025',
    );
    expect(all.join('\n')).toMatch(/Peak sailing|24 June|8 September/);
    expect(all.join('\n')).not.toMatch(/till|Cat|\|/);
  });

  it('makes known-item questions from headings and titles, with the first sentence below as evidence', () => {
    const { drafts } = drafted(HANDBOOK);
    const items = drafts.filter(({ kind }) => kind === 'known-item');
    expect(questions(items)).toEqual(
      expect.arrayContaining([
        'What does «Refunds» of «Terms» say?',
        'What does «Pets» of «Terms» say?',
        'What does «Lost property» of «Notices» say?',
        'What does «Guide» say?',
      ]),
    );
    const refunds = items.find(({ question }) => question.includes('Refunds'))!;
    expect(refunds.answers).toEqual([]);
    expect(refunds.evidence[0]!.quote).toBe(
      'A travel voucher is valid for 12 months from the date of issue.',
    );
  });

  it('gives the same drafts for the same seed, and others for another', () => {
    expect(drafted(HANDBOOK, 8, 7)).toEqual(drafted(HANDBOOK, 8, 7));
    const sets = [1, 2, 3, 4, 5].map((seed) => questions(drafted(HANDBOOK, 4, seed).drafts).join('\n'));
    expect(new Set(sets).size).toBeGreaterThan(1);
  });

  it('gives as many as are asked for where the documents allow, one of each document first', () => {
    const documents = Array.from({ length: 12 }, (_, at) =>
      documentOf(
        `d${at}`,
        `The lamp of lighthouse ${at + 20} shines over ${at + 40} miles of open water. Keeper ${at} lives there with ${at + 100} hens in winter.`,
        `Lighthouse ${at + 20}`,
      ),
    );
    const { drafts, candidates } = drafted(documents, 12);
    expect(new Set(drafts.map(({ evidence }) => evidence[0]!.document)).size).toBe(12);
    expect(candidates).toBeGreaterThan(12);
    expect(new Set(drafts.map(({ kind }) => kind))).toEqual(new Set(RULE_KINDS));
    expect(drafted(documents, 1000).drafts.length).toBeLessThan(1000);
  });

  it('refuses, and counts, what another place of the documents answers otherwise', () => {
    const documents = [
      documentOf('2024', 'The adult fare to the island was set to £9.80 by the board.', 'a'),
      documentOf('2025', 'The adult fare to the island was set to £10.40 by the board.', 'b'),
    ];
    const { drafts, refused } = drafted(documents);
    expect(drafts.every(({ kind }) => kind === 'known-item')).toBe(true);
    expect(refused).toMatchObject([{ reason: 'ambiguous', count: 2 }]);
    expect(refused[0]!.examples[0]!.question).toContain(GAP);
  });

  it('lengthens a quote that stands twice, and says so', () => {
    const sentence = 'The crossing to the outer island takes 95 minutes in fair weather.';
    const documents = [
      documentOf(
        'd',
        `First this is said of it. ${sentence} Then comes more of it. ${sentence} The end.`,
        '',
      ),
    ];
    const cloze = drafted(documents).drafts.find(({ kind }) => kind === 'cloze')!;
    expect(cloze.evidence[0]!.quote.length).toBeGreaterThan(sentence.length);
    expect(cloze.doubts.join()).toContain('stands more than once');
  });

  it('drafts from Arabic, Chinese, Japanese and Hebrew text', () => {
    const documents = [
      documentOf('ar', 'يستغرق العبور إلى الجزيرة البعيدة ٩٥ دقيقة في الطقس الجيد كل يوم.', 'عبور'),
      documentOf('zh', '渡轮从港口到外岛需要 95 分钟才能到达。成人票价为 120 元。', '渡轮'),
      documentOf('ja', '島までの航海は晴れた日に 95 分かかります。', '航海'),
      documentOf('he', 'ההפלגה אל האי הרחוק אורכת 95 דקות במזג אוויר נאה.', 'הפלגה'),
    ];
    const { drafts } = drafted(documents);
    expectSound(drafts, documents);
    const withCloze = new Set(
      drafts.filter(({ kind }) => kind === 'cloze').map(({ evidence }) => evidence[0]!.document),
    );
    expect(withCloze).toEqual(new Set(['ar', 'zh', 'ja', 'he']));
  });

  it.each([
    ['nothing', ''],
    ['white space', ' \n\t '],
    ['one word', 'word'],
    ['no sentence', 'a b c d e f g h i j k l m n o p q r s'],
    ['one sign many times', '*'.repeat(50_000)],
    ['open brackets', '['.repeat(20_000)],
    ['a table', '| a | b |\n| --- | --- |\n| 1 | 22 |\n| x costs 25 km | the 33 miles of it here. |'],
    ['gaps of its own', 'It is said that ___ men came with 25 boats to the island.'],
    ['formulas', '=HYPERLINK("http://x") costs 25 euros for all of the people.'],
    ['control characters', 'The price\u0000 of the\u0007 thing is 25 euros for everybody.'],
    ['half a character', 'The price of \ud800 the thing is 25 euros for everybody.'],
    ['headings alone', '# A\n\n## B\n\n### C\n\n# A\n'],
  ])('survives %s', (_, text) => {
    const documents = [documentOf('hostile', text, 'T')];
    expectSound(drafted(documents).drafts, documents);
  });

  it('survives lines of a megabyte', () => {
    const documents = [
      documentOf('words', 'word '.repeat(200_000)),
      documentOf('digits', '1'.repeat(1_000_000)),
      documentOf('numbers', 'Costs 12 and 13, '.repeat(60_000)),
      documentOf('sentences', 'The fare of the boat to the island is 25 euros. '.repeat(20_000)),
    ];
    expectSound(drafted(documents).drafts, documents);
  });

  it('holds for any text', () => {
    const word = fc.constantFrom(
      'The', 'fare', 'of', '12', 'months', '£4.50', 'Port', 'Amery', '3 May 2025', '.', '!', '\n', '\n\n', '# ',
      '“Term”', 'means', '|', '**', '_', '`', '«', '»', '的', '。', 'مرحبا', '\\', '(', ')', '___', '- ', 'is', 'valid', 'for', '\u0000', '\ud83d\ude00',
    ); // biome-ignore format: a list of words
    const text = fc.oneof(
      fc.array(word, { maxLength: 120 }).map((words) => words.join(' ')),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
    );
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(),
        (list, size, seed) => {
          const documents = list.map((one, at) => documentOf(`d${at}`, one, `Title ${at}`));
          const { drafts } = drafted(documents, size, seed);
          expect(drafts.length).toBeLessThanOrEqual(size);
          expectSound(drafts, documents);
          expect(drafted(documents, size, seed).drafts).toEqual(drafts);
        },
      ),
      { numRuns: 150 },
    );
  });
});
