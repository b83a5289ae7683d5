import { describe, expect, it } from 'vitest';
import { type CheckedSet, runChecks } from '../../../src/datasets/checks/check.ts';
import { CHECKS } from '../../../src/datasets/checks/registry.ts';
import { documentOf, setOf } from './made-set.ts';

async function findingsOf(name: string, set: CheckedSet) {
  const results = await runChecks(
    CHECKS.filter((check) => check.name === name),
    set,
  );
  expect(results).toHaveLength(1);
  return results[0]!.findings;
}

const messages = async (name: string, set: CheckedSet): Promise<string[]> =>
  (await findingsOf(name, set)).map(({ message }) => message);

const FERRY = 'The ferry leaves at 07:40 and costs £13.50.\nIt takes 40 minutes.';

describe('the registry', () => {
  it('names every check once, in lower case, and tells what each is about', () => {
    const names = CHECKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, about } of CHECKS) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(about).toMatch(/^[A-Z].*[^.]$/);
    }
  });

  it('skips by name what lacks something, and says what', async () => {
    const results = await runChecks(CHECKS, setOf([{}]));
    const skipped = results.filter(({ status }) => status === 'skipped');
    expect(Object.fromEntries(skipped.map(({ name, skipped: why }) => [name, why]))).toEqual({
      'unresolved-ids': 'the set brings no corpus',
      'evidence-verbatim': 'the set brings no corpus',
      'answer-in-evidence': 'no question has an answer',
      'manifest-fits': 'the set has no manifest.json',
      'leaked-answer': 'no question has an answer',
      'untouched-documents': 'the set brings no corpus',
      'changed-documents': 'the set brings no corpus',
      'judged-holes': 'no rankings are given: --pool',
    });
  });

  it('finds nothing in a sound set', async () => {
    const sound = setOf(
      [
        {
          question: 'When does the ferry leave?',
          answers: ['07:40'],
          relevant: { ferry: 1 },
          evidence: [[{ document: 'ferry', quote: 'leaves at 07:40' }]],
        },
      ],
      { ferry: FERRY },
      { manifest: [] },
    );
    const results = await runChecks(CHECKS, sound);
    expect(results.flatMap(({ findings }) => findings)).toEqual([]);
  });
});

describe('evidence-verbatim', () => {
  const quoting = (quote: string, document = 'ferry') =>
    setOf([{ evidence: [[{ document, quote }]] }], { ferry: FERRY, bus: 'The bus takes an hour.' });

  it('takes another line break, and nothing else', async () => {
    expect(await messages('evidence-verbatim', quoting('£13.50. It takes'))).toEqual([]);
    expect(await messages('evidence-verbatim', quoting('costs £13.60'))).toEqual([
      'q1: the quote "costs £13.60" does not stand in "ferry"',
    ]);
  });

  it('names the line, the question, and where the quote stands instead', async () => {
    const [found] = await findingsOf('evidence-verbatim', quoting('The bus takes'));
    expect(found).toMatchObject({
      check: 'evidence-verbatim',
      severity: 'error',
      where: 'questions.jsonl:1',
      questions: ['q1'],
      hint: 'It stands in "bus": name that document.',
    });
    const [capitals] = await findingsOf('evidence-verbatim', quoting('the FERRY leaves'));
    expect(capitals?.hint).toMatch(/other capitals/);
  });

  it('leaves documents that are not there to another check', async () => {
    expect(await messages('evidence-verbatim', quoting('anything', 'gone'))).toEqual([]);
  });
});

describe('answer-in-evidence', () => {
  const answering = (answers: string[], more = {}) =>
    setOf([{ answers, evidence: [[{ document: 'ferry', quote: 'costs £13.50' }]], ...more }], {
      ferry: FERRY,
    });

  it('wants one of the aliases, by value, in the evidence', async () => {
    expect(await messages('answer-in-evidence', answering(['13.5']))).toEqual([]);
    expect(await messages('answer-in-evidence', answering(['thirteen fifty', '£13.50']))).toEqual([]);
    expect(await messages('answer-in-evidence', answering(['3.50']))).toEqual([
      'q1: "3.50" stands nowhere in its evidence',
    ]);
  });

  it('lets pass what is derived, or cannot be answered', async () => {
    expect(await messages('answer-in-evidence', answering(['27'], { derived: true }))).toEqual([]);
    expect(await messages('answer-in-evidence', answering(['27'], { answerable: false }))).toEqual([]);
  });

  it('looks into relevant documents where there are no quotes', async () => {
    const set = (answer: string) =>
      setOf([{ answers: [answer], relevant: { ferry: 1, bus: 0 } }], { ferry: FERRY, bus: 'An hour.' });
    expect(await messages('answer-in-evidence', set('40 minutes'))).toEqual([]);
    expect(await messages('answer-in-evidence', set('an hour'))).toEqual([
      'q1: "an hour" stands nowhere in its relevant documents',
    ]);
  });

  it('says nothing where there is nothing to look into', async () => {
    expect(await messages('answer-in-evidence', setOf([{ answers: ['x'] }]))).toEqual([]);
  });
});

describe('ids that do not resolve', () => {
  it('are errors, with what may have been meant', async () => {
    const set = setOf([{ relevant: { ferri: 1 }, evidence: [[{ document: 'nowhere', quote: 'x' }]] }], {
      ferry: FERRY,
    });
    const found = await findingsOf('unresolved-ids', set);
    expect(found.map(({ message, hint, severity }) => [severity, message, hint])).toEqual([
      ['error', 'q1: document "ferri" is not in the corpus', 'Did you mean "ferry"?'],
      [
        'error',
        'q1: document "nowhere" is not in the corpus',
        'Add the document, or leave it out of the question.',
      ],
    ]);
  });

  it('are told of judgements too', async () => {
    const strays = [{ code: 'unknown-question', message: 'Query "9" is gone.', where: 'a:1' }] as const;
    expect(await messages('stray-judgements', setOf([{}], undefined, { strays }))).toEqual([
      'Query "9" is gone',
    ]);
  });
});

describe('contradictory-labels', () => {
  it('finds answers and evidence of what cannot be answered', async () => {
    const found = await messages(
      'contradictory-labels',
      setOf([
        { answerable: false, answers: ['x'] },
        { answerable: false, relevant: { ferry: 1 } },
        { answerable: false, relevant: { ferry: 0 } },
      ]),
    );
    expect(found).toEqual([
      'q1: it cannot be answered, and has the answer "x"',
      'q2: it cannot be answered, and has evidence or relevant documents',
    ]);
  });

  it('finds an answer that holds what is forbidden', async () => {
    const set = setOf([{ answers: ['£13.50, not £12.00', '£13.50'], forbidden: ['£12'] }]);
    expect(await messages('contradictory-labels', set)).toEqual([
      'q1: the answer "£13.50, not £12.00" holds "£12", which is forbidden in an answer',
    ]);
  });
});

describe('leaked-answer', () => {
  it.each([
    ['Is the fare £13.50 on the ferry?', '13.50', 1],
    ['Does the ferry cost £113.50?', '13.50', 0],
    ['Does it leave at noon or at midnight?', 'midnight', 0],
    ['Quel est le quai Nord ?', 'quai Nord', 1],
    ['Part-il du quai Nord ou du quai Sud ?', 'quai Nord', 0],
  ])('%s (%s)', async (question, answer, found) => {
    expect(await messages('leaked-answer', setOf([{ question, answers: [answer] }]))).toHaveLength(found);
  });
});

describe('duplicate-questions', () => {
  const asking = (...questions: Parameters<typeof setOf>[0]) => setOf(questions);
  const LONG = 'What does an adult pay for the crossing to Skarrow in the high season of 2025?';

  it('finds the same words whatever the capitals and punctuation', async () => {
    const found = await findingsOf(
      'duplicate-questions',
      asking({ question: 'When does it leave?' }, { question: 'when DOES it leave' }),
    );
    expect(found).toMatchObject([
      { message: 'q2 asks what q1 asks: "when DOES it leave"', questions: ['q1', 'q2'] },
    ]);
  });

  it('tells of a contradiction first', async () => {
    const found = await messages(
      'duplicate-questions',
      asking(
        { question: 'When does it leave?' },
        { question: 'When does it leave?' },
        { question: 'Who won?', answers: ['Ann'] },
        { question: 'Who won?', answers: ['Bob'] },
      ),
    );
    expect(found[0]).toBe('q4 asks what q3 asks, with different labels: "Who won?"');
    expect(found).toHaveLength(2);
  });

  it('finds a typing error, and names the words that differ', async () => {
    const typo = LONG.replace('adult', 'adlut');
    const found = await messages('duplicate-questions', asking({ question: LONG }, { question: typo }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^q2 is q1 but for "adult" and "adlut"/);
  });

  it('says so where the two are in different splits', async () => {
    const found = await messages(
      'duplicate-questions',
      asking({ question: LONG, split: 'dev' }, { question: LONG, split: 'test' }),
    );
    expect(found[0]).toMatch(/^q2 asks what q1 asks in another split \(dev and test\)/);
  });

  it.each([
    ['another year', LONG.replace('2025', '2024'), {}],
    ['another answer', LONG.replace('adult', 'adults'), { answers: ['£9'] }],
    ['no answer', LONG.replace('adult', 'adults'), { answerable: false }],
    ['other words', 'Who is the master of the Storm Petrel?', {}],
  ])('leaves alone what asks for %s', async (_what, question, more) => {
    const set = asking({ question: LONG, answers: ['£13'] }, { question, ...more });
    expect(await messages('duplicate-questions', set)).toEqual([]);
  });

  it('tells each repeat once, and is quick with thousands that are all alike', async () => {
    const repeats = Array.from({ length: 3000 }, () => ({ question: LONG }));
    expect(await messages('duplicate-questions', setOf(repeats))).toHaveLength(2999);
    const pattern = Array.from({ length: 3000 }, (_, at) => ({ question: LONG.replace('2025', `${at}`) }));
    expect(await messages('duplicate-questions', setOf(pattern))).toEqual([]);
    const letters = Array.from({ length: 700 }, (_, at) => String.fromCharCode(0x4e00 + at));
    const alike = letters.map((letter) => ({ question: LONG.replace('2025', letter) }));
    expect((await messages('duplicate-questions', setOf(alike)))[0]).toMatch(/^More than 20000 pairs/);
  });

  it('leaves alone questions without a letter or digit', async () => {
    expect(await messages('duplicate-questions', asking({ question: '?' }, { question: '!' }))).toEqual([]);
  });
});

describe('untouched-documents', () => {
  it('is one finding with a count and examples', async () => {
    const documents = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`d${at}`, 'text']));
    const set = setOf(
      [{ relevant: { d0: 0 } }, { evidence: [[{ document: 'd1', quote: 'text' }]] }],
      documents,
    );
    expect(await messages('untouched-documents', set)).toEqual([
      "7 documents of 9 (78 %) are in no question's judgements: d2, d3, d4, d5, d6 and 2 more",
    ]);
  });
});

describe('balance', () => {
  const many = (count: number, kind: string | undefined, split?: string) =>
    Array.from({ length: count }, () => ({ kind, split }));

  it('says nothing of a set without kinds, or with even ones', async () => {
    expect(await messages('balance', setOf(many(30, undefined)))).toEqual([]);
    expect(await messages('balance', setOf([...many(20, 'a'), ...many(11, 'b')]))).toEqual([]);
  });

  it('names kinds with less than half of the largest, and questions without one', async () => {
    const set = setOf([...many(20, 'a'), ...many(9, 'b'), ...many(3, undefined)]);
    expect(await messages('balance', set)).toEqual(['a has 20 questions; b 9, (no kind) 3']);
  });

  it('compares the kinds of splits', async () => {
    const set = setOf([...many(10, 'a', 'dev'), ...many(10, 'a', 'test'), ...many(10, 'b', 'test')]);
    expect(await messages('balance', set)).toEqual([
      'a is not spread evenly over the splits: dev 10 (100 %), test 10 (50 %)',
      'b is not spread evenly over the splits: dev 0 (0 %), test 10 (50 %)',
    ]);
  });

  it('finds questions in two splits', async () => {
    const set = setOf([{ splits: ['dev', 'test'] }, { splits: ['dev'] }]);
    expect((await messages('balance', set))[0]).toBe('1 question is in more than one split (dev, test): q1');
  });
});

describe('changed-documents', () => {
  const before = new Map([
    ['ferry', documentOf('ferry', FERRY)],
    ['bus', documentOf('bus', 'The bus takes an hour.')],
    ['idle', documentOf('idle', 'Nobody asks.')],
  ]);
  const baseline = { path: 'old', documents: before };
  const QUESTIONS = [
    { relevant: { ferry: 1 }, evidence: [[{ document: 'ferry', quote: 'costs £13.50' }]] },
    { relevant: { ferry: 0, bus: 1 } },
  ];

  it('names what changed and which questions that puts in doubt, the most first', async () => {
    const set = setOf(
      QUESTIONS,
      { ferry: FERRY.replace('13.50', '14.00'), idle: 'Nobody ever asks.', tram: 'New.' },
      { baseline },
    );
    const found = await findingsOf('changed-documents', set);
    expect(found.map(({ message, where, questions }) => [where, message, questions])).toEqual([
      [
        'ferry',
        'The text of document "ferry" changed; it puts in doubt q1, q2; gone is the evidence of q1',
        ['q1', 'q2'],
      ],
      ['bus', 'Document "bus" has been removed; it puts in doubt q2', ['q2']],
      ['idle', 'The text of document "idle" changed; no question names it', []],
      ['corpus.jsonl', '1 document has been added: tram', []],
    ]);
  });

  it('finds nothing where nothing changed', async () => {
    const same = Object.fromEntries([...before].map(([id, { text }]) => [id, text]));
    expect(await messages('changed-documents', setOf(QUESTIONS, same, { baseline }))).toEqual([]);
  });

  it('doubts every question where only a manifest is left of the old corpus', async () => {
    const old = { path: 'manifest.json', changedFiles: ['corpus.jsonl', 'README.md'] };
    const found = await findingsOf(
      'changed-documents',
      setOf(QUESTIONS, { ferry: FERRY }, { baseline: old }),
    );
    expect(found.map(({ where, questions }) => [where, questions])).toEqual([
      ['corpus.jsonl', ['q1', 'q2']],
      ['README.md', []],
    ]);
  });
});

describe('judged-holes', () => {
  const pooled = (rankings: Record<string, string[]>, depth = 2) =>
    setOf(
      [{ relevant: { a: 1, b: 0, c: -1 } }, { answerable: false, relevant: { a: 0 } }],
      { a: 'a', b: 'b', c: 'c' },
      { depth, pool: [{ name: 'x.run', rankings: new Map(Object.entries(rankings)) }] },
    );

  it('counts what no grade of 0 or more judges, down to the depth', async () => {
    expect(await messages('judged-holes', pooled({ q1: ['a', 'b', 'c'] }))).toEqual([]);
    expect(await messages('judged-holes', pooled({ q1: ['a', 'c', 'b'] }))).toEqual([
      '1 document of its first 2 is unjudged; judged@2 is 0.500',
    ]);
  });

  it('leaves out questions that cannot be answered', async () => {
    expect(await messages('judged-holes', pooled({ q2: ['b', 'c'] }))).toEqual([]);
  });

  it('tells of questions and documents of another set', async () => {
    expect(await messages('judged-holes', pooled({ q1: ['z'], q9: ['a'] }))).toEqual([
      '1 question that it ranks for is not among those looked at: q9',
      '1 document that it ranks is not in the corpus: z',
      '1 document of its first 2 is unjudged; judged@2 is 0.000',
    ]);
  });
});
