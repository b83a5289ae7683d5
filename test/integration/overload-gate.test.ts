import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gateExit } from '../../src/cli/gate.ts';
import { gateBlocks } from '../../src/experiments/gate/compare-records.ts';
import { measureAgainstCommit } from '../../src/experiments/gate/git-gate.ts';
import { baselineOverload } from '../../src/experiments/gate/held-load.ts';
import { indicatorRows } from '../../src/experiments/gate/indicator-rows.ts';
import { gateOptions } from '../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../src/experiments/gate/policy.ts';
import type { BlockRules } from '../../src/experiments/paired/block-driver.ts';
import { OVERLOAD } from '../../src/experiments/paired/overload.ts';
import { serviceOf } from '../../src/experiments/paired/service.ts';
import { targetSchema } from '../../src/load/options.ts';
import { systemClock } from '../../src/system/clock.ts';
import { MADE_SET, setupOf } from '../experiments/made-set.ts';
import { type Repository, temporaryRepository } from './gate-repository.ts';

/** A service that takes 100 ms an answer, and so many at once: 15 are 150 a second. Whoever comes later waits for a turn. */
const SERVICE = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
let free = Number(readFileSync('at-once.txt', 'utf8'));
const waiting = [];
const turn = () => new Promise((go) => (free > 0 ? (free -= 1, go()) : waiting.push(go)));
const done = () => (waiting.length > 0 ? waiting.shift()() : (free += 1));
createServer(async (request, response) => {
  if (request.url === '/health') return response.end('ok');
  for await (const _ of request);
  await turn();
  await new Promise((go) => setTimeout(go, 100));
  done();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ answer: 'in 1066' }));
}).listen(Number(process.argv[2]), '127.0.0.1');
`;

const TARGET = targetSchema.parse({
  url: 'http://127.0.0.1:{{port}}/ask',
  start: `exec ${process.execPath} service.mjs {{port}}`,
  body: { question: '{{question}}' },
  response: { answer: 'answer' },
});

/** Each is asked of both sides, one at a time, before the load. */
const GOLDEN = { ...MADE_SET, questions: MADE_SET.questions.slice(0, 6) };

const POLICY = gatePolicy(gateOptions.parse({}));
const RATE = 300;
/** What it answers at once: far more than that load needs, and half of what it needs. */
const [AMPLE, SCARCE] = [200, 15];
/** A verdict needs eight valid pairs: these leave two to spare. */
const PAIRS = 10;
const MOST_TRIES = 3;

let repository: Repository;
beforeEach(() => {
  repository = temporaryRepository();
  repository.write('service.mjs', SERVICE);
});
afterEach(() => repository.remove());

/** Gates a service that answers `now` requests at once against one that answered `before`, at 300 requests a second. */
async function gate(
  { before, now, pairs = PAIRS }: { before: number; now: number; pairs?: number },
  rules: Partial<BlockRules> = {},
) {
  repository.write('at-once.txt', String(before));
  repository.commit('before');
  repository.write('at-once.txt', String(now));
  const { env, folder } = repository;
  const measured = await measureAgainstCommit({
    setup: setupOf({ golden: GOLDEN, indexFolder: folder }),
    ref: 'HEAD',
    place: { folder, env },
    serviceIn: (cwd) => serviceOf(TARGET, { env, cwd, clock: systemClock })!,
    rules: {
      timeout: 5000,
      deadline: 1000,
      maxInFlight: 1024,
      arrivals: 'constant',
      cacheMode: 'as-configured',
      k: 5,
      ...rules,
    },
    wishes: { launches: 1, pairs, block: 150, rate: RATE },
    mostUsers: 1,
    fails: (blocks, names, baseline) =>
      baselineOverload({ blocks, variant: names.baseline }, baseline).length === 0 &&
      indicatorRows({ blocks, ...names, policy: POLICY }).some(({ confirmed }) => confirmed !== null),
  });
  const blocks = measured.candidate.paired!.blocks;
  const result = gateBlocks({ ...measured, variants: measured.names, blocks, policy: POLICY, seed: 7 });
  return { result, record: { ...measured.candidate, gate: result } };
}

/** A slower candidate; again where this machine was too busy to send in time. */
async function gateSlower() {
  for (let tries = 1; ; tries += 1) {
    const gated = await gate({ before: AMPLE, now: SCARCE }, { maxInFlight: 30 });
    if (gated.result.invalid.length === 0 || tries === MOST_TRIES) return gated;
  }
}

describe('a gate at a load that one side cannot hold', () => {
  it('fails a candidate that is slower than it: a backlog grows, and then requests find no room', async ({
    skip,
  }) => {
    const { result, record } = await gateSlower();
    const own = record.paired!.blocks.filter(({ variant }) => variant === 'working tree');
    for (const { valid, invalidReasons, indicators } of own) {
      if (valid) expect(indicators[OVERLOAD]).toBeGreaterThan(0.05);
      // What the target did takes no block away; what the generator could not do on a busy machine does.
      else expect(invalidReasons.filter((reason) => !reason.includes('the generator'))).toEqual([]);
    }
    skip(result.invalid.length > 0, `this machine is too busy to send in time: ${result.invalid.join('; ')}`);
    expect(own).toHaveLength(2 * (1 + PAIRS));
    expect(result.verdict).toBe('FAIL');
    const p50 = result.rows.find(({ name }) => name === 'p50')!;
    expect(p50).toMatchObject({ verdict: 'FAIL', confirmed: true });
    expect(p50.moved[0]).toMatch(/^does not hold 300 requests\/s/);
    expect(() => gateExit(record, {})).toThrow(expect.objectContaining({ exitCode: 4 }));
  });

  it('is invalid where the baseline does not hold it, and asks for a lower rate', async () => {
    const { result, record } = await gate({ before: SCARCE, now: SCARCE, pairs: 3 });
    expect(result.verdict).toBe('INCONCLUSIVE');
    expect(result.invalid.join()).toMatch(
      /the baseline itself does not hold 300 requests\/s: .*lower --rate/,
    );
    expect(record.paired!.blocks.every(({ batch }) => batch === 0)).toBe(true);
    expect(() => gateExit(record, {})).toThrow(expect.objectContaining({ exitCode: 7 }));
  });
});
