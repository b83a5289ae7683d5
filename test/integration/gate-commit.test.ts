import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runAgainstCommit } from '../../src/cli/gate-commit.ts';
import type { GateFlags } from '../../src/cli/gate-flags.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { gateBlocks } from '../../src/experiments/gate/compare-records.ts';
import { type GitGateOptions, measureAgainstCommit } from '../../src/experiments/gate/git-gate.ts';
import { gateOptions } from '../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../src/experiments/gate/policy.ts';
import { serviceOf } from '../../src/experiments/paired/service.ts';
import type { RunSetup } from '../../src/experiments/setup.ts';
import { type TargetOptions, targetSchema } from '../../src/load/options.ts';
import { systemClock } from '../../src/system/clock.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { MADE_SET, setupOf } from '../experiments/made-set.ts';
import { type Repository, temporaryRepository } from './gate-repository.ts';

/** A service that answers from the answers.json that lies beside it, a little later where delay.txt says so. */
const SERVICE = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const answers = JSON.parse(readFileSync('answers.json', 'utf8'));
const delay = Number(readFileSync('delay.txt', 'utf8'));
createServer(async (request, response) => {
  if (request.url === '/health') return response.end('ok');
  let body = '';
  for await (const piece of request) body += piece;
  await new Promise((go) => setTimeout(go, delay));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ answer: answers[JSON.parse(body).question] ?? 'I do not know.' }));
}).listen(Number(process.argv[2]), '127.0.0.1');
`;

const TARGET: TargetOptions = targetSchema.parse({
  url: 'http://127.0.0.1:{{port}}/ask',
  start: `exec ${process.execPath} service.mjs {{port}}`,
  body: { question: '{{question}}' },
  response: { answer: 'answer' },
});

const [PINNED, ...OTHERS] = MADE_SET.questions;
const golden = { ...MADE_SET, questions: [{ ...PINNED!, must: true }, ...OTHERS] };
const rightAnswers = Object.fromEntries(
  golden.questions.map(({ question, answers: [answer] }) => [question, answer ?? 'I do not know.']),
);

let repository: Repository;
beforeEach(() => {
  repository = temporaryRepository();
  repository.write('service.mjs', SERVICE);
  repository.write('answers.json', JSON.stringify(rightAnswers));
  repository.write('delay.txt', '2');
  repository.commit('first');
  repository.git('tag', 'v1');
});
afterEach(() => repository.remove());

interface Given {
  readonly setup?: Partial<RunSetup>;
  readonly fails?: GitGateOptions['fails'];
  readonly target?: TargetOptions;
}

function measure({ setup = {}, fails = () => false, target = TARGET }: Given = {}) {
  const { env, folder } = repository;
  const { signal } = setup;
  return measureAgainstCommit({
    setup: setupOf({ ...setup, golden, indexFolder: folder }),
    ref: 'v1',
    place: { folder, env, signal },
    serviceIn: (cwd) => serviceOf(target, { env, cwd, clock: systemClock })!,
    rules: {
      timeout: 5000,
      deadline: 1000,
      maxInFlight: 64,
      arrivals: 'constant',
      cacheMode: 'as-configured',
      k: 5,
    },
    wishes: { launches: 1, pairs: 2, block: 200, rate: 50 },
    mostUsers: 1,
    fails,
  });
}

describe('a gate against a commit', () => {
  it('runs both in turns, finds what changed, and leaves the repository as it was', async () => {
    repository.write('answers.json', JSON.stringify({ ...rightAnswers, [PINNED!.question]: 'in 1066' }));
    repository.write('delay.txt', '40');
    const before = repository.state();
    const warnings: string[] = [];
    const measured = await measure({
      setup: { onEvent: (event) => event.type === 'warning' && warnings.push(event.message) },
      fails: (blocks) => blocks.length > 0,
    });
    const { baseline, candidate, names, askedAgain } = measured;

    expect(names).toEqual({ baseline: 'v1', candidate: 'working tree' });
    expect(baseline.environment.git).toEqual({ commit: repository.git('rev-parse', 'v1'), dirty: false });
    expect(baseline.quality!.right.mean).toBe(1);
    expect(candidate.quality!.right.mean).toBe(0.95);
    expect(candidate).toMatchObject({ kind: 'gate', complete: true });
    expect(
      [...warnings, ...candidate.notes].filter((text) => text.includes('dirty: 2 files differ')),
    ).toHaveLength(2);
    expect(askedAgain.get(PINNED!.id)).toEqual(['wrong', 'wrong']);

    const { blocks } = candidate.paired!;
    expect(candidate.paired).toMatchObject({
      interleaving: 'processes',
      launches: 1,
      pairsPerLaunch: 2,
      offeredRate: 50,
    });
    // A pair of warm-up and two that count, of both; and the same again in the batch that confirms.
    for (const batch of [0, 1])
      for (const name of ['v1', 'working tree'])
        expect(blocks.filter((block) => block.batch === batch && block.variant === name)).toHaveLength(3);
    const p50 = (name: string): number[] =>
      blocks.filter(({ variant }) => variant === name).map(({ indicators }) => indicators.p50!);
    expect(Math.min(...p50('working tree'))).toBeGreaterThan(Math.min(...p50('v1')));

    const policy = gatePolicy(gateOptions.parse({}));
    const verdict = gateBlocks({ ...measured, variants: names, blocks, policy, seed: 7, name: 'git:v1' });
    expect(verdict).toMatchObject({ verdict: 'FAIL', basis: 'interleaved', baseline: { name: 'git:v1' } });
    expect(verdict.rows.find(({ subject }) => subject === 'pinned')).toMatchObject({
      name: PINNED!.id,
      verdict: 'FAIL',
      why: expect.stringContaining('3 of 3'),
    });
    expect(repository.state()).toEqual(before);
  });

  it('asks no pinned question again, and runs no second batch, where nothing got worse', async () => {
    const { askedAgain, candidate } = await measure();
    expect(askedAgain.size).toBe(0);
    expect(candidate.paired!.blocks.every(({ batch }) => batch === 0)).toBe(true);
  });

  it('says of a commit that does not start what it said, and takes all away', async () => {
    repository.write('service.mjs', `console.error('Cannot find package express'); process.exit(1);`);
    repository.commit('broken');
    repository.git('tag', '--force', 'v1');
    repository.write('service.mjs', SERVICE);
    const before = repository.state();
    await expect(measure()).rejects.toMatchObject({
      code: 'gate.git',
      exitCode: 2,
      message: expect.stringContaining('At v1 the target does not start'),
      problems: [expect.stringContaining('Cannot find package express')],
    });
    expect(repository.state()).toEqual(before);
  });

  it('keeps quality when it is interrupted while speed is measured, and leaves no service and no work tree behind', async () => {
    const before = repository.state();
    const controller = new AbortController();
    const pids = join(mkdtempSync(join(tmpdir(), 'groundspeed-pids-')), 'pids');
    onTestFinished(() => rmSync(dirname(pids), { recursive: true }));
    const target = { ...TARGET, start: `echo $$ >> ${pids}; ${TARGET.start}` };
    const stopAtSpeed: RunSetup['onEvent'] = (event) => {
      if (event.type === 'part.started' && event.name === 'speed')
        setTimeout(() => controller.abort(new Error('stopped')), 500);
    };
    const setup = { signal: controller.signal, onEvent: stopAtSpeed };
    const { candidate } = await measure({ target, setup });
    expect(candidate).toMatchObject({ complete: false, quality: { right: { mean: 1 } } });
    expect(candidate.paired).toBeUndefined();
    const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(started).toHaveLength(3);
    for (const pid of started) expect(() => process.kill(pid, 0)).toThrow();
    expect(repository.state()).toEqual(before);
    await expect(measure({ target, setup })).rejects.toThrow('stopped');
  });
});

describe('a gate against a commit, from the command line', () => {
  it.each([
    [{}, 'target.start'],
    [{ target: 'http://127.0.0.1:9/ask' }, '--target'],
  ])('is refused where nothing can be started: %j', async (given, where) => {
    const world = memoryWorld([]);
    const { settings } = resolveSettings({ env: {}, sets: [], assignments: [] });
    const progress = {
      onEvent: () => undefined,
      say: () => undefined,
      warn: () => undefined,
      end: () => undefined,
    };
    const watch = { progress, signal: new AbortController().signal };
    const flags: GateFlags = { output: 'reports', seed: 7, color: false, ...given };
    const policy = gatePolicy(gateOptions.parse({}));
    const { folder } = repository;
    await expect(
      runAgainstCommit(world, flags, { watch, settings, policy, ref: 'v1', folder }),
    ).rejects.toMatchObject({ code: 'gate.git', where });
  });
});
