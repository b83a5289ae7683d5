import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { DependencyWatch } from '../../../src/experiments/drill/dependency-watch.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';

const SPAN = { fromMs: 2000, toMs: 4000, durationMs: 6000 };

const called = (over: Partial<Extract<EngineEvent, { type: 'dependency.called' }>> = {}): EngineEvent => ({
  type: 'dependency.called',
  dependency: 'embedder',
  purpose: 'query',
  outcome: 'ok',
  attempt: 1,
  duration: 0,
  ...over,
});

async function watching(
  script: (at: (ms: number) => Promise<void>, hear: (event: EngineEvent) => void) => Promise<void>,
) {
  const clock = new ManualClock(1000);
  const watch = new DependencyWatch(clock);
  watch.hear(called());
  watch.begin();
  await script(
    (ms) => clock.advance(1000 + ms - clock.now()),
    (event) => watch.hear(event),
  );
  return watch;
}

describe('watching dependencies', () => {
  it('counts what reached them apart from what was wanted, second by second', async () => {
    const watch = await watching(async (at, hear) => {
      for (const second of [0, 1]) {
        await at(second * 1000 + 500);
        hear(called());
        hear(called());
      }
      await at(2500);
      hear(called({ outcome: 'error' }));
      hear(called({ outcome: 'error', attempt: 2 }));
      hear({
        type: 'dependency.retried',
        dependency: 'embedder',
        purpose: 'query',
        delay: 50,
        cause: 'error',
      });
      await at(3500);
      hear(called({ outcome: 'open' }));
      hear({ type: 'retry.refused', dependency: 'embedder', why: 'budget' });
      await at(4500);
      for (let call = 0; call < 6; call += 1) hear(called());
    });
    expect(watch.dependencies(SPAN)).toEqual([
      {
        dependency: 'embedder',
        calls: 12,
        attempts: 12,
        retries: 1,
        refused: 1,
        amplification: 1,
        perSecond: [2, 2, 2, 0, 6, 0],
        herd: 3,
      },
    ]);
  });

  it('puts a long call where it began', async () => {
    const watch = await watching(async (at, hear) => {
      await at(2500);
      hear(called({ duration: 2000 }));
    });
    expect(watch.dependencies(SPAN)[0]!.perSecond).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('leaves ingest out, and whatever was before the beginning', async () => {
    const watch = await watching(async (at, hear) => {
      await at(100);
      hear(called({ purpose: 'ingest' }));
    });
    expect(watch.dependencies(SPAN)).toEqual([]);
  });

  it('detects by the first breaker that opens while faults last', async () => {
    const open = { type: 'breaker.changed', dependency: 'embedder', from: 'closed', to: 'open' } as const;
    const watch = await watching(async (at, hear) => {
      await at(1000);
      hear({ ...open, dependency: 'cache' });
      await at(2750);
      hear(open);
    });
    expect(watch.detectedAfter(SPAN)).toBe(750);
    expect(watch.transitions).toHaveLength(2);
    expect((await watching(async () => undefined)).detectedAfter(SPAN)).toBeNull();
  });
});
