import { describe, expect, it } from 'vitest';
import { ENVIRONMENT } from '../../src/config/environment.ts';
import { errorReference } from '../../src/config/error-reference.ts';
import { settingsJsonSchema } from '../../src/config/json-schema.ts';
import { settingsReference } from '../../src/config/reference.ts';
import { SETTINGS } from '../../src/config/setting.ts';
import { SECTIONS, settingsSchema } from '../../src/config/settings.ts';
import { CATALOGUE, EXIT } from '../../src/kernel/errors.ts';
import { resolve } from './resolving.ts';

/** The cells of the table row that begins with `first`. */
function row(page: string, first: string): string[] {
  const rows = page.split('\n').filter((line) => line.startsWith(`| ${first} |`));
  expect(rows, first).toHaveLength(1);
  return rows[0]!
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The paths of all values that are no sections: what a user could give. */
function leaves(value: unknown, path = ''): string[] {
  if (SETTINGS.has(path) || value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path === '' ? name : `${path}.${name}`),
  );
}

describe('the reference of settings', () => {
  const page = settingsReference();

  it('covers every setting, with its default, what is allowed, its variable and what it is for', () => {
    expect(SETTINGS.size).toBeGreaterThan(50);
    for (const setting of SETTINGS.values()) {
      const [, byDefault, allowed, variable, description] = row(page, `\`${setting.path}\``);
      expect(byDefault, setting.path).not.toBe('');
      expect(allowed).toBe(setting.allowed);
      expect(description!.length, setting.path).toBeGreaterThan(10);
      const known = ENVIRONMENT.filter((one) => one.setting === setting.path).map(
        ({ name }) => `\`${name}\``,
      );
      expect(variable).toBe(known.join(', '));
    }
    expect(row(page, '`chunking.size`').slice(1, 4)).toEqual([
      '`320`',
      'a whole number from 16 to 4096',
      '`CHUNK_SIZE`',
    ]);
    expect(row(page, '`openai.apiKey`')[4]).toMatch(/Secret\.$/);
  });

  it('covers every environment variable', () => {
    for (const { name, setting, description } of ENVIRONMENT) {
      expect(row(page, `\`${name}\``)).toEqual([
        `\`${name}\``,
        setting === undefined ? '' : `\`${setting}\``,
        description,
      ]);
    }
  });

  it('covers every value that the schema yields', () => {
    for (const path of leaves(settingsSchema.parse({}))) expect(SETTINGS.has(path), path).toBe(true);
    expect(new Set([...SETTINGS.values()].map(({ section }) => section))).toEqual(
      new Set(Object.keys(SECTIONS)),
    );
  });

  it('gives an example that is right', () => {
    const [, example] = /```yaml\n(.*?)```/s.exec(page)!;
    expect(resolve({ file: example! }).settings.chunking).toEqual({ size: 256, overlap: 32 });
  });
});

describe('the environment variables', () => {
  it('lead to settings that exist, one each', () => {
    const paths = ENVIRONMENT.flatMap(({ setting }) => setting ?? []);
    for (const path of paths) expect(SETTINGS.has(path), path).toBe(true);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('the JSON Schema for editors', () => {
  const schema = JSON.parse(JSON.stringify(settingsJsonSchema()));

  it('describes every setting, with the default that is in force', () => {
    const { settings } = resolve();
    for (const setting of SETTINGS.values()) {
      const names = setting.path.split('.');
      const node = names.reduce((inner, name) => inner.properties[name], schema);
      const value = names.reduce(
        (inner: unknown, name) => (inner as Record<string, unknown>)[name],
        settings,
      );
      expect(node.description, setting.path).toBeTruthy();
      expect(node.default, setting.path).toEqual(value);
      expect(node.writeOnly === true).toBe(setting.secret);
    }
  });

  it('refuses unknown names, but lets a file name its schema', () => {
    expect(schema.$schema).toContain('2020-12');
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.chunking.additionalProperties).toBe(false);
    expect(schema.properties.$schema.type).toBe('string');
    expect(schema.properties.retrieval.properties.mode.enum).toEqual(['hybrid', 'keyword', 'vector']);
  });
});

describe('the reference of errors', () => {
  it('covers every exit code and every error', () => {
    const page = errorReference();
    for (const code of Object.values(EXIT)) expect(row(page, String(code))[1]).not.toBe('');
    for (const [code, { exit, meaning }] of Object.entries(CATALOGUE)) {
      expect(row(page, `\`${code}\``)).toEqual([`\`${code}\``, String(EXIT[exit]), meaning]);
    }
  });
});
