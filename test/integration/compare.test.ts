import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { runCompare } from '../../src/experiments/compare.ts';
import type { BlockRules } from '../../src/experiments/paired/block-driver.ts';
import { engineArm } from '../../src/experiments/paired/engine-arm.ts';
import { blockInTime, blockLimit, closeInTime } from '../../src/experiments/paired/in-time.ts';
import { type Contestant, contestantOf } from '../../src/experiments/paired/variant-arm.ts';
import { targetSchema } from '../../src/load/options.ts';
import { describeTarget } from '../../src/load/targets/http/description.ts';
import { systemClock } from '../../src/system/clock.ts';
import { temporaryFolders } from '../experiments/folders.ts';
import { setupOf } from '../experiments/made-set.ts';
import { type AnsweringService, answeringService, type Deed } from '../servers/answering-service.ts';

const CLI = process.env.GROUNDSPEED_CLI ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PROGRAM = join(dirname(CLI), '../experiments/paired/engine-process.js');
if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: npm run build makes it`);

const newFolder = temporaryFolders();
const services: AnsweringService[] = [];
afterEach(() => Promise.all(services.splice(0).map((service) => service.stop())));

const RULES: BlockRules = {
  timeout: 500,
  deadline: 100,
  maxInFlight: 64,
  arrivals: 'poisson',
  cacheMode: 'as-configured',
  k: 5,
};

async function deployment(
  name: string,
  behave: (nth: number, question: string) => Deed,
): Promise<{ contestant: Contestant; service: AnsweringService }> {
  const service = await answeringService(behave);
  services.push(service);
  const section = targetSchema.parse({ url: `${service.url}/api/query` });
  const { description } = { description: describeTarget(section, { env: {} }) };
  const setup = setupOf({ indexFolder: newFolder(), target: { kind: 'http', description, generators: 1 } });
  return { contestant: contestantOf({ name, settings: [], setup }, { rules: RULES }), service };
}

const saying = (answer: string, more: object = {}): Deed => ({ body: { answer, sources: [], ...more } });
const YEAR = '1700';

describe('sampled answers', () => {
  it('are asked for as often as is wanted, and what differs is counted', async () => {
    const seen = new Map<string, number>();
    const steady = await deployment('steady', () => saying(YEAR));
    const fickle = await deployment('fickle', (_, question) => {
      const times = (seen.get(question) ?? 0) + 1;
      seen.set(question, times);
      return saying(question.includes('Arran') && times > 1 ? 'Nobody knows.' : YEAR);
    });
    const both = [steady.contestant, fickle.contestant];
    const { record } = await runCompare(both[0]!.setup, both, {
      speed: null,
      interleaving: 'targets',
      mostUsers: 1,
      repeats: 3,
    });
    const questions = record.questions!.length;
    expect([steady, fickle].map(({ service }) => service.asked.length)).toEqual([
      3 * questions,
      3 * questions,
    ]);
    const { variants } = record.comparison!;
    const ofArran = record.questions!.filter(({ question }) => question.includes('Arran')).length;
    expect(ofArran).toBeGreaterThan(0);
    expect(variants.map(({ differing }) => differing)).toEqual([0, ofArran]);
    // The harbour of Arran was built in 1700, which it says one time in three.
    const harbour = record.questions!.findIndex(({ question }) => question.includes('harbour of Arran'));
    expect(variants[1]!.scores.right![harbour]).toBeCloseTo(1 / 3, 12);
    expect(record.notes.join(' ')).toMatch(/may answer repeats out of caches of their own/);
  });
});

describe('a limit of cost', () => {
  const plan = { speed: { maxCostUsd: 1 }, interleaving: 'targets', mostUsers: 1 } as const;

  it('is refused at once where a target does not tell what an answer costs', async () => {
    const priced = await deployment('priced', () => saying(YEAR, { cost_usd: 0.01 }));
    const mute = await deployment('mute', () => saying(YEAR));
    const both = [priced.contestant, mute.contestant];
    await expect(runCompare(both[0]!.setup, both, plan)).rejects.toMatchObject({
      code: 'usage.argument',
      where: '--max-cost',
      message: expect.stringContaining('mute does not tell'),
    });
    expect([priced, mute].map(({ service }) => service.asked.length)).toEqual([1, 1]);
  });
});

describe('an arm that hangs', () => {
  it('has its block given up and its process ended, and can be launched again', async () => {
    const setup = setupOf({ indexFolder: newFolder() });
    const contestant = contestantOf({ name: 'a', settings: [], setup }, { rules: RULES, program: PROGRAM });
    const twin = { ...contestant, name: 'b' };
    const plan = { speed: null, interleaving: 'processes', mostUsers: 1 } as const;
    await runCompare(setup, [contestant, twin], plan); // builds the index
    const arm = engineArm({ name: 'a', setup, rules: RULES, program: PROGRAM });
    const live = await arm.launch();
    const { pid } = live as unknown as { pid: number };
    process.kill(pid, 'SIGSTOP');
    const order = { rate: 50, seconds: 0.1, seed: 1, warmup: false };
    expect(blockLimit(arm, order)).toBe(200 + 2 * RULES.timeout + 30_000);
    // Time flies for whoever waits: what hangs hangs for ever.
    const clock = { ...systemClock, sleep: () => systemClock.sleep(300 as never) };
    await expect(blockInTime(live, order, { arm, clock })).rejects.toMatchObject({ code: 'target.timeout' });
    await closeInTime(live, systemClock);
    expect(() => process.kill(pid, 0)).toThrow();
    const again = await arm.launch();
    const figures = await blockInTime(again, order, { arm, clock: systemClock });
    await again.close();
    expect(figures.arrivals).toBeGreaterThan(0);
  });
});
