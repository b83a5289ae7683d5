import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskCredentials, redact, redactArguments } from '../../src/config/redact.ts';
import { SETTINGS } from '../../src/config/setting.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { resolve } from './resolving.ts';

const CANARY = 'canary5f3a';
const secrets = [...SETTINGS.values()].filter(({ secret }) => secret).map(({ path }) => path);
const texts = [...SETTINGS.values()].filter(({ kind }) => kind === 'text').map(({ path }) => path);

const around = fc.tuple(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }));
const secretText = around.map(([before, after]) => `${before}${CANARY}${after}`);
const address = fc
  .tuple(fc.constantFrom('https', 'redis', 'sqlite', 'postgres'), secretText)
  .map(([scheme, password]) => `${scheme}://user:${password}@host:1234/path`);

/** All that could be shown of settings, or of what is wrong with them. */
function shown(sources: Parameters<typeof resolve>[0]): string {
  try {
    const { settings, sources: origins, warnings } = resolve(sources);
    return JSON.stringify([redact(settings), [...origins], warnings]);
  } catch (error) {
    if (!(error instanceof GroundspeedError)) throw error;
    return JSON.stringify([error.message, error.hint, error.where, error.problems, error.stack, error.cause]);
  }
}

describe('a secret', () => {
  it('is known to be one', () => {
    expect(secrets).toEqual([
      'caching.redisUrl',
      'openai.apiKey',
      'variants',
      'judge.apiKey',
      'target.headers',
      'target.env',
      'server.apiToken',
    ]);
  });

  it('never shows, whatever it is and wherever it comes from', () => {
    fc.assert(
      fc.property(fc.constantFrom(...secrets), secretText, (path, secret) => {
        const [section, name] = path.split('.') as [string, string];
        expect(shown({ file: JSON.stringify({ [section]: { [name]: secret } }) })).not.toContain(CANARY);
        expect(shown({ file: JSON.stringify({ [section]: { [name]: [secret] } }) })).not.toContain(CANARY);
        expect(shown({ env: { OPENAI_API_KEY: secret, REDIS_URL: secret } })).not.toContain(CANARY);
        expect(shown({ sets: [`${path}=${secret}`] })).not.toContain(CANARY);
      }),
    );
  });

  it('never shows from a file that is not quite YAML', () => {
    const slip = fc.constantFrom(
      '*',
      '!',
      '%',
      '"',
      "'",
      '{',
      '[',
      '|',
      '>',
      '&',
      '@',
      '`',
      '"\\',
      ': ',
      '- ',
      '#',
      '',
    );
    const form = fc.constantFrom(
      'openai:\n  apiKey: ',
      'openai:\n  apiKey:',
      'openai: {apiKey:',
      'openai.apiKey: ',
      'openai:\n  timeoutMs:\n    apiKey: ',
    );
    fc.assert(
      fc.property(form, slip, slip, (start, before, after) => {
        expect(shown({ file: `${start}${before}${CANARY}${after}\nlog: { level: 7 }` })).not.toContain(
          CANARY,
        );
      }),
    );
  });

  it('never shows in arguments', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...secrets, 'openai', 'opnai.apiKey', 'apikey'),
        secretText,
        (path, secret) => {
          const argv = ['bench', '--set', `${path}=${secret}`, `--set=${path}=${secret}`, '--set', secret];
          expect(redactArguments(argv).join(' ')).not.toContain(CANARY);
        },
      ),
    );
  });
});

describe('the password of a URL', () => {
  it('never shows, in whichever setting it stands', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), address, (path, url) => {
        expect(shown({ sets: [`${path}=${url}`] })).not.toContain(CANARY);
        expect(
          shown({ env: { VECTOR_DB_URL: url, DATABASE_URL: url, OPENAI_BASE_URL: url, CORS_ORIGINS: url } }),
        ).not.toContain(CANARY);
      }),
    );
  });

  it('never shows in arguments', () => {
    fc.assert(
      fc.property(address, (url) => {
        const argv = [
          '--target',
          url,
          `--target=${url}`,
          '--set',
          `openai.baseUrl=${url}`,
          `--set=store.url=${url}`,
        ];
        expect(redactArguments(argv).join(' ')).not.toContain(CANARY);
      }),
    );
  });

  it.each([
    ['https://user:pass@host/v1', 'https://***@host/v1'],
    ['https://token@host/v1?a=1', 'https://***@host/v1?a=1'],
    ['https:user:pass@host', 'https://***@host/'],
    ['https://user:12/34@host/v1', 'https://***@host/v1'],
    [
      'https://host/v1?api_key=abc&limit=5#access_token=x',
      'https://host/v1?api_key=***&limit=5#access_token=***',
    ],
    ['see redis://:pw@cache:6379/0 and ask a@b.example', 'see redis://***@cache:6379/0 and ask a@b.example'],
  ])('is masked in %s', (text, masked) => {
    expect(maskCredentials(text)).toBe(masked);
  });

  it.each([
    'https://host/@scope/v1',
    'sqlite:////data/@team/rag.sqlite',
    'Who is at a@b.example?',
    'https://host:8080/?keyword=fares',
    'C:\\data',
    '',
  ])('is not seen where there is none: %s', (text) => {
    expect(maskCredentials(text)).toBe(text);
  });
});

describe('what is no secret', () => {
  it('stays as it is', () => {
    const { settings } = resolve({ env: { OPENAI_API_KEY: 'k' }, sets: ['retrieval.topK=7'] });
    expect(redact(settings)).toEqual({ ...settings, openai: { ...settings.openai, apiKey: '***' } });
    const argv = [
      'bench',
      '--set',
      'retrieval.topK=7',
      '--set=index.ef=9',
      '--dataset',
      './a=b',
      'What is @?',
    ];
    expect(redactArguments(argv)).toEqual(argv);
  });

  it('does not gain settings that were never given', () => {
    expect(redact(resolve().settings).openai).toEqual({ timeoutMs: 30_000 });
  });
});
