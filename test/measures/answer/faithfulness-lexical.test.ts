import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isSupported, lexicalSupport, SUPPORTED } from '../../../src/measures/answer/lexical-support.ts';
import { analyse } from '../../../src/text/analyse.ts';
import { hasShared, sharedPath } from '../../shared.ts';
import { question, returned, scoresOf } from '../golden-cases.ts';

const passages = [
  { documentId: 'fares', text: 'Adults pay 4.50 euros for the crossing to the island.' },
  { documentId: 'dogs', text: 'Dogs must be kept on a lead on the upper deck.' },
  { documentId: 'late', text: 'Parking costs nine euros a day.' },
];
const scored = (answer: string, fields: object = {}) =>
  scoresOf('faithfulness-lexical', [
    { question: question(), returned: returned({ answer, passages, ...fields }) },
  ])[0];

describe('faithfulness-lexical', () => {
  it.each([
    ['one sentence, supported', 'Adults pay 4.50 euros.', 1],
    ['another form of the words', 'The adult pays 4.50 euros.', 1],
    ['nothing of it', 'Bicycles travel free of charge.', 0],
    ['one of two', 'Adults pay 4.50 euros. Bicycles travel free of charge.', 1 / 2],
    ['each from a passage of its own', 'Adults pay 4.50 euros. Dogs must be on a lead.', 1],
    ['marks of citation are no claim', 'Adults pay 4.50 euros [1]. Dogs must be on a lead [2, 3].', 1],
    ['a sentence of stop words is left out', 'It is what it is. Adults pay 4.50 euros.', 1],
  ])('%s: %j is %d', (_what, answer, expected) => {
    expect(scored(answer)).toBe(expected);
  });

  it('looks at the passages that are cited, and at the whole context where none is', () => {
    const answer = 'Dogs must be kept on a lead.';
    expect(scored(answer, { citations: [1] })).toBe(1);
    expect(scored(answer, { citations: [0] })).toBe(0);
    expect(scored(answer, { citations: [] })).toBe(1);
    expect(scored(answer, { citations: [17] })).toBe(1);
    expect(scored('Parking costs nine euros.', { contextSize: 2 })).toBe(0);
    expect(scored('Parking costs nine euros.', { contextSize: 3 })).toBe(1);
  });

  it.each([
    ['an abstention', { abstained: true }],
    ['a last resort', { lastResort: true }],
    ['no answer', { answer: undefined }],
    ['an answer without a term', { answer: 'It is what it is.' }],
    ['hidden passages', { passages: undefined }],
    ['passages whose text is hidden', { passages: [{ documentId: 'fares' }] }],
  ])('says nothing of %s', (_what, fields) => {
    expect(scored('Adults pay 4.50 euros.', fields)).toBeNull();
  });

  it('is 0 where an answer came with no passage at all', () => {
    expect(scored('Adults pay 4.50 euros.', { passages: [] })).toBe(0);
  });

  it('counts a sentence with the threshold share of its terms', () => {
    expect(isSupported(SUPPORTED)).toBe(true);
    expect(isSupported(13 / 20)).toBe(true);
    expect(isSupported(0.649)).toBe(false);
  });
});

describe.skipIf(!hasShared())('the threshold, on SQuAD 2.0', () => {
  const lines = (name: string) =>
    readFileSync(sharedPath(`datasets/squad2-dev-half/${name}`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('parts claims of a paragraph from the most similar other one of its article, best of all', () => {
    const paragraphs = new Map<string, ReadonlySet<string>>(
      lines('corpus.jsonl').map(({ _id, title, text }) => [_id, new Set(analyse(`${title} ${text}`))]),
    );
    const article = (id: string) => id.split('#')[0];
    const own: number[] = [];
    const other: number[] = [];
    for (const { text, metadata } of lines('queries.jsonl')) {
      if (metadata.is_impossible || metadata.answers.length === 0) continue;
      const source: string = metadata.source_paragraph;
      const support = (id: string) =>
        lexicalSupport(`${text} ${metadata.answers[0]}`, paragraphs.get(id)!) ?? 0;
      own.push(support(source));
      const rest = [...paragraphs.keys()].filter((id) => id !== source && article(id) === article(source));
      other.push(Math.max(...rest.map(support)));
    }
    const share = (values: readonly number[], holds: (value: number) => boolean) =>
      values.filter(holds).length / values.length;
    const balanced = (at: number) =>
      (share(own, (x) => x >= at - 1e-9) + share(other, (x) => x < at - 1e-9)) / 2;
    const thresholds = Array.from({ length: 15 }, (_, index) => (30 + 5 * index) / 100);
    const best = thresholds.reduce((a, b) => (balanced(b) > balanced(a) ? b : a));
    expect(own.length).toBe(2910);
    expect(best).toBe(SUPPORTED);
    expect(share(own, isSupported)).toBeCloseTo(0.87, 2);
    expect(share(other, (value) => !isSupported(value))).toBeCloseTo(0.81, 2);
  });
});
