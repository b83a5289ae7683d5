import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { goldenQuestion } from '../../src/datasets/golden.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { Judge } from '../../src/experiments/judge.ts';
import { loadResult } from '../../src/experiments/load-record.ts';
import { notesOnLoad } from '../../src/experiments/notes.ts';
import { LoadVerdicts } from '../../src/experiments/verdicts.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { RunBudget } from '../../src/load/budget.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { type RunPhase, runPhase } from '../../src/load/phase.ts';
import type { ClosedPlan, LoadContext } from '../../src/load/phase-plan.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { inProcessTarget } from '../../src/load/targets/in-process.ts';
import { loadSchema } from '../../src/records/schema.ts';
import { systemClock } from '../../src/system/clock.ts';

/** A real engine in this process, asked one question after the other: which cache answers which is known. */

const CORPUS = (['kayak', 'dog', 'piano'] as const).map((subject, index) => ({
  id: subject,
  title: `Taking a ${subject}`,
  text: `The crossing for a ${subject} costs £${index + 2}.50. Please tell the crew of your ${subject} before boarding.`,
  metadata: {},
}));
const QUESTIONS = (
  [
    ['kayak', 'What does the crossing cost for a kayak?', '£2.50'],
    ['kayak-again', 'What would the crossing cost for a kayak?', '£2.50'],
    ['dog', 'What does the crossing cost for a dog?', '£3.50'],
  ] as const
).map(([id, question, answer]) => goldenQuestion({ id, question, answers: [answer] }));

const root = mkdtempSync(join(tmpdir(), 'groundspeed-cached-load-'));
const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
async function filled(caching: object): Promise<Engine> {
  const folder = join(root, String(++folders));
  const options = engineSchema.parse({ embedding: { dimensions: 8 }, caching });
  const engine = await openEngine({ options, folder, clock: systemClock, seed: 1 });
  opened.push(engine);
  await engine.ingest(CORPUS.map((document) => ({ document })));
  return engine;
}

interface Step extends Pick<ClosedPlan, 'cacheMode'> {
  readonly name: string;
  readonly passes: number;
  /** Milliseconds. */
  readonly waitBefore?: number;
}

async function driven(engine: Engine, steps: readonly Step[]) {
  const context: LoadContext = {
    target: inProcessTarget(engine),
    questions: QUESTIONS.map(({ question }) => question),
    clock: systemClock,
    random: seededRandom(3),
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    timeoutMs: 10_000,
    deadlineMs: 1000,
    maxInFlight: 1,
    arrivals: 'constant',
    onEvent: () => undefined,
  };
  const phases: RunPhase[] = [];
  for (const { name, passes, cacheMode = 'cached', waitBefore = 0 } of steps) {
    await sleep(waitBefore);
    const budget = new RunBudget({ maxRequests: passes * QUESTIONS.length });
    const plan = { name, loop: 'closed', concurrency: 1, duration: 60_000, cacheMode } as const;
    phases.push(await runPhase({ ...plan, order: { kind: 'sequential' } }, { ...context, budget }));
  }
  const verdicts = new LoadVerdicts(new Judge(CORPUS, 5), QUESTIONS, context.responses);
  const { load } = loadResult(context, verdicts, { phases, maximum: null });
  return loadSchema.parse(JSON.parse(JSON.stringify(load))).phases;
}

describe('the caches of an engine under load', () => {
  it('answer nothing on the first pass, and every question on the second', async () => {
    const engine = await filled({});
    const [uncached, cached] = await driven(engine, [
      { name: 'uncached', passes: 2, cacheMode: 'uncached' },
      { name: 'cached', passes: 4 },
    ]);
    expect(uncached!.caches).toBeUndefined();
    const { hits, misses, off, unknown, cold, warm, layers, semantic, stale, work } = cached!.caches!;
    expect([hits.count, misses.count, off, unknown]).toEqual([9, 3, 0, 0]);
    expect(cold).toMatchObject({ hitRate: 0, misses: { count: 3 } });
    expect(warm).toMatchObject({ hitRate: 1, hits: { count: 9 } });
    expect(layers.response).toMatchObject({ answered: 9, of: 12, rate: 0.75, stale: 0 });
    expect(semantic).toBeNull();
    expect(stale).toMatchObject({ count: 0, of: 9, ofQuestions: 3 });
    expect(work!.layers.response).toMatchObject({ hits: 9, misses: 3, stale: 0, shared: 0, entries: 3 });
    expect(work!.bytes).toBeGreaterThan(work!.bytesBefore!);
    expect(work!.savedUsd).toBe(0);
    const pooled = (hits.count * hits.latencyMs.mean! + misses.count * misses.latencyMs.mean!) / 12;
    expect(cached!.latencyMs.mean).toBeCloseTo(pooled, 6);
  });

  it('tell a semantic hit that is false from one that is none: by golden question, and by the answer made anew', async () => {
    // At a threshold of 0 the first question answers all others that no guard tells apart from it.
    const engine = await filled({ semantic: { enabled: true, threshold: 0 } });
    const phases = await driven(engine, [
      { name: 'uncached', passes: 1, cacheMode: 'uncached' },
      { name: 'cached', passes: 2 },
    ]);
    const { caches, cacheStates } = phases[1]!;
    expect(cacheStates).toEqual({ miss: 1, response: 1, semantic: 4 });
    expect(caches!.semantic).toMatchObject({
      crossed: { count: 4, of: 4, questions: 2, ofQuestions: 2 },
      false: { count: 2, of: 4, questions: 1, ofQuestions: 2 },
      lost: { count: 2, of: 4, questions: 1, ofQuestions: 2 },
      unjudged: 0,
    });
    expect(caches!.layers.semantic).toMatchObject({ answered: 4, of: 5 });
    expect(notesOnLoad(phases).join()).toContain(
      'In cached the semantic cache answered 1 of 2 questions falsely',
    );
  });

  it('tell what is past its time', async () => {
    const engine = await filled({ response: { ttlSeconds: 0.2, staleSeconds: 600 } });
    const [, later] = await driven(engine, [
      { name: 'first', passes: 1 },
      { name: 'later', passes: 1, waitBefore: 300 },
    ]);
    expect(later!.caches).toMatchObject({
      hits: { count: 3 },
      stale: { count: 3, of: 3, questions: 3, ofQuestions: 3 },
      layers: { response: { answered: 3, stale: 3 } },
      work: { layers: { response: { stale: 3 } } },
    });
  });
});
