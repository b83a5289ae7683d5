import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { trendChart } from '../../src/reporting/charts/trend.ts';
import { renderTrendTerminal } from '../../src/reporting/terminal/trend-block.ts';
import {
  hardwareChanges,
  orderedPoints,
  sparkline,
  type TrendPoint,
  type TrendSeries,
  trendAdvice,
  trendRow,
} from '../../src/reporting/trend.ts';
import { sampleTrend } from './sample-trend.ts';

const series = sampleTrend();
const of = (name: string): TrendSeries => series.find((one) => one.name === name)!;
const points = (values: readonly (number | null)[], fingerprint = 'a'): TrendPoint[] =>
  values.map((value, index) => ({
    at: new Date(Date.UTC(2026, 0, 1 + index)).toISOString(),
    value,
    low: null,
    high: null,
    fingerprint,
    id: `run-${index}`,
  }));

describe('a trend', () => {
  it('holds the last run against the median of those before it on the same hardware', () => {
    const one = {
      name: 'p50',
      unit: 'ms',
      points: [...points([50, 51]), ...points([10, 11, 12, 12.1], 'b')],
    };
    const spaced = one.points.map((point, index) => ({
      ...point,
      at: new Date(Date.UTC(2026, 0, 1 + index)).toISOString(),
    }));
    expect(trendRow({ ...one, points: spaced })).toMatchObject({
      last: '12.1 ms',
      change: '+10.0 %',
      before: 3,
      outside: null,
      sparkline: '██│▁▁▁▁',
      nights: 6,
    });
  });

  it('writes changes of shares in points and of scores as they are', () => {
    const change = (unit: string): string =>
      trendRow({ name: 'x', unit, points: points([0.8, 0.75]) }).change;
    expect([change('share'), change('score'), change('usd')]).toEqual(['−5.0 points', '−0.050', '−6.3 %']);
    expect(trendRow({ name: 'x', unit: 'usd', points: points([0, 1]) }).change).toBe('–');
  });

  it('calls far only what is beyond all before and three times their spread, and advises, never fails', () => {
    expect(trendRow(of('p95')).outside).toBe('above');
    expect(trendAdvice(of('p95'))).toMatch(
      / against the median of the 14 runs before it on this hardware; above every one of them, and far off\. Worth a look\.$/,
    );
    expect(trendAdvice(of('goodput'))).toMatch(/; as usual\.$/);
    expect(renderTrendTerminal(series, { width: 100, colour: false })).not.toMatch(/FAIL|PASS/);
  });

  it('seldom calls far what is chance alone', () => {
    const random = seededRandom(5);
    let far = 0;
    for (let run = 0; run < 2000; run += 1) {
      const values = Array.from({ length: 15 }, () => 10 + 0.3 * normal(random));
      if (trendRow({ name: 'x', unit: 'ms', points: points(values) }).outside !== null) far += 1;
    }
    expect(far / 2000).toBeLessThan(0.05);
  });

  it('says what little there is', () => {
    const words = (values: readonly (number | null)[]): string =>
      trendAdvice({ name: 'p50', unit: 'ms', points: points(values) });
    expect(words([])).toBe('p50: nothing was measured in 0 runs.');
    expect(words([12])).toBe('p50: 12.0 ms, the first on this hardware; nothing to hold it against.');
    expect(words([12, null, 13])).toBe(
      'p50: 13.0 ms, +8.3 % against the median of the one run before it on this hardware, too few to say more.',
    );
    expect(trendChart({ name: 'p50', unit: 'ms', points: points([null]) }, 'x')).toBeUndefined();
    expect(renderTrendTerminal([], { width: 80, colour: false })).toContain('No runs yet.');
  });

  it('marks each change of hardware once, at the first run after it', () => {
    expect(hardwareChanges(series)).toEqual([of('p50').points[17]!.at]);
    expect(
      sparkline(of('p95').points)
        .split('│')
        .map(({ length }) => length),
    ).toEqual([17, 23]);
    expect(trendChart(of('p50'), 'x')!.description).toContain('The hardware changed on 2026-01-29.');
  });

  it('takes points in any order, and none whose time cannot be read', () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(values, (sample) => {
        const made = points(sample);
        const odd = [...made].reverse().concat(points([1]).map((point) => ({ ...point, at: 'no time' })));
        expect(orderedPoints({ points: odd })).toEqual(made);
        expect(sparkline(made)).toHaveLength(sample.length);
      }),
    );
  });

  it('fits a terminal of any width', () => {
    for (const width of [40, 60, 80, 120])
      for (const line of renderTrendTerminal(series, { width, colour: false }).split('\n'))
        expect(line.length).toBeLessThanOrEqual(width);
  });
});
