import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, fittingLines, fittingTable } from '../../../src/reporting/markdown/fit.ts';
import { GATE_BYTES, renderGateMarkdown } from '../../../src/reporting/markdown/gate-part.ts';
import { gateRow, sampleGate } from '../sample-gate.ts';
import { samplePaired } from '../sample-paired.ts';
import { HOSTILE } from '../sample-questions.ts';

describe('gate.md', () => {
  const text = renderGateMarkdown(sampleGate());

  it('says the verdict first, then what it rests on', () => {
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^## ✗ FAIL: P95 and ndcg@10 \(numeric\) got worse;/);
    expect(text.indexOf('Against git:main')).toBeLessThan(text.indexOf('| Judged |'));
    expect(text).toMatch(
      /\| p95 \| ✗ FAIL \| 41\.2 ms \| 49\.9 ms \| \+21\.3 % \| \+13\.7 to \+30\.0 % \| 10 % \|/,
    );
    expect(text.indexOf('✗ FAIL |')).toBeLessThan(text.indexOf('✓ PASS |'));
    expect(text).toContain('13 questions that changed: 11 went from right to wrong');
    expect(renderGateMarkdown(sampleGate({ verdict: 'PASS' }))).toMatch(
      /^## ✓ PASS: Nothing got worse that these 400 questions and 30 pairs could show\n/,
    );
  });

  it('lets nobody’s text be more than text', () => {
    for (const hostile of ['<script>', '<img', '</style>', '<details>`', '@everyone', '\u001b', '\u202e'])
      expect(text).not.toContain(hostile);
    expect(text.match(/<\/?[a-z]+/g)!.filter((tag) => !/^<\/?(details|summary)$/.test(tag))).toEqual([]);
  });

  it('says why latency was not judged, and that an invalid run is no pass', () => {
    const weaker = 'The baseline was measured on other hardware: latency was not judged.';
    expect(renderGateMarkdown(sampleGate({ gate: { basis: 'records', weaker } }))).toContain(`> ${weaker}`);
    const { rows } = sampleGate({ verdict: 'PASS' }).gate!;
    const open = renderGateMarkdown(sampleGate({ verdict: 'INCONCLUSIVE', gate: { rows } }));
    expect(open).toContain('**No row decides this:**');
    expect(renderGateMarkdown(sampleGate({ record: { complete: false } }))).toContain('**Do not trust:**');
    expect(renderGateMarkdown(samplePaired())).toBe('');
  });

  it('fits a comment and a step summary, whatever the record holds', () => {
    const sample = sampleGate().gate!;
    const nasty = fc.constantFrom(...HOSTILE, '&'.repeat(4000), '@\u4e16'.repeat(2000), '|\\'.repeat(3000));
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 1000 }), (word, many) => {
        const rows = Array.from({ length: many }, (_, index) =>
          gateRow({
            subject: (['measure', 'indicator', 'slo', 'pinned'] as const)[index % 4]!,
            name: `${word}${index}`,
            verdict: index % 2 === 0 ? 'FAIL' : 'INCONCLUSIVE',
            why: word,
            moved: Array(50).fill(word),
          }),
        );
        const flips = Array.from({ length: many }, () => ({
          ...sample.flips[0]!,
          question: word,
          answerAfter: word,
        }));
        const record = sampleGate({
          gate: { rows, flips, weaker: word, unseen: word, baseline: { ...sample.baseline, name: word } },
          record: { notes: Array(100).fill(word) },
        });
        const written = renderGateMarkdown(record);
        expect(byteLength(written)).toBeLessThan(GATE_BYTES);
        expect(written).toMatch(/^## ✗ FAIL: /);
        expect(written.match(/<details>/g)!.length).toBe(written.match(/<\/details>/g)!.length);
      }),
      { numRuns: 12 },
    );
  });
});

describe('what fits', () => {
  it('is as many lines as there is room for, never part of one', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat({ max: 400 }), (lines, bytes) => {
        const kept = fittingLines(lines, bytes);
        expect(lines.slice(0, kept.length)).toEqual(kept);
        expect(kept.reduce((sum, line) => sum + byteLength(line) + 1, 0)).toBeLessThanOrEqual(bytes);
        const next = lines[kept.length];
        if (next !== undefined) expect(byteLength([...kept, next].join('\n')) + 1).toBeGreaterThan(bytes);
      }),
    );
  });

  it('counts the rows of a table that were left out', () => {
    const whole = '| a |\n| --- |\n| 1 |\n| 2 |\n| 3 |';
    expect(fittingTable(whole, 1000)).toEqual({ text: whole, left: 0 });
    expect(fittingTable(whole, 26)).toEqual({ text: '| a |\n| --- |\n| 1 |\n| 2 |', left: 1 });
    expect(fittingTable(whole, 5)).toEqual({ text: '', left: 3 });
    expect(fittingTable('', 5)).toEqual({ text: '', left: 0 });
  });
});
