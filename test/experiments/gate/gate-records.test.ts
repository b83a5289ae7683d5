import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateRecords } from '../../../src/experiments/gate/compare-records.ts';
import { type GateOptions, gateOptions } from '../../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../../src/experiments/gate/policy.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { seededRandom, shuffle } from '../../../src/kernel/random.ts';
import { gateSchema, type QuestionRecord, type RunRecord } from '../../../src/records/schema.ts';
import { sampleRun } from '../../reporting/sample-record.ts';
import { question, questions, record } from './made-records.ts';

const SEED = 31;
const policyOf = (options: Partial<Record<keyof GateOptions, unknown>> = {}) =>
  gatePolicy(gateOptions.parse(options));

function gate(
  before: QuestionRecord[] | RunRecord,
  after: QuestionRecord[] | RunRecord,
  options: Partial<Record<keyof GateOptions, unknown>> = {},
) {
  const [baseline, candidate] = [before, after].map((one) => (Array.isArray(one) ? record(one) : one));
  return gateRecords({ baseline: baseline!, candidate: candidate!, policy: policyOf(options), seed: SEED });
}

const rowOf = ({ rows }: ReturnType<typeof gate>, name: string) => rows.find((row) => row.name === name)!;

const codeOf = (run: () => unknown): GroundspeedError => {
  try {
    run();
  } catch (error) {
    if (error instanceof GroundspeedError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

/** Questions of which a share loses `loss`, besides noise of equal size both ways. */
function losing(count: number, { share, loss, seed }: { share: number; loss: number; seed: number }) {
  const random = seededRandom(seed);
  const before: QuestionRecord[] = [];
  const after: QuestionRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    const base = 0.3 + 0.4 * random.next();
    const shift = random.next() < 0.4 ? 0.3 * (random.next() - 0.5) : 0;
    const lost = random.next() < share ? loss : 0;
    before.push(question(index, { ndcg: base }));
    after.push(question(index, { ndcg: base + shift - lost, answer: 'put otherwise' }));
  }
  return { before, after };
}

describe('quality, gated question by question', () => {
  it('passes a run of which nothing changed, however few questions there are', () => {
    for (const count of [12, 400]) {
      const result = gate(questions(count), questions(count));
      expect(result.verdict).toBe('PASS');
      expect(result.flips).toEqual([]);
      expect(result.questions).toMatchObject({ compared: count, changedRankings: 0, changedAnswers: 0 });
      expect(rowOf(result, 'ndcg@10')).toMatchObject({
        n: count,
        estimate: 0,
        ties: count,
        why: expect.stringMatching(/nothing/),
      });
    }
  });

  it('fails the loss of the first document in 5 % of 400 questions, and names kinds and questions', () => {
    const after = questions(400, (index) =>
      index % 20 === 1 ? { ndcg: 0.5, right: 'wrong', funnel: 'below k' } : {},
    );
    const result = gate(questions(400), after);
    expect(result.verdict).toBe('FAIL');
    const row = rowOf(result, 'ndcg@10');
    expect(row).toMatchObject({ verdict: 'FAIL', wins: 0, ties: 380, losses: 20, n: 400 });
    expect(row.estimate).toBeCloseTo(0.025, 12);
    expect(row.adjustedP!).toBeLessThan(0.01);
    expect(row.interval![0]).toBeGreaterThan(0);
    expect(row.moved.at(-1)).toMatch(/^questions: q1 \(1 → 0.5\), .* and 15 more$/);
    expect(row.moved.some((words) => words.startsWith('numeric: lost'))).toBe(true);
    expect(row.moved).toContain('end now as: below k (20)');
    expect(result.flips).toHaveLength(20);
    expect(result.flips[0]).toMatchObject({ before: 'right', after: 'wrong', answerBefore: 'answer 1' });
    expect(gateSchema.parse(result)).toMatchObject({ verdict: 'FAIL' });
  });

  it('passes what got better, and a loss that is certain but small', () => {
    const better = gate(
      questions(200, (index) => (index % 3 === 0 ? { ndcg: 0.5 } : {})),
      questions(200),
    );
    expect(rowOf(better, 'ndcg@10')).toMatchObject({ verdict: 'PASS', p: 1 });
    const small = gate(
      questions(400, () => ({ ndcg: 0.5 })),
      questions(400, () => ({ ndcg: 0.495 })),
    );
    expect(rowOf(small, 'ndcg@10')).toMatchObject({ verdict: 'PASS' });
    expect(rowOf(small, 'ndcg@10').adjustedP!).toBeLessThan(0.01);
  });

  it('is inconclusive where a loss that matters cannot be ruled out, and says what it cannot see', () => {
    const swinging = (sign: number) =>
      questions(60, (index) => ({ ndcg: 0.5 + sign * (index % 2 === 0 ? 0.15 : -0.15) }));
    const result = gate(swinging(1), swinging(-1), { measures: { 'ndcg@10': {} } });
    const row = rowOf(result, 'ndcg@10');
    expect(row).toMatchObject({
      verdict: 'INCONCLUSIVE',
      why: expect.stringMatching(/^may have lost as much as/),
    });
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.unseen).toBe(
      `cannot see losses under ${(Math.ceil(row.detectable! * 100) / 100).toFixed(2)} of ndcg@10, any change of latency`,
    );
  });

  it('claims no PASS from scores that never vary, unless questions are many enough', () => {
    const reworded = (count: number) =>
      gate(
        questions(count),
        questions(count, () => ({ answer: 'put otherwise' })),
      );
    expect(rowOf(reworded(100), 'right')).toMatchObject({ verdict: 'INCONCLUSIVE', interval: [0, 0] });
    expect(rowOf(reworded(200), 'right')).toMatchObject({ verdict: 'PASS' });
    // Rankings are all that it reads, and they are as they were.
    expect(rowOf(reworded(100), 'ndcg@10')).toMatchObject({ verdict: 'PASS' });
  });

  it('leaves fewer than fifty questions to the pinned ones', () => {
    const before = questions(49, (index) => ({ must: index < 3 }));
    const result = gate(
      before,
      questions(49, () => ({ ndcg: 0, right: 'wrong' })),
    );
    expect(rowOf(result, 'ndcg@10')).toMatchObject({
      verdict: 'INCONCLUSIVE',
      p: null,
      why: expect.stringMatching(/too few/),
    });
    expect(result.rows.filter(({ subject }) => subject === 'pinned').map(({ verdict }) => verdict)).toEqual([
      'FAIL',
      'FAIL',
      'FAIL',
    ]);
    expect(result.verdict).toBe('FAIL');
    expect(result.unseen).toMatch(/losses of ndcg@10 \(49 questions; 200 are recommended\)/);
  });

  it('measures a loss against the direction of the measure', () => {
    const scored = (value: number) => questions(200, () => ({ scores: { bpref: value } }));
    const lower = { measures: { bpref: { direction: 'lower' } } };
    expect(rowOf(gate(scored(0.2), scored(0.6), lower), 'bpref')).toMatchObject({ verdict: 'FAIL' });
    expect(rowOf(gate(scored(0.6), scored(0.2), lower), 'bpref')).toMatchObject({ verdict: 'PASS' });
  });

  it('gives no verdict on a measure that is missing, or that lost its questions', () => {
    const none = gate(
      questions(200),
      questions(200, () => ({ ndcg: null })),
    );
    expect(rowOf(none, 'ndcg@10')).toMatchObject({
      verdict: 'INCONCLUSIVE',
      n: 0,
      estimate: null,
      interval: null,
    });
    const some = gate(
      questions(200),
      questions(200, (index) => (index < 40 ? { ndcg: null } : {})),
    );
    expect(rowOf(some, 'ndcg@10')).toMatchObject({
      verdict: 'INCONCLUSIVE',
      why: expect.stringMatching(/only 160 of the 200/),
    });
    const empty = gate(record([]), record([]));
    expect(empty.verdict).toBe('INCONCLUSIVE');
    expect(empty.unseen).toMatch(/any loss of right/);
  });

  it('warns where unjudged documents decide', () => {
    const judged = (share: number, ndcg: number) =>
      questions(200, () => ({ ndcg, scores: { 'judged@10': share } }));
    expect(rowOf(gate(judged(0.95, 0.9), judged(0.85, 0.8)), 'ndcg@10').why).toMatch(
      /not comparable.*0.95, then 0.85/,
    );
    expect(rowOf(gate(judged(0.9, 0.9), judged(0.9, 0.9)), 'ndcg@10').why).not.toMatch(/judged/);
  });

  it('cries wolf in at most one of a hundred A/A comparisons, and finds a real loss', () => {
    let alarms = 0;
    let found = 0;
    const only = { measures: { 'ndcg@10': {} } };
    for (let seed = 0; seed < 100; seed += 1) {
      const same = losing(100, { share: 0, loss: 0, seed });
      if (gate(same.before, same.after, only).verdict === 'FAIL') alarms += 1;
      if (seed >= 20) continue;
      const worse = losing(100, { share: 0.25, loss: 0.4, seed });
      if (gate(worse.before, worse.after, only).verdict === 'FAIL') found += 1;
    }
    expect(alarms).toBeLessThanOrEqual(1);
    expect(found).toBeGreaterThanOrEqual(19);
  });

  it('does not depend on the order of the questions, and turns its sign with the two runs', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { before, after } = losing(80, { share: 0.1, loss: 0.3, seed });
        const { rows } = gate(before, after);
        const shuffled = gate(
          shuffle([...before], seededRandom(seed)),
          shuffle([...after], seededRandom(seed + 1)),
        );
        const plain = ({ moved: _, ...row }: (typeof rows)[number]) => row;
        for (const [index, row] of shuffled.rows.entries()) {
          const { estimate, baseline, candidate, why: _, detectable, ...rest } = plain(row);
          const other = plain(rows[index]!);
          expect(other).toMatchObject(rest);
          expect(estimate).toBeCloseTo(other.estimate!, 12);
          expect(baseline! - candidate!).toBeCloseTo(other.baseline! - other.candidate!, 12);
          if (detectable !== null) expect(detectable).toBeCloseTo(other.detectable!, 12);
        }
        const back = gate(after, before).rows;
        for (const [index, row] of back.entries()) {
          expect(row.estimate).toBeCloseTo(-rows[index]!.estimate!, 12);
          expect([row.wins, row.losses]).toEqual([rows[index]!.losses, rows[index]!.wins]);
          expect([row.verdict, rows[index]!.verdict]).not.toEqual(['FAIL', 'FAIL']);
        }
      }),
      { numRuns: 10, seed: SEED },
    );
  });

  it('is the same for the same seed', () => {
    const { before, after } = losing(100, { share: 0.1, loss: 0.3, seed: 9 });
    expect(gate(before, after)).toEqual(gate(before, after));
  });
});

describe('pinned questions', () => {
  const pinned = (right: QuestionRecord['right'], must = true) =>
    questions(60, (index) => (index === 4 ? { right, must } : {}));
  const verdicts = (before: QuestionRecord['right'], after: QuestionRecord['right']) =>
    rowOf(gate(pinned(before), pinned(after)), 'q4').verdict;

  it('fail by any flip from right, and by nothing else', () => {
    expect(verdicts('right', 'wrong')).toBe('FAIL');
    expect(verdicts('right', 'right')).toBe('PASS');
    expect(verdicts('wrong', 'right')).toBe('PASS');
    expect(verdicts('wrong', 'wrong')).toBe('PASS');
    expect(verdicts('right', 'unscored')).toBe('INCONCLUSIVE');
    expect(verdicts('unscored', 'wrong')).toBe('INCONCLUSIVE');
  });

  it('stay pinned when the candidate takes the pin out, and are missed when it takes the question out', () => {
    expect(rowOf(gate(pinned('right'), pinned('wrong', false)), 'q4').verdict).toBe('FAIL');
    const without = pinned('right').filter(({ id }) => id !== 'q4');
    const result = gate(pinned('right'), without);
    expect(rowOf(result, 'q4')).toMatchObject({ verdict: 'INCONCLUSIVE', candidate: null, baseline: 1 });
    expect(result.verdict).not.toBe('PASS');
  });

  it('are decided by most of the times that they were asked', () => {
    const again = (...times: QuestionRecord['right'][]) =>
      gateRecords({
        baseline: record(pinned('right')),
        candidate: record(pinned('wrong')),
        policy: policyOf(),
        seed: SEED,
        askedAgain: new Map([['q4', times]]),
      }).rows.find(({ name }) => name === 'q4')!;
    expect(again('right', 'right')).toMatchObject({ verdict: 'PASS', candidate: 1 });
    expect(again('right', 'wrong')).toMatchObject({
      verdict: 'FAIL',
      why: expect.stringMatching(/2 of 3 times/),
    });
  });

  it('are left alone where the policy says so', () => {
    expect(rowOf(gate(pinned('right'), pinned('wrong'), { pinned: false }), 'q4')).toBeUndefined();
  });
});

describe('records that do not fit together', () => {
  it('are compared on what they share, loudly, and refused below 90 %', () => {
    const result = gate(questions(200), questions(190));
    expect(result.questions).toMatchObject({ compared: 190, onlyBefore: 10, onlyAfter: 0 });
    expect(result.notes.join(' ')).toMatch(/190 questions that are in both: 10 stand in the baseline alone/);
    const error = codeOf(() => gate(questions(200), questions(179)));
    expect(error).toMatchObject({ code: 'gate.incomparable', exitCode: 2 });
    expect(error.message).toMatch(/only 179 are the same/);
    expect(error.hint).toMatch(/180 here/);
  });

  it('share no question whose text or expectation changed', () => {
    const altered = questions(200, (index) => (index < 30 ? { text: 'Another question?' } : {}));
    expect(codeOf(() => gate(questions(200), altered)).message).toMatch(
      /30 bear the same id, but another text/,
    );
  });

  it('are told apart by golden set and documents', () => {
    const other = record(questions(200));
    const { dataset } = other;
    const moved = {
      ...other,
      dataset: { ...dataset!, name: 'grown', questionsHash: sha256('a'), corpusHash: sha256('b') },
    };
    const notes = gate(record(questions(200)), moved).notes.join('\n');
    expect(notes).toMatch(/made 1.0.0, then grown 1.0.0/);
    expect(notes).toMatch(/questions of the golden set have changed/);
    expect(notes).toMatch(/documents of the golden set have changed/);
  });

  it('are refused where one is of another version', () => {
    const old = { ...record(questions(60)), schema: 'groundspeed.record/0' as never };
    expect(codeOf(() => gate(record(questions(60)), old))).toMatchObject({ code: 'record.version' });
    expect(codeOf(() => gate(old, record(questions(60))))).toMatchObject({ code: 'record.version' });
  });

  it('never pass where the run was interrupted, or nothing was answered', () => {
    const cut = gate(record(questions(200)), record(questions(195), { complete: false }));
    expect(cut).toMatchObject({ verdict: 'INCONCLUSIVE', invalid: [expect.stringMatching(/interrupted/)] });
    const dead = questions(200, () => ({ error: 'no connection', right: 'wrong', ndcg: 0, must: true }));
    for (const [before, after] of [
      [dead, questions(200)],
      [questions(200), dead],
      [dead, dead],
    ] as const) {
      const result = gate(before, after);
      expect(result.verdict).toBe('INCONCLUSIVE');
      expect(result.invalid.join()).toMatch(/none of the questions/);
    }
  });
});

describe('latency of saved runs', () => {
  const sample = sampleRun().record;

  it('is told but never judged, less so on other hardware', () => {
    const same = gate(sample, sample);
    expect(same.rows.every(({ subject }) => subject !== 'indicator')).toBe(true);
    expect(same.weaker).toMatch(/different times.*For what it is worth: in .*p50/);
    expect(same.unseen).toMatch(/any change of latency/);
    const slower = structuredClone(sample);
    slower.environment.fingerprint = sha256('another machine');
    for (const phase of slower.load!.phases) phase.latencyMs.p50 = 100 * (phase.latencyMs.p50 ?? 1);
    const other = gate(sample, slower);
    expect(other.weaker).toMatch(/different hardware/);
    expect(other.verdict).not.toBe('FAIL');
    expect(gate(questions(60), questions(60)).weaker).toMatch(/no load/);
  });

  it('makes a run whose load was invalid pass nothing', () => {
    const invalid = structuredClone(sample);
    const phase = invalid.load!.phases.find(({ warmup }) => !warmup)!;
    phase.valid = false;
    phase.invalidReasons = ['lag p99 9 ms'];
    const result = gate(sample, invalid);
    expect(result.invalid.join()).toMatch(/lag p99 9 ms/);
    expect(result.verdict).toBe('INCONCLUSIVE');
  });
});

describe('a measure that cannot be scored', () => {
  const stripped = (returned: 'answers' | 'rankings') =>
    questions(240).map((one) => ({
      ...one,
      returned: { ...one.returned!, ...(returned === 'answers' && { ranking: null }) },
      scores: {},
    }));
  const NAMED = { measures: { 'ndcg@10': {}, mrr: {} } };

  it('is left out of the default where the target returns no ranking, and says so', () => {
    const result = gate(stripped('answers'), stripped('answers'));
    expect(result).toMatchObject({ verdict: 'PASS', rows: [{ name: 'right' }] });
    expect(result.notes).toEqual(['ndcg@10 is not gated: not scored: the target returns no ranking.']);
  });

  it('stays open where the user named it, with the reason', () => {
    for (const name of ['ndcg@10', 'mrr'])
      expect(rowOf(gate(stripped('answers'), stripped('answers'), NAMED), name)).toMatchObject({
        verdict: 'INCONCLUSIVE',
        why: 'not scored: the target returns no ranking',
      });
    expect(rowOf(gate(stripped('rankings'), stripped('rankings'), NAMED), 'mrr').why).toBe(
      'not scored: the run did not take it',
    );
    const judged = { measures: { faithfulness: {} } };
    expect(rowOf(gate(questions(60), questions(60), judged), 'faithfulness').why).toMatch(/no model judged/);
  });

  it('stays open where the candidate lost it: an optional one, too', () => {
    const result = gate(questions(240), stripped('answers'));
    expect(rowOf(result, 'ndcg@10')).toMatchObject({
      verdict: 'INCONCLUSIVE',
      why: 'not scored: the candidate has none of it: the target returns no ranking',
    });
  });
});

describe('rankings that a record does not keep', () => {
  const hidden = (list: QuestionRecord[], keep: (index: number) => boolean) =>
    list.map((one, index) =>
      keep(index) ? one : { ...one, returned: { ...one.returned!, ranking: null, passages: null } },
    );

  it('changed where a measure of them did, and did not where none did', () => {
    const before = hidden(questions(240), (index) => index % 40 === 0);
    const after = hidden(
      questions(240, (index) => (index < 12 ? { ndcg: 0.4 } : {})),
      (index) => index < 12,
    );
    const { questions: counted, flips } = gate(before, after);
    expect(counted).toMatchObject({ compared: 240, changedRankings: 12 });
    expect(flips).toHaveLength(12);
    expect(
      gate(
        before,
        hidden(questions(240), (index) => index % 7 === 0),
      ).questions.changedRankings,
    ).toBe(0);
  });
});
