import { describe, expect, it } from 'vitest';
import { verdictOnQuality } from '../../src/reporting/html/curve-section.ts';
import {
  answerCurves,
  type Ends,
  type LoadPoint,
  loadPoints,
  measureCurves,
} from '../../src/reporting/load-curve.ts';
import { sampleCapacity } from './sample-capacity.ts';
import { LOAD_PLANS, sampleLoad } from './sample-load-record.ts';

const { record, columns } = sampleLoad();

describe('the points of the curve', () => {
  it('are the measured phases by rising rate, with intervals from the columns where there are any', () => {
    const points = loadPoints(record, columns);
    expect(points.map(({ offered }) => offered)).toEqual([20, 50, 80, 110]);
    const { errorEnds, phase } = points.at(-1)!;
    expect(errorEnds![0]).toBeLessThan(phase.errorRate);
    expect(errorEnds![1]).toBeGreaterThan(phase.errorRate);
    expect(loadPoints(record).every((point) => point.errorEnds === null)).toBe(true);
  });

  it('are none where one rate was driven, however its arrivals fell', () => {
    const [warmup, one] = LOAD_PLANS;
    expect(loadPoints(sampleLoad({ plans: [warmup!, one!] }).record)).toEqual([]);
  });

  it('let the line through a search pass by all but the last probe of a rate, and leave closed loops out', () => {
    const points = loadPoints(sampleCapacity().record);
    expect(points).toHaveLength(11);
    const at77 = points.filter(({ offered }) => offered === 77);
    expect(at77.map(({ onLine }) => onLine)).toEqual([false, false, false, true]);
  });

  it('let the line pass by an invalid run where another of its rate is valid', () => {
    const { record: search } = sampleCapacity();
    const load = search.load!;
    const phases = load.phases.map((phase) =>
      phase.name === 'confirm 77 /s, 3rd' ? { ...phase, valid: false } : phase,
    );
    const at77 = loadPoints({ ...search, load: { ...load, phases } }).filter(({ offered }) => offered === 77);
    expect(at77.map(({ onLine }) => onLine)).toEqual([false, false, true, false]);
  });

  it('hold every measure that any phase took, and a dash where one did not', () => {
    const load = record.load!;
    const phases = load.phases.map((phase, index) => (index === 1 ? { ...phase, measures: [] } : phase));
    const partly = { ...record, load: { ...load, phases } };
    const [ndcg] = measureCurves(partly);
    expect(measureCurves(partly).map(({ name }) => name)).toEqual(['ndcg@10', 'f1']);
    expect(ndcg!.of(loadPoints(partly)[0]!)).toEqual({ value: null, ends: null });
    expect(answerCurves('2 s').map(({ name }) => name)).toEqual([
      'right at any time',
      'right within 2 s',
      'errors',
    ]);
  });
});

describe('whether answers get worse before they get late', () => {
  const [base] = loadPoints(record);
  const point = (achieved: number, rightCi95: Ends, attainmentCi95: Ends): LoadPoint => ({
    ...base!,
    achieved,
    phase: {
      ...base!.phase,
      right: rightCi95 && (rightCi95[0] + rightCi95[1]) / 2,
      rightCi95: rightCi95 && [...rightCi95],
      attainmentCi95: attainmentCi95 && [...attainmentCi95],
    },
  });
  const good = point(10, [0.78, 0.82], [0.78, 0.82]);

  it.each<[string, LoadPoint[], RegExp]>([
    ['neither', [good, point(20, [0.77, 0.81], [0.76, 0.8])], /neither worse nor late/],
    ['late alone', [good, point(20, [0.78, 0.82], [0.5, 0.55])], /got late from 20\.0 \/s on, but no worse/],
    [
      'worse alone',
      [good, point(20, [0.6, 0.65], [0.6, 0.65])],
      /worse without getting late: at 20\.0 \/s right answers fell from 80\.0 % to 62\.5 %/,
    ],
    [
      'worse first',
      [good, point(20, [0.6, 0.65], [0.6, 0.65]), point(30, [0.6, 0.65], [0.2, 0.3])],
      /worse before they got late/,
    ],
    [
      'late first',
      [good, point(20, [0.78, 0.82], [0.5, 0.55]), point(30, [0.6, 0.65], [0.2, 0.3])],
      /late before they got worse/,
    ],
    ['both at once', [good, point(20, [0.6, 0.65], [0.2, 0.3])], /worse and late together/],
    ['too little to say', [point(10, null, null), point(20, null, null)], /Too few answers/],
    [
      'from the first rate that has an interval',
      [point(10, null, null), good, point(30, [0.5, 0.55], null)],
      /from 80\.0 % to 52\.5 %/,
    ],
  ])('%s', (_, points, expected) => {
    expect(verdictOnQuality(points)).toMatch(expected);
  });
});
