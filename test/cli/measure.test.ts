import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { hasShared, sharedPath } from '../shared.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';

/** trec_eval's names for what `measure` prints by default. */
const NAMES: Readonly<Record<string, string>> = {
  ndcg_cut_5: 'ndcg@5',
  ndcg_cut_10: 'ndcg@10',
  map: 'map',
  recip_rank: 'mrr',
  P_1: 'precision@1',
  P_10: 'precision@10',
  recall_10: 'recall@10',
  recall_100: 'recall@100',
  success_1: 'success@1',
  success_5: 'success@5',
  success_10: 'success@10',
  Rprec: 'r-precision',
  bpref: 'bpref',
};

const files = (name: string): string[] => [
  '--qrels',
  sharedPath(`trec_eval/${name}.qrels`),
  '--run',
  sharedPath(`trec_eval/${name}.run`),
];

/** trec_eval's values: measure, question (or `all`), value. */
function expected(name: string): { measure: string; question: string; value: number }[] {
  const text = readFileSync(sharedPath(`trec_eval/${name}.expected.tsv`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/) as [string, string, string])
    .filter(([measure]) => measure in NAMES)
    .map(([measure, question, value]) => ({ measure: NAMES[measure]!, question, value: Number(value) }));
}

describe.skipIf(!hasShared())('measure', () => {
  it.each(['cranfield', 'scifact', 'edge'])('prints what trec_eval prints, on %s', async (name) => {
    const argv = ['measure', ...files(name), '--per-question', '--json', '--quiet'];
    const runs = name === 'cranfield' ? cli : cliHere;
    const { code, out, err } = await runs(argv, { cwd: tmpdir() });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { measures, perQuestion } = JSON.parse(out);
    const rows = expected(name);
    const wrong = rows.filter(({ measure, question, value }) => {
      const ours = (question === 'all' ? measures : perQuestion[question])[measure];
      return !(Math.abs(ours - value) <= 0.00005 + 1e-12);
    });
    expect(rows.length).toBeGreaterThan(40 * Object.keys(NAMES).length);
    expect(wrong).toEqual([]);
    expect(Object.keys(measures)).toEqual([...Object.values(NAMES), 'judged@10']);
  });

  it('prints a table, with each question where that is asked for', async () => {
    const table = await cliHere(['measure', ...files('cranfield')], { cwd: tmpdir() });
    expect(table.out).toMatch(/^ndcg@10 {7}0\.4192$/m);
    expect(table.out.trim().split('\n')).toHaveLength(14);
    const argv = ['measure', ...files('edge'), '--per-question', '--measures', 'mrr'];
    const { out, err } = await cliHere(argv, { cwd: tmpdir() });
    expect(out.trim().split('\n')).toHaveLength(41);
    expect(out).toMatch(/^mrr {2}all +0\.\d{4}\n$/m);
    expect(err).toContain('no results for 1 of the 40 judged questions');
  });

  it('leaves the per-question scores out of the JSON unless they are asked for', async () => {
    const { out } = await cliHere(['measure', ...files('edge'), '--json'], { cwd: tmpdir() });
    expect(Object.keys(JSON.parse(out))).toEqual(['measures']);
  });

  it('refuses what it cannot take of TREC files', async () => {
    const answers = await cliHere(['measure', ...files('edge'), '--measures', 'f1'], { cwd: tmpdir() });
    expect(answers).toMatchObject({ code: 2, out: '' });
    const swapped = await cli(['measure', '--qrels', files('edge')[3]!, '--run', files('edge')[1]!], {
      cwd: tmpdir(),
    });
    expect(swapped).toMatchObject({ code: 3, out: '' });
    expect(swapped.err).toContain('code: trec.format');
  });
});

const folders: ReturnType<typeof workFolder>[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

const lines = (...entries: readonly unknown[]) => entries.map((entry) => JSON.stringify(entry)).join('\n');

const CORPUS = [
  {
    id: 'fares',
    title: 'Fares',
    text: 'Adults pay 4.50 euros for the crossing. Children under five travel free of charge.',
  },
  { id: 'dogs', title: 'Dogs', text: 'Dogs must be kept on a lead on the upper deck of every vessel.' },
];
const QUESTIONS = [
  {
    id: 'fare',
    question: 'What do adults pay?',
    answers: ['4.50 euros'],
    evidence: [{ document: 'fares', quote: 'Adults pay 4.50 euros for the crossing.' }],
    kind: 'numeric',
  },
  {
    id: 'dogs',
    question: 'Where must dogs be kept on a lead?',
    answers: ['on the upper deck'],
    evidence: [{ document: 'dogs', quote: 'Dogs must be kept on a lead on the upper deck' }],
    kind: 'lookup',
  },
  { id: 'moon', question: 'When does the ferry to the moon leave?', answerable: false, kind: 'unanswerable' },
  {
    id: 'late',
    question: 'Who travels free?',
    answers: ['children under five'],
    kind: 'lookup',
    split: 'dev',
  },
].map((question) => ({ split: 'test', ...question }));

/** Runs `measure` on answers in a folder with a golden set beside them. */
async function measured(answers: string, ...argv: readonly string[]) {
  const folder = workFolder({
    'set/corpus.jsonl': lines(...CORPUS),
    'set/questions.jsonl': lines(...QUESTIONS),
    'answers.jsonl': answers,
    'run.txt': 'fare Q0 fares 1 9.5 mine\nfare Q0 dogs 2 7 mine\n',
  });
  folders.push(folder);
  const ended = await cliHere(['measure', ...argv], { cwd: folder.path });
  return { ...ended, json: () => JSON.parse(ended.out) };
}

const ANSWERS = ['--answers', 'answers.jsonl'];
const BY_SET = [...ANSWERS, '--dataset', 'set'];
const GOOD = [
  {
    id: 'fare',
    answer: 'Adults pay €4.50.',
    passages: [{ id: 'fares', text: CORPUS[0]!.text }],
    citations: [0],
  },
  { id: 'dogs', answer: 'In the bar.', passages: [{ id: 'fares', text: CORPUS[0]!.text }], citations: [0] },
  { id: 'moon', answer: 'I do not know.', passages: [] },
];

describe('measure, of answers', () => {
  it('takes all measures that the fields allow, with intervals, by the golden set', async () => {
    const { code, err, json } = await measured(
      lines(...GOOD),
      ...BY_SET,
      '--json',
      '--per-question',
      '--slices',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { questions, right, measures, perQuestion, slices } = json();
    expect(questions).toEqual({ n: 3, unanswered: 0, unknown: 0, unscored: 0 });
    expect(right).toMatchObject({ mean: 2 / 3, n: 3 });
    const means = Object.fromEntries(measures.map(({ name, mean, n }: never) => [name, [mean, n]]));
    expect(means).toMatchObject({
      'ndcg@10': [0.5, 2],
      'exact-match': [1 / 3, 3],
      'answer-containment': [1 / 2, 2],
      'numeric-equality': [1, 1],
      'citation-precision': [1 / 2, 2],
      'abstention-recall': [1, 1],
      'context-precision@5': [1 / 2, 2],
      'context-recall': [1 / 2, 2],
      'faithfulness-lexical': [1 / 2, 2],
    });
    expect(perQuestion.fare).toMatchObject({ right: 'right', 'numeric-equality': 1, 'context-recall': 1 });
    expect(perQuestion.moon).toMatchObject({ right: 'right', 'exact-match': 1, 'context-recall': null });
    expect(slices.map(({ by, value, n }: never) => [by, value, n])).toEqual([
      ['kind', 'lookup', 1],
      ['kind', 'numeric', 1],
      ['kind', 'unanswerable', 1],
    ]);
  });

  it('prints them as a table, and those asked for whether they can be had or not', async () => {
    const bare = lines(...GOOD.map(({ id, answer }) => ({ id, answer })));
    const table = await measured(bare, ...BY_SET, '--measures', 'f1,recall@5,context-recall', '--slices');
    expect(table.code).toBe(0);
    expect(table.out).toMatch(/^right +0\.6667 +\[0\.\d{4}, 0\.\d{4}\] +n 3$/m);
    expect(table.out).toMatch(/^recall@5 +– +n 0$/m);
    expect(table.out).toMatch(/^context-recall +– +n 0$/m);
    expect(table.out).toMatch(/^kind numeric +n 1$/m);
    const all = await measured(bare, ...BY_SET, '--per-question');
    expect(all.out).not.toContain('recall@');
    expect(all.out).toMatch(/^exact-match +moon +1\.0000$/m);
  });

  it('counts questions without an answer as 0 and says so; answers to no question are told', async () => {
    const { code, err, json } = await measured(
      lines(GOOD[0], { id: 'dogs', error: 'timeout' }, { id: 'late', answer: 'x' }),
      ...[...BY_SET, '--json', '--measures', 'f1,answer-containment'],
    );
    expect(code).toBe(0);
    expect(json().questions).toEqual({ n: 3, unanswered: 2, unknown: 1, unscored: 0 });
    expect(json().measures).toMatchObject([{ n: 3 }, { mean: 1 / 2, n: 2 }]);
    expect(err).toContain('no answer to 2 of the 3 questions');
    expect(err).toContain('answers.jsonl has 1 answer to no question of set, left out');
    expect(err).toContain('"late"');
  });

  it('finds the document of a passage by its text, and leaves out what cannot be known', async () => {
    const texts = [
      { id: 'fare', answer: '4.50 euros', passages: ['Children under five travel\nfree of charge.'] },
    ];
    const found = await measured(lines(...texts), ...BY_SET, '--json', '--measures', 'recall@5');
    expect(found.json().measures).toMatchObject([{ mean: 1 / 2, n: 2 }]);
    const strange = [
      { id: 'fare', answer: '4.50 euros', passages: ['A text that stands in none of the documents.'] },
    ];
    const lost = await measured(
      lines(...strange),
      ...BY_SET,
      '--json',
      '--measures',
      'recall@5,context-recall',
    );
    expect(lost.json().measures).toMatchObject([{ mean: null }, { mean: 0 }]);
    expect(lost.err).toContain('does not say of which documents');
  });

  it('takes a ragas file by its own references', async () => {
    const ragas = lines(
      {
        user_input: 'What do adults pay?',
        response: '4.50 euros',
        retrieved_contexts: ['Adults pay 4.50 euros.', 'Dogs need a lead.'],
        reference: '4.50 euros',
        reference_contexts: ['Adults pay 4.50 euros.'],
      },
      { user_input: 'Where?', response: 'x', retrieved_contexts: [], reference: 'y' },
    );
    const { code, json } = await measured(ragas, ...ANSWERS, '--json');
    expect(code).toBe(0);
    const means = Object.fromEntries(json().measures.map(({ name, mean }: never) => [name, mean]));
    expect(means).toMatchObject({ 'exact-match': 1 / 2, 'context-recall': 1, 'context-precision@5': 1 });
    expect(Object.keys(means).filter((name) => name.startsWith('ndcg'))).toEqual([]);
  });

  it('takes a TREC run by the relevant documents of a golden set', async () => {
    const argv = ['--run', 'run.txt', '--dataset', 'set', '--measures', 'mrr,recall@5', '--json'];
    const { code, err, json } = await measured('', ...argv);
    expect({ code, measures: json().measures }).toEqual({ code: 0, measures: { mrr: 0.5, 'recall@5': 0.5 } });
    expect(err).toContain('no results for 1 of the 2 judged questions');
  });

  it.each([
    ['a line that broke off', '{"id":"fare"', BY_SET, 3, 'answers.format'],
    ['a field of another type', '{"id":"fare","answer":4}', BY_SET, 3, 'answers.format'],
    ['answers to other questions', '{"id":"x","answer":"y"}', BY_SET, 3, 'answers.format'],
    [
      'answers without anything to hold them against',
      '{"id":"x","answer":"y"}',
      ANSWERS,
      3,
      'answers.format',
    ],
    ['an empty file', '', BY_SET, 3, 'dataset.empty'],
    ['a split of no set', lines(...GOOD), [...ANSWERS, '--split', 'test'], 2, 'usage.argument'],
    ['answers and a run', lines(...GOOD), [...BY_SET, '--run', 'run.txt'], 2, 'usage.argument'],
    ['nothing', '', [], 2, 'usage.argument'],
    ['a run without judgements', '', ['--run', 'run.txt'], 2, 'usage.argument'],
    ['a measure that is none', lines(...GOOD), [...BY_SET, '--measures', 'rogue-l'], 2, 'usage.argument'],
    [
      'a file that is not there',
      '',
      ['--answers', 'nowhere.jsonl', '--dataset', 'set'],
      3,
      'dataset.missing',
    ],
  ])('refuses %s', async (_what, answers, argv, code, error) => {
    const ended = await measured(answers, ...argv);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toContain(`code: ${error}`);
  });
});
