import { describe, expect, it } from 'vitest';
import { openIndexedEngine } from '../../src/experiments/open-index.ts';
import { benchmarkStages } from '../../src/experiments/stages.ts';
import { microBenchmarkSchema } from '../../src/records/schema.ts';
import { temporaryFolders } from './folders.ts';
import { setupOf } from './made-set.ts';

const newFolder = temporaryFolders();

async function benchmarked(engineSettings: object, signal?: AbortSignal) {
  const setup = setupOf({ indexFolder: newFolder(), engine: engineSettings });
  const { engine } = await openIndexedEngine(setup);
  try {
    const { benchmarks, notes } = await benchmarkStages({ ...setup, ...(signal && { signal }) }, engine, 5);
    for (const benchmark of benchmarks) microBenchmarkSchema.parse(JSON.parse(JSON.stringify(benchmark)));
    return { names: benchmarks.map(({ name }) => name), notes };
  } finally {
    await engine.close();
  }
}

describe('micro-benchmarks of the stages', () => {
  it('tell of a stage that fails, and measure the others', async () => {
    const { names, notes } = await benchmarked({
      generation: { provider: 'simulated', simulated: { errorRate: 1, firstTokenMs: 0 } },
      degradation: { enabled: false },
    });
    expect(names).toEqual(['keyword search', 'embed', 'vector search', 'retrieve and fuse']);
    expect(notes.length).toBe(3);
    expect(notes.join()).toContain('The simulated service failed');
  });

  it('ask no more questions at once than the engine takes', async () => {
    const { names, notes } = await benchmarked({ limits: { maxConcurrentQueries: 1 } });
    expect(names).toContain('generate');
    expect(notes).toEqual([]);
  });

  it('leave out what is switched off', async () => {
    const { names } = await benchmarked({
      embedding: { provider: 'none' },
      caching: { response: { enabled: false } },
    });
    expect(names).toEqual(['keyword search', 'retrieve and fuse', 'generate', 'ask, uncached']);
  });

  it('can be interrupted by a timer, though no stage ever waits for anything', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 30);
    const setup = setupOf({ indexFolder: newFolder() });
    const { engine } = await openIndexedEngine(setup);
    const { benchmarks, notes } = await benchmarkStages(
      { ...setup, signal: controller.signal },
      engine,
      60_000,
    );
    await engine.close();
    expect(benchmarks.length).toBeLessThan(2);
    expect(notes).toEqual([]);
  });
});
