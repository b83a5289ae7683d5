import { describe, expect, it } from 'vitest';
import type { GoldenQuestion } from '../../../src/datasets/golden.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { attempt, importFrom, lossCounts } from './importing.ts';
import { SAMPLES } from './samples.ts';

const JSON_SAMPLES = SAMPLES.filter(({ file }) => /\.jsonl?$/.test(file));

describe('a hostile file', () => {
  it.each(JSON_SAMPLES)(
    '$file of $format that nests without end is refused, with its line',
    async ({ format, file, files }) => {
      const deep = `${'{"a":['.repeat(100_000)}`;
      const outcome = await attempt(() => importFrom(format, { ...files, [file]: `\n${deep}` }));
      expect(outcome).toMatchObject({ code: 'dataset.import', where: `${file}:2` });
    },
  );

  it('nesting in YAML, or multiplying by aliases, is refused', async () => {
    const deep = `tests: ${'[ '.repeat(50_000)}`;
    await expect(importFrom('promptfoo', { 't.yaml': deep })).rejects.toMatchObject({
      code: 'dataset.import',
    });
    const indented = Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');
    await expect(importFrom('promptfoo', { 't.yaml': indented })).rejects.toBeInstanceOf(GroundspeedError);
    let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n';
    for (let level = 1; level < 12; level += 1) {
      bomb += `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]\n`;
    }
    await expect(importFrom('promptfoo', { 't.yaml': `${bomb}tests: *a11\n` })).rejects.toMatchObject({
      code: 'dataset.import',
    });
  });

  it('with keys of prototypes changes no prototype, and reports them', async () => {
    const line =
      '{"question": "A?", "answer": "a", "__proto__": {"answerable": false, "polluted": 1}, "constructor": "x"}\n';
    const result = await importFrom('jsonl', { 'a.jsonl': line });
    expect(result.set.questions[0]!.answerable).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(lossCounts(result)).toEqual({ 'detail field': 2 });
  });

  it.each(['../../etc/passwd', 'a/b', 'C:\\x', 'two\nlines', '__proto__', '=1+1', '.', 'con'])(
    'may call a question, a document and a split %j',
    async (id) => {
      const record = { id, question: 'A?', answer: 'a', relevant: { [id]: 1 }, split: id };
      const { set } = await importFrom('jsonl', { 'a.jsonl': [record], 'corpus.jsonl': [{ id, text: 'x' }] });
      expect(set.questions[0]).toMatchObject({ id, split: id } satisfies Partial<GoldenQuestion>);
      expect(set.corpus?.[0]?.id).toBe(id);
    },
  );

  it('with ids that stand twice is refused, with both places', async () => {
    const twice = 'question,answer,id\nA?,a,x\nB?,b,y\nC?,c,x\n';
    await expect(importFrom('csv', { 'a.csv': twice })).rejects.toMatchObject({
      code: 'dataset.duplicate',
      message: expect.stringMatching(/a\.csv:2.*a\.csv:4/),
    });
    const documents = [
      { id: 'x', text: '1' },
      { id: 'x', text: '2' },
    ];
    await expect(
      importFrom('jsonl', { 'a.jsonl': [{ question: 'A?', answer: 'a' }], 'corpus.jsonl': documents }),
    ).rejects.toMatchObject({ code: 'dataset.duplicate' });
  });

  it('with a cell of megabytes is taken over whole', async () => {
    const huge = `${'word '.repeat(400_000)}end`;
    const { set } = await importFrom('csv', { 'a.csv': `question,answer\n"${huge}",a\n` });
    expect(set.questions[0]!.question).toBe(huge);
  });

  it('that names a field anew in each row is reported in few words, with the whole count', async () => {
    const records = Array.from({ length: 500 }, (_, row) => ({
      question: 'A?',
      answer: 'a',
      [`f${row}`]: 1,
    }));
    const result = await importFrom('jsonl', { 'a.jsonl': records });
    expect(result.losses.length).toBeLessThan(50);
    expect(lossCounts(result)).toEqual({ 'detail field': 500 });
  });

  it('of broken tags takes no longer than a sound one', async () => {
    const tags = '<DOC><DOCNO>a</DOCNO>'.concat('<TEXT>'.repeat(100_000));
    const topics = { 'topics.tsv': 'a\tA?\n', 'qrels.txt': 'a 0 a 1\n' };
    await expect(importFrom('trec', { ...topics, 'docs.txt': tags })).rejects.toMatchObject({
      code: 'dataset.import',
    });
    const open = '<'.repeat(300_000);
    await expect(importFrom('trec', { ...topics, 'docs.txt': open })).rejects.toMatchObject({
      code: 'dataset.import',
    });
    const top = `<top>${'<title>'.repeat(100_000)}</top>`;
    await expect(importFrom('trec', { ...topics, 'topics.tsv': top })).rejects.toMatchObject({
      code: 'dataset.import',
    });
  });

  it('of formulas is taken over as text', async () => {
    const { set } = await importFrom('csv', { 'a.csv': 'question,answer\n"=HYPERLINK(""x"")",\'-5\n' });
    expect(set.questions[0]).toMatchObject({ question: '=HYPERLINK("x")', answers: ['-5'] });
  });

  it('without any question is refused', async () => {
    for (const { format, file, files } of SAMPLES) {
      const outcome = await attempt(() => importFrom(format, { ...files, [file]: '' }));
      expect(outcome, `${format} ${file}`).toMatchObject({ exitCode: 3 });
    }
  });
});
