import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findings } from './architecture/findings.ts';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

function sourcesOnDisk(): Map<string, string> {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.d.ts'),
  );
  return new Map(
    files.sort().map((file) => [file.split(sep).join('/'), readFileSync(join(SRC, file), 'utf8')]),
  );
}

const check = (sources: Record<string, string>) => findings(new Map(Object.entries(sources)));

describe('the architecture', () => {
  it('holds in every file of src/', () => {
    const sources = sourcesOnDisk();
    expect(sources.size).toBeGreaterThan(100);
    expect(findings(sources)).toEqual([]);
  });
});

describe('imports', () => {
  it.each([
    ['a value', `\nimport { ask } from '../engine/engine.ts';`],
    ['a type', `\nimport type { Engine } from '../engine/engine.ts';`],
    ['a type within an import', `\nimport { type Engine } from '../engine/engine.ts';`],
    ['an import for its effects', `\nimport '../engine/engine.ts';`],
    ['a name passed on', `\nexport { ask } from '../engine/engine.ts';`],
    ['all names passed on', `\nexport * from '../engine/engine.ts';`],
    ['a type import in place', `\ntype Engine = import('../engine/engine.ts').Engine;`],
    ['a dynamic import', `\nconst load = () => import('../engine/engine.ts');`],
    ['the file of a thread', `\nconst url = new URL('../engine/engine.js', import.meta.url);`],
  ])('are refused upward: %s', (_, text) => {
    const found = check({ 'system/a.ts': text, 'engine/engine.ts': '' });
    expect(found).toEqual(['system/a.ts:2 imports engine/engine.ts, which system may not']);
  });

  it.each([
    ['faults/a.ts', 'engine/ports.ts', true],
    ['faults/a.ts', 'engine/engine.ts', false],
    ['judging/a.ts', 'engine/ports.ts', true],
    ['judging/a.ts', 'engine/events.ts', false],
    ['load/targets/in-process.ts', 'engine/engine.ts', true],
    ['load/targets/http/http-target.ts', 'engine/engine.ts', false],
    ['telemetry/a.ts', 'engine/events.ts', true],
    ['telemetry/a.ts', 'experiments/events.ts', true],
    ['telemetry/a.ts', 'experiments/bench.ts', false],
    ['dashboards/a.ts', 'telemetry/catalogue.ts', true],
    ['dashboards/a.ts', 'telemetry/registry.ts', false],
    ['config/a.ts', 'engine/options.ts', true],
    ['config/a.ts', 'engine/caching/options.ts', false],
    ['config/a.ts', 'engine/ports.ts', false],
    ['reporting/a.ts', 'load/summary.ts', false],
    ['engine/a.ts', 'index.ts', false],
    ['cli/a.ts', 'engine/engine.ts', true],
    ['index.ts', 'engine/engine.ts', true],
  ])('from %s to %s: %s', (from, to, allowed) => {
    const path = '../'.repeat(from.split('/').length - 1) || './';
    const found = check({ [from]: `import type { A } from '${path}${to}';`, [to]: '' });
    expect(found.filter((line) => line.includes('may not'))).toHaveLength(allowed ? 0 : 1);
  });

  it('are refused from a room that no rule knows', () => {
    expect(check({ 'utils/a.ts': '' })).toEqual(['utils/a.ts is in a room that no rule knows']);
  });

  it('may not go round in a circle, which is named', () => {
    const found = check({
      'engine/a.ts': `import { b } from './b.ts';`,
      'engine/b.ts': `import type { C } from './deep/c.ts';`,
      'engine/deep/c.ts': `export * from '../a.ts';`,
      'engine/d.ts': `import { a } from './a.ts';`,
    });
    expect(found).toEqual(['cycle: engine/a.ts → engine/b.ts → engine/deep/c.ts → engine/a.ts']);
  });

  it('of a thread from the file that starts it are no circle', () => {
    const found = check({
      'engine/start.ts': `new Worker(new URL('./worker.js', import.meta.url));`,
      'engine/worker.ts': `import type { Order } from './start.ts';`,
    });
    expect(found).toEqual([]);
  });
});

describe('pure files', () => {
  it.each([
    ['Math.random', 'const x = Math.random();'],
    ['Math', 'const { random } = Math;'],
    ['Math', `const x = Math['random']();`],
    ['Date.now', 'const now = Date.now;'],
    ['Date', 'const now = new Date();'],
    ['Date', 'const now = Date();'],
    ['process.env', 'const home = process.env.HOME;'],
    ['process', 'export { process };'],
    ['performance.now', 'const at = performance.now();'],
    ['fetch', 'const load = (url: string) => fetch(url);'],
    ['fetch', 'const deps = { fetch };'],
    ['setTimeout', 'setTimeout(run, 5);'],
    ['setInterval', '(setInterval as Timer)(run, 5);'],
    ['setImmediate', 'await new Promise((go) => setImmediate(go));'],
    ['globalThis.process', 'const all = globalThis.process;'],
    ['console.log', `console.log('here');`],
  ])('may not use %s: %s', (what, text) => {
    expect(check({ 'measures/a.ts': `\n\n${text}` })).toEqual([
      `measures/a.ts:3 uses ${what}, in a pure file`,
    ]);
  });

  it('may use what is the same every time', () => {
    const text = `
      // Math.random, Date.now
      const sum = Math.max(1, 2) + Date.UTC(2026, 0, 1) + Date.parse('2026-01-01') + new Date(0).getTime();
      const timing = { performance: 1, fetch: 'process' };
      const value = timing.performance + clock.process.fetch();
      interface Port { fetch(): Date; process: typeof process }
      class Timer { performance = 1; setTimeout() {} }
      const mapped = [1.5].map(Math.floor);`;
    expect(check({ 'measures/a.ts': text })).toEqual([]);
  });

  it.each(['node:fs', 'fs', 'node:fs/promises', 'node:crypto', 'node:timers/promises'])(
    'may not import %s, not even a type of it',
    (module) => {
      expect(check({ 'text/a.ts': `import type { A } from '${module}';` })).toEqual([
        `text/a.ts:1 imports ${module}, in a pure file`,
      ]);
    },
  );

  it('may hash, through the one file for it', () => {
    expect(check({ 'kernel/digest.ts': `import { createHash } from 'node:crypto';` })).toEqual([]);
    expect(check({ 'kernel/random.ts': `import { createHash } from 'node:crypto';` })).toHaveLength(1);
  });

  it('may not import what only a run can tell', () => {
    expect(check({ 'text/a.ts': 'const load = (name: string) => import(name);' })).toHaveLength(1);
  });

  it('may take types from files that read the disk, but no code', () => {
    const sources = { 'datasets/files.ts': `import { readFile } from 'node:fs/promises';` };
    expect(check({ ...sources, 'datasets/beir.ts': `import type { A } from './files.ts';` })).toEqual([]);
    expect(check({ ...sources, 'datasets/beir.ts': `import { a } from './files.ts';` })).toEqual([
      'datasets/beir.ts:1 imports datasets/files.ts, which is not pure, in a pure file',
    ]);
  });

  it.each([
    ['load/arrivals.ts', true],
    ['load/targets/http/http-target.ts', false],
    ['datasets/trec.ts', true],
    ['datasets/read.ts', false],
    ['server/options.ts', true],
    ['server/api/options.ts', false],
    ['engine/pipeline.ts', false],
    ['config/resolve.ts', true],
  ])('%s is one: %s', (path, pure) => {
    expect(check({ [path]: 'setTimeout(run, 5);' })).toHaveLength(pure ? 1 : 0);
  });
});

describe('the command line', () => {
  it.each(['process.argv', 'process.env', 'process.stdout', 'process.stderr', 'process.exit', 'console'])(
    'alone uses %s',
    (what) => {
      expect(check({ 'cli/main.ts': `use(${what}.length);` })).toEqual([]);
      expect(check({ 'engine/a.ts': `use(${what}.length);` })).toEqual([
        `engine/a.ts:1 uses ${what}, which is left to cli`,
      ]);
    },
  );

  it('alone holds process as a whole, from which all could be had', () => {
    expect(check({ 'engine/a.ts': 'const { env } = process;' })).toHaveLength(1);
    expect(check({ 'engine/a.ts': 'const id = process.pid;' })).toEqual([]);
  });
});
