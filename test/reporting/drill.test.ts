import { describe, expect, it } from 'vitest';
import { doubts } from '../../src/reporting/doubts.ts';
import {
  differenceRow,
  mainArm,
  orderedDifferences,
  promiseRow,
  signed,
  windowRows,
} from '../../src/reporting/drill.ts';
import {
  budgetWords,
  drillHeadline,
  noticed,
  recoveryWords,
  worthSentences,
} from '../../src/reporting/drill-words.ts';
import { keyFigures } from '../../src/reporting/facts.ts';
import { headline, headlineText } from '../../src/reporting/headline.ts';
import { headlinePhase } from '../../src/reporting/phases.ts';
import { sampleDrill } from './sample-drill.ts';

const { record } = sampleDrill();
const drill = record.drill!;
const arm = mainArm(drill)!;

/** The record with the first arm's window of the faults, and the one before, as given. */
function windowed(
  during: Partial<(typeof arm.windows)[number]>,
  before: Partial<(typeof arm.windows)[number]> = {},
) {
  const over = { before, during, after: {} };
  const windows = arm.windows.map((window) => ({
    ...window,
    availability: 1,
    right: 0.6,
    arrivals: 400,
    latencyMs: { p50: 10, p95: 50, p99: 80 },
    ...over[window.name],
  }));
  return { ...record, drill: { ...drill, arms: [{ ...arm, windows }] } };
}

describe('the headline of a drill', () => {
  it('says what failed, what users noticed, and what was promised', () => {
    const { verdict, claim, sentence } = headline(record);
    expect(verdict).toBe('PASS');
    expect(claim).toMatch(/^The embedding API is down: users /);
    expect(sentence).toMatch(
      /^While the fault lasted 100\.0 % of questions got a real answer \(before: 100\.0 %\)/,
    );
    expect(sentence).toContain('A breaker opened after 80.0 ms');
    expect(sentence).toContain('No question was lost.');
    expect(sentence).toMatch(/All 3 promises held\.$/);
    expect(headlineText(headline(record))).toMatch(/^PASS: the embedding API is down/);
  });

  it('names the promises that were broken, and those that are open', () => {
    const failed = sampleDrill({ verdict: 'FAIL' }).record;
    expect(headline(failed).sentence).toMatch(
      /Broken: right >= 0\.9x before, during\. Undecided: detection <= 1s\.$/,
    );
  });

  it('bears no verdict where nothing was promised', () => {
    const bare = { ...record, drill: { ...drill, promises: [] } };
    expect(drillHeadline(bare)).toMatchObject({ verdict: undefined });
    expect(drillHeadline(bare).sentence).toMatch(/Nothing was promised\.$/);
  });

  it('tells a drill that never began from one that passed', () => {
    const empty = {
      ...record,
      drill: { ...drill, arms: [], promises: [], verdict: 'INCONCLUSIVE' as const },
    };
    expect(drillHeadline(empty)).toMatchObject({ verdict: 'INCONCLUSIVE', claim: 'The drill did not begin' });
    expect(keyFigures(empty)).toEqual([]);
    expect(noticed(empty)).toBeUndefined();
  });

  it('is about the phase of the first arm, and the tiles are about the drill', () => {
    expect(headlinePhase(record)).toBe(record.load!.phases[arm.phase]);
    expect(keyFigures(record).map(({ label }) => label)).toEqual([
      'Available meanwhile',
      'Right meanwhile',
      'p95 meanwhile',
      'Detected after',
      'Recovered after',
      'Questions lost',
      'Error budget burnt',
      'Amplification',
    ]);
  });

  it('raises no doubt about the steady state, nor about phases of other arms', () => {
    const phases = record.load!.phases.map((phase) => ({
      ...phase,
      valid: phase === headlinePhase(record),
      steadyState: { truncatedShare: 0.5, steady: false },
    }));
    const texts = doubts({ ...record, load: { ...record.load!, phases } }).map(({ text }) => text);
    expect(texts.filter((text) => /steady|invalid/.test(text))).toEqual([]);
  });
});

describe('what users notice', () => {
  it('is nothing where nothing changed', () => {
    expect(noticed(windowed({}))).toEqual({ lost: false, wrong: false, slow: false });
    expect(drillHeadline(windowed({})).claim).toMatch(/users did not notice$/);
  });

  it('is one lost question, where none was lost before', () => {
    const one = windowed({ availability: 399 / 400 });
    expect(noticed(one)).toMatchObject({ lost: true });
    expect(drillHeadline(one).claim).toMatch(/users noticed, 0\.2 % got no answer$/);
  });

  it('is not what was lost just as often before', () => {
    expect(noticed(windowed({ availability: 0.98 }, { availability: 0.985 }))).toMatchObject({ lost: false });
    expect(noticed(windowed({ availability: 0.9 }, { availability: 0.985 }))).toMatchObject({ lost: true });
  });

  it('is fewer right answers than chance explains, not a few', () => {
    expect(noticed(windowed({ right: 0.57 }))).toMatchObject({ wrong: false });
    expect(noticed(windowed({ right: 0.45 }))).toMatchObject({ wrong: true });
    expect(noticed(windowed({ right: 0.75 }))).toMatchObject({ wrong: false });
  });

  it('is a p95 that doubled and is a tenth of a second longer', () => {
    const p95 = (value: number) => noticed(windowed({ latencyMs: { p50: 10, p95: value, p99: 999 } }))!.slow;
    expect([p95(99), p95(149), p95(151)]).toEqual([false, false, true]);
  });

  it('is held against the time after, where there is none before', () => {
    const whole = windowed({ right: 0.3 });
    const windows = whole.drill.arms[0]!.windows.filter(({ name }) => name !== 'before');
    const late = { ...whole, drill: { ...whole.drill, arms: [{ ...arm, windows }] } };
    expect(noticed(late)).toMatchObject({ wrong: true });
    expect(drillHeadline(late).sentence).toContain('(after: 60.0 %)');
  });
});

describe('the words of a drill', () => {
  it('tell a recovery at once, after a while, not within the drill, and not seen', () => {
    const words = (recoveredMs: number | null, durationMs = drill.durationMs): string =>
      recoveryWords({ ...drill, durationMs }, { ...arm, recoveredMs });
    expect(words(0)).toBe('full answers were back at once');
    expect(words(1106.5)).toMatch(/^full answers were back 1.107 ms after the end$/);
    expect(words(null)).toBe('full answers did not come back within the drill');
    expect(words(null, 22_000)).toMatch(/^it lasted to the end/);
  });

  it('tell the error budget in shares, and in multiples where it is more than all of it', () => {
    const words = (burnt: number): string =>
      budgetWords({ ...arm, budget: { target: 0.9995, days: 30, burnt } });
    expect(words(0.0123)).toBe('1.2 % of a 30-day error budget at 99.95 %');
    expect(words(0)).toBe('nothing of a 30-day error budget at 99.95 %');
    expect(words(2.5)).toBe('2.50 times the whole of a 30-day error budget at 99.95 %');
  });

  it('say what each pattern is worth, with its interval', () => {
    const [sentence, ...others] = worthSentences(drill);
    expect(others).toEqual([]);
    expect(sentence).toMatch(
      /^Degradation helps: available \+100\.0 points, right and in time \+\d+\.\d points \(\+\d+\.\d to \+\d+\.\d\)/,
    );
    const none = drill.differences.map((row) => ({ ...row, estimate: 0, word: "can't tell" as const }));
    expect(worthSentences({ ...drill, differences: none })).toEqual([
      'Degradation changes nothing in what users get.',
    ]);
  });
});

describe('the rows of a drill', () => {
  it('put the time of the faults first', () => {
    const [first] = orderedDifferences(drill);
    expect(first!.window).toBe('during');
  });

  it('write shares in points, p95 in time spared, attempts in numbers', () => {
    const row = drill.differences[0]!;
    const write = (over: Partial<typeof row>) => differenceRow({ ...row, ...over }).worth;
    expect(write({ indicator: 'right', estimate: -0.0312 })).toBe('−3.1 points');
    expect(write({ indicator: 'p95', estimate: 1234 })).toMatch(/^1.234 ms less$/);
    expect(write({ indicator: 'p95', estimate: -20 })).toBe('20.0 ms more');
    expect(write({ indicator: 'attempts', estimate: 812 })).toBe('812 fewer');
    expect(write({ indicator: 'attempts', estimate: 0 })).toBe('the same');
    expect(write({ estimate: null })).toBe('–');
    expect(differenceRow({ ...row, ci95: null, word: "can't tell" }).word).toBe('–');
    expect([signed(0.0001), signed(-0.5), signed(0.5)]).toEqual(['0.0', '−50.0', '+50.0']);
  });

  it('write a dash for what is null, never 0', () => {
    const promise = promiseRow({ ...drill.promises[0]!, observed: null });
    expect(promise).toMatchObject({ observed: '–', bound: '≥ 99.9 %' });
    const bare = windowRows({
      ...arm,
      windows: arm.windows.map((window) => ({
        ...window,
        availability: null,
        right: null,
        attainment: null,
        goodputPerSecond: null,
        latencyMs: { p50: null, p95: null, p99: null },
        measures: [],
      })),
    });
    const empty = bare.filter(({ name }) => !/^(Answers|Arrivals)/.test(name));
    for (const { name, cells } of empty) for (const { value } of cells) expect(value, name).toBe('–');
  });

  it('show bounds that are multiples of the time before as what they came to', () => {
    expect(promiseRow(drill.promises[1]!).bound).toBe('≤ 106 ms');
    expect(promiseRow(drill.promises[2]!).bound).toBe('≤ 6 s');
  });
});
