import { describe, expect, it } from 'vitest';
import type { GoldenQuestion } from '../../../src/datasets/golden.ts';
import { parseColumns } from '../../../src/datasets/import/columns.ts';
import type { ImportResult, ImportSettings } from '../../../src/datasets/import/import.ts';
import { IMPORTERS } from '../../../src/datasets/import/registry.ts';
import { fileOf, importFrom, lossCounts } from './importing.ts';

const first = ({ set }: ImportResult): GoldenQuestion => set.questions[0]!;

const CORPUS = [
  { id: 'fares', title: 'Fares', text: 'A crossing costs £12. Dogs sail free.' },
  { id: 'pets', text: 'Dogs sail\non a lead.' },
];

const one = async (format: string, record: object, settings: Partial<ImportSettings> = {}) =>
  importFrom(format, { 'set.jsonl': [record] }, settings);

describe('every importer', () => {
  it('describes itself', () => {
    for (const { name, reads, detected } of IMPORTERS) {
      expect(name).toMatch(/^[a-z]+$/);
      expect(reads.length).toBeGreaterThan(20);
      expect(detected.length).toBeGreaterThan(10);
    }
    expect(new Set(IMPORTERS.map(({ name }) => name)).size).toBe(IMPORTERS.length);
  });

  it('reports files of the folder that nobody read, and keeps what a manifest says', async () => {
    const files = {
      'golden.csv': 'question,answer\nA?,a\n',
      LICENSE: 'CC0',
      'manifest.json': '{"name": "n", "licence": "CC0"}',
    };
    const result = await importFrom('csv', files);
    expect(result.losses).toMatchObject([{ kind: 'file', examples: [{ where: 'LICENSE' }] }]);
    expect(result.set).toMatchObject({ name: 'n', licence: 'CC0' });
  });

  it('is found by its name alone, with a guess at mistyped ones', async () => {
    await expect(one('raga', {})).rejects.toMatchObject({
      code: 'usage.argument',
      hint: expect.stringContaining('Did you mean ragas?'),
    });
    await expect(importFrom('auto', { 'a.txt': 'nothing' })).rejects.toMatchObject({
      code: 'dataset.import',
      hint: expect.stringContaining('Formats: groundspeed'),
    });
  });
});

describe('beir', () => {
  const queries = [
    { _id: 'a', text: 'A?' },
    { _id: 'b', text: 'B?', metadata: { split: 'dev', colour: 'red' } },
    { _id: 'c', text: 'C?', metadata: { is_impossible: true } },
    { _id: 'd', text: 'D?', extra: 1 },
  ];
  const files = {
    'queries.jsonl': queries,
    'corpus.jsonl': [{ _id: 'x', text: 'X', author: 'me' }],
    'qrels/test.tsv': 'a\tx\t1\n',
    'qrels/train.tsv': 'd\tx\t1\na\tx\t2\nzz\tx\t1\n',
  };

  it('takes all splits over, and keeps questions that need no judgement', async () => {
    const result = await importFrom('beir', files);
    const splits = result.set.questions.map(({ id, split }) => `${id} ${split}`);
    expect(splits).toEqual(['a test', 'b dev', 'c undefined', 'd train']);
    expect(lossCounts(result)).toEqual({
      'judgement several-splits': 1,
      'judgement unknown-question': 1,
      'detail field': 3,
    });
    expect(result.losses.flatMap(({ examples }) => examples.map(({ where }) => where))).toEqual([
      'qrels/train.tsv:2',
      'qrels/train.tsv:3',
      'queries.jsonl:2',
      'queries.jsonl:4',
      'corpus.jsonl:1',
    ]);
  });

  it('takes one split over, and counts the rest as left out', async () => {
    const result = await importFrom('beir', files, { split: 'train' });
    expect(result.set.questions.map(({ id }) => id)).toEqual(['a', 'c', 'd']);
    expect(first(result).relevant).toEqual(new Map([['x', 2]]));
    await expect(importFrom('beir', files, { split: 'nope' })).rejects.toMatchObject({
      code: 'dataset.missing',
    });
  });

  it('reports a query that nothing could score', async () => {
    const result = await importFrom('beir', {
      ...files,
      'queries.jsonl': [...queries, { _id: 'e', text: 'E?' }],
    });
    expect(lossCounts(result)).toMatchObject({ 'question unjudged': 1 });
    expect(result.read.questions).toBe(result.taken.questions + 1);
  });
});

describe('trec', () => {
  it('reads classic topics, whose title is the question', async () => {
    const topics =
      '<top>\n<num> Number: 301\n<title> Topic: organised crime\n\n<desc> Description:\nIdentify it.\n</top>\n';
    const documents =
      '<DOC>\n<DOCNO> FT-1 </DOCNO>\n<HEADLINE>Crime &amp; more</HEADLINE>\n<TEXT>\nIt <P>grows</P>.\n</TEXT>\n<DATE>1990</DATE>\n</DOC>\n';
    const result = await importFrom('trec', {
      'topics.301': topics,
      'qrels.txt': '301 0 FT-1 2\n999 0 FT-1 1\n',
      'docs.txt': documents,
    });
    expect(first(result)).toMatchObject({
      id: '301',
      question: 'organised crime',
      relevant: new Map([['FT-1', 2]]),
    });
    expect(result.set.corpus).toEqual([
      { id: 'FT-1', title: 'Crime & more', text: 'It  grows .', metadata: {} },
    ]);
    expect(lossCounts(result)).toEqual({
      'judgement unknown-question': 1,
      'detail topic-part': 1,
      'detail document-part': 1,
    });
  });

  it('says that runs hold no golden questions', async () => {
    const run = { 'bm25.run': '1 Q0 d1 1 2.5 tag\n' };
    await expect(importFrom('trec', run)).rejects.toMatchObject({
      code: 'dataset.import',
      where: 'bm25.run:1',
      hint: expect.stringContaining('measure'),
    });
    const topics = { 'topics.tsv': '1\tWhy?\n' };
    await expect(
      importFrom('trec', topics, { qrels: fileOf('mine.qrels', '1 Q0 d1 1 2.5 tag\n') }),
    ).rejects.toMatchObject({ message: expect.stringContaining('is a run') });
    await expect(importFrom('trec', topics)).rejects.toMatchObject({
      hint: expect.stringContaining('--qrels'),
    });
  });
});

describe('squad', () => {
  const file = (qas: object[], context = 'It is 😀 noon. It is cold. It is noon.') => ({
    'dev.json': JSON.stringify(
      { version: '1.1', data: [{ title: 'The_Day', paragraphs: [{ context, qas }] }] },
      null,
      1,
    ),
  });

  it('makes a document of each paragraph, and evidence of the sentence around the answer', async () => {
    // Python counts 😀 as one character: the answer stands one further in UTF-16 units.
    const result = await importFrom(
      'squad',
      file([{ id: 'a', question: 'When?', answers: [{ text: 'noon', answer_start: 8 }] }]),
    );
    expect(result.set.corpus).toEqual([
      { id: 'The_Day#0', title: 'The Day', text: 'It is 😀 noon. It is cold. It is noon.', metadata: {} },
    ]);
    expect(first(result)).toMatchObject({
      answers: ['noon'],
      evidence: [[{ document: 'The_Day#0', quote: 'It is 😀 noon.' }]],
      relevant: new Map([['The_Day#0', 1]]),
    });
    expect(result.losses).toEqual([]);
  });

  it('widens evidence until it stands once', async () => {
    const text = 'It is noon. It is cold. It is noon.';
    const qas = [{ id: 'a', question: 'When?', answers: [{ text: 'noon', answer_start: 6 }] }];
    const result = await importFrom('squad', file(qas, text));
    expect(first(result).evidence).toEqual([[{ document: 'The_Day#0', quote: 'It is noon. It is cold.' }]]);
  });

  it('takes impossible questions as unanswerable, and reports their plausible answers', async () => {
    const plausible_answers = [{ text: 'noon', answer_start: 8 }];
    const result = await importFrom(
      'squad',
      file([{ id: 'a', question: 'Why?', answers: [], is_impossible: true, plausible_answers }]),
    );
    expect(first(result)).toMatchObject({
      answerable: false,
      forbidden: [],
      relevant: new Map([['The_Day#0', 0]]),
    });
    expect(lossCounts(result)).toEqual({ 'detail plausible-answers': 1 });
  });

  it('reports an answer_start that does not point at its answer', async () => {
    const answers = [
      { text: 'cold', answer_start: 3 },
      { text: 'snow', answer_start: 3 },
    ];
    const result = await importFrom('squad', file([{ id: 'a', question: 'How?', answers }]));
    expect(lossCounts(result)).toEqual({ 'detail answer-start': 2 });
    expect(first(result)).toMatchObject({
      answers: ['cold', 'snow'],
      evidence: [[{ quote: 'It is cold.' }]],
    });
  });

  it('names line and field of what is wrong', async () => {
    await expect(
      importFrom(
        'squad',
        file([
          { id: 'a', question: 3.5 },
          { id: 'b', question: ['?'] },
        ]),
      ),
    ).rejects.toMatchObject({
      code: 'dataset.import',
      where: 'dev.json:16 data[0].paragraphs[0].qas[1].question',
    });
    await expect(importFrom('squad', { 'dev.json': '{"data": 1}' })).rejects.toMatchObject({
      code: 'dataset.import',
    });
  });
});

describe('ragas', () => {
  it('finds golden contexts in the corpus, by id, and elsewhere where no id says', async () => {
    const record = {
      user_input: 'Dogs?',
      reference: 'free',
      reference_contexts: ['Dogs sail free.', 'Dogs sail on a lead.'],
      reference_context_ids: ['fares'],
      response: 'They pay.',
    };
    const result = await importFrom('ragas', { 'set.jsonl': [record], 'corpus.jsonl': CORPUS });
    expect(first(result)).toMatchObject({
      id: 'q1',
      answers: ['free'],
      evidence: [
        [{ document: 'fares', quote: 'Dogs sail free.' }],
        [{ document: 'pets', quote: 'Dogs sail on a lead.' }],
      ],
      relevant: new Map([['fares', 1]]),
    });
    expect(result.losses.map(({ what }) => what)).toEqual([expect.stringContaining('"response"')]);
  });

  it('makes documents of the contexts where there is no corpus', async () => {
    const result = await one('ragas', { question: 'A?', ground_truth: 'a', contexts: ['One.', 'Two.'] });
    expect(result.set.corpus?.map(({ text }) => text)).toEqual(['One.', 'Two.']);
    expect(
      first(result)
        .evidence.flat()
        .map(({ quote }) => quote),
    ).toEqual(['One.', 'Two.']);
    expect([...first(result).relevant.keys()]).toEqual(result.set.corpus?.map(({ id }) => id));
  });

  it('takes contexts beside a generated answer for what was retrieved', async () => {
    const result = await one('ragas', { question: 'A?', ground_truth: 'a', contexts: ['One.'], answer: 'b' });
    expect(first(result)).toMatchObject({ answers: ['a'], evidence: [] });
    expect(lossCounts(result)).toEqual({ 'detail field': 2 });
  });

  it('reports passages that stand nowhere, and conversations', async () => {
    const records = [
      { user_input: 'A?', reference: 'a', reference_contexts: ['Cats sail for a fee.'] },
      { user_input: [{ content: 'Hi', type: 'human' }], reference: 'a' },
    ];
    const result = await importFrom('ragas', { 'set.jsonl': records, 'corpus.jsonl': CORPUS });
    expect(lossCounts(result)).toEqual({ 'question multi-turn': 1, 'detail context': 1 });
    expect(result.losses[0]!.examples[0]!.where).toBe('set.jsonl:2');
  });

  it('reads lists in cells, as JSON and as Python prints them', async () => {
    const rows = `user_input,reference,reference_contexts\nA?,a,"['it''s', ""it's"", 'a\\'b']"\n`;
    const fixed = rows.replace("'it''s', ", '');
    const result = await importFrom('ragas', { 'set.csv': fixed });
    expect(
      first(result)
        .evidence.flat()
        .map(({ quote }) => quote),
    ).toEqual(["it's", "a'b"]);
  });
});

describe('deepeval', () => {
  it('reads input, expected_output and context', async () => {
    const result = await one('deepeval', {
      input: 'A?',
      expected_output: 'a',
      context: ['One.'],
      actual_output: 'b',
    });
    expect(first(result)).toMatchObject({ question: 'A?', answers: ['a'], evidence: [[{ quote: 'One.' }]] });
    expect(lossCounts(result)).toEqual({ 'detail field': 1 });
  });
});

describe('autorag', () => {
  const corpus = [
    { doc_id: 'x', contents: 'Text of x.' },
    { doc_id: 'y', contents: 'Text of y.' },
  ];
  const qa = { qid: 'a', query: 'A?', retrieval_gt: [['x', 'z'], ['y']], generation_gt: ['a', 'b'] };

  it('keeps AND of ORs as evidence, quoting each document whole', async () => {
    const result = await importFrom('autorag', {
      'qa.jsonl': [{ ...qa, retrieval_gt: [['x', 'y'], ['y']] }],
      'corpus.jsonl': corpus,
    });
    expect(first(result)).toMatchObject({
      id: 'a',
      answers: ['a', 'b'],
      evidence: [
        [
          { document: 'x', quote: 'Text of x.' },
          { document: 'y', quote: 'Text of y.' },
        ],
        [{ document: 'y', quote: 'Text of y.' }],
      ],
    });
  });

  it('needs no evidence for one group, and says what is lost without the texts', async () => {
    const single = await one('autorag', { ...qa, retrieval_gt: ['x', 'y'] });
    expect(first(single)).toMatchObject({
      evidence: [],
      relevant: new Map([
        ['x', 1],
        ['y', 1],
      ]),
    });
    expect(single.losses).toEqual([]);
    expect(lossCounts(await one('autorag', qa))).toEqual({ 'detail and-groups': 1 });
  });

  it('refuses Parquet, and says what to do', async () => {
    const parquet = { 'qa.parquet': Buffer.from('PAR1....'), 'corpus.parquet': Buffer.from('PAR1') };
    await expect(importFrom('auto', parquet)).rejects.toMatchObject({
      code: 'dataset.import',
      hint: expect.stringContaining('to_json'),
    });
  });
});

describe('ragchecker', () => {
  it('reads golden answers, and reports what a system made', async () => {
    const results = [{ query_id: 'a', query: 'A?', gt_answer: 'a', response: 'b', retrieved_context: [] }];
    const result = await importFrom('auto', { 'c.json': JSON.stringify({ results, model: 'm' }) });
    expect(result.format).toBe('ragchecker');
    expect(first(result)).toMatchObject({ id: 'a', question: 'A?', answers: ['a'] });
    expect(result.losses.map(({ what }) => what)).toEqual([
      expect.stringContaining('"model" of a file'),
      expect.stringContaining('"response" of a question'),
    ]);
  });
});

describe('promptfoo', () => {
  const csv = (expected: string, more = '') =>
    importFrom('promptfoo', {
      'tests.csv': `question,__expected${more && ',__expected2'}\nA?,"${expected}"${more && `,"${more}"`}\n`,
    });

  it.each([
    ['plain text: with a colon', { answers: ['plain text: with a colon'] }],
    ['equals: a', { answers: ['a'] }],
    ['icontains-any: a, b', { answers: ['a', 'b'] }],
    ['not-icontains:c', { forbidden: ['c'] }],
  ])('takes %j', async (expected, question) => {
    const result = await csv(expected);
    expect(first(result)).toMatchObject(question);
    expect(result.losses).toEqual([]);
  });

  it('reports assertions without counterpart by their name, and what is required beside another', async () => {
    expect((await csv('similar(0.8): a', 'llm-rubric: is polite')).losses.map(({ what }) => what)).toEqual([
      'the assertion `similar` has no counterpart in a golden question',
      'the assertion `llm-rubric` has no counterpart in a golden question',
    ]);
    const both = await csv('contains: a', 'contains: b');
    expect(first(both).answers).toEqual(['a']);
    expect(lossCounts(both)).toEqual({ 'detail assertion-and': 1 });
  });

  it('reads YAML, and names the line', async () => {
    const yaml =
      'tests:\n  - vars:\n      question: A?\n      city: Rome\n    assert:\n      - type: contains\n        value: a\n      - type: not-contains\n        value: b\n';
    const result = await importFrom('auto', { 'promptfooconfig.yaml': yaml });
    expect(first(result)).toMatchObject({ question: 'A?', answers: ['a'], forbidden: ['b'] });
    expect(result.losses[0]!.examples[0]!.where).toMatch(/^promptfooconfig\.yaml:3/);
    await expect(importFrom('promptfoo', { 't.yaml': 'tests:\n  - vars: 3\n' })).rejects.toMatchObject({
      where: 't.yaml:2',
    });
    await expect(importFrom('promptfoo', { 't.yaml': 'tests: file://tests.csv\n' })).rejects.toMatchObject({
      hint: expect.stringContaining('tests.csv'),
    });
    await expect(importFrom('promptfoo', { 't.yaml': 'tests: [\n' })).rejects.toMatchObject({
      code: 'dataset.import',
    });
  });
});

describe('langfuse', () => {
  it.each([
    ['A?', 'A?'],
    [{ query: 'A?' }, 'A?'],
    [{ anything: 'A?' }, 'A?'],
    [
      {
        messages: [
          { role: 'system', content: 'Be kind' },
          { role: 'user', content: 'A?' },
        ],
      },
      'A?',
    ],
    [[{ role: 'user', content: 'A?' }], 'A?'],
  ])('finds the question in %j', async (input, question) => {
    const result = await one('langfuse', { id: 'i', input, expectedOutput: { answer: 'a' } });
    expect(first(result)).toMatchObject({ id: 'i', question, answers: ['a'] });
  });

  it('asks for a mapping where it cannot tell, and takes it', async () => {
    const record = { input: { a: 'A?', b: 'B?' }, expectedOutput: 'a' };
    await expect(one('langfuse', record)).rejects.toMatchObject({
      hint: expect.stringContaining('question=input.'),
    });
    const mapped = await one('langfuse', record, { columns: parseColumns(['question=input.b']) });
    expect(first(mapped).question).toBe('B?');
  });

  it('refuses one page of several, and reports archived items', async () => {
    const page = { data: [{ input: 'A?', expectedOutput: 'a' }], meta: { totalPages: 3 } };
    await expect(importFrom('langfuse', { 'items.json': JSON.stringify(page) })).rejects.toMatchObject({
      message: expect.stringContaining('one page of 3'),
    });
    const items = [
      { input: 'A?', expectedOutput: 'a' },
      { input: 'B?', expectedOutput: 'b', status: 'ARCHIVED' },
    ];
    expect(lossCounts(await importFrom('langfuse', { 'items.jsonl': items }))).toEqual({
      'question archived': 1,
    });
  });
});

describe('csv and jsonl', () => {
  it('take columns of other names by a mapping, and report those that are left', async () => {
    const columns = parseColumns(['question=Prompt', 'answer=Gold', 'source=Doc']);
    const result = await importFrom('csv', { 'a.csv': 'Prompt,Gold,Doc,Notes\nA?,a,x; y,hm\n' }, { columns });
    expect(first(result)).toMatchObject({
      question: 'A?',
      answers: ['a'],
      relevant: new Map([
        ['x', 1],
        ['y', 1],
      ]),
    });
    expect(result.losses).toMatchObject([
      { kind: 'field', count: 1, examples: [{ where: 'a.csv:2', found: '"hm"' }] },
    ]);
  });

  it('name the column that is not there, with a guess', async () => {
    const columns = parseColumns(['question=Promt']);
    await expect(importFrom('csv', { 'a.csv': 'Prompt,Gold\nA?,a\n' }, { columns })).rejects.toMatchObject({
      code: 'dataset.import',
      hint: expect.stringContaining('Did you mean Prompt?'),
    });
    expect(() => parseColumns(['questoin=x'])).toThrow(/no "questoin"/);
    expect(() => parseColumns(['question'])).toThrow(/no mapping/);
    expect(() => parseColumns(['question=a', 'question=b'])).toThrow(/twice/);
    await expect(importFrom('beir', {}, { columns })).rejects.toMatchObject({ code: 'usage.argument' });
  });

  it('name line and field of what is mistyped', async () => {
    const lines = [
      { question: 'A?', answer: 'a' },
      { question: 'B?', answer: 'b', answerable: 'maybe' },
    ];
    await expect(importFrom('jsonl', { 'a.jsonl': lines })).rejects.toMatchObject({
      code: 'dataset.import',
      where: 'a.jsonl:2',
      message: expect.stringContaining('`answerable`'),
    });
    await expect(importFrom('csv', { 'a.csv': 'question,answer,relevant\nA?,a,{x\n' })).rejects.toMatchObject(
      {
        message: expect.stringContaining('`relevant`'),
      },
    );
  });

  it('count rows without a question as lost', async () => {
    const result = await importFrom('csv', { 'a.csv': 'question,answer,source\nA?,a,x\n,b,y\n' });
    expect(result.read).toEqual({ questions: 2, documents: 0, judgements: 2 });
    expect(lossCounts(result)).toEqual({ 'question empty-question': 1, 'judgement empty-question': 1 });
  });

  it('give the split that was asked for to questions that have none', async () => {
    const result = await importFrom('csv', { 'a.csv': 'question,answer\nA?,a\n' }, { split: 'dev' });
    expect(first(result).split).toBe('dev');
  });
});
