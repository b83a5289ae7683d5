import { describe, expect, it } from 'vitest';
import { renderTerminal } from '../../src/reporting/terminal.ts';
import { AUTOCANNON } from './sample-autocannon.ts';
import { sampleCapacity, sampleSweep } from './sample-capacity.ts';
import { sampleGate } from './sample-gate.ts';
import { LOAD_PLANS, sampleLoad } from './sample-load-record.ts';
import { sampleRun, withoutNumbers } from './sample-record.ts';

const { record } = sampleRun();

describe('the terminal summary', () => {
  it('opens with the headline and ends with the path of the report', () => {
    const lines = renderTerminal(record, { width: 100, colour: false, reportPath: 'reports/x/report.html' })
      .trim()
      .split('\n');
    expect(lines[0]).toMatch(/^Right within 100 ms: \d+\.\d %$/);
    expect(lines.at(-1)).toBe('  Report reports/x/report.html');
  });

  it('fits the width that it is given', () => {
    for (const width of [40, 56, 80, 200])
      for (const line of renderTerminal(record, { width, colour: false }).split('\n'))
        expect(line.length, line).toBeLessThanOrEqual(Math.min(width, 110));
  });

  it('sends no escape sequence without colour, and some with it', () => {
    const hostile = { ...record, notes: ['\u001b[2J cleared', 'bell \u0007'] };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(renderTerminal(hostile, { width: 80, colour: false })).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(renderTerminal(hostile, { width: 80, colour: true })).toContain('\u001b[');
    expect(renderTerminal(hostile, { width: 80, colour: true })).not.toContain('\u001b[2J');
  });

  it('draws a bar for every class that has arrivals', () => {
    const text = renderTerminal(record, { width: 100, colour: false });
    const line = text.split('\n').find((candidate) => candidate.includes('Right and in time'))!;
    expect(line).toMatch(/█+/);
    expect(text).toMatch(/Error\s+[▏▎▍▌▋▊▉█]/);
  });

  it('writes a dash for what is null', () => {
    const text = renderTerminal(withoutNumbers(record), { width: 100, colour: false });
    expect(text).toMatch(/ndcg@10\s+–\s+–/);
    expect(text).toMatch(/uncached-80\s+open loop\s+–\s+–\s+–/);
  });
});

describe('the terminal summary of a load or a search', () => {
  const load = sampleLoad().record;
  const search = sampleCapacity().record;
  const saturation = sampleLoad({ plans: [], slo: null, load: { autocannon: AUTOCANNON } }).record;
  const lines = (shown: typeof load, width = 100): string[] =>
    renderTerminal(shown, { width, colour: false }).split('\n');

  it.each([40, 60, 72, 80, 100, 120])('fits %i columns', (width) => {
    for (const shown of [load, search, sampleSweep().record, saturation])
      for (const line of lines(shown, width)) expect(line.length, line).toBeLessThanOrEqual(width);
  });

  it('says first whether it held, then what was judged', () => {
    const shown = lines(load);
    expect(shown[1]).toBe('  ✗ FAIL  Held up to 80 /s, not at 110 /s');
    expect(shown).toContain('  Objectives in load 110 /s: FAIL');
    expect(shown.find((line) => line.includes('p95 < 1.5s  '))).toMatch(
      /✗ p95 < 1\.5s +2.032 ms +63\.5 % +61\.8–65\.2 % +at most 5 % +FAIL$/,
    );
  });

  it('keeps what was judged and its interval on 60 columns', () => {
    expect(lines(load, 60).find((line) => line.includes('error < 2%  '))).toMatch(
      /✗ error < 2% +13\.2 % +13\.2 % +12\.0–14\.3 %$/,
    );
  });

  it('colours verdicts without moving a column', () => {
    const plain = renderTerminal(load, { width: 100, colour: false });
    const coloured = renderTerminal(load, { width: 100, colour: true });
    expect(coloured).toContain('\u001b[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are taken out
    const bare = coloured.replace(/\u001b\[\d+m/g, '');
    expect(bare.replace(/ +$/gm, '')).toBe(plain);
  });

  it('lists every probe of a search, and what the fitted law says', () => {
    const shown = lines(search);
    expect(shown[1]).toBe('  Holds 77–79 requests/s');
    const probes = shown.filter((line) => /^ {2}\d+ +(closed|climb|bisect|narrow|confirm) /.test(line));
    expect(probes).toHaveLength(search.capacity!.probes.length);
    expect(shown.join('\n')).toMatch(/Closed-loop maximum 88\.4 \/s; knee of the fitted law 99\.5 \/s/);
  });

  it('shows a dash for what a target does not return', () => {
    const bare = { perTokenMs: null, firstTokenMs: null, cost: null };
    const { record: mute } = sampleLoad({ plans: [{ ...LOAD_PLANS[2]!, record: bare }] });
    const shown = lines(mute);
    expect(shown.find((line) => line.includes('first token'))).toMatch(/first token( +–){6}$/);
    expect(shown.some((line) => line.includes('Cost'))).toBe(false);
  });

  it("says that autocannon's latencies are its own", () => {
    expect(lines(saturation).join(' ')).toMatch(
      /By autocannon's own clock, and not comparable with other latencies: p50 3\.80 ms/,
    );
  });

  it('parts no figure from its unit', () => {
    for (const width of [44, 60, 80])
      for (const line of lines(load, width)) expect(line).not.toMatch(/^ *(?:%|ms|\/s)(?!\w)/);
  });
});

describe('the terminal summary of a gate', () => {
  const shown = (verdict: 'PASS' | 'FAIL'): string =>
    renderTerminal(sampleGate({ verdict }), { width: 100, colour: false });

  it('keeps to what the verdict rests on, and leaves the tables of one run to its report', () => {
    for (const verdict of ['PASS', 'FAIL'] as const) {
      const text = shown(verdict);
      expect(text).toContain('Gate: ');
      expect(text).not.toContain('What became of');
      expect(text).not.toContain('retrieval accuracy');
    }
    expect(renderTerminal(record, { width: 100, colour: false })).toContain('What became of');
  });

  it('shows all that was measured of speed where some of it did not pass', () => {
    const failed = sampleGate({ verdict: 'FAIL' });
    expect(
      failed.gate!.rows.some(({ subject, verdict }) => subject === 'indicator' && verdict !== 'PASS'),
    ).toBe(true);
    expect(shown('FAIL')).toContain('Speed, in turns');
    const passed = {
      ...failed,
      gate: { ...failed.gate!, rows: failed.gate!.rows.map((row) => ({ ...row, verdict: 'PASS' as const })) },
    };
    const text = renderTerminal(passed, { width: 100, colour: false });
    expect(text).not.toContain('Speed, in turns');
    expect(text).toMatch(/Speed: \d+ launches of \d+ pairs/);
  });
});
