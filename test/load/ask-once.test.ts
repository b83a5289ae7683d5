import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { type Asked, askOnce } from '../../src/load/ask-once.ts';
import { asking, fakeTarget } from './fake-target.ts';

const REQUEST = { question: 0, text: 'What does a crossing cost?', cache: false };
const timeout = milliseconds(100);

describe('asking once', () => {
  it('ends with the answer', async () => {
    const clock = new ManualClock();
    const target = fakeTarget(clock, () => ({ takes: 30 }));
    const asked = askOnce(target, REQUEST, { clock, timeout });
    await clock.advance(30);
    expect(await asked).toMatchObject({ outcome: 'completed', response: { answer: 'answer 0' } });
    expect(clock.sleeping).toBe(0);
  });

  it('ends with the failure, even of a target that throws at once', async () => {
    const clock = new ManualClock();
    const throwing = asking(() => {
      throw new Error('at once');
    });
    expect(await askOnce(throwing, REQUEST, { clock, timeout })).toMatchObject({
      outcome: 'error',
      error: { message: 'at once' },
    });
    expect(clock.sleeping).toBe(0);
  });

  it('ends with patience, and withdraws the request', async () => {
    const clock = new ManualClock();
    const target = fakeTarget(clock, () => ({ takes: 1e6 }));
    const asked = askOnce(target, REQUEST, { clock, timeout });
    await clock.advance(100);
    expect(await asked).toMatchObject({ outcome: 'timeout', error: { code: 'query.aborted' } });
    expect(target.asked[0]!.signal.aborted).toBe(true);
  });

  it('ends with the run, without waiting for a target that does not listen', async () => {
    const clock = new ManualClock();
    const deaf = asking(() => new Promise(() => undefined));
    const controller = new AbortController();
    const asked: Promise<Asked> = askOnce(deaf, REQUEST, { clock, timeout, signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await asked).toMatchObject({ outcome: 'interrupted', error: { code: 'run.interrupted' } });
    expect(clock.sleeping).toBe(0);
  });

  it('asks nothing of a run that is over', async () => {
    const clock = new ManualClock();
    const target = fakeTarget(clock, () => ({ takes: 0 }));
    const asked = await askOnce(target, REQUEST, { clock, timeout, signal: AbortSignal.abort() });
    expect(asked.outcome).toBe('interrupted');
    expect(target.asked).toEqual([]);
  });
});
