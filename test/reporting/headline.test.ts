import { describe, expect, it } from 'vitest';
import type { CapacityRecord, RunRecord } from '../../src/records/schema.ts';
import { doubts } from '../../src/reporting/doubts.ts';
import { headline, headlineIsDoubtful, headlineText, labels } from '../../src/reporting/headline.ts';
import { AUTOCANNON } from './sample-autocannon.ts';
import { sampleCapacity, sampleSweep } from './sample-capacity.ts';
import type { HttpPlan } from './sample-http.ts';
import { LOAD_PLANS, sampleLoad } from './sample-load-record.ts';

const only = (...names: string[]): HttpPlan[] => LOAD_PLANS.filter(({ name }) => names.includes(name));
const textOf = (record: RunRecord): string => headlineText(headline(record));

describe('the headline of a load', () => {
  it('says that it held, and at which rate', () => {
    const { record } = sampleLoad({ plans: only('load 50 /s') });
    expect(textOf(record)).toBe('PASS: held at 50 /s');
    expect(headline(record).sentence).toMatch(
      /^Right within 2 s: 80\.\d % \(.+ %\)\. Phase load 50 \/s, 50 \/s offered: 49\.8 \/s achieved, goodput .+, error rate 0\.3 %, \$0\.000\d+ per right-and-in-time answer\.$/,
    );
  });

  it('says up to where it held, and what was missed', () => {
    const { record } = sampleLoad();
    expect(textOf(record)).toBe('FAIL: held up to 80 /s, not at 110 /s');
    expect(headline(record).sentence).toMatch(/^p95 < 1\.5s, ttft\.p95 < 800ms, .+: missed\. /);
  });

  it('says that it did not hold where no lower rate did', () => {
    expect(textOf(sampleLoad({ plans: only('load 110 /s') }).record)).toBe('FAIL: did not hold at 110 /s');
  });

  it('calls an invalid run so, and doubts it', () => {
    const plans = [{ ...only('load 50 /s')[0]!, invalid: 'the generator sent late' }];
    const { record } = sampleLoad({ plans });
    expect(textOf(record)).toBe('INCONCLUSIVE: invalid at 50 /s');
    expect(headlineIsDoubtful(record)).toBe(true);
    expect(doubts(record)[0]).toEqual({
      weight: 'stop',
      text: 'Phase load 50 /s is invalid: the generator sent late.',
    });
  });

  it('has no verdict on deadlines alone', () => {
    const { record } = sampleLoad({ plans: only('load 50 /s'), slo: 'deadline 2s' });
    expect(headline(record).verdict).toBeUndefined();
    expect(textOf(record)).toMatch(/^Right within 2 s: 80\.\d %$/);
  });

  it("labels what includes the target's cache, with the share of repeats", () => {
    expect(labels(sampleLoad({ plans: only('load 50 /s') }).record)).toEqual([
      "includes the target's cache",
      '94.0 % of arrivals repeat a question',
    ]);
  });

  it('tells of a phase that a budget ended', () => {
    const plans = only('load 50 /s').map((plan) => ({ ...plan, record: { endedBy: 'max-cost' as const } }));
    expect(doubts(sampleLoad({ plans }).record).map(({ text }) => text)).toContain(
      'Phase load 50 /s was ended by --max-cost after 60 s; what was measured until then stands.',
    );
  });

  it("names autocannon's figure as its own", () => {
    const { record } = sampleLoad({ plans: [], slo: null, load: { autocannon: AUTOCANNON } });
    expect(textOf(record)).toMatch(/^Saturation, by autocannon: 24.512 \/s$/);
  });
});

describe('the headline of a capacity search', () => {
  const search = (change: Partial<CapacityRecord>) => headline(sampleCapacity(change).record);

  it('is the interval, with what breaks first above it', () => {
    const found = headline(sampleCapacity().record);
    expect(headlineText(found)).toBe('Holds 77–79 requests/s');
    expect(found.sentence).toMatch(
      /^Under p95 < 1\.2s, error < 2%, attainment >= 70%, deadline 2s\. Above it p95 < 1\.2s breaks first\. Phase confirm/,
    );
  });

  it.each<[Partial<CapacityRecord>, string, RegExp]>([
    [
      { atLeast: true, ratePerSecond: [400, 400], limitKind: 'ceiling', limitedBy: [] },
      'Holds at least 400 requests/s',
      /The search was allowed to go no higher\./,
    ],
    [
      { atLeast: true, ratePerSecond: [40.5, 40.5] },
      'Holds at least 40.5 requests/s',
      /Above it p95 < 1\.2s breaks first\. How much more it holds, the probes cannot tell\./,
    ],
    [
      { atLeast: true, ratePerSecond: [40.5, 40.5], limitKind: 'generator', limitedBy: [] },
      'Holds at least 40.5 requests/s',
      /deadline 2s\. Above it the load generator, not the target, sets the limit\. Phase/,
    ],
    [{ ratePerSecond: null }, 'No rate was found that holds', /Even at 27 \/s p95 < 1\.2s breaks first\./],
    [
      { limitKind: 'generator', limitedBy: [] },
      'Holds 77–79 requests/s',
      /Above it the load generator, not the target, sets the limit\./,
    ],
    [{ limitKind: 'backlog', limitedBy: [] }, 'Holds 77–79 requests/s', /Above it requests pile up/],
    [
      { limitKind: 'quality', limitedBy: ['attainment >= 70%', 'ndcg@10 >= 0.4'] },
      'Holds 77–79 requests/s',
      /Above it attainment >= 70% and ndcg@10 >= 0\.4 break first\./,
    ],
    [{ ratePerSecond: [81.52, 83.9] }, 'Holds 81.5–83.9 requests/s', /breaks first/],
  ])('puts %o into words', (change, claim, sentence) => {
    expect(headlineText(search(change))).toBe(claim);
    expect(search(change).sentence).toMatch(sentence);
  });

  it('of a sweep is the highest rate that held', () => {
    const { record } = sampleSweep();
    expect(textOf(record)).toBe('Held up to 80 requests/s');
    expect(headline(record).sentence).toMatch(
      /11 rates from 10 \/s to 110 \/s .+ The next rate, 90 \/s, did not hold\./,
    );
  });

  it('does not warn of probes that the answer does not rest on as if it did', () => {
    const { record } = sampleCapacity();
    const load = record.load!;
    const phases = load.phases.map((phase) =>
      phase.name === 'climb 92 /s' ? { ...phase, valid: false, invalidReasons: ['late'] } : phase,
    );
    const found = doubts({ ...record, load: { ...load, phases } });
    expect(found.filter(({ weight }) => weight === 'stop')).toEqual([]);
    expect(found.map(({ text }) => text)).toContain(
      'Probes that are invalid, and not part of the answer: climb 92 /s.',
    );
  });
});
