import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/records/schema.ts';
import {
  breakingProbe,
  drawnPhases,
  headlinePhase,
  headlineProbe,
  phaseLabel,
} from '../../src/reporting/phases.ts';
import { sampleCapacity, sampleSweep } from './sample-capacity.ts';
import { sampleLoad } from './sample-load-record.ts';

const { record } = sampleLoad();

/** The same load with other verdicts, in the order of its measured phases. */
function withVerdicts(...verdicts: ('PASS' | 'FAIL' | 'INCONCLUSIVE')[]): RunRecord {
  const load = record.load!;
  const phases = load.slo!.phases.map((phase, index) => ({ ...phase, verdict: verdicts[index]! }));
  const verdict = verdicts.includes('FAIL')
    ? 'FAIL'
    : verdicts.includes('INCONCLUSIVE')
      ? 'INCONCLUSIVE'
      : 'PASS';
  return { ...record, load: { ...load, slo: { ...load.slo!, verdict, phases } } };
}

describe('the headline phase of a load', () => {
  it.each([
    ['under most load where every phase passed', ['PASS', 'PASS', 'PASS', 'PASS'], 'load 110 /s'],
    ['the first that failed', ['PASS', 'FAIL', 'PASS', 'FAIL'], 'load 50 /s'],
    ['the first that was left open', ['PASS', 'PASS', 'INCONCLUSIVE', 'PASS'], 'load 80 /s'],
    ['one that failed before one left open', ['INCONCLUSIVE', 'PASS', 'FAIL', 'PASS'], 'load 80 /s'],
  ] as const)('is %s', (_, verdicts, name) => {
    expect(headlinePhase(withVerdicts(...verdicts))?.name).toBe(name);
  });

  it('is the fastest valid one without an SLO, and never the warm-up', () => {
    const { record: plain } = sampleLoad({ slo: null });
    expect(headlinePhase(plain)?.name).toBe('load 110 /s');
    const load = plain.load!;
    const phases = load.phases.map((phase) => ({ ...phase, valid: phase.name !== 'load 110 /s' }));
    expect(headlinePhase({ ...plain, load: { ...load, phases } })?.name).toBe('load 80 /s');
    const cold = { ...plain, load: { ...load, phases: load.phases.slice(0, 1) } };
    expect(headlinePhase(cold)).toBeUndefined();
  });
});

describe('the headline phase of a capacity search', () => {
  const { record: search } = sampleCapacity();

  it('is the last confirmation that held, with the slowest probe that broke above it', () => {
    expect(headlinePhase(search)?.name).toBe('confirm 77 /s, 3rd');
    expect(breakingProbe(search)).toMatchObject({ rate: 79, verdict: 'FAIL' });
    expect(drawnPhases(search).map(({ phase }) => phase.name)).toEqual([
      'bisect 79 /s',
      'confirm 77 /s, 3rd',
    ]);
  });

  it('is the fastest probe that held where nothing was confirmed', () => {
    expect(headlineProbe(sampleSweep().record)).toMatchObject({ rate: 80, verdict: 'PASS' });
  });

  it('is the slowest probe where none held, which then also is what broke', () => {
    const capacity = search.capacity!;
    const probes = capacity.probes.map((probe) => ({
      ...probe,
      verdict: probe.verdict && ('FAIL' as const),
    }));
    const failed = { ...search, capacity: { ...capacity, probes } };
    expect(headlineProbe(failed)?.rate).toBe(27);
    expect(breakingProbe(failed)?.rate).toBe(27);
  });

  it('is a phase like any other where no probe was judged', () => {
    const capacity = search.capacity!;
    const probes = capacity.probes.map((probe) => ({ ...probe, verdict: null }));
    expect(headlinePhase({ ...search, capacity: { ...capacity, probes } })?.name).toBe('climb 92 /s');
  });
});

describe('phases', () => {
  it('are drawn in full only as long as somebody reads them, the headline among them', () => {
    const load = record.load!;
    const one = load.phases[1]!;
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...one,
      name: `p${index}`,
      offeredRate: index + 1,
    }));
    const drawn = drawnPhases({ ...record, load: { ...load, slo: null, phases: many } });
    expect(drawn).toHaveLength(9);
    expect(drawn.at(-1)).toMatchObject({ index: 39, phase: { name: 'p39' } });
  });

  it('are not told their load twice', () => {
    const [, phase] = record.load!.phases;
    expect(phaseLabel(phase!)).toBe('load 20 /s');
    expect(phaseLabel({ ...phase!, name: 'load' })).toBe('load, 20 /s offered');
    expect(phaseLabel({ ...phase!, name: 'load', loop: 'closed', concurrency: 1 })).toBe('load, 1 asker');
  });
});
