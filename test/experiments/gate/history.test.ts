import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { appendHistory, parseHistory, readHistory } from '../../../src/experiments/gate/history.ts';
import { type HistoryEntry, historyEntry } from '../../../src/experiments/gate/history-entry.ts';
import { sampleRun } from '../../reporting/sample-record.ts';

const { record } = sampleRun({ arrivalsAPhase: 200 });
const phase = { ...record.load!.phases.find(({ warmup }) => !warmup)!, valid: true };

function reports(): string {
  const path = mkdtempSync(join(tmpdir(), 'groundspeed-history-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const entry = (id: string, at = '2026-01-01T00:00:00.000Z'): HistoryEntry => ({
  ...historyEntry(record, phase),
  id,
  at,
});

describe('the line of a run', () => {
  it('holds every measure and indicator with its interval, and what the run was of', () => {
    const line = historyEntry(record, phase);
    expect(line).toMatchObject({
      id: record.id,
      at: record.startedAt,
      fingerprint: record.environment.fingerprint,
      load: phase.name,
      valid: true,
      verdict: null,
    });
    const named = (name: string) => line.figures.find((one) => one.name === name);
    expect(named('p50')).toEqual({
      name: 'p50',
      subject: 'indicator',
      value: phase.latencyMs.p50,
      interval: phase.latencyCi95.p50,
      n: phase.arrivals,
    });
    expect(named('right')).toMatchObject({
      subject: 'measure',
      value: record.quality!.right.mean,
      interval: record.quality!.right.ci95,
    });
    expect(line.figures.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['attainment', 'error-rate']),
    );
    const names = line.figures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves out what could not be had, and all indicators of a load that cannot be trusted', () => {
    const hidden = { ...phase, latencyMs: { ...phase.latencyMs, p99: null }, attainment: null, cost: null };
    const names = historyEntry(record, hidden).figures.map(({ name }) => name);
    expect(names).not.toContain('p99');
    expect(names).not.toContain('attainment');
    expect(names).not.toContain('cost-per-query');
    const shaky = historyEntry(record, { ...phase, valid: false });
    expect(shaky.valid).toBe(false);
    expect(shaky.figures.every(({ subject }) => subject === 'measure')).toBe(true);
    const { quality: _, ...bare } = record;
    expect(historyEntry(bare, undefined)).toMatchObject({ load: null, figures: [] });
  });
});

describe('a history', () => {
  it('grows by a line a run, and comes back by time', async () => {
    const folder = reports();
    await appendHistory(folder, 'nightly', entry('b', '2026-01-02T00:00:00.000Z'));
    const file = await appendHistory(folder, 'nightly', entry('a'));
    expect(file).toBe(join(folder, 'history', 'nightly.jsonl'));
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
    const { entries, skipped } = await readHistory(folder, 'nightly');
    expect(entries.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(entries[0]).toEqual(entry('a'));
    expect(skipped).toEqual([]);
  });

  it('has each run once, and its verdict once there is one', async () => {
    const folder = reports();
    for (let time = 0; time < 3; time += 1) await appendHistory(folder, 'nightly', entry('a'));
    const file = await appendHistory(folder, 'nightly', { ...entry('a'), verdict: 'PASS' });
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
    expect((await readHistory(folder, 'nightly')).entries.map(({ verdict }) => verdict)).toEqual(['PASS']);
  });

  it('survives a last line that was cut off, and goes on behind it', async () => {
    const folder = reports();
    const file = await appendHistory(folder, 'nightly', entry('a'));
    appendFileSync(file, JSON.stringify(entry('b')).slice(0, 60));
    expect(await readHistory(folder, 'nightly')).toMatchObject({
      entries: [{ id: 'a' }],
      skipped: ['2: is cut off, or no JSON'],
    });
    await appendHistory(folder, 'nightly', entry('c', '2026-01-03T00:00:00.000Z'));
    const { entries, skipped } = await readHistory(folder, 'nightly');
    expect(entries.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(skipped).toHaveLength(1);
  });

  it('reads what it can, wherever the text breaks off', () => {
    const lines = [entry('a'), entry('b'), entry('c')].map((one) => `${JSON.stringify(one)}\n`);
    const text = lines.join('');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length }), (length) => {
        const whole = lines.filter((_, index) => lines.slice(0, index + 1).join('').length - 1 <= length);
        expect(parseHistory(text.slice(0, length)).entries).toHaveLength(whole.length);
      }),
    );
  });

  it('tells of lines of another version and of lines that are none', () => {
    const other = JSON.stringify({ ...entry('a'), schema: 'groundspeed.history/9' });
    expect(parseHistory(`${other}\nnull\n{}\n`).skipped).toEqual([
      '1: is a groundspeed.history/9 that this version does not read',
      '2: is no line of a history',
      '3: is no line of a history',
    ]);
  });

  it('that is not there is refused with the nearest name', async () => {
    const folder = reports();
    await expect(readHistory(folder, 'nightly')).rejects.toMatchObject({ code: 'usage.argument' });
    await appendHistory(folder, 'nightly', entry('a'));
    await expect(readHistory(folder, 'nihgtly')).rejects.toMatchObject({
      message: 'There is no history "nihgtly"; did you mean nightly?',
    });
    await expect(appendHistory(folder, '../x', entry('a'))).rejects.toMatchObject({ code: 'usage.argument' });
    expect(existsSync(join(folder, 'x.jsonl'))).toBe(false);
  });

  it('that cannot be written says so', async () => {
    const folder = reports();
    writeFileSync(join(folder, 'history'), '');
    await expect(appendHistory(folder, 'nightly', entry('a'))).rejects.toMatchObject({ code: 'internal.io' });
  });
});
