import { parse } from 'csv-parse/sync';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderGateCsv } from '../../src/reporting/csv/gate.ts';
import {
  flipTally,
  gateCells,
  gateHeadline,
  orderedFlips,
  orderedRows,
  questionWords,
  unseenWords,
} from '../../src/reporting/gate-words.ts';
import { gateBlock } from '../../src/reporting/terminal/gate-block.ts';
import { gateRow, sampleGate } from './sample-gate.ts';

const failed = sampleGate();
const passed = sampleGate({ verdict: 'PASS' });
const open = sampleGate({ verdict: 'INCONCLUSIVE' });
const headlineOf = ({ gate, complete }: typeof failed) => gateHeadline({ gate: gate!, complete });

describe('the headline of a gate', () => {
  it('says of a pass what it rests on, and what it cannot see', () => {
    expect(headlineOf(passed)).toEqual({
      verdict: 'PASS',
      claim: 'Nothing got worse that these 400 questions and 30 pairs could show',
      sentence:
        'Against git:main (9fceb02d0ae) of 2026-02-28: both ran on this machine, in turns. It cannot see losses under 0.021 of right answers, under 3.3 % of p50, or under 20 % of p99.',
    });
    const questions = { compared: 1, onlyBefore: 0, onlyAfter: 0, changedRankings: 0, changedAnswers: 0 };
    const few = sampleGate({ verdict: 'PASS', gate: { questions, rows: [], basis: 'records', unseen: '' } });
    expect(headlineOf(few).claim).toBe('Nothing got worse that this 1 question could show');
    expect(headlineOf(few).sentence).toMatch(/: with its saved record, question by question\.$/);
  });

  it('names what failed, by what it is', () => {
    expect(headlineOf(failed).claim).toBe(
      'P95 and ndcg@10 (numeric) got worse; attainment >= 75% does not hold; pinned "><img src=x onerror="alert(2)"> flipped',
    );
    const rows = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      gateRow({ subject: 'measure', name, verdict: 'FAIL' }),
    );
    expect(headlineOf(sampleGate({ gate: { rows } })).claim).toBe('A, b, c and 2 more got worse');
  });

  it('names what is undecided; no interrupted or unexplained run passes', () => {
    expect(headlineOf(open).claim).toBe('Undecided in p99');
    const bare = sampleGate({ verdict: 'INCONCLUSIVE', gate: { rows: passed.gate!.rows } });
    expect(headlineOf(bare).claim).toBe('Undecided: no verdict was earned');
    expect(headlineOf({ ...passed, complete: false }).claim).toBe('Undecided: the run was interrupted');
  });

  it('tells what cannot be seen in one sentence, however it was put', () => {
    const of = (unseen: string): string => unseenWords({ ...passed.gate!, unseen });
    expect(of('losses under 0.06 of ndcg@10.')).toBe('It cannot see losses under 0.06 of ndcg@10.');
    expect(of('cannot see losses under 0.06')).toBe('It cannot see losses under 0.06.');
    expect(of(' ')).toBe('');
  });
});

describe('rows of a gate', () => {
  it('stand with what failed first, the primary first among their like', () => {
    const order = orderedRows(failed.gate!).map(({ verdict, primary }) => `${verdict}${primary ? '!' : ''}`);
    expect(order).toEqual([
      ...Array(4).fill('FAIL'),
      'INCONCLUSIVE',
      'PASS!',
      'PASS!',
      ...Array(4).fill('PASS'),
    ]);
  });

  it('write losses on the scale of what was judged', () => {
    const find = (name: string, verdict: string) =>
      gateCells(failed.gate!.rows.find((row) => row.name === name && row.verdict === verdict)!);
    expect(find('p95', 'FAIL')).toMatchObject({
      baseline: '41.2 ms',
      candidate: '49.9 ms',
      loss: '+21.3 %',
      interval: '+13.7 to +30.0 %',
      delta: '10 %',
      n: '30 pairs',
      p: '< 0.001',
      winsTiesLosses: '–',
      remarks: ['confirmed by a second batch'],
    });
    expect(find('ndcg@10', 'FAIL')).toMatchObject({
      name: 'ndcg@10 (numeric)',
      loss: '+0.061',
      interval: '+0.031 to +0.093',
      delta: '0.030',
      winsTiesLosses: '3 / 96 / 21',
      n: '120 questions',
    });
    expect(find('right', 'PASS')).toMatchObject({
      baseline: '79.0 %',
      loss: '−0.3 points',
      delta: '3.0 points',
    });
    expect(find('error-rate', 'PASS')).toMatchObject({ name: 'error rate', delta: '1 point' });
    expect(find('attainment >= 75%', 'FAIL')).toMatchObject({ candidate: '71.2 %', loss: '–', n: '–' });
    expect(find('p95 < 2s', 'PASS')).toMatchObject({ candidate: '42.6 ms' });
    expect(find('tw-lookup-01', 'PASS')).toMatchObject({ baseline: 'right', candidate: 'right' });
  });

  it('write the loss of a rate by how much it is lower', () => {
    const row = gateRow({
      subject: 'indicator',
      name: 'throughput',
      estimate: Math.log(1.25),
      interval: [-Math.log(1.1), Math.log(2)],
      delta: Math.log(1.05),
      why: '20.0 % lower',
    });
    expect(gateCells(row)).toMatchObject({
      loss: '+20.0 %',
      interval: '−10.0 to +50.0 %',
      delta: '5 %',
      why: '20.0 % lower.',
    });
  });

  it('print dashes for what is null', () => {
    const cells = gateCells(gateRow({ subject: 'indicator', name: 'p50', n: 0, why: '' }));
    expect(Object.values(cells).filter((cell) => cell === '–')).toHaveLength(9);
  });
});

describe('questions that flipped', () => {
  it('stand with pinned ones first, then what broke, what was mended, what else changed', () => {
    const flips = orderedFlips(failed.gate!);
    expect(flips[0]!.must).toBe(true);
    expect(flips.at(-2)!.id).toBe('tw-lookup-09');
    expect(flips.at(-1)!.id).toBe('tw-superseded-02');
    expect(flipTally(failed.gate!)).toBe(
      '11 went from right to wrong, 1 from wrong to right, 1 changed otherwise.',
    );
  });

  it('are counted with what stands on one side alone', () => {
    expect(questionWords(failed.gate!)).toBe(
      '400 questions compared (2 only in the baseline); 31 rankings and 24 answers changed.',
    );
    expect(questionWords(passed.gate!)).toMatch(/; no ranking and no answer changed\.$/);
  });
});

describe('a gate on a terminal', () => {
  it('fits any width, and says why what did not pass did not', () => {
    for (const columns of [40, 60, 78, 108]) {
      const lines = gateBlock(failed, { columns, colours: pc.createColors(false) });
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    }
    const text = gateBlock(failed, { columns: 108, colours: pc.createColors(false) }).join('\n');
    expect(text).toContain('Gate: 4 FAIL, 1 INCONCLUSIVE, 6 PASS');
    expect(text).toMatch(/✗ p95 +41\.2 ms +49\.9 ms +\+21\.3 % +\+13\.7 to \+30\.0 % +10 %/);
    expect(text).toContain('Moved: rerank: 3.2 ms to 5.1 ms');
    expect(text).not.toContain('\u001b');
    expect(gateBlock({ ...failed, gate: undefined }, { columns: 80, colours: pc })).toEqual([]);
  });
});

describe('gate.csv', () => {
  it('holds every row in full, empty where null, and runs nothing', () => {
    const rows: Record<string, string>[] = parse(renderGateCsv(failed), { columns: true });
    expect(rows).toHaveLength(failed.gate!.rows.length);
    expect(rows.find(({ name, verdict }) => name === 'p95' && verdict === 'FAIL')).toMatchObject({
      subject: 'indicator',
      loss: '0.193',
      loss_low: '0.128',
      confirmed: 'true',
      wins: '',
    });
    const hostile = sampleGate({ gate: { rows: [gateRow({ subject: 'pinned', name: '=1+1' })] } });
    expect(parse(renderGateCsv(hostile), { columns: true })[0]).toMatchObject({ name: "'=1+1" });
    expect((parse(renderGateCsv({ ...failed, gate: undefined })) as string[][]).length).toBe(1);
  });
});
