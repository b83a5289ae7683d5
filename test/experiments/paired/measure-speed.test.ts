import { describe, expect, it } from 'vitest';
import { measureSpeed, type SpeedOptions } from '../../../src/experiments/paired/measure-speed.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { type ArmBehaviour, type Simulation, simulatedArm } from './simulated-arms.ts';

async function measure(behaviours: readonly ArmBehaviour[], options: Partial<SpeedOptions> = {}) {
  const simulation: Simulation = { clock: new ManualClock(), orders: [], open: new Set() };
  const told: string[] = [];
  const result = await measureSpeed({
    arms: behaviours.map((behaviour, index) => simulatedArm(`v${index}`, simulation, behaviour)),
    wishes: {},
    questions: 50,
    seed: 3,
    clock: simulation.clock,
    interleaving: 'processes',
    mostUsers: 64,
    tell: (text) => told.push(text),
    ...options,
  });
  return { ...result, simulation, told: told.join('\n') };
}

describe('measuring speed', () => {
  it('offers all arms half of what the first can do at most', async () => {
    const { plan, simulation, told } = await measure([{ answerMs: 1 }, { answerMs: 5 }]);
    expect(plan).toMatchObject({
      interleaving: 'processes',
      rate: 1000,
      launches: 10,
      pairs: 3,
      blockSeconds: 3,
    });
    const open = simulation.orders.filter(({ order }) => order.rate !== null);
    expect(new Set(open.map(({ order }) => order.rate))).toEqual(new Set([1000]));
    expect(told).toContain('10 launches × 3 pairs');
    expect(told).toContain('240,000 requests');
    expect(told).toContain('$480');
  });

  it('does not press a target that must not be pressed, nor pass its ceiling', async () => {
    const { simulation, plan } = await measure([{ answerMs: 1 }, {}], { mostUsers: 1, maxRate: 100 });
    expect(simulation.orders.every(({ order }) => (order.users ?? 1) === 1)).toBe(true);
    expect(plan.rate).toBe(100);
    expect(plan.blockSeconds).toBe(10);
  });

  it('pairs the questions of slow targets, and tells size and cost before', async () => {
    const { plan, blocks, simulation, told } = await measure([{ answerMs: 400 }, { answerMs: 500 }]);
    expect(plan).toMatchObject({ interleaving: 'questions', pairs: 50, rate: null });
    expect(blocks).toHaveLength(102);
    const asked = simulation.orders.flatMap(({ order }) => order.question ?? []);
    for (let index = 0; index < asked.length; index += 2) expect(asked[index]).toBe(asked[index + 1]);
    expect(new Set(asked).size).toBe(50);
    expect(told).toMatch(/50 of 50 questions.*102 requests, 41 s, about \$0\.20/);
  });

  it('keeps to a budget, whatever it is', async () => {
    for (const budget of [60_000, 120_000, 600_000]) {
      const { plan, simulation, blocks } = await measure(
        [{ answerMs: 1, launchMs: 800 }, { launchMs: 800 }],
        {
          wishes: { budget },
        },
      );
      expect(simulation.clock.now()).toBeLessThanOrEqual(budget);
      expect(blocks).toHaveLength(plan.launches * (plan.pairs + 1) * 2);
    }
  });

  it('leaves time for a batch that confirms, where it may be needed', async () => {
    const wishes = { budget: 600_000 };
    const [one, two] = [
      await measure([{ answerMs: 1 }, {}], { wishes }),
      await measure([{ answerMs: 1 }, {}], { wishes, batches: 2 }),
    ];
    expect(two.plan.launches).toBeLessThanOrEqual(Math.ceil(one.plan.launches / 2));
    expect(JSON.stringify(two.plan.launchesOf(1))).not.toBe(JSON.stringify(two.plan.launchesOf(0)));
  });

  it('plans for no more requests than it may send, by number or by cost', async () => {
    const fast = await measure([{ answerMs: 1 }, {}], { wishes: { maxRequests: 100_000 } });
    expect(fast.plan.launches).toBe(4); // of 24,000 requests each
    const paid = await measure([{ answerMs: 1 }, {}], { wishes: { maxCostUsd: 100 } });
    expect(paid.plan.launches).toBe(2);
    const slow = await measure([{ answerMs: 400 }, {}], { wishes: { maxRequests: 21 } });
    expect(slow.blocks).toHaveLength(20);
    await expect(measure([{ answerMs: 1 }, {}], { wishes: { maxRequests: 9 } })).rejects.toMatchObject({
      where: '--max-requests',
    });
  });

  it('refuses a limit of cost where the target does not tell what an answer costs', async () => {
    const wishes = { maxCostUsd: 1 };
    await expect(measure([{ answerMs: 1, costUsd: null }, {}], { wishes })).rejects.toMatchObject({
      code: 'usage.argument',
      where: '--max-cost',
    });
    await expect(measure([{ answerMs: 400, costUsd: null }, {}], { wishes })).rejects.toMatchObject({
      where: '--max-cost',
    });
    // Nothing is a cost, too, and is never too much.
    const free = await measure([{ answerMs: 1, costUsd: 0 }, { costUsd: 0 }], { wishes });
    expect(free.plan.launches).toBe(10);
    await expect(measure([{ answerMs: 1, costUsd: null }, {}])).resolves.toMatchObject({ endedBy: null });
  });

  it('offers no more than its generator can send at ease, and says so', async () => {
    const { plan, notes, told } = await measure([{ answerMs: 0.1, sendsAtMost: 6000 }, {}]);
    // Half of the 20,000 that it answers would be 10,000.
    expect(plan.rate! * (4 / 3)).toBeLessThanOrEqual(6000);
    expect(plan.rate! * (4 / 3)).toBeGreaterThan(0.7 * 6000);
    expect(notes).toEqual([
      expect.stringMatching(/^3430 requests\/s are offered, not the 10000.*busy 91\.0 %/),
    ]);
    expect(told).toContain(notes[0]);
    const named = await measure([{ answerMs: 0.1, sendsAtMost: 6000 }, {}], { wishes: { rate: 9000 } });
    expect(named.plan).toMatchObject({ rate: 9000, notes: [] });
    const ample = await measure([{ answerMs: 0.1, sendsAtMost: 20_000 }, {}]);
    expect(ample.plan).toMatchObject({ rate: 10_000, notes: [] });
    const ceiling = await measure([{ answerMs: 0.1, sendsAtMost: 600 }, {}], { maxRate: 500 });
    expect(ceiling.plan.rate).toBe(500);
    expect(Math.max(...ceiling.simulation.orders.map(({ order }) => order.rate ?? 0))).toBe(500);
  });

  it('does not go on lowering where the number of requests cannot be what makes a generator late', async () => {
    const { plan, notes } = await measure([{ answerMs: 0.1, sendsAtMost: 0 }, {}]);
    expect(plan.rate).toBe(1000);
    expect(notes[0]).toMatch(/^1000 requests/);
  });

  it('gives up a target that hangs while its maximum is looked for', async () => {
    await expect(measure([{ answerMs: 1, hangsBlock: () => true }, {}])).rejects.toMatchObject({
      code: 'target.timeout',
    });
  });

  it('refuses a budget in which nothing fits, and a target that does not answer', async () => {
    await expect(measure([{ answerMs: 1 }, {}], { wishes: { budget: 5000 } })).rejects.toMatchObject({
      where: '--budget',
    });
    await expect(measure([{ answerMs: Number.POSITIVE_INFINITY }, {}])).rejects.toMatchObject({
      code: 'target.unavailable',
    });
  });

  it('says which variant could not be trusted', async () => {
    const { notes } = await measure([{ answerMs: 1 }, { failsLaunch: (launch) => launch > 6 }]);
    expect(notes.join('\n')).toMatch(/3 blocks of v1 cannot be trusted\. The first: it could not be started/);
  });

  it('holds each of many variants against the first', async () => {
    const { plan, blocks } = await measure(
      [...Array(8)].map(() => ({ answerMs: 1 })),
      {
        wishes: { launches: 1, pairs: 1 },
      },
    );
    expect(plan.launchesOf(0)).toHaveLength(7);
    expect(blocks.filter(({ variant }) => variant === 'v0')).toHaveLength(14);
    expect(blocks.filter(({ variant }) => variant === 'v7')).toHaveLength(2);
  });
});
