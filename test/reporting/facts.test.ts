import { describe, expect, it } from 'vitest';
import type { PhaseRecord, RunRecord } from '../../src/records/schema.ts';
import { doubts } from '../../src/reporting/doubts.ts';
import { headlinePhase, keyFigures } from '../../src/reporting/facts.ts';
import { headline, headlineIsDoubtful, headlineText } from '../../src/reporting/headline.ts';
import { sampleRun, withoutNumbers } from './sample-record.ts';

const { record } = sampleRun();

function withPhases(change: (phase: PhaseRecord) => Partial<PhaseRecord>): RunRecord {
  const load = record.load!;
  return {
    ...record,
    load: { ...load, phases: load.phases.map((phase) => ({ ...phase, ...change(phase) })) },
  };
}

describe('the headline', () => {
  it('speaks of the uncached open-loop phase nearest to 80 % of the maximum', () => {
    expect(headlinePhase(record)?.name).toBe('uncached-80');
    expect(headlineText(headline(record))).toMatch(/^Right within 100 ms: \d+\.\d %$/);
  });

  it('prefers a valid phase, and doubts itself when there is none', () => {
    const without = withPhases(({ name, valid }) => ({ valid: valid && name !== 'uncached-80' }));
    expect(headlinePhase(without)?.name).toBe('uncached-50');
    expect(headlineIsDoubtful(without)).toBe(false);
    expect(headlineIsDoubtful(withPhases(() => ({ valid: false })))).toBe(true);
  });

  it('withholds attainment above 5 % unscored', () => {
    const unscored = withPhases(() => ({ attainment: null, attainmentCi95: null, unscoredShare: 0.12 }));
    expect(headlineText(headline(unscored))).toBe(
      'Attainment withheld, arrivals that could not be scored: 12.0 %',
    );
    expect(
      doubts(unscored)
        .map(({ text }) => text)
        .join(' '),
    ).toMatch(/withheld above 5\.0 % unscored: .*uncached-80/);
  });

  it('falls back to quality, then to ingest, then to saying that nothing was measured', () => {
    const { load: _load, ...evaluation } = record;
    expect(headlineText(headline(evaluation))).toMatch(/^Right answers: /);
    const { quality: _quality, ...ingest } = evaluation;
    expect(headlineText(headline(ingest))).toBe('Documents indexed: 42');
    expect(headlineText(headline({ ...ingest, ingest: null }))).toBe('Nothing was measured');
  });
});

describe('doubts', () => {
  it('puts what cannot be trusted before what is to be borne in mind', () => {
    const found = doubts({ ...record, complete: false });
    expect(found.map(({ weight }) => weight)).toEqual(
      [...found.map(({ weight }) => weight)].sort().reverse(),
    );
    expect(found[0]?.text).toMatch(/interrupted/);
    expect(found.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Phase overload is invalid: the generator lagged/)]),
    );
    expect(found.map(({ text }) => text)).toContain('Caches of the operating system were warm.');
  });

  it('is silent where there is nothing to doubt', () => {
    const sound = withPhases(() => ({ valid: true, unscoredShare: 0, steadyState: null }));
    const clean = { ...sound, notes: [], ingest: null, dataset: null };
    const { quality: _quality, ...unasked } = clean;
    expect(doubts(unasked)).toEqual([]);
  });
});

describe('key figures', () => {
  it('bear an interval where there is one', () => {
    expect(keyFigures(record).find(({ label }) => label === 'Latency p95')?.detail).toMatch(
      /^95 %: .+–.+ ms$/,
    );
  });

  it('show a dash for every number that could not be had', () => {
    const values = keyFigures(withoutNumbers(record)).map(({ value }) => value);
    expect(values.filter((value) => value !== '–')).toEqual(['0.0 %']); // the error rate is never unknown
  });
});
