import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, workFolder } from './cli.ts';

const folder = workFolder({
  'mine.csv': 'prompt,gold,doc\nHow much is it?,12,fares\nWho pays?,nobody,fares\n',
  'broken.json': '[{"user_input": "A?", "reference": "a"}',
});
afterAll(() => folder.remove());

const run = (...argv: string[]) => cli(['dataset', ...argv], { cwd: folder.path });

describe('dataset import and export', () => {
  it('take a spreadsheet in, and write it as BEIR', async () => {
    const mapping = ['--map', 'question=prompt', '--map', 'answer=gold', '--map', 'source=doc'];
    const imported = await run('import', 'csv', 'mine.csv', '--output', 'set', ...mapping, '--json');
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.out)).toMatchObject({ format: 'csv', taken: { questions: 2, judgements: 2 } });
    const exported = await run('export', 'beir', 'set', '--output', 'beir');
    expect(exported).toMatchObject({ code: 0, err: '' });
    expect(exported.out).toMatch(/questions +2 of 2/);
    expect(readFileSync(join(folder.path, 'beir/qrels/test.tsv'), 'utf8')).toContain('q1\tfares\t1');
  });

  it('end with the code of what is wrong, and leave nothing behind', async () => {
    const broken = await run('import', 'auto', 'broken.json', '--output', 'none');
    expect(broken).toMatchObject({ code: 3, out: '' });
    expect(broken.err).toContain('broken.json:1');
    expect(existsSync(join(folder.path, 'none'))).toBe(false);
    expect(await run('import', 'nonsense', 'mine.csv', '--output', 'none')).toMatchObject({
      code: 2,
      out: '',
    });
    expect(await run('import', 'csv', 'mine.csv', '--output', '.', '--map', 'question=prompt')).toMatchObject(
      { code: 2 },
    );
  });
});
