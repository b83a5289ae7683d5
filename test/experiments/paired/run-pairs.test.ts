import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planLaunches, planQuestions } from '../../../src/experiments/paired/plan.ts';
import { runPairs } from '../../../src/experiments/paired/run-pairs.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { type BlockRecord, blockSchema } from '../../../src/records/schema.ts';
import { type ArmBehaviour, type Simulation, simulatedArm } from './simulated-arms.ts';

const newSimulation = (): Simulation => ({ clock: new ManualClock(), orders: [], open: new Set() });

interface Given {
  readonly behaviours?: readonly ArmBehaviour[];
  readonly launches?: number;
  readonly pairs?: number;
  readonly seed?: number;
  readonly deadline?: number;
  readonly maxCostUsd?: number;
  readonly signal?: AbortSignal;
  readonly arrangement?: 'all' | 'against-first';
}

const NAMES = ['a', 'b', 'c', 'd'];

async function run(simulation: Simulation, given: Given = {}) {
  const { behaviours = [{}, {}], launches = 3, pairs = 2, seed = 1, arrangement = 'all', ...rest } = given;
  const arms = behaviours.map((behaviour, index) => simulatedArm(NAMES[index]!, simulation, behaviour));
  return runPairs({
    arms,
    launches: planLaunches({ arms: arms.length, arrangement, launches, pairs, seed, batch: 0 }),
    load: { rate: 500, seconds: 3 },
    batch: 0,
    clock: simulation.clock,
    ...rest,
  });
}

const roundOf = ({ launch, pair }: BlockRecord): string => `${launch}/${pair}`;

function rounds(blocks: readonly BlockRecord[]): Map<string, BlockRecord[]> {
  const found = new Map<string, BlockRecord[]>();
  for (const block of blocks) found.set(roundOf(block), [...(found.get(roundOf(block)) ?? []), block]);
  return found;
}

describe('paired blocks', () => {
  it('offer the same load to all of a pair, and another to every pair', async () => {
    const simulation = newSimulation();
    const { blocks, endedBy } = await run(simulation, { behaviours: [{}, {}, {}] });
    expect(endedBy).toBeNull();
    expect(blocks).toHaveLength(3 * 3 * 3);
    for (const block of blocks) expect(blockSchema.parse(block)).toEqual(block);
    const seeds = new Set<number>();
    for (let index = 0; index < simulation.orders.length; index += 3) {
      const three = simulation.orders.slice(index, index + 3);
      expect(new Set(three.map(({ arm }) => arm)).size).toBe(3);
      expect(new Set(three.map(({ order }) => JSON.stringify(order))).size).toBe(1);
      expect(three[0]!.order).toMatchObject({ rate: 500, seconds: 3 });
      seeds.add(three[0]!.order.seed);
    }
    expect(seeds.size).toBe(9);
    for (const round of rounds(blocks).values()) {
      expect(round.filter(({ first }) => first)).toHaveLength(1);
      expect(round[0]!.first).toBe(true);
    }
    expect(simulation.open.size).toBe(0);
  });

  it('start every arm afresh for each launch', async () => {
    const simulation = newSimulation();
    await run(simulation, { launches: 4 });
    for (const name of ['a', 'b']) {
      const launches = simulation.orders.filter(({ arm }) => arm === name).map(({ launch }) => launch);
      expect([...new Set(launches)]).toEqual([0, 1, 2, 3]);
    }
  });

  it('never run past the deadline, and keep whole pairs alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          deadline: fc.integer({ min: 1, max: 90_000 }),
          seed: fc.integer(),
          slower: fc.array(fc.double({ min: 0.5, max: 3, noNaN: true }), { minLength: 2, maxLength: 4 }),
          launchMs: fc.integer({ min: 0, max: 4000 }),
        }),
        async ({ deadline, seed, slower, launchMs }) => {
          const simulation = newSimulation();
          const behaviours = slower.map((factor) => ({ slower: factor, launchMs }));
          const { blocks, endedBy } = await run(simulation, { behaviours, seed, deadline });
          for (const round of rounds(blocks).values()) expect(round).toHaveLength(slower.length);
          // What is under way at the deadline is told to stop, and a simulated block ends as late as it would have.
          const last = Math.max(0, ...blocks.map(({ startedAtEpochMs }) => startedAtEpochMs));
          expect(last - Date.UTC(2026, 0, 1)).toBeLessThanOrEqual(deadline);
          if (endedBy === null) expect(blocks).toHaveLength(3 * 3 * slower.length);
          expect(simulation.open.size).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('end exactly by a deadline where blocks take what they should', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 80_000 }), async (deadline) => {
        const simulation = newSimulation();
        await run(simulation, { deadline });
        expect(simulation.clock.now()).toBeLessThanOrEqual(deadline);
      }),
      { numRuns: 60 },
    );
  });

  it('keep every pair that was whole when the run is interrupted, at whatever time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60_000 }), fc.integer(), async (at, seed) => {
        const whole = newSimulation();
        const { blocks: all } = await run(whole, { seed });
        const simulation = newSimulation();
        const controller = new AbortController();
        void simulation.clock.sleep(at as never).then(() => controller.abort(new Error('stop')));
        const { blocks, endedBy } = await run(simulation, { seed, signal: controller.signal });
        expect(blocks).toEqual(all.slice(0, blocks.length));
        const complete = [...rounds(all).values()].filter((round) =>
          round.every((block) => block.startedAtEpochMs - Date.UTC(2026, 0, 1) + 3000 < at),
        );
        expect(blocks.length).toBeGreaterThanOrEqual(complete.flat().length);
        for (const round of rounds(blocks).values()) expect(round).toHaveLength(2);
        expect(endedBy).toBe(controller.signal.aborted ? 'interrupted' : null);
        expect(simulation.open.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('keep an arm that fails to launch as such, and go on with the next launch', async () => {
    const simulation = newSimulation();
    const { blocks, endedBy } = await run(simulation, {
      behaviours: [{}, { failsLaunch: (launch) => launch === 1 }],
    });
    expect(endedBy).toBeNull();
    expect(blocks.filter(({ valid }) => !valid)).toMatchObject([
      {
        variant: 'b',
        launch: 1,
        warmup: false,
        arrivals: 0,
        invalidReasons: ['it could not be started: no such program'],
      },
    ]);
    expect(blocks.filter(({ valid }) => valid)).toHaveLength(2 * 3 * 2);
    expect(simulation.open.size).toBe(0);
  });

  it('give up an arm that fails to launch three times in a row', async () => {
    const simulation = newSimulation();
    const { blocks, endedBy } = await run(simulation, {
      behaviours: [{}, { failsLaunch: () => true }],
      launches: 9,
    });
    expect(endedBy).toBe('failures');
    expect(blocks).toHaveLength(3);
  });

  it('go on without it where others are left', async () => {
    const { blocks, endedBy } = await run(newSimulation(), {
      behaviours: [{}, { failsLaunch: () => true }, {}],
      launches: 5,
    });
    expect(endedBy).toBeNull();
    expect(blocks.filter(({ variant, valid }) => variant === 'c' && valid)).toHaveLength(5 * 3);
    expect(blocks.filter(({ variant }) => variant === 'b')).toHaveLength(3);
  });

  it('give up a block that never ends, and start its arm afresh with the next launch', async () => {
    const simulation = newSimulation();
    const { blocks, endedBy } = await run(simulation, {
      behaviours: [{}, { hangsBlock: (nth) => nth === 1 }],
    });
    expect(endedBy).toBeNull();
    expect(blocks.filter(({ valid }) => !valid)).toMatchObject([
      {
        variant: 'b',
        launch: 0,
        pair: 1,
        arrivals: 0,
        invalidReasons: ['the block was not over after 96 s, and was given up'],
      },
    ]);
    expect(rounds(blocks).get('1/2')).toHaveLength(2);
    expect(rounds(blocks).get('2/2')).toHaveLength(2);
  });

  it('give up an arm whose blocks never end, three in a row', async () => {
    const { blocks, endedBy } = await run(newSimulation(), {
      behaviours: [{}, { hangsBlock: () => true }],
      launches: 9,
    });
    expect(endedBy).toBe('failures');
    expect(blocks.filter(({ variant }) => variant === 'b')).toHaveLength(3);
  });

  it('go on with the next question where an arm hung at one', async () => {
    const simulation = newSimulation();
    const arms = [{}, { hangsBlock: (nth: number) => nth === 3 }].map((behaviour, index) =>
      simulatedArm(NAMES[index]!, simulation, behaviour),
    );
    const { blocks, endedBy } = await runPairs({
      arms,
      launches: planQuestions({ arms: 2, questions: 8, asked: 8, seed: 4, batch: 0 }),
      load: { rate: null, seconds: 0 },
      batch: 0,
      clock: simulation.clock,
    });
    expect(endedBy).toBeNull();
    const invalid = blocks.filter(({ valid }) => !valid);
    expect(invalid).toMatchObject([{ variant: 'b', pair: 3 }]);
    expect(blocks).toHaveLength(2 * 9);
    // Started again, it is asked once more than counts: what is cold is not compared.
    const again = simulation.orders.filter(({ arm, launch }) => arm === 'b' && launch === 1);
    expect(again[0]!.order).toMatchObject({ warmup: true, question: again[1]!.order.question });
    expect(again[1]!.order.warmup).toBe(false);
  });

  it('end with the pair that passes a limit of cost', async () => {
    const { blocks, endedBy, costUsd } = await run(newSimulation(), { maxCostUsd: 20 });
    // 500 a second for 3 s at $0.002 are $3 a block, warm-up included.
    expect(endedBy).toBe('budget');
    expect(costUsd).toBeCloseTo(24, 9);
    expect(blocks).toHaveLength(8);
  });

  it('keep a block that failed, and start its arm afresh with the next launch', async () => {
    const simulation = newSimulation();
    const { blocks } = await run(simulation, { behaviours: [{}, { failsBlock: (nth) => nth === 1 }] });
    const failed = blocks.filter(({ valid }) => !valid);
    expect(failed).toMatchObject([{ variant: 'b', launch: 0, pair: 1, invalidReasons: ['it fell over'] }]);
    expect(rounds(blocks).get('0/1')).toHaveLength(2);
    expect(rounds(blocks).get('0/2')).toBeUndefined();
    expect(rounds(blocks).get('1/2')).toHaveLength(2);
    expect(simulation.open.size).toBe(0);
  });
});
