import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSlo } from '../../src/cli/load-setup.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { commentedYaml, commentLines, Group } from '../../src/experiments/commented-yaml.ts';
import {
  CONFIG_FILE,
  exampleSlo,
  type InitPlan,
  initFiles,
  variablesIn,
  WORKFLOW_FILE,
  withReferences,
} from '../../src/experiments/init-files.ts';
import { PRESETS, targetSchema } from '../../src/load/options.ts';
import { describeTarget } from '../../src/load/targets/http/description.ts';

function planOf(section: Record<string, unknown>, more: Partial<InitPlan> = {}): InitPlan {
  return {
    section: { ...targetSchema.parse(section), url: String(section.url) },
    check: undefined,
    dataset: 'q.csv',
    hasAnswers: true,
    allowed: 'rag.example.com',
    ...more,
  };
}

const URL = 'https://rag.example.com/ask';
const OWN = {
  url: URL,
  headers: { authorization: `Bearer \${API_TOKEN}` },
  body: { question: '{{question}}', tenant: 'a: b # c' },
  stream: 'sse',
  response: { answer: "data.answer || ''", passages: 'hits[?score > `0`]', passageId: '"doc-id"' },
  events: { token: "event == 'x' && delta", done: '[DONE]' },
  ids: { pattern: '([^/]+)\\.md$' },
  prices: { inputPerMillionUsd: 0.5 },
};

const contentOf = (plan: InitPlan, path: string): string =>
  initFiles(plan).find((file) => file.path === path)!.content;

describe('the configuration that init writes', () => {
  it('is read back as what was found out', () => {
    const plan = planOf({ ...OWN, response: { ...OWN.response, inputTokens: 'usage.in' } });
    const { settings } = resolveSettings({
      fileText: { path: CONFIG_FILE, text: contentOf(plan, CONFIG_FILE) },
      env: {},
      sets: [],
    });
    expect(settings.target).toEqual(plan.section);
    expect(settings.load.allowTargets).toEqual(['rag.example.com']);
    const description = describeTarget(settings.target, { env: { API_TOKEN: 'x' } });
    expect(description).toMatchObject({
      url: URL,
      preset: undefined,
      stream: 'sse',
      headers: { authorization: 'Bearer x' },
    });
  });

  it.each(PRESETS.map((preset) => [preset] as const))('holds for the preset %s', (preset) => {
    const plan = planOf({ url: URL, preset, ...(preset.startsWith('openai') && { model: 'm' }) });
    const { settings } = resolveSettings({
      fileText: { path: CONFIG_FILE, text: contentOf(plan, CONFIG_FILE) },
      env: {},
      sets: [],
    });
    expect(settings.target).toEqual(plan.section);
    expect(describeTarget(settings.target, { env: { OPENAI_API_KEY: 'k' } }).preset).toBe(preset);
  });

  it('explains every line, and names the schema for editors', () => {
    const lines = contentOf(planOf(OWN), CONFIG_FILE).split('\n');
    expect(lines[0]).toMatch(/^# yaml-language-server: \$schema=/);
    const settings = lines.filter(
      (line) =>
        /^ {2,4}[a-z]\w*:/i.test(line) && !/^ {4}(question|tenant|authorization|pattern|inputPer)/.test(line),
    );
    expect(settings.length).toBeGreaterThan(12);
    for (const line of settings) expect(lines[lines.indexOf(line) - 1], line).toMatch(/^ *# \S/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(115);
  });

  it('allows no host where the target is on this machine', () => {
    const text = contentOf(
      planOf({ url: 'http://127.0.0.1:8080', preset: 'groundspeed' }, { allowed: undefined }),
      CONFIG_FILE,
    );
    expect((parse(text) as { load: object }).load).not.toHaveProperty('allowTargets');
  });

  it('can be broken by nothing that came over the network', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, (answer, expression, id) => {
        fc.pre(expression !== '');
        const row = (setting: string, value: string) => ({
          field: 'answer',
          setting,
          expression,
          value,
          note: null,
        });
        const check = {
          understood: [row('target.response.answer', answer), row('target.response.passageId', id)],
        };
        const plan = planOf(
          { url: URL, body: { q: '{{question}}' }, response: { answer: expression, passageId: expression } },
          { check: check as never },
        );
        const written = parse(contentOf(plan, CONFIG_FILE)) as { target: { response: { answer: string } } };
        expect(written.target.response.answer).toBe(expression);
      }),
      {
        examples: [
          ['', '\n', ''],
          ['', ' a\n\n', ''],
        ],
      },
    );
  });
});

describe('the workflow that init writes', () => {
  it('runs every night and on demand, with the secrets by name', () => {
    const plan = planOf({ ...OWN, headers: { 'x-key': `\${KEY}`, authorization: `Bearer \${TOKEN:-none}` } });
    const text = contentOf(plan, WORKFLOW_FILE);
    const workflow = parse(text) as {
      on: object;
      jobs: { load: { env: object; steps: { run?: string; uses?: string }[] } };
    };
    expect(Object.keys(workflow.on)).toEqual(['schedule', 'workflow_dispatch']);
    expect(workflow.jobs.load.env).toEqual({ KEY: `\${{ secrets.KEY }}`, TOKEN: `\${{ secrets.TOKEN }}` });
    const run = workflow.jobs.load.steps
      .map((step) => step.run)
      .find((line) => line?.includes('groundspeed load'));
    expect(run).toBe(
      `npx groundspeed load --config groundspeed.yaml --dataset q.csv --rate 1 --duration 3m --slo "${exampleSlo(plan)}"`,
    );
    expect(workflow.jobs.load.steps.at(-1)).toMatchObject({
      uses: 'actions/upload-artifact@v5',
      with: { path: 'reports/' },
    });
  });

  it('has no environment where no secret is named', () => {
    const text = contentOf(planOf({ url: URL, preset: 'groundspeed' }), WORKFLOW_FILE);
    expect(text).not.toContain('secrets.');
    expect(parse(text)).toMatchObject({ jobs: { load: { 'runs-on': 'ubuntu-latest' } } });
  });
});

describe('the SLO that is written as an example', () => {
  it('is one that can be read, about no more than is returned', () => {
    const streaming = planOf(OWN);
    expect(readSlo(exampleSlo(streaming)).clauses.map(({ text }) => text)).toEqual([
      'p95 < 2s',
      'error < 1%',
      'attainment >= 50%',
      'ttft.p95 < 1s',
    ]);
    const passagesOnly = planOf({ url: URL, preset: 'groundspeed' }, { hasAnswers: false });
    expect(readSlo(exampleSlo(passagesOnly)).clauses).toHaveLength(2);
  });
});

describe('secrets', () => {
  it('become names of variables, and what is one already stays', () => {
    const { headers, made } = withReferences({
      Authorization: 'Bearer abc.def',
      'x-api-key': 'k-123',
      'x-tenant': `\${TENANT}`,
      accept: 'application/json',
    });
    expect(headers).toEqual({
      Authorization: `Bearer \${TARGET_TOKEN}`,
      'x-api-key': `\${TARGET_X_API_KEY}`,
      'x-tenant': `\${TENANT}`,
      accept: 'application/json',
    });
    expect(made.map(({ name }) => name)).toEqual(['TARGET_TOKEN', 'TARGET_X_API_KEY']);
    expect(variablesIn(planOf({ url: URL, headers }).section)).toEqual([
      'TARGET_TOKEN',
      'TARGET_X_API_KEY',
      'TENANT',
    ]);
  });

  it('of a preset are named as well', () => {
    const section = planOf({ url: 'https://api.openai.com/v1', preset: 'openai-chat', model: 'm' }).section;
    expect(variablesIn(section)).toEqual(['OPENAI_API_KEY']);
  });
});

describe('YAML with comments', () => {
  it('is the same without them, whatever they say', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(
      fc.property(words, words, fc.jsonValue(), (comment, inner, value) => {
        const text = commentedYaml([
          { key: 'a', value, comment },
          { key: 'off', value, comment: inner, off: true },
          { key: 'group', value: new Group([{ key: 'b', value, comment: inner }]), comment },
        ]);
        expect(parse(text)).toEqual(
          parse(
            commentedYaml([
              { key: 'a', value },
              { key: 'group', value: new Group([{ key: 'b', value }]) },
            ]),
          ),
        );
      }),
    );
  });

  it('wraps words and leaves commands alone', () => {
    expect(commentLines(`one two three\n  a command ${'x'.repeat(30)}`, 12)).toEqual([
      '# one two',
      '# three',
      `#   a command ${'x'.repeat(30)}`,
    ]);
  });
});
