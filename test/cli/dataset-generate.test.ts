import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, workFolder } from './cli.ts';

const work = workFolder({
  'docs/rules.md':
    '# Rules\n\n## Loans\n\nA loan lasts 21 days. The deposit is £30.00.\n\n## Opening\n\nThe workshop opens on 4 March 2025 at 09:30.\n',
});
afterAll(() => work.remove());

const dataset = (...argv: string[]) => cli(['dataset', ...argv], { cwd: work.path });

describe('dataset generate', () => {
  it('drafts without a model, is reviewed, and becomes a golden set that passes its checks', async () => {
    const drafted = await dataset(
      'generate',
      'docs',
      '--output',
      'draft',
      '--size',
      '4',
      '--method',
      'cloze',
    );
    expect(drafted.code, drafted.err).toBe(0);
    expect(drafted.out).toMatch(/flatter keyword search/);
    const review = join(work.path, 'draft/review.csv');
    const [head, ...rows] = parse(readFileSync(review), { bom: true }) as string[][];
    expect(rows.length).toBeGreaterThan(1);
    const kept = rows.map((row, index) =>
      row.map((cell, column) => (head![column] === 'keep' ? (index === 0 ? 'drop' : 'accept') : cell)),
    );
    writeFileSync(review, stringify([head!, ...kept]));
    const accepted = await dataset('generate', '--accept', 'draft/review.csv', '--output', 'mine');
    expect(accepted.code, accepted.err).toBe(0);
    const questions = readFileSync(join(work.path, 'mine/questions.jsonl'), 'utf8').trimEnd().split('\n');
    expect(questions).toHaveLength(rows.length - 1);
    expect((await dataset('check', 'mine')).code).toBe(0);
  });

  it('says what it needs', async () => {
    expect((await dataset('generate', '--output', 'x')).code).toBe(2);
    expect((await dataset('generate', 'nowhere', '--output', 'x')).code).toBe(3);
    const { code, err } = await dataset('generate', '--accept', 'docs/rules.md', '--output', 'x');
    expect(code).toBe(3);
    expect(err).toMatch(/rules\.md/);
  });
});
