import { describe, expect, it } from 'vitest';
import type { DrillArrivals } from '../../../src/experiments/drill/arrivals.ts';
import { type Drilled, judgePromise, parsePromise } from '../../../src/experiments/drill/promises.ts';
import { drillWindows, lostIn, recoveryAfter, secondsOf } from '../../../src/experiments/drill/windows.ts';
import type { GroundspeedError } from '../../../src/kernel/errors.ts';
import type { DrillArmRecord } from '../../../src/records/schema.ts';
import { evenly, madeArrivals } from './made-arrivals.ts';

const OPTIONS = { where: 'drill.yaml: promises[0]', isMeasure: (name: string) => name === 'ndcg@10' };
const parse = (text: string) => parsePromise(text, OPTIONS);
const SPAN = { fromMs: 10_000, toMs: 20_000, durationMs: 30_000 };

function drilled(arrivals: DrillArrivals, over: Partial<DrillArmRecord> = {}): Drilled {
  const arm: DrillArmRecord = {
    name: 'as configured',
    settings: [],
    phase: 0,
    windows: drillWindows(arrivals, SPAN),
    seconds: secondsOf(arrivals, SPAN.durationMs),
    transitions: [],
    dependencies: [],
    detectedMs: null,
    recoveredMs: recoveryAfter(arrivals, SPAN.toMs),
    lost: lostIn(arrivals),
    budget: { target: 0.999, days: 30, burnt: 0 },
    injected: [],
    valid: true,
    invalidReasons: [],
    ...over,
  };
  return { arm, arrivals, durationMs: SPAN.durationMs };
}

const judge = (text: string, of: Drilled) => judgePromise(parse(text), of);

describe('a promise', () => {
  it.each([
    [
      'availability >= 99% during',
      { subject: 'availability', bound: 0.99, window: 'during', relative: false },
    ],
    ['p95 <= 2x before, after', { subject: 'p95', bound: 2, window: 'after', relative: true }],
    ['p99 < 1.5s', { subject: 'p99', bound: 1500, window: 'during', relative: false }],
    ['recovery <= 61s', { subject: 'recovery', bound: 61_000, window: 'whole', relative: false }],
    ['amplification <= 1.2', { subject: 'amplification', bound: 1.2, window: 'whole', relative: false }],
    ['NDCG@10 >= 0.4 whole', { subject: 'ndcg@10', bound: 0.4, window: 'whole', relative: false }],
    ['lost <= 100', { subject: 'lost', bound: 100, window: 'whole', relative: false }],
  ])('is read: %s', (text, expected) => {
    expect(parse(text)).toMatchObject({ text, ...expected });
  });

  it.each([
    ['availabilty >= 99%', /Did you mean availability/, 0],
    ['availability 99%', /name, a comparison and a bound/, 13],
    ['p95 <= 2', /Units of time/, 8],
    ['p95 <= 2x after', /window before/, 8],
    ['recovery <= 61s during', /whole drill/, 16],
    ['availability >= 99% sometimes', /no window/, 20],
    ['lost <= 5%', /bare number/, 9],
  ])('that is wrong is pointed at: %s', (text, words, at) => {
    let error: GroundspeedError | undefined;
    try {
      parse(text);
    } catch (thrown) {
      error = thrown as GroundspeedError;
    }
    expect(error?.code).toBe('drill.format');
    expect(error?.where).toBe(OPTIONS.where);
    expect(`${error?.message} ${error?.hint}`).toMatch(words);
    const [, caret = ''] = error!.problems[0]!.split('\n');
    expect(caret.indexOf('^') - 4).toBe(at);
  });
});

describe('the verdict on a promise', () => {
  const degraded = madeArrivals(
    evenly(30, 20, (due) => (due >= 10_000 && due < 20_000 ? { level: 'keyword', latency: 15 } : {})),
  );
  const down = madeArrivals(evenly(30, 20, (due) => (due >= 10_000 && due < 20_000 ? { failed: true } : {})));

  it('is PASS where it is held', () => {
    expect(judge('availability >= 99%', drilled(degraded))).toMatchObject({ verdict: 'PASS', observed: 1 });
    expect(judge('p95 <= 2x before', drilled(degraded))).toMatchObject({
      verdict: 'PASS',
      bound: 20,
      unit: 'ms',
    });
    expect(judge('recovery <= 1s', drilled(degraded)).verdict).toBe('PASS');
    expect(judge('degraded <= 5% after', drilled(degraded)).verdict).toBe('PASS');
  });

  it('is FAIL where it is broken beyond chance', () => {
    expect(judge('availability >= 99%', drilled(down))).toMatchObject({ verdict: 'FAIL', observed: 0 });
    expect(judge('p95 < 12ms', drilled(degraded))).toMatchObject({ verdict: 'FAIL', observed: 15 });
    expect(judge('lost <= 100', drilled(down))).toMatchObject({ verdict: 'FAIL', observed: 200 });
  });

  it('is INCONCLUSIVE where a handful of arrivals may have been bad luck', () => {
    const once = madeArrivals(evenly(30, 20, (due) => (due === 15_000 ? { failed: true } : {})));
    expect(judge('availability >= 99.9%', drilled(once)).verdict).toBe('INCONCLUSIVE');
  });

  it('is INCONCLUSIVE where it could not be observed, and says why', () => {
    expect(judge('detection <= 5s', drilled(degraded))).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: 'no breaker opened',
    });
    expect(judge('p95 < 1s during', drilled(down)).verdict).toBe('INCONCLUSIVE');
  });

  it('is FAIL where full answers never came back', () => {
    const never = madeArrivals(evenly(30, 20, (due) => (due >= 10_000 ? { level: 'keyword' } : {})));
    expect(judge('recovery <= 5s', drilled(never))).toMatchObject({ verdict: 'FAIL', observed: null });
  });

  it('is never earned by a run that cannot be trusted', () => {
    const invalid = drilled(degraded, { valid: false, invalidReasons: ['the generator sent late'] });
    expect(judge('availability >= 99%', invalid)).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: 'the generator sent late',
    });
  });

  it('takes the worst of all dependencies', () => {
    const dependency = (name: string, amplification: number | null) => ({
      dependency: name,
      calls: 10,
      attempts: 10,
      retries: 0,
      refused: 0,
      amplification,
      perSecond: [],
      herd: null,
    });
    const arm = {
      dependencies: [dependency('embedder', 1.1), dependency('generator', 1.4), dependency('cache', null)],
    };
    expect(judge('amplification <= 1.2', drilled(degraded, arm))).toMatchObject({
      verdict: 'FAIL',
      observed: 1.4,
    });
    expect(judge('herd <= 1.5', drilled(degraded, arm)).verdict).toBe('INCONCLUSIVE');
  });
});
