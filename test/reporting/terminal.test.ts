import { describe, expect, it } from 'vitest';
import { renderTerminal } from '../../src/reporting/terminal.ts';
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
