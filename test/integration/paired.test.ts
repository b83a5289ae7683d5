import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ComparePlan, runCompare, unmeasuredVariants } from '../../src/experiments/compare.ts';
import type { ExperimentEvent } from '../../src/experiments/events.ts';
import { indexName } from '../../src/experiments/open-index.ts';
import type { BlockRules } from '../../src/experiments/paired/block-driver.ts';
import { engineArm } from '../../src/experiments/paired/engine-arm.ts';
import { serviceOf } from '../../src/experiments/paired/service.ts';
import { type Contestant, contestantOf } from '../../src/experiments/paired/variant-arm.ts';
import { readRunFolder, writeRunFolder } from '../../src/experiments/run-folder.ts';
import type { RunSetup } from '../../src/experiments/setup.ts';
import { targetSchema } from '../../src/load/options.ts';
import { recordSchema } from '../../src/records/schema.ts';
import { systemClock } from '../../src/system/clock.ts';
import { temporaryFolders } from '../experiments/folders.ts';
import { MADE_SET, setupOf } from '../experiments/made-set.ts';

const CLI = process.env.GROUNDSPEED_CLI ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** The built file that each process of an engine runs. */
const PROGRAM = join(dirname(CLI), '../experiments/paired/engine-process.js');
const SERVICE = fileURLToPath(new URL('../servers/startable-service.mjs', import.meta.url));
if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: npm run build makes it`);

const newFolder = temporaryFolders();

const RULES: BlockRules = {
  timeout: 5000,
  deadline: 100,
  maxInFlight: 256,
  arrivals: 'poisson',
  cacheMode: 'uncached',
  k: 5,
};

const SHORT: ComparePlan = {
  speed: { launches: 2, pairs: 1, block: 150, rate: 300 },
  interleaving: 'processes',
  mostUsers: 1,
};

function engines(
  more: Partial<RunSetup> = {},
  rules: BlockRules = RULES,
): { setup: RunSetup; contestants: Contestant[] } {
  const indexFolder = newFolder();
  const variant = (name: string, mode: string): Contestant => {
    const setup = setupOf({
      indexFolder,
      ...more,
      engine: { retrieval: { mode } },
      redactedConfig: { retrieval: { mode } },
    });
    const settings = [`retrieval.mode=${mode}`];
    return contestantOf({ name, settings, setup }, { rules, program: PROGRAM });
  };
  const contestants = [variant('bm25', 'keyword'), variant('hybrid', 'hybrid')];
  return { setup: contestants[0]!.setup, contestants };
}

describe('a comparison of engines', () => {
  it('launches each afresh over the shared index, and leaves a record that can be read again', async () => {
    const events: ExperimentEvent[] = [];
    const { setup, contestants } = engines({ onEvent: (event) => events.push(event) });
    expect(indexName(contestants[0]!.setup)).toBe(indexName(contestants[1]!.setup));
    const { record } = await runCompare(setup, contestants, SHORT);

    expect(recordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(record).toMatchObject({ kind: 'compare', complete: true, index: { reused: false } });
    expect(record.comparison!.variants.map(({ name }) => name)).toEqual(['bm25', 'hybrid']);
    expect(record.notes).toContain('bm25 → hybrid: retrieval.mode: keyword → hybrid.');
    expect(events.filter((event) => event.type === 'part.finished').map(({ summary }) => summary)).toContain(
      '12 documents, 12 chunks, reused',
    );

    const paired = record.paired!;
    expect(paired).toMatchObject({
      launches: 2,
      pairsPerLaunch: 1,
      offeredRate: 300,
      interleaving: 'processes',
    });
    expect(paired.blocks).toHaveLength(2 * 2 * 2);
    // A machine that is busy with other things makes blocks invalid, and nothing else may.
    const reasons = paired.blocks.flatMap(({ invalidReasons }) => invalidReasons);
    expect(reasons.filter((reason) => !reason.includes('of the schedule was sent in time'))).toEqual([]);
    for (const { indicators, arrivals, stagesMs } of paired.blocks) {
      expect(arrivals).toBeGreaterThan(20);
      expect(indicators.p50).toBeGreaterThan(0);
      expect(indicators.p99).toBeNull();
      expect(indicators).toMatchObject({ 'error-rate': 0, attainment: expect.any(Number) });
      expect(Object.values(stagesMs).some((spent) => spent !== null && spent > 0)).toBe(true);
    }
    // The same arrivals for both of a pair.
    const [first] = paired.blocks;
    const partner = paired.blocks.find(
      (block) =>
        block.launch === first!.launch && block.pair === first!.pair && block.variant !== first!.variant,
    );
    expect(partner!.arrivals).toBe(first!.arrivals);
    const trusted = [0, 1].filter((launch) =>
      paired.blocks.every((block) => block.launch !== launch || block.warmup || block.valid),
    );
    expect(
      paired.differences.find(({ indicator, stage }) => indicator === 'p50' && stage === null),
    ).toMatchObject({
      a: 'bm25',
      b: 'hybrid',
      pairs: trusted.length,
      word: "can't tell",
    });
    if (trusted.length > 0) expect(unmeasuredVariants(record)).toEqual([]);

    const folder = newFolder();
    await writeRunFolder(folder, { record, requests: undefined });
    expect((await readRunFolder(folder)).record).toEqual(record);
  });

  it('keeps what is known of quality where speed cannot be measured', async () => {
    const { setup, contestants } = engines();
    const plan = { ...SHORT, speed: { budget: 1 } };
    const { record } = await runCompare(setup, contestants, plan);
    expect(record.paired).toBeUndefined();
    expect(record.comparison!.overall.length).toBeGreaterThan(0);
    expect(record.notes.join('\n')).toMatch(/Speed was not compared: Not even one pair/);
    expect(unmeasuredVariants(record)).toEqual(['bm25', 'hybrid']);
  });

  it('keeps whole pairs alone when it is interrupted', async () => {
    const controller = new AbortController();
    const { setup, contestants } = engines({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'part.progress' && event.name === 'pairs' && event.done === 5) {
          controller.abort(new Error('Ctrl-C'));
        }
      },
    });
    const { record } = await runCompare(setup, contestants, SHORT);
    expect(record.complete).toBe(false);
    expect(record.paired!.blocks).toHaveLength(4);
  });

  it('compares quality alone where that is all that is asked', async () => {
    const { setup, contestants } = engines();
    const { record } = await runCompare(setup, contestants, { ...SHORT, speed: null });
    expect(record.paired).toBeUndefined();
    expect(record.notes.join('\n')).not.toContain('Speed');
  });
});

describe('an engine in a process of its own', () => {
  it('says why it cannot be opened', async () => {
    const arm = engineArm({
      name: 'a',
      setup: setupOf({ indexFolder: newFolder() }),
      rules: RULES,
      program: PROGRAM,
    });
    await expect(arm.launch()).rejects.toMatchObject({ code: 'store.empty' });
  });

  it('that is killed fails its block, and can be launched again', async () => {
    // Time enough for one question, however busy the machine is.
    const { contestants, setup } = engines({}, { ...RULES, deadline: RULES.timeout });
    await runCompare(setup, contestants, { ...SHORT, speed: null }); // builds the index
    const { arm } = contestants[0]!;
    const live = await arm.launch();
    const { pid } = live as unknown as { pid: number };
    const block = live.block({ rate: 100, seconds: 5, seed: 1, warmup: false });
    setTimeout(() => process.kill(pid, 'SIGKILL'), 100);
    await expect(block).rejects.toThrow(/process ended \(signal SIGKILL\)/);
    await live.close();
    const again = await arm.launch();
    const figures = await again.block({ rate: null, seconds: 0, seed: 1, warmup: false, question: 3 });
    await again.close();
    expect(figures).toMatchObject({
      arrivals: 1,
      valid: true,
      indicators: { attainment: 1, 'error-rate': 0 },
    });
    expect(() => process.kill((again as unknown as { pid: number }).pid, 0)).toThrow();
  });

  it('stops a block when it is interrupted', async () => {
    const { contestants, setup } = engines();
    await runCompare(setup, contestants, { ...SHORT, speed: null });
    const live = await contestants[0]!.arm.launch();
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('Ctrl-C')), 100);
    const began = performance.now();
    await expect(
      live.block({ rate: 50, seconds: 60, seed: 1, warmup: false }, controller.signal),
    ).rejects.toThrow('Ctrl-C');
    await live.close();
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe('a comparison of services', () => {
  it('starts each for its questions, and again for each launch', async () => {
    const section = targetSchema.parse({
      url: 'http://127.0.0.1:{{port}}/api/query',
      start: `exec ${process.execPath} ${SERVICE} {{port}}`,
    });
    const contestants = ['one', 'two'].map((name) => {
      const service = serviceOf(section, { env: { PATH: process.env.PATH }, clock: systemClock })!;
      const target = { kind: 'http', description: service.preview, generators: 1 } as const;
      const setup = setupOf({ indexFolder: newFolder(), target });
      return contestantOf(
        { name, settings: [], setup },
        { rules: { ...RULES, cacheMode: 'as-configured' }, service },
      );
    });
    const { record } = await runCompare(contestants[0]!.setup, contestants, SHORT);
    expect(record.questions!.every(({ error }) => error === null)).toBe(true);
    expect(record.questions).toHaveLength(MADE_SET.questions.length);
    const { blocks } = record.paired!;
    expect(blocks).toHaveLength(8);
    expect(blocks.every(({ indicators }) => indicators['error-rate'] === 0)).toBe(true);
  });
});
