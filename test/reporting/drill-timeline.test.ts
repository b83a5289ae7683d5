import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mainArm } from '../../src/reporting/drill.ts';
import {
  servedLevels,
  servedSeconds,
  sparkline,
  stateAt,
  stateBands,
  stateWithin,
} from '../../src/reporting/drill-timeline.ts';
import { sampleDrill } from './sample-drill.ts';

const { record, columns } = sampleDrill();
const arm = mainArm(record.drill!)!;

describe('how each second was served', () => {
  it('adds up to its arrivals, with the columns and without', () => {
    for (const known of [columns, undefined])
      for (const { arrivals, served } of servedSeconds(arm, known))
        expect(Object.values(served).reduce((sum, count) => sum + count, 0)).toBe(arrivals);
  });

  it('tells levels apart where the columns tell them', () => {
    expect(servedLevels(servedSeconds(arm, columns))).toEqual(['none', 'keyword', 'canned']);
    expect(servedLevels(servedSeconds(arm, undefined))).toEqual(['none', 'degraded']);
    const other = record.drill!.arms[1]!;
    expect(servedLevels(servedSeconds(other, columns))).toEqual(['none', 'unanswered']);
  });
});

describe('states of breakers', () => {
  const [band] = stateBands(arm, 36_000);

  it('cover the whole timeline without gaps', () => {
    expect(band!.spans[0]).toMatchObject({ fromMs: 0, state: 'closed' });
    expect(band!.spans.at(-1)).toMatchObject({ toMs: 36_000, state: 'closed' });
    band!.spans.slice(1).forEach(({ fromMs }, index) => {
      expect(fromMs).toBe(band!.spans[index]!.toMs);
    });
  });

  it('are found by their moment, and by what tells most of a time', () => {
    expect([0, 8080, 13_111, 30_000].map((at) => stateAt(band!, at))).toEqual([
      'closed',
      'open',
      'half-open',
      'closed',
    ]);
    expect(stateWithin(band!, 8000, 9000)).toBe('open');
    expect(stateWithin(band!, 13_000, 14_000)).toBe('half-open');
    expect(stateWithin(band!, 1000, 2000)).toBe('closed');
  });

  it('leave out what changed after the end', () => {
    const late = { ...arm, transitions: [{ atMs: 99_000, dependency: 'cache', from: 'closed', to: 'open' }] };
    expect(stateBands(late, 36_000)).toEqual([
      { dependency: 'cache', spans: [{ fromMs: 0, toMs: 36_000, state: 'closed' }] },
    ]);
  });
});

describe('a sparkline', () => {
  it('is a character a value, a dot for 0, a space where there is none, and the highest bar for the largest', () => {
    expect(sparkline([0, 5, null, 10])).toBe('·▅ █');
    expect(sparkline([0.5], 1)).toBe('▅');
    expect(sparkline([0, 0])).toBe('··');
    expect(sparkline([1e-9, 1])).toBe('▁█');
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }))), (values) => {
        expect(sparkline(values)).toHaveLength(values.length);
      }),
    );
  });
});
