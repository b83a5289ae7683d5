import { describe, expect, it } from 'vitest';
import { exitCodeOf, renderError, withoutSecrets } from '../../src/cli/errors.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';

const plain = { colour: false, debug: false };

describe('an error', () => {
  it('says what, where, every problem, what to do, and its code', () => {
    const error = new GroundspeedError('config.invalid', 'Two settings are wrong', {
      where: 'rag.yaml',
      problems: ['chunking.size: too big', 'server.port: too small'],
      hint: 'Mend them.',
    });
    expect(renderError(error, plain)).toBe(
      'error: Two settings are wrong\n  in rag.yaml\n  - chunking.size: too big\n  - server.port: too small\n' +
        '  hint: Mend them.\n  code: config.invalid\n',
    );
    expect(exitCodeOf(error)).toBe(2);
  });

  it('does not say twice what its message says already', () => {
    const details = { where: 'a.jsonl:3', problems: ['a.jsonl:3 is corrupt.'] };
    const text = renderError(new GroundspeedError('dataset.line', 'a.jsonl:3 is corrupt.', details), plain);
    expect(text).toBe('error: a.jsonl:3 is corrupt.\n  code: dataset.line\n');
  });

  it('that nobody foresaw is short, exits with 1, and shows its stack only when debugging', () => {
    const error = new TypeError('x is not a function', { cause: new Error('the root of it') });
    expect(renderError(error, plain)).toMatch(/^error: x is not a function\n {2}hint: .*LOG_LEVEL=debug/);
    expect(renderError(error, plain)).not.toContain('at ');
    expect(renderError(error, { ...plain, debug: true })).toMatch(
      /TypeError: x[\s\S]+caused by Error: the root of it/,
    );
    expect(exitCodeOf(error)).toBe(1);
  });
});

describe('what goes to stderr', () => {
  it('holds neither keys of the environment nor credentials of URLs', async () => {
    const text = 'key sk-abcdefgh refused by https://me:hunter2@api.example.com/v1?token=t0k';
    const shown = await withoutSecrets(text, { OPENAI_API_KEY: 'sk-abcdefgh', HOME: '/root' });
    expect(shown).toMatch(/^key \*\*\* refused by https:\/\/\*\*\*/);
    expect(shown).not.toMatch(/abcdefgh|hunter2|t0k/);
  });

  it('keeps words that a short value happens to equal', async () => {
    expect(await withoutSecrets('the key is missing', { API_KEY: 'key' })).toBe('the key is missing');
  });
});
