import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DrillSeries } from '../../src/cli/drill-series.ts';
import { report } from '../../src/cli/report.ts';
import { writeRun } from '../../src/cli/run-output.ts';
import type { RunResult } from '../../src/experiments/setup.ts';
import { sampleDrill } from '../reporting/sample-drill.ts';
import { memoryWorld } from './memory-world.ts';

const madeOf = (id: string, options: Parameters<typeof sampleDrill>[0] = {}): RunResult => {
  const { record, columns } = sampleDrill({ ablated: false, ...options });
  return { record: { ...record, id }, requests: columns };
};
const [FIRST, SECOND] = ['20260301T093000Z-aaaa', '20260301T093100Z-bbbb'];
const first = madeOf(FIRST);
const second = madeOf(SECOND, { verdict: 'FAIL', drill: { name: 'llm-slow' }, record: { complete: false } });

let output: string;
beforeEach(async () => {
  output = await mkdtemp(join(tmpdir(), 'groundspeed-series-'));
});
afterEach(() => rm(output, { recursive: true, force: true }));

const flagsOf = (over: { json?: boolean; quiet?: boolean } = {}) => ({
  output,
  json: false,
  quiet: false,
  color: false,
  ...over,
});

describe('several drills', () => {
  it('are written below one folder, each its own, with a summary of all beside them', async () => {
    const world = memoryWorld([]);
    const series = new DrillSeries(world, flagsOf());
    await series.keep(first);
    await series.keep(second);
    series.leaveOut({ name: 'redis-lost', why: 'no redis-server' });
    await series.end();
    expect(await readdir(output)).toEqual([`drills-${FIRST}`]);
    const folder = join(output, `drills-${FIRST}`);
    expect((await readdir(folder)).sort()).toEqual([FIRST, SECOND, 'index.html', 'junit.xml', 'summary.md']);
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain(`href="${SECOND}/report.html"`);
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toContain('Not run: redis-lost');
    expect(await readFile(join(folder, 'junit.xml'), 'utf8')).toContain('tests="10" failures="1"');
    expect(world.out.text()).toContain('1 of 2 drills held');
    expect(world.out.text()).toContain('to be trusted: llm-slow');
    expect(world.out.text()).toContain(join(folder, 'index.html'));
  });

  it('are one JSON document, with where the rest is', async () => {
    const world = memoryWorld([]);
    const series = new DrillSeries(world, flagsOf({ json: true }));
    await series.keep(first);
    await series.keep(second);
    await series.end();
    const all = JSON.parse(world.out.text());
    expect(all).toMatchObject([
      { name: 'embedding-api-down', verdict: 'PASS', complete: true, lost: 0, noticed: { lost: false } },
      { name: 'llm-slow', verdict: 'FAIL', complete: false },
    ]);
    expect(all[0].windows.map(({ name }: { name: string }) => name)).toEqual(['before', 'during', 'after']);
    expect(all[0].promises).toHaveLength(3);
    expect(await readdir(all[1].folder)).toContain('record.json');
  });

  it('print nothing but what was asked for, and are summed up where none came to its end', async () => {
    const quiet = memoryWorld([]);
    const series = new DrillSeries(quiet, flagsOf({ quiet: true }));
    await series.keep(first);
    await series.end();
    expect(quiet.out.text()).toBe('');
    const none = memoryWorld([]);
    await new DrillSeries(none, flagsOf()).end();
    expect(none.out.text()).toContain('No drill was run');
    const json = memoryWorld([]);
    await new DrillSeries(json, flagsOf({ json: true })).end();
    expect(JSON.parse(json.out.text())).toEqual([]);
  });

  it('are shown even where the summary cannot be written', async () => {
    const world = memoryWorld([]);
    const series = new DrillSeries(world, flagsOf());
    await series.keep(first);
    await rm(join(output, `drills-${FIRST}`), { recursive: true });
    await writeFile(join(output, `drills-${FIRST}`), 'in the way');
    await expect(series.end()).rejects.toThrow();
    expect(world.out.text()).toContain('1 of 1 drill held');
  });
});

describe('a saved drill', () => {
  it('can be reported again in every format', async () => {
    await writeRun(output, first);
    const folder = join(output, FIRST);
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining([
        'drill-seconds.csv',
        'drill-windows.csv',
        'junit.xml',
        'phases.csv',
        'summary.md',
      ]),
    );
    const made = async (flags: Partial<Parameters<typeof report>[2]>): Promise<string> => {
      const world = memoryWorld([]);
      expect(await report(world, folder, { table: 'questions', output: '-', ...flags })).toBe(0);
      return world.out.text();
    };
    expect(await made({ format: 'junit' })).toContain('groundspeed drill embedding-api-down');
    expect(await made({ format: 'md' })).toBe(await readFile(join(folder, 'summary.md'), 'utf8'));
    expect(await made({ format: 'html' })).toBe(await readFile(join(folder, 'report.html'), 'utf8'));
    for (const table of ['drill-seconds', 'drill-windows'] as const)
      expect(await made({ format: 'csv', table })).toBe(await readFile(join(folder, `${table}.csv`), 'utf8'));
  });
});
