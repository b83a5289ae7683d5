import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSlo } from '../../src/objectives/format.ts';
import { slos } from './arbitrary-slo.ts';
import { meaningOf, read } from './reading.ts';

describe('the canonical text', () => {
  it.each([
    ['latency.p95<.2s', 'p95 < 200ms'],
    ['latency.mean ≤ 2min', 'mean <= 120s'],
    ['ttft.P99.90 < 1500 ms', 'ttft.p99.9 < 1.5s'],
    ['p50 < 250us', 'p50 < 0.25ms'],
    ['p95 < 999.9ms', 'p95 < 999.9ms'],
    ['p95 < 1000ms', 'p95 < 1s'],
    ['error < 0.001', 'error < 0.1%'],
    ['error < 1e-9', 'error < 0.0000001%'],
    ['attainment >= .999', 'attainment >= 99.9%'],
    ['right >= 100%', 'right >= 100%'],
    ['goodput >= 3000/min', 'goodput >= 50/s'],
    ['cache-hits > 30%', 'cache > 30%'],
    ['cost.query < 0.0000001 USD', 'cost < $0.0000001'],
    ['cost.good < $2', 'cost.good < $2'],
    ['Success@5 >= 80 %', 'success@5 >= 0.8'],
    ['ttft.deadline 800ms; deadline 2000ms; p95<1s', 'p95 < 1s, deadline 2s, ttft.deadline 800ms'],
  ])('of %s is %s', (text, canonical) => {
    expect(formatSlo(read(text))).toBe(canonical);
  });

  it('is read back as the same SLO', () => {
    fc.assert(
      fc.property(slos, (slo) => {
        const text = formatSlo(slo);
        const again = read(text);
        expect(meaningOf(again)).toEqual(meaningOf(slo));
        expect(again.clauses.map((clause) => clause.text)).toEqual(slo.clauses.map((clause) => clause.text));
        expect(again.text).toBe(text);
        expect(formatSlo(again)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same however an SLO was spelt', () => {
    const spaces = fc.constantFrom('', ' ', '\t', '\u00a0', '  ');
    const separators = fc.constantFrom(',', ' , ', ';', '\n', ',\n', ' and ', '\r\n', ', and ');
    fc.assert(
      fc.property(slos, spaces, separators, fc.boolean(), (slo, space, separator, capitals) => {
        const canonical = formatSlo(slo);
        const loose = canonical.replaceAll(/ ([<>]=?) /g, `${space}$1${space}`).replaceAll(', ', separator);
        const spelt = read(capitals ? loose.toUpperCase() : loose);
        expect(formatSlo(spelt)).toBe(canonical);
        expect(meaningOf(spelt)).toEqual(meaningOf(read(formatSlo(spelt))));
      }),
      { numRuns: 500 },
    );
  });

  it('is empty for an SLO that asks for nothing', () => {
    expect(formatSlo({ text: '', clauses: [], deadlineMs: null, firstTokenDeadlineMs: null })).toBe('');
  });
});
