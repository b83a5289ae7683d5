import { describe, expect, it } from 'vitest';
import type { CapacityRecord, RunRecord } from '../../src/records/schema.ts';
import { p95Text, probeFigures, uslRate } from '../../src/reporting/capacity.ts';
import { breakingProbe, headlinePhase } from '../../src/reporting/phases.ts';
import { sampleCapacity } from './sample-capacity.ts';

const { record } = sampleCapacity();
const probes = record.capacity!.probes;

describe('a probe', () => {
  const at79 = probes.find(({ rate }) => rate === 79)!;

  it('of one run is that run', () => {
    const phase = record.load!.phases[at79.phase]!;
    const figures = probeFigures(record, at79);
    expect(figures).toMatchObject({
      right: phase.right,
      attainment: phase.attainment,
      errorRate: phase.errorRate,
    });
    expect(p95Text(figures)).not.toContain('–');
  });

  it('of several runs weighs their shares and averages no quantile, a warm-up between them left out', () => {
    const load = record.load!;
    const [a, b] = [load.phases[at79.phase]!, load.phases[at79.phase + 1]!];
    const warmup = { ...a, name: 'warm-up', warmup: true, errorRate: 1 };
    const phases = [a, warmup, b];
    const pooled = probeFigures({ ...record, load: { ...load, phases } }, { ...at79, phase: 0, runs: 2 });
    expect(pooled.errorRate! * (a.arrivals + b.arrivals)).toBeCloseTo(
      a.errors + a.timeouts + a.dropped + b.errors + b.timeouts + b.dropped,
      6,
    );
    const good = a.funnel['right-in-time']! + b.funnel['right-in-time']!;
    const scored = a.arrivals - a.funnel.unscored! + b.arrivals - b.funnel.unscored!;
    expect(pooled.attainment).toBeCloseTo(good / scored, 9);
    const p95s = [a.latencyMs.p95!, b.latencyMs.p95!].sort((x, y) => x - y);
    expect(pooled.p95).toEqual(p95s);
  });

  it('has no figures where its phase was not kept, and no share where one of its runs has none', () => {
    expect(probeFigures(record, { ...at79, phase: 400 })).toEqual({
      phase: undefined,
      p95: null,
      right: null,
      attainment: null,
      errorRate: null,
    });
    const load = record.load!;
    const phases = load.phases.map((phase) => ({ ...phase, attainment: null, attainmentCi95: null }));
    expect(probeFigures({ ...record, load: { ...load, phases } }, at79).attainment).toBeNull();
  });
});

describe('the answer of a search', () => {
  const withVerdicts = (
    verdict: (probe: (typeof probes)[number]) => CapacityRecord['probes'][number]['verdict'],
  ): RunRecord => ({
    ...record,
    capacity: {
      ...record.capacity!,
      probes: probes.map((probe) => ({ ...probe, verdict: probe.rate === null ? null : verdict(probe) })),
    },
  });

  it('rests on its confirmations even where none of them could decide every clause by itself', () => {
    const open = withVerdicts(({ step, verdict }) => (step === 'confirm' ? 'INCONCLUSIVE' : verdict));
    expect(headlinePhase(open)?.name).toBe('confirm 77 /s, 3rd');
  });

  it('is broken by what failed rather than by what was left open', () => {
    const open = withVerdicts(({ rate, step, verdict }) =>
      step === 'confirm' ? 'PASS' : rate === 79 ? 'INCONCLUSIVE' : rate === 83 ? 'FAIL' : verdict,
    );
    expect(breakingProbe(open)?.rate).toBe(83);
    const undecided = withVerdicts(({ rate }) => (rate! > 77 ? 'INCONCLUSIVE' : 'PASS'));
    expect(breakingProbe(undecided)?.rate).toBe(79);
  });
});

describe('the fitted law', () => {
  it('gives γ for one in flight, and has its maximum at the knee', () => {
    const usl = record.capacity!.usl!;
    expect(uslRate(usl, 1)).toBeCloseTo(usl.gamma, 12);
    const knee = usl.kneeInFlight!;
    expect(uslRate(usl, knee)).toBeCloseTo(usl.kneeRate!, 9);
    for (const aside of [0.8, 0.95, 1.05, 1.3])
      expect(uslRate(usl, knee * aside)).toBeLessThan(uslRate(usl, knee));
  });
});
