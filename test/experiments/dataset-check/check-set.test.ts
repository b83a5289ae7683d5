import { describe, expect, it } from 'vitest';
import { type CheckOptions, checkSet } from '../../../src/experiments/dataset-check/check-set.ts';
import { readWholeSet } from '../../../src/experiments/dataset-check/read-set.ts';
import { folderOf } from '../../datasets/folders.ts';
import { hasShared, sharedPath } from '../../shared.ts';

const OPTIONS: CheckOptions = { depth: 10, sheet: false, seed: 42 };

async function found(path: string, options: Partial<CheckOptions> = {}) {
  const { checks } = await checkSet(path, { ...OPTIONS, ...options });
  return Object.fromEntries(
    checks
      .filter(({ status }) => status === 'found')
      .map(({ name, findings }) => [name, findings.map(({ message, where }) => `${where} ${message}`)]),
  );
}

const CORPUS = [
  {
    id: 'fares',
    title: 'Fares',
    text: 'A reserved recliner on the Storm Petrel costs six pounds. A cabin costs forty pounds. Dogs travel free. Bicycles pay four pounds.',
  },
  {
    id: 'old',
    title: 'Notice',
    text: 'From May the reserved recliner on the Storm Petrel costs six pounds.',
  },
  { id: 'menu', title: 'Menu', text: 'Soup of the day. Fish and chips.' },
];

describe('what searching finds', () => {
  it('is a passage with every word of an unanswerable question', async () => {
    const folder = folderOf({
      'corpus.jsonl': CORPUS,
      'questions.jsonl': [
        { id: 'a', question: 'What costs a reserved recliner on the Storm Petrel?', answerable: false },
        { id: 'b', question: 'What costs a heated recliner on the Storm Petrel?', answerable: false },
        { id: 'c', question: 'Are dogs free?', answerable: false },
      ],
    });
    expect((await found(folder))['unanswerable-match']).toEqual([
      expect.stringMatching(/^questions\.jsonl:1 a: .*has all its words in "(fares|old)"/),
    ]);
  });

  it('is an answer beside the words of the question in a document that nobody listed', async () => {
    const question = 'What does a reserved recliner cost on the Storm Petrel?';
    const asked = (relevant: object) =>
      folderOf({
        'corpus.jsonl': CORPUS,
        'questions.jsonl': [{ id: 'a', question, answers: ['six pounds'], relevant }],
      });
    expect((await found(asked({ fares: 1 })))['unlisted-answer']).toEqual([
      expect.stringMatching(/a: the answer "six pounds" to .* also stands in "old": "From May/),
    ]);
    expect((await found(asked({ fares: 1, old: 0 })))['unlisted-answer']).toBeUndefined();
  });
});

describe('a set with all its splits', () => {
  const BEIR = {
    'corpus.jsonl': [
      { _id: 'd1', text: 'one' },
      { _id: 'd2', text: 'two' },
    ],
    'queries.jsonl': [
      { _id: 'q1', text: 'first question' },
      { _id: 'q2', text: 'second matter' },
      { _id: 'q3', text: 'third problem' },
    ],
    'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq9\td1\t1\n',
    'qrels/dev.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t1\nq2\td2\t1\n',
  };

  it('joins every judgement file of a BEIR folder; test counts before others', async () => {
    const set = await readWholeSet(folderOf(BEIR));
    expect(
      set.questions.map(({ question, splits }) => [question.id, splits, [...question.relevant]]),
    ).toEqual([
      [
        'q1',
        ['test', 'dev'],
        [
          ['d1', 2],
          ['d2', 1],
        ],
      ],
      ['q2', ['dev'], [['d2', 1]]],
      ['q3', [], []],
    ]);
    expect(set.strays.map(({ where }) => where)).toEqual(['qrels/test.tsv:3']);
  });

  it('is looked at as a whole, or in one split', async () => {
    const folder = folderOf(BEIR);
    const all = await found(folder);
    expect(all['stray-judgements']).toHaveLength(1);
    expect(all.balance).toEqual(['queries.jsonl:1 1 question is in more than one split (dev, test): q1']);
    expect(all['unusable-entries']).toEqual([expect.stringMatching(/^queries\.jsonl:3 Question "q3"/)]);
    const { set, power } = await checkSet(folder, { ...OPTIONS, split: 'dev' });
    expect(set.questions.map(({ question }) => question.id)).toEqual(['q1', 'q2']);
    expect(power).toMatchObject({ split: 'dev', kinds: [{ kind: null, compared: 2 }] });
    await expect(checkSet(folder, { ...OPTIONS, split: 'nope' })).rejects.toThrow(/no split "nope"/);
  });

  it('names the folder in what is wrong with its files', async () => {
    const folder = folderOf({ 'questions.jsonl': '{"id":"a","question":"x"}\n{"id":' });
    await expect(readWholeSet(folder)).rejects.toMatchObject({ where: `${folder}/questions.jsonl:2` });
  });

  it('resolves documents that are named by URL', async () => {
    const folder = folderOf({
      'corpus.jsonl': [{ id: 'd1', text: 'one', metadata: { url: 'https://a/b' } }],
      'questions.jsonl': [{ id: 'a', question: 'What?', relevant: ['https://a/b'] }],
    });
    expect(await found(folder)).toEqual({});
  });
});

describe('an older copy', () => {
  const set = (text: string) => ({
    'corpus.jsonl': [
      { id: 'd1', text },
      { id: 'd2', text: 'two' },
    ],
    'questions.jsonl': [
      { id: 'a', question: 'What?', relevant: ['d1'] },
      { id: 'b', question: 'Who?', relevant: ['d2'] },
    ],
  });

  it('shows which documents changed', async () => {
    const now = folderOf(set('one, changed'));
    expect((await found(now, { against: folderOf(set('one')) }))['changed-documents']).toEqual([
      'd1 The text of document "d1" changed; it puts in doubt a',
    ]);
  });

  it('of which only the manifest is left shows that the corpus changed', async () => {
    const now = folderOf(set('one'));
    const manifest = { files: { 'corpus.jsonl': { sha256: '0'.repeat(64), bytes: 1 } } };
    const old = folderOf({ 'manifest.json': JSON.stringify(manifest) });
    expect((await found(now, { against: `${old}/manifest.json` }))['changed-documents']).toEqual([
      'corpus.jsonl corpus.jsonl is not what it was; all 2 questions that name documents are in doubt',
    ]);
  });

  it('is refused where it is neither', async () => {
    const now = folderOf(set('one'));
    const other = folderOf({ 'questions.jsonl': [{ id: 'a', question: 'x' }], 'm.json': '{}' });
    await expect(found(now, { against: other })).rejects.toMatchObject({ code: 'dataset.format' });
    await expect(found(now, { against: `${other}/m.json` })).rejects.toMatchObject({
      code: 'dataset.format',
    });
    await expect(found(now, { against: `${other}/none` })).rejects.toMatchObject({ code: 'dataset.missing' });
  });
});

describe('a pool of rankings', () => {
  const folder = () =>
    folderOf({
      'corpus.jsonl': ['d1', 'd2', 'd3'].map((id) => ({ id, title: id, text: `All about ${id}. And more.` })),
      'questions.jsonl': Array.from({ length: 12 }, (_, at) => ({
        id: `q${at}`,
        question: `What of matter ${at}?`,
        relevant: { d1: 1 },
      })),
      'a.run': Array.from({ length: 12 }, (_, at) => `q${at} Q0 d1 1 9 a\nq${at} Q0 d2 2 8 a\n`).join(''),
      'b.run': Array.from(
        { length: 12 },
        (_, at) => `q${at} Q0 d3 1 9 b\nq${at} Q0 d${at % 2 ? 1 : 2} 2 8 b\n`,
      ).join(''),
    });

  it('is made into a shuffled sheet of what is unjudged, each pair once, runs as letters', async () => {
    const path = folder();
    const pool = [`${path}/a.run`, `${path}/b.run`];
    const { sheet, judged, measured } = await checkSet(path, { ...OPTIONS, pool, sheet: true });
    expect(judged).toEqual([
      { run: 'a.run', judged: 0.5, holes: 12 },
      { run: 'b.run', judged: 0.25, holes: 18 },
    ]);
    const pairs = sheet!.rows.map(({ question, document }) => `${question} ${document}`);
    expect(new Set(pairs).size).toBe(24);
    expect(pairs).toHaveLength(24);
    expect(pairs).not.toEqual(pairs.toSorted());
    expect(sheet!.runs.map(({ letter }) => letter)).toEqual(['A', 'B']);
    const both = sheet!.rows.find(({ question, document }) => question === 'q0' && document === 'd2');
    expect(Object.values(both!.ranks).sort()).toEqual([2, 2]);
    expect(both).toMatchObject({ grade: undefined, title: 'd2', snippet: 'All about d2. And more.' });
    const again = await checkSet(path, { ...OPTIONS, pool, sheet: true });
    expect(again.sheet).toEqual(sheet);
    // The two differ on the half of the questions for which b finds nothing.
    expect(measured).toMatchObject([
      { runs: ['a.run', 'b.run'], questions: 12, success5: { difference: -0.5, discordance: 0.5 } },
    ]);
  });

  it('refuses runs that are missing or not in TREC format', async () => {
    const path = folder();
    await expect(checkSet(path, { ...OPTIONS, pool: [`${path}/c.run`] })).rejects.toMatchObject({
      code: 'dataset.missing',
    });
    await expect(checkSet(path, { ...OPTIONS, pool: [`${path}/corpus.jsonl`] })).rejects.toMatchObject({
      code: 'trec.format',
    });
  });
});

describe('power', () => {
  it('is told for all and by kind, over the split that comparisons are made on', async () => {
    const folder = folderOf({
      'questions.jsonl': Array.from({ length: 150 }, (_, at) => ({
        id: `q${at}`,
        question: `Question number ${at} of many`,
        answers: at % 3 === 0 ? [] : ['x'],
        answerable: at % 3 !== 0,
        kind: at % 3 === 0 ? 'unanswerable' : 'lookup',
        split: at < 30 ? 'dev' : 'test',
      })),
    });
    const { power } = await checkSet(folder, OPTIONS);
    expect(power.split).toBe('test');
    expect(
      power.kinds.map(({ kind, questions, compared, scored }) => [kind, questions, compared, scored]),
    ).toEqual([
      [null, 150, 120, 80],
      ['lookup', 100, 80, 80],
      ['unanswerable', 50, 40, 0],
    ]);
    const [all, lookup, unanswerable] = power.kinds;
    expect(all!.leastShare).toBeCloseTo(0.113, 3);
    expect(all!.leastMean).toBe(lookup!.leastMean);
    expect(unanswerable).toMatchObject({ leastShare: null, leastMean: null });
    expect(all!.bySplit).toEqual({ dev: 30, test: 120 });
  });
});

describe.skipIf(!hasShared())('real collections (skipped where ../shared is absent)', () => {
  const counts = async (name: string) => {
    const { checks } = await checkSet(sharedPath(`datasets/${name}`), OPTIONS);
    return Object.fromEntries(
      checks.map((one) => [one.name, one.status === 'skipped' ? null : one.findings.length]),
    );
  };

  it('SciFact: no errors; claims and their opposites are told as near-duplicates', async () => {
    expect(await counts('scifact')).toMatchObject({
      'unresolved-ids': 0,
      'stray-judgements': 0,
      'answer-in-evidence': null,
      'untouched-documents': 1,
      'duplicate-questions': 162,
    });
  });

  it('SQuAD 2.0: every answer stands in its paragraph; of questions made to look answerable 13 % match', async () => {
    const found = await counts('squad2-dev-half');
    expect(found).toMatchObject({ 'unresolved-ids': 0, 'answer-in-evidence': 0, 'contradictory-labels': 0 });
    expect(found['unanswerable-match']! / 3168).toBeCloseTo(0.13, 2);
    expect(found['unlisted-answer']! / 2910).toBeCloseTo(0.03, 2);
  });

  it('XQuAD: two answers of the Spanish translation are cut out of the middle of words', async () => {
    expect(await counts('xquad-es')).toMatchObject({ 'answer-in-evidence': 2, 'unresolved-ids': 0 });
  });

  it('Cranfield: its two empty documents, and its three readings of the same judgements', async () => {
    expect(await counts('cranfield')).toMatchObject({
      'unusable-entries': 2,
      balance: 1,
      'unresolved-ids': 0,
    });
  });
});
