import { openEngineSystem } from './engine-system.ts';
import { DrillRedis } from './redis-server.ts';
import type { DrillSystem, OpeningSystem } from './system.ts';

/**
 * The engine with its caches in a Redis of the drill's own, which is killed when the window begins and started again, empty,
 * when it ends. A Redis that the settings name is left alone.
 */
export async function openRedisSystem(opening: OpeningSystem): Promise<DrillSystem> {
  const { plan, arm } = opening;
  const { setup } = arm;
  const { caching } = setup.engine;
  const redis = new DrillRedis(setup.clock);
  try {
    await redis.start();
  } catch (thrown) {
    await redis.remove();
    throw thrown;
  }
  const engine = { ...setup.engine, caching: { ...caching, redisUrl: redis.url } };
  return openEngineSystem(
    { ...opening, arm: { ...arm, setup: { ...setup, engine } } },
    {
      play: async (_, { until }) => {
        if (await until(plan.span.fromMs)) await redis.kill();
        if (await until(plan.span.toMs)) await redis.start();
      },
      notes: () =>
        caching.redisUrl === undefined
          ? []
          : ['The Redis of caching.redisUrl was left alone: the drill killed one of its own.'],
      close: () => redis.remove(),
    },
  );
}
