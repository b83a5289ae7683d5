import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCannedAnswers } from '../../../src/engine/resilience/canned.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

const parse = (text: string, language: 'en' | 'de' = 'en') =>
  parseCannedAnswers(text, { where: 'canned.yaml', language });

const FILE = `
answers:
  - any: [refund, money back]
    answer: Refunds take five working days.
  - all: [refund, kayak]
    answer: A kayak's fare is not refunded.
  - any: opening hours
    answer: Open from eight to six.
  - any: opening hours
    answer: Geöffnet von acht bis sechs.
    language: de
  - all: [lost]
    any: [luggage, suitcase, my red bag]
    answer: Ask at the lost property office.
`;

const problemsOf = (text: string): readonly string[] => {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(GroundspeedError);
    expect((error as GroundspeedError).code).toBe('canned.format');
    return (error as GroundspeedError).problems;
  }
  throw new Error('was accepted');
};

describe('a canned answer', () => {
  it('is found by any one of its phrases, or by all of them', () => {
    const canned = parse(FILE);
    expect(canned.size).toBe(5);
    expect(canned.find('How do I get a refund?')).toContain('five working days');
    expect(canned.find('I want my money back!')).toContain('five working days');
    expect(canned.find('I have lost my suitcase')).toContain('lost property');
    expect(canned.find('I have lost my way')).toBeUndefined();
    expect(canned.find('Where is my suitcase?')).toBeUndefined();
    expect(canned.find('When does the ferry leave?')).toBeUndefined();
  });

  it('is found whatever the case, the accents and the punctuation, and by whole words only', () => {
    const canned = parse('[{any: [café au lait], answer: yes sir}]');
    expect(canned.find('A CAFE, au-lait — please')).toBe('yes sir');
    expect(canned.find('café au laitier')).toBeUndefined();
    expect(parse(FILE).find('non-refundable')).toBeUndefined();
  });

  it('is the most specific of those that match, then the one in the language, then the first', () => {
    expect(parse(FILE).find('A refund for my kayak')).toContain('not refunded');
    expect(parse(FILE).find('Your opening hours?')).toContain('Open from');
    expect(parse(FILE, 'de').find('Your opening hours?')).toContain('Geöffnet');
    const longer = parse(
      '[{any: [bag], answer: a}, {any: [my red bag], answer: b}, {any: [red bag], answer: c}]',
    );
    expect(longer.find('Where is my red bag')).toBe('b');
    expect(parse('[{any: x, answer: a}, {any: x, answer: b}]').find('x')).toBe('a');
  });

  it('may stand in JSON, with or without answers around the list', () => {
    const entries = [{ any: ['so'], answer: 'It is.' }];
    expect(parse(JSON.stringify(entries)).find('is it so')).toBe('It is.');
    expect(parse(JSON.stringify({ answers: entries })).find('is it so')).toBe('It is.');
    expect(parse('[]').find('anything')).toBeUndefined();
  });
});

describe('a file of canned answers', () => {
  it('is refused with the line and the field of each fault, and none of its text', () => {
    const problems = problemsOf(`answers:
  - any: [refund]
    answer: ''
  - all: ['?!']
    answer: secret words
    languge: en
  - answer: nothing to look for
  - any: x
    answer: 7
    language: it
`);
    expect(problems).toEqual([
      'canned.yaml:3: answers[0].answer must not be empty',
      expect.stringMatching(/^canned\.yaml:4: answers\[1\]\.all.* must/),
      'canned.yaml:6: answers[1].languge is not a field that is known here',
      'canned.yaml:7: answers[2] needs any or all: the words to look for',
      'canned.yaml:9: answers[3].answer must be text',
      'canned.yaml:10: answers[3].language must be one of en, de, fr, es',
    ]);
    expect(problems.join()).not.toContain('secret words');
  });

  it.each([
    ['answers: [', /^canned\.yaml:1:\d+: is neither YAML nor JSON/],
    ['just words', /^canned\.yaml:1: the file must hold a list of answers$/],
    ['', /the file|answers/],
    ['answers: 7', /^canned\.yaml:1: answers must be a list of answers$/],
    ['[7]', /^canned\.yaml:1: \[0\] must be a table of any, all and answer$/],
    ['- any: []\n  answer: x', /must name a phrase/],
    ['answers: *nowhere', /alias|neither/],
  ])('is refused: %j', (text, problem) => {
    expect(problemsOf(text)[0]).toMatch(problem);
  });

  it('never throws anything but canned.format, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parse(text);
        } catch (error) {
          expect((error as GroundspeedError).code).toBe('canned.format');
        }
      }),
      { numRuns: 300 },
    );
  });
});
