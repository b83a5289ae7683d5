import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureDirectly, questionsIn, startService } from '../../../bench/gates/direct.ts';
import { INVALID } from '../../../bench/gates/kept-runs.ts';
import { commitAll, type StageWork, setWork, writeProject } from '../../../bench/gates/service-project.ts';
import { type Found, foundBy, isFound } from '../../../bench/gates/slowdown.ts';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { gateBlocks } from '../../../src/experiments/gate/compare-records.ts';
import { measureAgainstCommit } from '../../../src/experiments/gate/git-gate.ts';
import { indicatorRows } from '../../../src/experiments/gate/indicator-rows.ts';
import { gateOptions } from '../../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../../src/experiments/gate/policy.ts';
import { indicatorDifferences } from '../../../src/experiments/paired/differences.ts';
import { httpArm } from '../../../src/experiments/paired/http-arm.ts';
import { measureSpeed } from '../../../src/experiments/paired/measure-speed.ts';
import { serviceOf } from '../../../src/experiments/paired/service.ts';
import { targetSchema } from '../../../src/load/options.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { setupOf } from '../../experiments/made-set.ts';

const SEED = 20_260_512;
const ROOT = process.cwd();
const BASE: StageWork = { scorings: 400, generateMs: 9 };
const RULES = {
  timeout: 5000,
  deadline: 1000,
  maxInFlight: 256,
  arrivals: 'constant',
  cacheMode: 'as-configured',
  k: 5,
} as const;
/** One launch of ten short pairs, which does for a large slowdown: seconds, where the recipe takes minutes. */
const WISHES = { launches: 1, pairs: 10, block: 150, rate: 100 };
const policy = gatePolicy(gateOptions.parse({}));
const target = targetSchema.parse({
  preset: 'groundspeed',
  url: 'http://127.0.0.1:{{port}}/api/query',
  start: `exec "${process.execPath}" service.mjs {{port}}`,
});
const env = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
const serviceIn = (cwd: string) => serviceOf(target, { env, cwd, clock: systemClock })!;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundspeed-gates-'));
  writeProject(folder, { root: ROOT, seed: SEED });
  setWork(folder, BASE);
});
afterEach(() => rmSync(folder, { recursive: true }));

const golden = async () => {
  const all = await readGoldenSet(join(folder, 'golden'));
  return { ...all, questions: all.questions.slice(0, 16) };
};

/** The working tree against its commit, in this process, and what the exit code would be. */
async function gateHere(): Promise<Found> {
  const measured = await measureAgainstCommit({
    setup: setupOf({ golden: await golden(), indexFolder: folder, seed: SEED }),
    ref: 'HEAD',
    place: { folder, env, signal: undefined },
    serviceIn,
    rules: RULES,
    wishes: WISHES,
    mostUsers: 1,
    fails: (blocks, names) =>
      indicatorRows({ blocks, ...names, policy }).some(({ confirmed }) => confirmed !== null),
  });
  const { candidate, names } = measured;
  const { blocks } = candidate.paired!;
  const gate = gateBlocks({ ...measured, variants: names, blocks, policy, seed: SEED, name: 'git:HEAD' });
  const exitCode = gate.verdict === 'FAIL' ? 4 : gate.invalid.length > 0 ? INVALID : 0;
  return foundBy({ exitCode, record: { ...candidate, gate }, stderr: '' });
}

const MOST_TRIES = 3;

/** As the long proof does: what the gate itself calls invalid, because the machine was busy, says nothing and is run again. */
async function whileInvalid(run: () => Promise<Found>): Promise<Found> {
  for (let tries = 1; ; tries += 1) {
    const found = await run();
    if (found.exitCode !== INVALID || tries === MOST_TRIES) return found;
  }
}

describe(`the service that the gates are proved on (seed ${SEED})`, () => {
  it('answers what its golden set asks, and tells what its stages took', async () => {
    const service = await startService(folder);
    try {
      const [first] = (await golden()).questions;
      const response = await fetch(`${service.url}/api/query`, {
        method: 'POST',
        body: JSON.stringify({ query: first!.question }),
      });
      const { answer, sources } = (await response.json()) as { answer: string; sources: { id: string }[] };
      expect(answer).toContain(first!.answers[0]);
      expect([...first!.relevant.keys()]).toEqual([sources[0]!.id]);
      const figures = await measureDirectly(service, questionsIn(folder), { rate: 100, seconds: 0.5 });
      expect(figures.median).toBeGreaterThan(figures.stages.generate!);
      expect(figures.stages.generate).toBeGreaterThan(figures.stages.retrieve!);
    } finally {
      await service.stop();
    }
  });

  it.each([
    ['retrieve', { ...BASE, scorings: 25_000 }],
    ['generate', { ...BASE, generateMs: 20 }],
  ] as const)(
    'is found slower by the gate, which names the stage: %s',
    {
      timeout: 90_000,
    },
    async (stage, work) => {
      commitAll(folder);
      setWork(folder, work);
      const found = await whileInvalid(gateHere);
      expect(isFound({ stage, found }), JSON.stringify(found)).toBe(true);
      expect(found.counts.pairs).toBe(2 * WISHES.pairs);
    },
  );

  it('is not told apart from itself', { timeout: 60_000 }, async () => {
    const set = await golden();
    const setup = setupOf({ golden: set, indexFolder: folder, seed: SEED });
    const { blocks } = await measureSpeed({
      arms: ['one', 'other'].map((name) =>
        httpArm({ name, setup, rules: RULES, service: serviceIn(folder) }),
      ),
      // Two processes of one program differ by themselves: one launch would tell them apart.
      wishes: { ...WISHES, launches: 4, pairs: 2 },
      questions: set.questions.length,
      seed: SEED,
      clock: systemClock,
      interleaving: 'processes',
      mostUsers: 1,
      tell: () => undefined,
    });
    const differences = indicatorDifferences(blocks, { variants: ['one', 'other'] });
    expect(differences.length).toBeGreaterThan(0);
    const apart = differences.filter(({ word }) => word === 'better' || word === 'worse');
    expect(apart).toEqual([]);
  });
});
