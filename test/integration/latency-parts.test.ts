import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AskOptions } from '../../src/engine/answer.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { FUNNEL } from '../../src/judging/returned.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { runPhase } from '../../src/load/phase.ts';
import type { PhasePlan } from '../../src/load/phase-plan.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { summarisePhase } from '../../src/load/summary.ts';
import type { Target } from '../../src/load/target.ts';
import { attributionOf } from '../../src/reporting/attribution.ts';
import { startService } from '../../src/server/service.ts';
import { systemClock } from '../../src/system/clock.ts';
import { closeAll, closing, QUESTIONS, serve, targetOf } from '../load/targets/http/driving.ts';
import { appSetting, faresEngine } from '../server/made-app.ts';

const SERVICE = 20;
const CALLERS = 5;
let fares: Awaited<ReturnType<typeof faresEngine>>;

beforeAll(async () => {
  fares = await faresEngine({ caching: { enabled: false } });
});
afterEach(closeAll);
afterAll(() => fares.remove());

/** The engine, which takes so long over each question, and says that its model did. */
function slowed(engine: Engine, ms: number): Engine {
  const ask = async (question: string, options: AskOptions = {}) => {
    await systemClock.sleep(milliseconds(ms));
    const answer = await engine.ask(question, options);
    return { ...answer, stages: { ...answer.stages, generate: answer.stages.generate + ms } };
  };
  return new Proxy(engine, {
    get(target, name) {
      if (name === 'ask') return ask;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A `serve` with one place, whose every question takes as long as the next. */
async function onePlace(): Promise<string> {
  const service = await startService(
    appSetting({ engine: slowed(fares.engine, SERVICE), options: { limits: { maxConcurrentQueries: 1 } } }),
  );
  closing({ close: () => service.stop() });
  return service.url;
}

async function phaseOf(target: Target, plan: PhasePlan, clock: Clock = systemClock) {
  const { rows, setting } = await runPhase(plan, {
    target,
    questions: QUESTIONS.map(({ text }) => text),
    clock,
    random: seededRandom(7),
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    timeoutMs: 5000,
    deadlineMs: 1000,
    maxInFlight: 100,
    arrivals: 'constant',
    onEvent: () => undefined,
  });
  const none = new Uint8Array(rows.rows);
  return summarisePhase(rows, { right: none, funnel: none, classes: FUNNEL }, setting);
}

const closed = { name: 'closed', loop: 'closed', concurrency: CALLERS, duration: 2500 } as const;

/** Shares of the latency of typical requests, by part. */
function typicalShares(phase: Awaited<ReturnType<typeof phaseOf>>): Record<string, number> {
  const { stages } = attributionOf(phase)!;
  return Object.fromEntries(stages.map(({ stage, typicalShare }) => [stage, typicalShare]));
}

describe('the parts of latency', () => {
  it('are the queue of a service with one place, as Little’s law has it, apart from its stages', async () => {
    const phase = await phaseOf(targetOf({ url: await onePlace() }), closed);
    const { queue, generate, outside, lag } = typicalShares(phase);
    // One is served while the others wait: four fifths of each one's time.
    expect(queue).toBeGreaterThan(0.7);
    expect(queue).toBeLessThan(0.85);
    expect(generate).toBeGreaterThan(0.13);
    expect(generate).toBeLessThan(0.25);
    expect(outside! + lag!).toBeLessThan(0.15);
    // L = λ W, of the queue alone.
    const waiting = (phase.throughputPerSecond * phase.stageShare!.typical.queue!) / 1000;
    expect(waiting).toBeGreaterThan((CALLERS - 1) * 0.85);
    expect(waiting).toBeLessThan((CALLERS - 1) * 1.1);
  });

  it('are outside where nobody says how long the queue was', async () => {
    const url = await onePlace();
    const target = targetOf({ url, response: { queueMs: 'nowhere' } });
    const { queue, outside } = typicalShares(await phaseOf(target, closed));
    expect(queue).toBeUndefined();
    expect(outside).toBeGreaterThan(0.7);
  });

  it('are the queue of any other target that tells it, by an expression', async () => {
    let free = 0;
    const server = await serve(() => {
      const now = performance.now();
      const waited = Math.max(0, free - now);
      free = now + waited + SERVICE;
      return { after: waited + SERVICE, body: { text: 'yes', timing: { queued_seconds: waited / 1000 } } };
    });
    const target = targetOf({
      url: `${server.url}/ask`,
      body: { q: '{{question}}' },
      response: { answer: 'text', queueMs: 'timing.queued_seconds * `1000`' },
    });
    expect(target.stages).toEqual(['queue']);
    const { queue } = typicalShares(await phaseOf(target, closed));
    expect(queue).toBeGreaterThan(0.7);
    expect(queue).toBeLessThan(0.85);
  });

  it('are lag where the generator is late, and no fault of the target', async () => {
    const late: Clock = {
      now: () => systemClock.now(),
      epoch: () => systemClock.epoch(),
      sleep: (duration, signal) => systemClock.sleep(milliseconds(duration + 30), signal),
    };
    const plan = {
      name: 'open',
      loop: 'open',
      rate: 15,
      duration: 4000,
      cacheMode: 'as-configured',
    } as const;
    const service = await startService(appSetting({ engine: fares.engine }));
    closing({ close: () => service.stop() });
    const phase = await phaseOf(targetOf({ url: service.url }), plan, late);
    const { lag, queue } = typicalShares(phase);
    expect(lag).toBeGreaterThan(0.6);
    expect(queue).toBeLessThan(0.05);
    expect(phase.stageShare!.typical.lag).toBeGreaterThan(25);
  });
});
