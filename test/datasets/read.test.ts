import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGoldenSet, resolveDataset } from '../../src/datasets/read.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { hasShared, sharedPath } from '../shared.ts';
import { folderOf } from './folders.ts';

const CORPUS = [
  { id: 'fares', title: 'Fares', text: 'A crossing costs 12 euros.\nChildren sail for free.' },
  {
    id: 'pets',
    title: 'Pets',
    text: 'Dogs sail on a lead.',
    metadata: { url: 'https://ferry.example/pets' },
  },
];
const FARE = {
  id: 'fare',
  question: 'What does a crossing cost?',
  answers: ['12 euros'],
  evidence: [{ document: 'fares', quote: 'A crossing costs 12 euros.' }],
};

/** The error that reading a folder ends with. */
async function refusal(path: string, options = {}): Promise<GroundspeedError> {
  const thrown = await readGoldenSet(path, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof GroundspeedError) return thrown;
  throw new Error('expected a GroundspeedError', { cause: thrown });
}

describe.skipIf(!hasShared())('readGoldenSet on public collections', () => {
  it.each([
    {
      name: 'cranfield',
      split: 'test',
      documents: 1400,
      questions: 225,
      judged: 1837,
      answerable: 225,
      warnings: 2,
    },
    {
      name: 'cranfield',
      split: 'test-minus1-as-0',
      documents: 1400,
      questions: 225,
      judged: 1837,
      answerable: 225,
      warnings: 2,
    },
    {
      name: 'scifact',
      split: 'test',
      documents: 5183,
      questions: 300,
      judged: 339,
      answerable: 300,
      warnings: 0,
    },
    {
      name: 'scifact',
      split: 'train',
      documents: 5183,
      questions: 809,
      judged: 919,
      answerable: 809,
      warnings: 0,
    },
    {
      name: 'squad2-dev-half',
      split: 'test',
      documents: 646,
      questions: 6078,
      judged: 6078,
      answerable: 2910,
      warnings: 0,
    },
    {
      name: 'xquad-es',
      split: 'test',
      documents: 240,
      questions: 1190,
      judged: 1190,
      answerable: 1190,
      warnings: 0,
    },
  ])('reads all of $name ($split)', async ({ name, split, ...counts }) => {
    const set = await readGoldenSet(sharedPath(`datasets/${name}`), { split });
    const answerable = set.questions.filter((question) => question.answerable);
    expect(set).toMatchObject({ name, split, format: 'beir', version: undefined });
    expect({
      documents: set.corpus?.length,
      questions: set.questions.length,
      judged: set.questions.reduce((sum, { relevant }) => sum + relevant.size, 0),
      answerable: answerable.length,
      warnings: set.warnings.length,
    }).toEqual(counts);
  });

  it('names the two empty documents of Cranfield and keeps them', async () => {
    const set = await readGoldenSet(sharedPath('datasets/cranfield'));
    expect(set.warnings.map(({ code, where }) => [code, where])).toEqual([
      ['empty-document', 'corpus.jsonl:471'],
      ['empty-document', 'corpus.jsonl:995'],
    ]);
    expect(await refusal(sharedPath('datasets/cranfield'), { strict: true })).toMatchObject({
      code: 'dataset.warnings',
      exitCode: 3,
      problems: [expect.stringContaining('corpus.jsonl:471'), expect.stringContaining('corpus.jsonl:995')],
    });
  });

  it('takes answers and is_impossible from the metadata of SQuAD', async () => {
    const { questions } = await readGoldenSet(sharedPath('datasets/squad2-dev-half'));
    expect(questions[0]).toMatchObject({ answers: ['France'], answerable: true, split: 'test' });
    expect(questions.filter(({ answers }) => answers.length > 0)).toHaveLength(2910);
    const impossible = questions.find(({ answerable }) => !answerable);
    expect([...(impossible?.relevant.values() ?? [])]).toEqual([0]);
  });
});

describe('readGoldenSet on its own format', () => {
  it('reads documents, questions and the manifest', async () => {
    const set = await readGoldenSet(
      folderOf({
        'corpus.jsonl': CORPUS,
        'questions.jsonl': [
          { ...FARE, forbidden: ['15 euros'], kind: 'lookup', difficulty: 'easy', must: true },
          { id: 'captain', question: 'Who is the captain?', answerable: false, relevant: { pets: 0 } },
        ],
        'manifest.json': JSON.stringify({ name: 'ferry', version: '3', licence: 'MIT' }),
      }),
    );
    expect(set).toMatchObject({
      name: 'ferry',
      version: '3',
      licence: 'MIT',
      split: undefined,
      warnings: [],
    });
    expect(set.corpus?.map(({ id, metadata }) => [id, metadata])).toEqual([
      ['fares', {}],
      ['pets', { url: 'https://ferry.example/pets' }],
    ]);
    expect(set.questions).toEqual([
      {
        ...FARE,
        forbidden: ['15 euros'],
        evidence: [FARE.evidence],
        relevant: new Map([['fares', 1]]),
        answerable: true,
        kind: 'lookup',
        difficulty: 'easy',
        split: undefined,
        derived: false,
        tags: [],
        must: true,
      },
      expect.objectContaining({ answerable: false, relevant: new Map([['pets', 0]]), must: false }),
    ]);
  });

  it('asks the questions of one split, and those without any', async () => {
    const folder = folderOf({
      'corpus.jsonl': CORPUS,
      'questions.jsonl': [
        { ...FARE, id: 'a', split: 'test' },
        { ...FARE, id: 'b', split: 'dev' },
        { ...FARE, id: 'c' },
      ],
    });
    const ids = async (split?: string) =>
      (await readGoldenSet(folder, { split })).questions.map(({ id }) => id);
    expect(await ids()).toEqual(['a', 'c']);
    expect(await ids('dev')).toEqual(['b', 'c']);
    expect(await refusal(folder, { split: 'nope' })).toMatchObject({
      code: 'dataset.missing',
      exitCode: 3,
      hint: expect.stringContaining('dev, test'),
    });
  });

  it('hashes content, not layout', async () => {
    const [fares, pets] = CORPUS as [object, object];
    const one = await readGoldenSet(
      folderOf({ 'corpus.jsonl': CORPUS, 'questions.jsonl': [FARE, { ...FARE, id: 'other' }] }),
    );
    const same = await readGoldenSet(
      folderOf({
        'corpus.jsonl': `\uFEFF${JSON.stringify(pets)}\r\n\r\n  \n${JSON.stringify(fares)}`,
        'questions.jsonl': [{ ...FARE, id: 'other' }, Object.fromEntries(Object.entries(FARE).reverse())],
      }),
    );
    const other = await readGoldenSet(
      folderOf({
        'corpus.jsonl': [{ ...fares, text: 'A crossing costs 15 euros.' }, pets],
        'questions.jsonl': [FARE],
      }),
    );
    expect(same.corpusHash).toBe(one.corpusHash);
    expect(same.questionsHash).toBe(one.questionsHash);
    expect(other.corpusHash).not.toBe(one.corpusHash);
    expect(other.questionsHash).not.toBe(one.questionsHash);
  });

  it('warns of what does not fit together, and counts each case', async () => {
    const folder = folderOf({
      'corpus.jsonl': [...CORPUS, { id: 'blank', title: ' ', text: '' }, { id: 'half', text: 'a\ud800b' }],
      'questions.jsonl': [
        FARE,
        { id: 'empty', question: '  ' },
        { id: 'nothing', question: 'Anything?' },
        {
          id: 'lost',
          question: 'Where?',
          evidence: [{ document: 'gone', quote: 'x' }],
          relevant: ['gone', 'pets'],
        },
        { id: 'misquoted', question: 'Who?', evidence: [{ document: 'pets', quote: 'Cats sail.' }] },
      ],
    });
    const set = await readGoldenSet(folder);
    expect(set.warnings.map(({ code, where }) => `${code} ${where}`)).toEqual([
      'empty-document corpus.jsonl:3',
      'encoding corpus.jsonl:4',
      'empty-question questions.jsonl:2',
      'unlabelled questions.jsonl:3',
      'unknown-document questions.jsonl:4',
      'unknown-quote questions.jsonl:5',
    ]);
    expect(set.questions.map(({ id }) => id)).toEqual(['fare', 'nothing', 'lost', 'misquoted']);
    expect(set.corpus).toHaveLength(4);
    expect((await refusal(folder, { strict: true })).problems).toHaveLength(6);
  });

  it('does without a corpus', async () => {
    const set = await readGoldenSet(folderOf({ 'questions.jsonl': [FARE] }));
    expect(set).toMatchObject({ corpus: undefined, corpusHash: undefined, warnings: [] });
  });
});

describe('readGoldenSet on BEIR folders', () => {
  const QUERIES = [
    {
      _id: 'q1',
      text: 'What does it cost?',
      metadata: { answers: ['12 euros', 12], evidence: { some: 'shape' } },
    },
    { _id: 'q2', text: 'Who is the captain?', metadata: { is_impossible: true } },
    { _id: 'q3', text: 'Never judged?' },
  ];
  const BEIR = {
    'corpus.jsonl': CORPUS.map(({ id, ...rest }) => ({ _id: id, ...rest })),
    'queries.jsonl': QUERIES,
  };

  it('asks only what the qrels of the split judge, with or without their header', async () => {
    const lines = 'q1\tfares\t2\nq1\tpets\t0\nq2\tpets\t-1\n';
    for (const header of ['query-id\tcorpus-id\tscore\n', '']) {
      const set = await readGoldenSet(folderOf({ ...BEIR, 'qrels/test.tsv': header + lines }));
      expect(set.questions.map(({ id }) => id)).toEqual(['q1', 'q2']);
      expect(set.questions[0]).toMatchObject({ answers: ['12 euros', '12'], evidence: [] });
      expect(set.questions[0]?.relevant).toEqual(
        new Map([
          ['fares', 2],
          ['pets', 0],
        ]),
      );
      expect(set.warnings).toEqual([]);
    }
  });

  it('warns of judgements on unknown documents and queries', async () => {
    const folder = folderOf({ ...BEIR, 'qrels/test.tsv': 'q1\tgone\t1\nq1\tfares\t1\nq9\tfares\t1\n' });
    const { warnings } = await readGoldenSet(folder);
    expect(warnings.map(({ code, where }) => `${code} ${where}`)).toEqual([
      'unknown-question qrels/test.tsv:3',
      'unknown-document queries.jsonl:1',
    ]);
  });

  it('lists the splits there are when the one asked for is missing', async () => {
    const folder = folderOf({
      ...BEIR,
      'qrels/train.tsv': 'q1\tfares\t1\n',
      'qrels/dev.tsv': 'q1\tfares\t1\n',
    });
    expect(await refusal(folder)).toMatchObject({
      code: 'dataset.missing',
      hint: expect.stringContaining('dev, train'),
    });
  });

  it('does without judgements where queries bring their answers, and not otherwise', async () => {
    expect((await readGoldenSet(folderOf(BEIR))).questions).toHaveLength(3);
    expect(await refusal(folderOf({ ...BEIR, 'queries.jsonl': [{ _id: 'q', text: 'Why?' }] }))).toMatchObject(
      {
        code: 'dataset.missing',
        where: expect.stringContaining('test.tsv'),
      },
    );
  });

  it.each([
    ['q1 fares\n', 'three columns'],
    ['q1\tfares\n', 'three columns'],
    ['q1\t0\tfares\t1\n', 'three columns'],
    ['q1\tfares\tmuch\n', 'not a number'],
    ['q1\tfares\t1\nq1\tfares\t2\n', 'another score'],
  ])('refuses the judgement line %j', async (qrels, problem) => {
    const error = await refusal(
      folderOf({ ...BEIR, 'qrels/test.tsv': `query-id\tcorpus-id\tscore\n${qrels}` }),
    );
    expect(error).toMatchObject({
      code: 'dataset.line',
      where: expect.stringMatching(/^qrels\/test\.tsv:[23]$/),
    });
    expect(error.message).toContain(problem);
  });
});

describe('readGoldenSet on plain lists', () => {
  it('reads a CSV with its columns in any order and case', async () => {
    const folder = folderOf({
      'mine.csv':
        '\uFEFFSource,QUESTION,Answer,Kind\r\n' +
        'fares; https://ferry.example/pets,"What, exactly,\nis the fare?",12 euros,lookup\r\n\r\n' +
        ',Who is the captain?,,unanswerable\r\n,,,\r\n',
      'corpus.jsonl': CORPUS,
    });
    const { questions, ...set } = await readGoldenSet(folder);
    expect(set).toMatchObject({ format: 'csv', split: undefined, warnings: [] });
    expect(questions).toHaveLength(2);
    expect(questions[0]).toMatchObject({
      id: 'q1',
      question: 'What, exactly,\nis the fare?',
      answers: ['12 euros'],
    });
    expect(questions[0]?.relevant).toEqual(
      new Map([
        ['fares', 1],
        ['pets', 1],
      ]),
    );
    expect(questions[1]).toMatchObject({ id: 'q2', answers: [], answerable: false });
    expect((await readGoldenSet(join(folder, 'mine.csv'))).corpus).toBeUndefined();
  });

  it('reads JSONL of the same fields', async () => {
    const set = await readGoldenSet(
      folderOf({
        'list.jsonl': [
          { question: 'What does it cost?', answer: '12 euros', source: 'fares' },
          {
            id: 'x',
            question: 'And children?',
            answer: ['free', 'nothing'],
            source: ['fares', 'pets'],
            split: 'dev',
          },
        ],
      }),
      { split: 'dev' },
    );
    expect(set.format).toBe('jsonl');
    expect(set.questions.map(({ id, answers, relevant }) => [id, answers, [...relevant.keys()]])).toEqual([
      ['q1', ['12 euros'], ['fares']],
      ['x', ['free', 'nothing'], ['fares', 'pets']],
    ]);
  });

  it.each([
    ['question,notes\na,b\n', 'dataset.format', 'mine.csv:1'],
    ['question;answer;source\na;b;c\n', 'dataset.format', 'mine.csv:1'],
    ['question,answer,answer\na,b,c\n', 'dataset.format', 'mine.csv:1'],
    ['question,answer\na,b\nc\n', 'dataset.line', 'mine.csv:3'],
    ['question,answer\na,"b\n', 'dataset.line', expect.stringMatching(/^mine\.csv:\d$/)],
    ['id,question,answer\nx,a,b\nx,c,d\n', 'dataset.duplicate', 'mine.csv:3'],
    ['question,answer,answerable\na,b,perhaps\n', 'dataset.line', 'mine.csv:2'],
    ['question,answer\n', 'dataset.empty', undefined],
    ['', 'dataset.empty', undefined],
  ])('refuses the table %j', async (table, code, where) => {
    const error = await refusal(folderOf({ 'mine.csv': table }));
    expect(error).toMatchObject({ code, where, exitCode: 3 });
    expect(error.hint ?? error.message).not.toBe('');
  });
});

describe('readGoldenSet on bad input', () => {
  const GOOD = JSON.stringify(FARE);

  it.each([
    ['not JSON', `${GOOD}\nnot json\n`, 'dataset.line', 'questions.jsonl:2', /is not JSON.*not json/],
    ['a line cut short', `${GOOD}\n${GOOD.slice(0, 40)}`, 'dataset.line', 'questions.jsonl:2', /is not JSON/],
    ['an array', `[${GOOD}]\n`, 'dataset.line', 'questions.jsonl:1', /not a JSON object/],
    ['no id', '\n{"question":"Why?"}\n', 'dataset.line', 'questions.jsonl:2', /`id` is missing/],
    ['no question', '{"id":"a"}\n', 'dataset.line', 'questions.jsonl:1', /`question` is missing/],
    [
      'a number for a flag',
      '{"id":"a","question":"Why?","answerable":1}',
      'dataset.line',
      'questions.jsonl:1',
      /`answerable`.*not "1"/,
    ],
    [
      'evidence without a quote',
      '{"id":"a","question":"Why?","evidence":[{"document":"d"}]}',
      'dataset.line',
      'questions.jsonl:1',
      /`evidence`/,
    ],
    [
      'grades that are no numbers',
      '{"id":"a","question":"Why?","relevant":{"d":"high"}}',
      'dataset.line',
      'questions.jsonl:1',
      /`relevant`/,
    ],
    [
      'the same id twice',
      `${GOOD}\n\n${GOOD}\n`,
      'dataset.duplicate',
      'questions.jsonl:3',
      /questions\.jsonl:1 and questions\.jsonl:3/,
    ],
    ['nothing', '\n \n', 'dataset.empty', undefined, /no question/],
  ])('refuses %s, naming the line', async (_case, text, code, where, message) => {
    const error = await refusal(folderOf({ 'corpus.jsonl': CORPUS, 'questions.jsonl': text }));
    expect(error).toMatchObject({ code, where, exitCode: 3, hint: expect.any(String) });
    expect(error.message).toMatch(message);
  });

  it('names both lines of a duplicated document', async () => {
    const error = await refusal(
      folderOf({ 'corpus.jsonl': [...CORPUS, CORPUS[0]!], 'questions.jsonl': [FARE] }),
    );
    expect(error).toMatchObject({ code: 'dataset.duplicate', where: 'corpus.jsonl:3' });
    expect(error.message).toContain('corpus.jsonl:1');
  });

  it('refuses a corpus without any content', async () => {
    for (const corpus of ['', [{ id: 'a', text: '' }]]) {
      const error = await refusal(folderOf({ 'corpus.jsonl': corpus, 'questions.jsonl': [FARE] }));
      expect(error.code).toBe('dataset.empty');
    }
  });

  it('names the line with invalid UTF-8, and knows UTF-16', async () => {
    const latin1 = Buffer.concat([
      Buffer.from(`${GOOD}\n`),
      Buffer.from('{"id":"é","question":"?"}\n', 'latin1'),
    ]);
    expect(await refusal(folderOf({ 'questions.jsonl': latin1 }))).toMatchObject({
      code: 'dataset.line',
      where: 'questions.jsonl:2',
      message: expect.stringContaining('UTF-8'),
    });
    const utf16 = Buffer.from('\uFEFFquestion,answer\na,b\n', 'utf16le');
    expect((await refusal(folderOf({ 'mine.csv': utf16 }))).hint).toContain('UTF-16');
  });

  it('says what it looked for when nothing fits', async () => {
    expect(await refusal('/no/such/set')).toMatchObject({ code: 'dataset.missing', where: '/no/such/set' });
    expect(await refusal(folderOf({ 'notes.txt': 'hello' }))).toMatchObject({
      code: 'dataset.format',
      hint: expect.stringMatching(/questions\.jsonl.*queries\.jsonl.*\.csv/),
    });
    const several = folderOf({ 'a.csv': 'question,answer\n', 'b.jsonl': '' });
    expect((await refusal(several)).message).toContain('a.csv, b.jsonl');
    expect(await refusal(join(folderOf({ 'notes.txt': 'hello' }), 'notes.txt'))).toMatchObject({
      code: 'dataset.format',
    });
  });

  it('reports a file that cannot be read', async () => {
    const folder = folderOf({ 'questions.jsonl': [FARE] });
    mkdirSync(join(folder, 'corpus.jsonl'));
    expect(await refusal(folder)).toMatchObject({ code: 'internal.io', where: 'corpus.jsonl' });
  });
});

describe('resolveDataset', () => {
  it('takes a path, then a shipped name, and lists those there are', async () => {
    const shippedFolder = folderOf({ 'ferry/questions.jsonl': [FARE], 'tram/questions.jsonl': [FARE] });
    const path = join(shippedFolder, 'ferry');
    expect(await resolveDataset(path, { shippedFolder })).toBe(path);
    expect(await resolveDataset('ferry', { shippedFolder })).toBe(path);
    await expect(resolveDataset('bus', { shippedFolder })).rejects.toMatchObject({
      code: 'dataset.missing',
      hint: expect.stringContaining('ferry, tram'),
    });
  });
});
