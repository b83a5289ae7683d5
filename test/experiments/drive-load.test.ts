import { describe, expect, it } from 'vitest';
import { driveLoad } from '../../src/experiments/drive-load.ts';
import { Judge } from '../../src/experiments/judge.ts';
import { loadResult, responseRecords } from '../../src/experiments/load-record.ts';
import { Parts } from '../../src/experiments/parts.ts';
import type { ProfilePlan } from '../../src/experiments/profiles.ts';
import { LoadVerdicts } from '../../src/experiments/verdicts.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { runPhase } from '../../src/load/phase.ts';
import type { LoadContext, OpenPlan } from '../../src/load/phase-plan.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import type { Target } from '../../src/load/target.ts';
import { NO_RESPONSE, RIGHT_CODES } from '../../src/records/columns.ts';
import { loadSchema, responseSchema } from '../../src/records/schema.ts';
import { systemClock } from '../../src/system/clock.ts';
import { MADE_SET } from './made-set.ts';
import { HIDDEN, madeTarget } from './made-target.ts';

const { questions: QUESTIONS } = MADE_SET;
const SHORT: ProfilePlan = {
  warmup: 20,
  closedProbe: 30,
  openPhase: 60,
  microBenchmark: 0,
  comparesVariants: false,
};

function contextOf(target: Target, overrides: Partial<LoadContext> = {}): LoadContext {
  return {
    target,
    questions: QUESTIONS.map(({ question }) => question),
    clock: systemClock,
    random: seededRandom(3),
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    timeoutMs: 1000,
    deadlineMs: 100,
    maxInFlight: 64,
    arrivals: 'constant',
    onEvent: () => undefined,
    ...overrides,
  };
}

/** The load as the record has it, having been through JSON, in which NaN would be null. */
async function driven(target: Target, overrides: Partial<LoadContext> = {}, plan = SHORT) {
  const context = contextOf(target, overrides);
  const parts = new Parts(5, () => undefined);
  const run = await driveLoad(context, { plan, parts, clearCaches: async () => undefined });
  const verdicts = new LoadVerdicts(new Judge(MADE_SET.corpus, 5), QUESTIONS, context.responses);
  const { load, takeRequests } = loadResult(context, verdicts, run);
  const responses = responseRecords(context.responses, verdicts, 0);
  for (const response of responses) responseSchema.parse(response);
  return {
    run,
    requests: takeRequests(),
    responses,
    load: loadSchema.parse(JSON.parse(JSON.stringify(load))),
  };
}

const answering = (takes: number): Target =>
  madeTarget(async ({ question, signal }) => {
    await systemClock.sleep(milliseconds(takes), signal);
    return { answer: QUESTIONS[question]!.answers[0] ?? 'I do not know.', abstained: question >= 16 };
  });

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

describe('driving load', () => {
  it('offers the open loop half and four fifths of what the closed loop achieved', async () => {
    const { load } = await driven(answering(2));
    const { ratePerSecond } = load.closedLoopMaximum!;
    const open = load.phases.filter(({ loop }) => loop === 'open');
    const levels = open.map(({ offeredRate }) => (offeredRate! / ratePerSecond).toFixed(6));
    expect(levels).toEqual(['0.500000', '0.800000', '0.500000', '0.800000']);
    expect(open.every(({ attainment }) => attainment !== null && attainment > 0)).toBe(true);
  });

  it('copes with a target that always fails: no open loop, a note that says so, and every request accounted for', async () => {
    const target = madeTarget(() => {
      throw new GroundspeedError('generation.failed', 'no answer today');
    });
    const { run, load } = await driven(target);
    expect(run).toMatchObject({ maximum: null, notes: [expect.stringContaining('no open loop')] });
    expect(load.phases.map(({ name }) => name)).toEqual(['warm-up', 'closed × 1']);
    for (const { arrivals, errors, errorRate, attainment, latencyMs, valid, invalidReasons } of load.phases) {
      expect(errors).toBe(arrivals);
      expect(errorRate).toBe(1);
      expect(attainment).toBe(0);
      expect(latencyMs).toMatchObject({ p50: null, mean: null, max: null });
      expect({ valid, invalidReasons }).toEqual({
        valid: false,
        invalidReasons: ['no request was answered'],
      });
    }
    expect(load.errorClasses).toMatchObject([{ name: 'generation.failed', example: 'no answer today' }]);
  });

  it('copes with a target that never answers: each request ends at its timeout', async () => {
    const target = madeTarget(() => new Promise(() => undefined));
    const { run, load } = await driven(target, { timeoutMs: 50 });
    expect(run.maximum).toBeNull();
    expect(load.phases.every(({ arrivals, timeouts }) => arrivals > 0 && timeouts === arrivals)).toBe(true);
  });

  it('copes with a target slower than its probes', async () => {
    const { load } = await driven(
      answering(20),
      { maxInFlight: 10_000 },
      { ...SHORT, warmup: 5, closedProbe: 5 },
    );
    expect(load.closedLoopMaximum!.ratePerSecond).toBeGreaterThan(0);
    expect(load.phases.filter(({ loop }) => loop === 'open').length).toBe(4);
    for (const { arrivals, completed } of load.phases) expect(completed).toBe(arrivals);
  });

  it('calls a failed request what its question is worth: wrong, or unscored where this target shows nothing to judge', async () => {
    const target = madeTarget(({ question }) => {
      if (question % 4 === 0) throw new Error('no passage today');
      return { passages: [{ documentId: 'unst', text: 'The harbour of Unst was built in 1887.' }] };
    });
    const { requests, load } = await driven(target);
    const { question, right, response } = requests.columns;
    for (let row = 0; row < requests.length; row += 1) {
      const isRight = question[row] === 11 && response[row] !== NO_RESPONSE;
      const expected = question[row]! >= 16 ? 'unscored' : isRight ? 'right' : 'wrong';
      expect(RIGHT_CODES[right[row]!]).toBe(expected);
    }
    expect(load.phases.every(({ funnel, arrivals }) => sum(funnel) === arrivals)).toBe(true);
    expect(load.errorClasses.map(({ name }) => name)).toEqual(['unknown']);
  });

  it('keeps apart what a target answers differently each time', async () => {
    let nth = 0;
    const worded = madeTarget(async ({ signal }) => {
      await systemClock.sleep(milliseconds(2), signal);
      return { answer: `answer ${nth++}` };
    });
    const { responses, requests, load } = await driven(worded);
    const completed = load.phases.reduce((total, phase) => total + phase.completed, 0);
    const kept = requests.columns.response.filter((response) => response !== NO_RESPONSE);
    expect(new Set(kept).size).toBe(completed);
    // Preheating, which nobody keeps, had some of the answers.
    expect(new Set(responses.map(({ answer }) => answer)).size).toBe(completed);
  });

  it('keeps ten thousand responses, and judges all', () => {
    const { responses } = contextOf(answering(0));
    const silent = { ...HIDDEN, ranking: { ids: ['arran'], scores: [1] } };
    for (let nth = 0; nth < 12_000; nth += 1)
      responses.intern(nth % 20, { ...silent, answer: `answer ${nth}` });
    const verdicts = new LoadVerdicts(new Judge(MADE_SET.corpus, 5), QUESTIONS, responses);
    const records = responseRecords(responses, verdicts, 20);
    expect(records.length).toBe(10_000);
    expect(records[19]).toEqual({ question: 19, abstained: false, right: 'wrong' });
    expect(records[20]).toMatchObject({ question: 0, answer: 'answer 20', topDocuments: ['arran'] });
    expect(verdicts.rightOf(11_999)).toBe('wrong');
  });

  it('ends soon when it is interrupted while a target does not answer', async () => {
    const controller = new AbortController();
    const target = madeTarget((_, nth) => {
      if (nth === 5) controller.abort(new Error('enough'));
      return nth < 5 ? { answer: 'x' } : new Promise(() => undefined);
    });
    const { run, load } = await driven(
      target,
      { signal: controller.signal, timeoutMs: 60_000 },
      { ...SHORT, warmup: 10_000 },
    );
    expect(run.maximum).toBeNull();
    expect(load.phases).toMatchObject([
      { name: 'warm-up', arrivals: 6, completed: 5, errors: 1, valid: false },
    ]);
    expect(load.errorClasses).toMatchObject([{ name: 'run.interrupted', count: 1 }]);
  });
});

describe('a phase', () => {
  const plan: OpenPlan = { name: 'open', loop: 'open', rate: 400, duration: 100, cacheMode: 'uncached' };
  const asked = async (overrides: Partial<OpenPlan>, context: Partial<LoadContext> = {}) => {
    const instant = madeTarget(() => ({ answer: 'x' }));
    const { rows } = await runPhase(
      { ...plan, ...overrides },
      contextOf(instant, { arrivals: 'poisson', ...context }),
    );
    return {
      questions: [...rows.question.subarray(0, rows.rows)],
      due: [...rows.due.subarray(0, rows.rows)],
    };
  };

  it('is the same for the same seed: questions and due times', async () => {
    expect(await asked({})).toEqual(await asked({}));
    expect((await asked({}, { random: seededRandom(4) })).due).not.toEqual((await asked({})).due);
  });

  it.each(['uncached', 'cached'] as const)(
    'asks the same questions at every rate (%s)',
    async (cacheMode) => {
      const slow = await asked({ cacheMode, rate: 200, name: 'slow' });
      const fast = await asked({ cacheMode, rate: 600, name: 'fast' });
      expect(fast.questions.length).toBeGreaterThan(slow.questions.length);
      expect(fast.questions.slice(0, slow.questions.length)).toEqual(slow.questions);
    },
  );
});
