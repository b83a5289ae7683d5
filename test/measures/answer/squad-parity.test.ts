import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerTokens, normaliseAnswer } from '../../../src/text/answers.ts';
import { question, returned, scoresOf } from '../golden-cases.ts';

/**
 * SQuAD's evaluation by its definition, one character at a time and without regular expressions, so that it shares
 * nothing with the code under test: lower case; drop Python's string.punctuation; put a space for each word that is
 * "a", "an" or "the"; split at white space and join by one space. A word is a run of letters, numbers and underscores.
 */
/** White space in Python and not in JavaScript, or the other way round. */
const DISPUTED = new Set(['\u001c', '\u001d', '\u001e', '\u001f', '\u0085', '\ufeff']);
const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

function officialNormalise(text: string): string {
  const kept = [...text.toLowerCase()].filter((character) => !PUNCTUATION.has(character));
  const pieces: string[] = [];
  let word = '';
  const endWord = () => {
    pieces.push(word === 'a' || word === 'an' || word === 'the' ? ' ' : word);
    word = '';
  };
  for (const character of kept) {
    if (/[\p{L}\p{N}_]/u.test(character)) word += character;
    else {
      endWord();
      pieces.push(character);
    }
  }
  endWord();
  const joined = pieces.join('');
  const words: string[] = [];
  let current = '';
  for (const character of joined) {
    if (character.trim() === '') {
      if (current !== '') words.push(current);
      current = '';
    } else current += character;
  }
  if (current !== '') words.push(current);
  return words.join(' ');
}

function officialF1(gold: string, predicted: string): number {
  const goldTokens = officialNormalise(gold).split(' ').filter(Boolean);
  const tokens = officialNormalise(predicted).split(' ').filter(Boolean);
  if (goldTokens.length === 0 || tokens.length === 0) return goldTokens.length === tokens.length ? 1 : 0;
  const rest = [...goldTokens];
  let same = 0;
  for (const token of tokens) {
    const at = rest.indexOf(token);
    if (at >= 0) {
      rest.splice(at, 1);
      same += 1;
    }
  }
  if (same === 0) return 0;
  const precision = same / tokens.length;
  const recall = same / goldTokens.length;
  return (2 * precision * recall) / (precision + recall);
}

const scored = (measure: string, answers: readonly string[], answer: string) =>
  scoresOf(measure, [{ question: question({ answers }), returned: returned({ answer }) }])[0];

describe("SQuAD's normalisation", () => {
  it.each([
    ['lower case first', 'The CAT', 'cat'],
    ['punctuation goes without leaving a space', 'U.S.A.', 'usa'],
    ['so that a hyphen joins what it parted', 'twenty-one', 'twentyone'],
    ['and may make a word of an article', "the-cat's", 'thecats'],
    ['or an article of a word: punctuation goes before articles', 'a.', ''],
    ['"A." is an article once its point is gone', 'Vitamin A.', 'vitamin'],
    ['an article within a word stays', 'theatre another banana', 'theatre another banana'],
    ['an article between others leaves single spaces', ' to  the   an a shore ', 'to shore'],
    ['an underscore is punctuation', 'the_cat', 'thecat'],
    ['currency signs beyond ASCII stay', '€4.50 £3', '€450 £3'],
    ['a dollar is punctuation', '$4.50', '450'],
    ['quotes and dashes beyond ASCII stay', '“the” – end', '“ ” – end'],
    ['letters of any script make words', 'a café à la carte', 'café à la carte'],
    ['a combining mark makes no word: the article before it goes', 'a\u0301 b', '\u0301 b'],
    ['an ideograph is a letter', 'the海', 'the海'],
    ['no-break and thin spaces are white space', 'fast\u00a0ferry\u2009now', 'fast ferry now'],
    ['an ideographic space is white space', '海\u3000空', '海 空'],
    ['capital sigma at the end of a word', 'ΟΔΟΣ', 'οδος'],
    ['dotted capital I', 'İ', 'i\u0307'],
    ['nothing but articles and punctuation', 'The, a. An!', ''],
  ])('%s: %j is %j', (_why, text, normalised) => {
    expect(normaliseAnswer(text)).toBe(normalised);
    expect(officialNormalise(text)).toBe(normalised);
  });

  const fragments = [
    ...[
      'a',
      'an',
      'the',
      'The',
      'AN',
      'b',
      'cat',
      'é',
      'ß',
      'İ',
      'Σ',
      '_',
      '1',
      '²',
      '½',
      '海',
      'ー',
      '\u0301',
      '😀',
    ],
    ...[
      ' ',
      '  ',
      '\t',
      '\n',
      '\u00a0',
      '\u2009',
      '\u3000',
      '.',
      '-',
      "'",
      '’',
      '“',
      '€',
      '$',
      '(',
      ')',
      '!',
      '#',
    ],
  ];

  it('equals the definition on any text', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...fragments), maxLength: 30 }),
      // Python's white space and JavaScript's differ in six characters that no answer holds.
      fc
        .string({ unit: 'binary', maxLength: 30 })
        .filter((one) => ![...one].some((unit) => DISPUTED.has(unit))),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(normaliseAnswer(one)).toBe(officialNormalise(one));
        expect(normaliseAnswer(normaliseAnswer(one)).length).toBeLessThanOrEqual(normaliseAnswer(one).length);
        expect(answerTokens(one).join(' ')).toBe(normaliseAnswer(one));
      }),
      { numRuns: 2000 },
    );
  });

  it('leads to the same exact match and F1 as the definition, best over the golden answers', () => {
    const text = fc.string({ unit: fc.constantFrom(...fragments), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (answers, answer) => {
        const golden = answers.filter((one) => officialNormalise(one) !== '');
        fc.pre(golden.length > 0);
        const exact = golden.some((one) => officialNormalise(one) === officialNormalise(answer));
        expect(scored('exact-match', answers, answer)).toBe(exact ? 1 : 0);
        const best = Math.max(...golden.map((one) => officialF1(one, answer)));
        expect(scored('f1', answers, answer)).toBeCloseTo(best, 12);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('exact-match and f1', () => {
  // By hand: common tokens, precision, recall, F1 = 2PR / (P + R).
  it.each([
    // 3 common of 3 and 3.
    [['10th and 11th centuries'], 'the 10th and 11th centuries', 1, 1],
    // "in 10th and 11th centuries" has 5 tokens, 4 of them in the golden 4: P 4/5, R 1.
    [['10th and 11th centuries'], 'in the 10th and 11th centuries', 0, 8 / 9],
    [['10th and 11th centuries', 'in the 10th and 11th centuries'], 'in the 10th and 11th centuries', 1, 1],
    // Multisets: "to to be" has one "to" more than "to be".
    [['to be'], 'to to be', 0, 4 / 5],
    // A point within a number is punctuation: 4.50 is one token, 450.
    [['4.50'], '4 50', 0, 0],
    [['4.50'], '450', 1, 1],
    [['Denmark, Iceland and Norway'], 'Norway, Denmark, and Iceland!', 0, 1],
    [['France'], '', 0, 0],
    [['France'], 'the', 0, 0],
    // Golden answers without a word of their own do not count, as in the evaluation of SQuAD 2.0.
    [['the', 'France'], 'a', 0, 0],
  ])('with golden answers %j, %j has exact match %d and F1 %d', (answers, answer, exact, f1) => {
    expect(scored('exact-match', answers, answer)).toBe(exact);
    expect(scored('f1', answers, answer)).toBeCloseTo(f1, 12);
  });

  it('take an unanswerable question as answered rightly by an abstention alone', () => {
    const unanswerable = question({ answerable: false });
    for (const measure of ['exact-match', 'f1']) {
      expect(
        scoresOf(measure, [
          { question: unanswerable, returned: returned({ answer: '', abstained: true }) },
          { question: unanswerable, returned: returned({ answer: 'France' }) },
          {
            question: question({ answers: ['France'] }),
            returned: returned({ answer: '', abstained: true }),
          },
        ]),
      ).toEqual([1, 0, 0]);
    }
  });
});
