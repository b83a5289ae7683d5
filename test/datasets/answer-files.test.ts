import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnswers } from '../../src/datasets/answer-files.ts';
import { joinAnswers, joinOwnReferences } from '../../src/datasets/answer-join.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { question } from '../measures/golden-cases.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (...entries: readonly unknown[]) =>
  parseAnswers(bytes(entries.map((entry) => JSON.stringify(entry)).join('\n')), 'answers.jsonl');
const refusal = (text: string | Uint8Array, file = 'answers.jsonl'): GroundspeedError => {
  try {
    parseAnswers(typeof text === 'string' ? bytes(text) : text, file);
  } catch (error) {
    if (error instanceof GroundspeedError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
};

describe('a file of answers', () => {
  it('holds answers, passages and citations, in our own words', () => {
    const [answer] = read({
      id: 7,
      answer: '4.50 euros',
      passages: [
        { id: 'fares', text: 'Adults pay 4.50 euros.' },
        { document: 'dogs', start: 3, end: 9 },
        'A text alone.',
      ],
      citations: [0, 'dogs', 'unheard-of'],
      contextSize: 2,
      ranking: ['fares', 'dogs', 'fares'],
    });
    expect(answer).toEqual({
      id: '7',
      question: undefined,
      reference: undefined,
      where: 'answers.jsonl:1',
      returned: {
        answer: '4.50 euros',
        abstained: false,
        lastResort: false,
        passages: [
          { documentId: 'fares', text: 'Adults pay 4.50 euros.' },
          { documentId: 'dogs', start: 3, end: 9 },
          { documentId: '', text: 'A text alone.' },
        ],
        contextSize: 2,
        citations: [0, 1, 3],
        ranking: { ids: ['fares', 'dogs'], scores: [3, 2, 1] },
      },
    });
  });

  it("holds ragas' fields, of today and of before, with its own references", () => {
    const [today, before] = read(
      {
        user_input: 'What does it cost?',
        response: '4.50',
        retrieved_contexts: ['Adults pay 4.50 euros.'],
        retrieved_context_ids: [12],
        reference: '4.50 euros',
        reference_contexts: ['Adults pay 4.50 euros.'],
        reference_context_ids: ['12'],
      },
      { question: 'When?', answer: 'At eight.', contexts: ['It leaves at 8.'], ground_truth: '8:00' },
    );
    expect(today).toMatchObject({
      question: 'What does it cost?',
      returned: { answer: '4.50', passages: [{ documentId: '12', text: 'Adults pay 4.50 euros.' }] },
      reference: {
        answers: ['4.50 euros'],
        evidence: [[{ document: '12', quote: 'Adults pay 4.50 euros.' }]],
        relevant: new Map([['12', 1]]),
      },
    });
    expect(before).toMatchObject({
      question: 'When?',
      returned: { passages: [{ documentId: '', text: 'It leaves at 8.' }] },
      reference: { answers: ['8:00'], evidence: [] },
    });
  });

  it('is JSON lines or one array, with or without a byte order mark', () => {
    const entry = { id: 'a', answer: 'x' };
    const array = `\ufeff\n [${JSON.stringify(entry)},\n{"id":"b","answer":null,"passages":[]}]`;
    expect(parseAnswers(bytes(array), 'a.json').map(({ id, where }) => [id, where])).toEqual([
      ['a', 'a.json, entry 1'],
      ['b', 'a.json, entry 2'],
    ]);
    expect(parseAnswers(bytes(`\ufeff${JSON.stringify(entry)}\r\n\r\n`), 'a.jsonl')).toHaveLength(1);
  });

  it.each([
    ['says so', { answer: 'Tuesday', abstained: true }, true],
    ['says that it does not', { answer: 'I do not know.', abstained: false }, false],
    ['is empty, as in predictions for SQuAD 2.0', { answer: ' ' }, true],
    ['says that it does not know', { answer: "I don't know." }, true],
    ['answers', { answer: 'Tuesday' }, false],
    ['gives passages only', { passages: [] }, false],
    ['is a last resort', { answer: '', lastResort: true }, false],
  ])('takes an answer for an abstention, or not, that %s', (_what, fields, abstained) => {
    expect(read({ id: 'a', ...fields })[0]?.returned?.abstained).toBe(abstained);
  });

  it('may tell of an error: then nothing came back', () => {
    expect(read({ id: 'a', error: 'timeout' })[0]?.returned).toBeUndefined();
    expect(read({ id: 'a', answer: null, error: 'timeout' })[0]?.returned).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['no id and no question', { answer: 'x' }, '`id`'],
    ['an id that is none', { id: ['a'], answer: 'x' }, '`id`'],
    ['an answer that is no text', { id: 'a', answer: 5 }, '`answer`'],
    ['nothing to measure', { id: 'a' }, '`answer`'],
    ['passages that are no list', { id: 'a', passages: 'x' }, '`passages`'],
    ['a passage that is none', { id: 'a', passages: [3] }, '`passages[0]`'],
    ['a passage of nothing', { id: 'a', passages: ['x', {}] }, '`passages[1]`'],
    ['half an offset', { id: 'a', passages: [{ id: 'd', start: 4 }] }, '`passages[0]`'],
    ['offsets turned round', { id: 'a', passages: [{ id: 'd', start: 4, end: 2 }] }, '`passages[0]`'],
    ['a text that is none', { id: 'a', passages: [{ id: 'd', text: 4 }] }, '`text`'],
    [
      'ids for other contexts',
      { id: 'a', retrieved_contexts: ['x'], retrieved_context_ids: [] },
      'retrieved_context_ids',
    ],
    ['a citation before the first', { id: 'a', answer: 'x', citations: [-1] }, '`citations`'],
    ['a citation in halves', { id: 'a', answer: 'x', citations: [0.5] }, '`citations`'],
    ['several turns', { user_input: [{ content: 'x' }], response: 'y' }, '`user_input`'],
    ['a flag in words', { id: 'a', answer: 'x', abstained: 'no' }, '`abstained`'],
    ['an empty reference context', { id: 'a', answer: 'x', reference_contexts: [''] }, 'reference_contexts'],
  ])('refuses %s, naming file, line and field', (_what, entry, field) => {
    const error = refusal(`{"id":"fine","answer":"x"}\n${JSON.stringify(entry)}`);
    expect(error.code).toBe('answers.format');
    expect(error.where).toMatch(/^answers\.jsonl:2(, passages\[0\])?$/);
    expect(error.message).toContain(field);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['a line that broke off', '{"id":"a","answer":"x"}\n{"id":"b","ans', 'answers.jsonl:2'],
    ['an array that broke off', '[\n{"id":"a","answer":"x"},\n{"id":"b"', 'answers.jsonl:3'],
    ['an array of other things', '[{"id":"a","answer":"x"}, 5]', 'answers.jsonl, entry 2'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'answers.jsonl:1'],
    ['a page', '<html>', 'answers.jsonl:1'],
  ])('refuses %s', (_what, text, where) => {
    expect(refusal(text)).toMatchObject({ code: 'answers.format', where });
  });

  it('refuses an empty file', () => {
    expect(refusal('\n\n').code).toBe('dataset.empty');
    expect(refusal('[]').code).toBe('dataset.empty');
  });

  it('is read or refused, whatever it holds: no crash, no answer lost', () => {
    const fields = fc.constantFrom(
      ...['id', 'question', 'user_input', 'answer', 'response', 'passages', 'retrieved_contexts', 'contexts'],
      ...['retrieved_context_ids', 'citations', 'ranking', 'abstained', 'reference', 'reference_contexts'],
      ...['reference_context_ids', 'contextSize', 'error', '__proto__', 'constructor'],
    );
    const value = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.array(fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.object({ maxDepth: 1 })), {
        maxLength: 3,
      }),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const entry = fc.dictionary(fields, value, { maxKeys: 8 });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), fc.boolean(), fc.nat(), (entries, asArray, cut) => {
        const whole = asArray
          ? JSON.stringify(entries)
          : entries.map((one) => JSON.stringify(one)).join('\n');
        for (const text of [whole, whole.slice(0, cut % (whole.length + 1))]) {
          try {
            const answers = parseAnswers(bytes(text), 'f');
            if (text === whole) expect(answers).toHaveLength(entries.length);
          } catch (error) {
            if (!(error instanceof GroundspeedError)) throw error;
            expect(['answers.format', 'dataset.empty']).toContain(error.code);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('answers and questions', () => {
  const golden = [
    question({ id: 'q1', question: 'What does it cost?' }),
    question({ id: 'q2', question: 'When does\nit leave?' }),
    question({ id: 'q3', question: 'Where?' }),
  ];

  it('are joined by id, else by the text of the question', () => {
    const answers = read(
      { question: ' When does it  leave? ', answer: 'At 8.' },
      { id: 'q1', answer: '4.50' },
      { id: 'other', answer: 'x' },
      { id: 'elsewhere', question: 'Where?', answer: 'There.' },
    );
    const { answers: joined, unknown } = joinAnswers(golden, answers, 'f');
    expect(joined.map((one) => one?.returned?.answer)).toEqual(['4.50', 'At 8.', 'There.']);
    expect(unknown.map(({ id }) => id)).toEqual(['other']);
  });

  it.each([
    [
      'one question twice',
      [
        { id: 'q1', answer: 'a' },
        { question: 'What does it cost?', answer: 'b' },
      ],
      'twice',
    ],
    ['no question of the set', [{ id: 'x', answer: 'a' }], 'None of the answers'],
  ])('are refused where they answer %s', (_what, entries, part) => {
    expect(() => joinAnswers(golden, read(...entries), 'f')).toThrow(
      expect.objectContaining({ code: 'answers.format', message: expect.stringContaining(part) }),
    );
  });

  it('are refused where a text is that of several questions', () => {
    const twins = [question({ id: 'a', question: 'Why?' }), question({ id: 'b', question: 'Why?' })];
    expect(() => joinAnswers(twins, read({ question: 'Why?', answer: 'x' }), 'f')).toThrow(
      /2 golden questions/,
    );
    expect(
      joinAnswers(twins, read({ id: 'b', question: 'Why?', answer: 'x' }), 'f').answers[1],
    ).toBeDefined();
  });

  it('come from the file alone where it brings references', () => {
    const { questions, answers, unknown } = joinOwnReferences(
      read({ user_input: 'Why?', response: 'x', reference: 'y' }, { user_input: 'How?', response: 'z' }),
      'f',
    );
    expect(questions).toMatchObject([{ id: 'q1', question: 'Why?', answers: ['y'], answerable: true }]);
    expect([answers.length, unknown.length]).toEqual([1, 1]);
    expect(() => joinOwnReferences(read({ id: 'a', answer: 'x' }), 'f')).toThrow(/what is right/);
    const twice = { id: 'a', answer: 'x', reference: 'y' };
    expect(() => joinOwnReferences(read(twice, twice), 'f')).toThrow(/twice/);
  });
});
