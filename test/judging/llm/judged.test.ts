import { describe, expect, it } from 'vitest';
import { type JudgedCase, taskFor } from '../../../src/judging/llm/judged.ts';
import { judgingSchema } from '../../../src/judging/options.ts';
import { noText, question, returned } from '../../measures/golden-cases.ts';

const golden = question({ answers: ['4.50 euros'] });
const back = (fields: object = {}): JudgedCase['returned'] => ({
  ...returned({ answer: '4.50', passages: [{ documentId: 'd', text: 'Adults pay 4.50.' }], ...fields }),
  ranking: undefined,
});
const given = (fields: Partial<JudgedCase> = {}): JudgedCase => ({
  question: golden,
  returned: back(),
  documentText: noText,
  ...fields,
});
const task = (
  judgement: Parameters<typeof taskFor>[0],
  fields: Partial<JudgedCase> = {},
  passageCharacters = 8000,
) => taskFor(judgement, given(fields), { passageCharacters });

describe('what a model is asked', () => {
  it('is about the passages of the context only, with the corpus where they bring no text', () => {
    const passages = [
      { documentId: 'd', start: 0, end: 6 },
      { documentId: 'd', text: 'two' },
      { documentId: 'd', text: 'three' },
    ];
    const documentText = () => 'Adults pay 4.50.';
    expect(
      task('faithfulness', { returned: back({ passages, contextSize: 2 }), documentText }),
    ).toMatchObject({
      kind: 'ask',
      input: { passages: ['Adults', 'two'], answer: '4.50', question: golden.question },
    });
  });

  it('is cut where it is long, and not in the middle of a character', () => {
    const text = `${'x'.repeat(99)}😀 and more`;
    const asked = task(
      'faithfulness',
      { returned: back({ answer: text, passages: [{ documentId: 'd', text }] }) },
      100,
    );
    expect(asked).toMatchObject({
      kind: 'ask',
      input: { passages: [`${'x'.repeat(99)} …`], answer: `${'x'.repeat(99)} …` },
    });
  });

  it.each([
    ['correctness', 'no golden answer', { question: question() }],
    [
      'correctness',
      'the question cannot be answered',
      { question: question({ answers: ['x'], answerable: false }) },
    ],
    ['faithfulness', 'the passages are hidden', { returned: back({ passages: undefined }) }],
    ['faithfulness', 'the passages are hidden', { returned: back({ passages: [{ documentId: 'd' }] }) }],
    ['faithfulness', 'an abstention makes no claim', { returned: back({ abstained: true }) }],
    ['faithfulness', 'nothing came back', { returned: undefined }],
    ['context-relevance', 'the passages are hidden', { returned: back({ passages: undefined }) }],
    ['context-relevance', 'no passage was retrieved', { returned: back({ passages: [] }) }],
    ['answer-relevance', 'the target gives no answers', { returned: back({ answer: undefined }) }],
    [
      'answer-relevance',
      'an abstention is right here',
      { question: question({ answerable: false }), returned: back({ abstained: true }) },
    ],
  ] as const)('is nothing on %s where %s', (judgement, reason, fields) => {
    expect(task(judgement, fields)).toEqual({ kind: 'none', reason });
  });

  it.each([
    ['correctness', { returned: undefined }],
    ['answer-relevance', { returned: undefined }],
    ['correctness', { returned: back({ abstained: true }) }],
    ['answer-relevance', { returned: back({ answer: ' ' }) }],
    ['correctness', { returned: back({ lastResort: true }) }],
    ['faithfulness', { returned: back({ passages: [] }) }],
  ] as const)('is nothing on %s where a rule says 0: %j', (judgement, fields) => {
    expect(task(judgement, fields)).toMatchObject({ kind: 'rule', score: 0 });
  });
});

describe('the settings of the judge', () => {
  it('have defaults, and take text as the environment gives it', () => {
    expect(judgingSchema.parse({}).judge).toMatchObject({ temperature: 0, concurrency: 4, cache: true });
    const judge = {
      temperature: '0.5',
      concurrency: '2',
      cache: 'off',
      measures: 'correctness, faithfulness',
      maxCostUsd: '1.5',
    };
    expect(judgingSchema.parse({ judge }).judge).toMatchObject({
      temperature: 0.5,
      concurrency: 2,
      cache: false,
      measures: ['correctness', 'faithfulness'],
      maxCostUsd: 1.5,
    });
  });

  it.each([
    { measures: 'truth' },
    { measures: [] },
    { concurrency: 0 },
    { maxCostUsd: 0 },
    { unknown: 1 },
    { baseUrl: 'ftp://x' },
  ])('refuse %j', (judge) => {
    expect(judgingSchema.safeParse({ judge }).success).toBe(false);
  });
});
