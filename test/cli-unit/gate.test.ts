import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gate, gateExit } from '../../src/cli/gate.ts';
import type { GateFlags } from '../../src/cli/gate-flags.ts';
import { trend } from '../../src/cli/trend.ts';
import { writeRunFolder } from '../../src/experiments/run-folder.ts';
import type { RunRecord } from '../../src/records/schema.ts';
import { sampleRun } from '../reporting/sample-record.ts';
import { memoryWorld } from './memory-world.ts';

const { record: sample } = sampleRun({ arrivalsAPhase: 200 });
/** A run in which every phase can be trusted, and enough questions for statistics. */
const sound: RunRecord = {
  ...sample,
  load: {
    ...sample.load!,
    phases: sample.load!.phases.map((phase) => ({ ...phase, valid: true, invalidReasons: [] })),
  },
  questions: Array.from({ length: 240 }, (_, index) => ({
    ...sample.questions![index % sample.questions!.length]!,
    id: `q${index}`,
    must: index === 0,
    right: 'right',
    error: null,
    scores: { 'ndcg@10': 1 },
  })),
};

/** The same run later, with so many answers that were right and are wrong now. */
const worse = (broken: number): RunRecord => ({
  ...sound,
  id: 'later',
  questions: sound.questions!.map((question, index) =>
    // The first one is pinned: left alone here.
    index > 0 && index <= broken ? { ...question, right: 'wrong', scores: { 'ndcg@10': 0 } } : question,
  ),
});

async function reports(runs: Readonly<Record<string, RunRecord>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-gate-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, record] of Object.entries(runs)) {
    const { requests: _, ...rest } = record;
    await writeRunFolder(join(folder, name), { record: rest, requests: undefined });
  }
  return folder;
}

const run = (folder: string, flags: Partial<GateFlags>) => {
  const world = memoryWorld(['gate']);
  const { record, ...rest } = flags;
  const path = record === undefined ? {} : { record: join(folder, record) };
  return { world, exit: gate(world, { output: folder, seed: 7, color: false, ...rest, ...path }) };
};

describe('a gate of saved runs', () => {
  it('accepts a baseline, passes what is the same, and leaves what CI reads', async () => {
    const folder = await reports({ before: sound });
    expect(await run(folder, { record: 'before', accept: 'main' }).exit).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['baselines', 'before']);
    expect(await run(folder, { record: 'before', baseline: 'main' }).exit).toBe(0);
    expect(readdirSync(join(folder, 'latest')).sort()).toEqual(
      expect.arrayContaining(['gate.md', 'junit.xml', 'record.json', 'report.html']),
    );
    const saved = JSON.parse(readFileSync(join(folder, 'latest', 'record.json'), 'utf8'));
    expect(saved).toMatchObject({ kind: 'gate', gate: { verdict: 'PASS', basis: 'records' } });
    expect(readFileSync(join(folder, 'latest', 'junit.xml'), 'utf8')).toContain('failures="0"');
  });

  it('fails with exit code 4 on a loss, and names what lost', async () => {
    const folder = await reports({ before: sound, after: worse(40) });
    await run(folder, { record: 'before', accept: 'main' }).exit;
    const { exit, world } = run(folder, {
      record: 'after',
      baseline: 'main',
      accept: 'main',
      history: 'nightly',
    });
    await expect(exit).rejects.toMatchObject({
      code: 'gate.failed',
      exitCode: 4,
      problems: expect.arrayContaining([expect.stringContaining('right')]),
    });
    expect(readFileSync(join(folder, 'latest', 'gate.md'), 'utf8')).toContain('FAIL');
    expect(world.err.text()).toContain('not accepted as main: it failed the gate');
    expect(JSON.parse(readFileSync(join(folder, 'baselines', 'main.json'), 'utf8')).id).toBe(sound.id);
    const [line] = readFileSync(join(folder, 'history', 'nightly.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(JSON.parse(line!)).toMatchObject({ id: 'later', kind: sound.kind, verdict: 'FAIL' });
  });

  it('never passes a run that was invalid: exit code 7, and no baseline', async () => {
    const shaky: RunRecord = {
      ...sound,
      id: 'shaky',
      load: {
        ...sound.load!,
        phases: sound.load!.phases.map((phase) => ({
          ...phase,
          valid: false,
          invalidReasons: ['it fell behind'],
        })),
      },
    };
    const folder = await reports({ before: sound, shaky });
    await run(folder, { record: 'before', accept: 'main' }).exit;
    await expect(
      run(folder, { record: 'shaky', baseline: 'main', accept: 'next' }).exit,
    ).rejects.toMatchObject({
      code: 'run.invalid',
      exitCode: 7,
      problems: expect.arrayContaining([expect.stringContaining('it fell behind')]),
    });
    await expect(run(folder, { record: 'shaky', accept: 'next' }).exit).rejects.toMatchObject({
      code: 'run.invalid',
    });
    expect(readdirSync(join(folder, 'baselines'))).toEqual(['main.json']);
  });

  it('ends undecided with 0, and under --strict with 6', async () => {
    const folder = await reports({ before: sound, after: worse(3) });
    await run(folder, { record: 'before', accept: 'main' }).exit;
    const saved = (): string =>
      JSON.parse(readFileSync(join(folder, 'latest', 'record.json'), 'utf8')).gate.verdict;
    expect(await run(folder, { record: 'after', baseline: 'main' }).exit).toBe(0);
    expect(saved()).toBe('INCONCLUSIVE');
    await expect(run(folder, { record: 'after', baseline: 'main', strict: true }).exit).rejects.toMatchObject(
      {
        code: 'gate.inconclusive',
        exitCode: 6,
      },
    );
  });

  it('prints one JSON document, where it is asked for', async () => {
    const folder = await reports({ before: sound });
    const { world, exit } = run(folder, { record: 'before', baseline: join(folder, 'before'), json: true });
    expect(await exit).toBe(0);
    expect(JSON.parse(world.out.text())).toMatchObject({ kind: 'gate', gate: { verdict: 'PASS' } });
  });

  it('refuses another version of the record, wherever it stands', async () => {
    const folder = await reports({ before: sound });
    const file = join(folder, 'old.json');
    writeFileSync(file, JSON.stringify({ ...sound, schema: 'groundspeed.record/9' }));
    const before = { record: 'before' };
    await expect(run(folder, { ...before, baseline: file }).exit).rejects.toMatchObject({
      code: 'record.version',
    });
    await expect(
      run(folder, { record: 'old.json', baseline: join(folder, 'before') }).exit,
    ).rejects.toMatchObject({
      code: 'record.version',
    });
  });

  it('refuses other questions instead of judging what is left', async () => {
    const other = { ...sound, id: 'other', questions: sound.questions!.slice(0, 100) };
    const folder = await reports({ before: sound, other });
    const baseline = join(folder, 'before');
    await expect(run(folder, { record: 'other', baseline }).exit).rejects.toMatchObject({
      code: 'gate.incomparable',
      exitCode: 2,
    });
    expect(existsSync(join(folder, 'latest'))).toBe(false);
  });
});

describe('flags of a gate that contradict each other', () => {
  it.each([
    [{}, '--baseline'],
    [{ record: 'x' }, '--baseline'],
    [{ record: 'x', baseline: 'git:main' }, '--record'],
    [{ selfTest: 3, baseline: 'main' }, '--self-test'],
    [{ baseline: 'main', accept: '../x' }, '--accept'],
    [{ baseline: 'main', history: 'a/b' }, '--history'],
  ])('are refused before anything runs: %j', async (flags, where) => {
    const folder = await reports({});
    const code = 'accept' in flags || 'history' in flags ? expect.any(String) : 'usage.argument';
    await expect(run(folder, flags).exit).rejects.toMatchObject({ code, exitCode: 2 });
    await expect(run(folder, flags).exit).rejects.toMatchObject({ where });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the exit code of a gate', () => {
  const judged = (
    verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE',
    { complete = true, invalid = [] as string[] } = {},
  ): RunRecord => ({
    ...sound,
    complete,
    gate: {
      ...({} as NonNullable<RunRecord['gate']>),
      baseline: { name: 'main' } as never,
      rows: [],
      verdict,
      invalid,
    },
  });

  it('is 130 for what was interrupted, unless it failed', () => {
    expect(gateExit(judged('PASS', { complete: false, invalid: ['interrupted'] }), {})).toBe(130);
    expect(() => gateExit(judged('FAIL', { complete: false }), {})).toThrow(
      expect.objectContaining({ exitCode: 4 }),
    );
  });

  it('is 7 where the run was invalid, --strict or not', () => {
    for (const strict of [true, false])
      expect(() => gateExit(judged('INCONCLUSIVE', { invalid: ['lag'] }), { strict })).toThrow(
        expect.objectContaining({ exitCode: 7, problems: ['lag'] }),
      );
  });
});

describe('trend', () => {
  const flags = { output: '-', color: false };

  it('draws the runs of the only history there is, and tells of lines it cannot read', async () => {
    const folder = await reports({
      before: sound,
      after: { ...worse(5), startedAt: '2027-01-01T00:00:00.000Z' },
    });
    for (const record of ['before', 'after']) await run(folder, { record, history: 'nightly' }).exit;
    writeFileSync(join(folder, 'history', 'nightly.jsonl'), '{"cut', { flag: 'a' });
    const world = memoryWorld(['trend']);
    expect(await trend(world, { ...flags, reports: folder, figures: ['p50', 'right'] })).toBe(0);
    expect(world.out.text()).toContain('p50');
    expect(world.err.text()).toContain('line 3: is cut off');
    const json = memoryWorld(['trend']);
    await trend(json, { ...flags, reports: folder, json: true, last: 1 });
    const { series } = JSON.parse(json.out.text());
    expect(series.find(({ name }: { name: string }) => name === 'p50').points).toEqual([
      expect.objectContaining({ id: 'later', fingerprint: sound.environment.fingerprint }),
    ]);
    const file = join(folder, 'trend.html');
    await trend(memoryWorld([]), { ...flags, reports: folder, format: 'html', output: file });
    expect(readFileSync(file, 'utf8')).toContain('<!doctype html>');
  });

  it('refuses a history or figure that is not there, with the nearest name', async () => {
    const folder = await reports({ before: sound });
    const draw = (more: object) => trend(memoryWorld([]), { ...flags, reports: folder, ...more });
    await expect(draw({})).rejects.toMatchObject({ code: 'usage.argument', where: '--history' });
    await run(folder, { record: 'before', history: 'nightly' }).exit;
    await expect(draw({ history: 'nihgtly' })).rejects.toMatchObject({ message: /did you mean nightly/ });
    await expect(draw({ figures: ['p5O'] })).rejects.toMatchObject({ message: /did you mean p50/ });
  });
});
