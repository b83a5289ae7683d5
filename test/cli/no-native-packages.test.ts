import { afterAll, describe, expect, it } from 'vitest';
import { cli, workFolder } from './cli.ts';

const work = workFolder({
  'qrels.txt': 'q1 0 d1 1\n',
  'run.txt': 'q1 Q0 d1 1 2.0 t\n',
  'docs/a.txt': 'Some text.',
});
afterAll(() => work.remove());

const hooks = new URL('../fixtures/no-native-packages.mjs', import.meta.url);
const run = (...argv: string[]) =>
  cli(argv, { cwd: work.path, env: { NODE_OPTIONS: `--import ${hooks.href}` } });

describe('without native packages', () => {
  it.each([
    ['--help'],
    ['config', 'print'],
    ['config', 'schema'],
    ['measure', '--qrels', 'qrels.txt', '--run', 'run.txt'],
  ])('%s %s works', async (...argv) => {
    const { code, err } = await run(...argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it.each([['evaluate'], ['ingest', 'docs'], ['ask', 'Why?'], ['explain', 'tw-superseded-02']])(
    '%s says what to install',
    async (...argv) => {
      const { code, out, err } = await run(...argv);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('npm install better-sqlite3 hnswlib-node');
      expect(err).toContain('code: engine.nativeMissing');
    },
  );
});
