import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runBench } from '../../src/experiments/bench.ts';
import { runEvaluate } from '../../src/experiments/evaluate.ts';
import type { ExperimentEvent } from '../../src/experiments/events.ts';
import type { ProfilePlan } from '../../src/experiments/profiles.ts';
import { readRunFolder, writeRunFolder } from '../../src/experiments/run-folder.ts';
import type { RunResult } from '../../src/experiments/setup.ts';
import { OUTCOMES, RIGHT_CODES } from '../../src/records/columns.ts';
import { type RunRecord, recordSchema } from '../../src/records/schema.ts';
import { temporaryFolders } from './folders.ts';
import { MADE_SET, setupOf } from './made-set.ts';

const newFolder = temporaryFolders();

/** Long enough for every part to be there, and no longer. */
const SHORT: ProfilePlan = {
  warmup: 40,
  closedProbe: 60,
  openPhase: 120,
  microBenchmark: 15,
  comparesVariants: true,
};

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** A record is what can be read again: through JSON, in which NaN would have become null. */
const saved = (record: RunRecord): RunRecord => recordSchema.parse(JSON.parse(JSON.stringify(record)));

describe('bench', () => {
  let result: RunResult;
  let record: RunRecord;
  const events: ExperimentEvent[] = [];

  beforeAll(async () => {
    const setup = setupOf({ indexFolder: newFolder(), onEvent: (event) => events.push(event) });
    result = await runBench(setup, SHORT);
    record = result.record;
  });

  it('leaves a record that can be read again', () => {
    expect(saved(record)).toEqual(record);
    expect(record).toMatchObject({
      kind: 'bench',
      complete: true,
      seed: 7,
      index: { documents: 12, reused: false },
    });
  });

  it('asks every golden question once, then drives closed and open loop, uncached and cached', () => {
    expect(record.questions!.map(({ id }) => id)).toEqual(MADE_SET.questions.map(({ id }) => id));
    const names = record.load!.phases.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['warm-up', 'closed × 1']);
    expect(names.slice(-4)).toEqual([
      'open 50 % uncached',
      'open 80 % uncached',
      'open 50 % cached',
      'open 80 % cached',
    ]);
    const started = events.flatMap((event) =>
      event.type === 'part.started' ? [[event.name, event.step, event.steps]] : [],
    );
    const parts = ['index', 'quality', 'warm-up', 'closed loop', 'open loop', 'stages'];
    const compared = ['bm25', 'lsa', 'mmr'].flatMap((name) => [`index, ${name}`, `quality, ${name}`]);
    expect(started).toEqual([...parts, ...compared].map((name, index) => [name, index + 1, 12]));
  });

  it('compares the known ways to retrieve, the configured one with what it did in the quality pass', () => {
    const { variants } = record.comparison!;
    expect(variants.map(({ name }) => name)).toEqual(['bm25', 'lsa', 'hybrid', 'mmr']);
    expect(variants[2]!.quality).toEqual(record.quality);
    for (const { scores } of variants) expect(scores.right).toHaveLength(MADE_SET.questions.length);
  });

  it('accounts for every arrival, by outcome and in the funnel', () => {
    const { phases } = record.load!;
    for (const { arrivals, completed, errors, timeouts, dropped, funnel } of phases) {
      expect(completed + errors + timeouts + dropped).toBe(arrivals);
      expect(sum(funnel)).toBe(arrivals);
    }
    expect(result.requests!.length).toBe(phases.reduce((total, { arrivals }) => total + arrivals, 0));
  });

  it('calls right under load what it called right in the quality pass, question by question', () => {
    const { question, right, outcome, response } = result.requests!.columns;
    const inQuality = record.questions!.map((one) => one.right);
    expect(new Set(inQuality)).toEqual(new Set(['right', 'wrong']));
    for (let row = 0; row < result.requests!.length; row += 1) {
      if (OUTCOMES[outcome[row]!] !== 'completed') continue;
      expect(RIGHT_CODES[right[row]!]).toBe(inQuality[question[row]!]);
      expect(record.responses![response[row]!]).toMatchObject({
        question: question[row]!,
        right: inQuality[question[row]!],
      });
    }
  });

  it('keeps an answer once: one that is the question’s own is not told again with the responses', () => {
    expect(record.responses!.every((response) => !('answer' in response))).toBe(true);
    expect(record.responses!.length).toBe(MADE_SET.questions.length);
  });

  it('misses the caches uncached, and hits them cached', () => {
    const rate = (name: string) => record.load!.phases.find((phase) => phase.name === name)!.cacheHitRate;
    expect(rate('open 80 % uncached')).toBe(0);
    expect(rate('open 80 % cached')).toBe(1);
  });

  it('measures retrieval over the answerable questions, and marks small samples', () => {
    expect(record.quality!.retrievalAccuracy).toMatchObject({ mean: 1, n: 16 });
    expect(record.quality!.measures.find(({ name }) => name === 'ndcg@10')).toMatchObject({
      n: 16,
      approximate: true,
    });
    expect(record.notes.join()).toContain('Only 20 golden questions');
  });

  it('measures each stage by itself', () => {
    expect(record.microBenchmarks!.map(({ name }) => name)).toEqual([
      'keyword search',
      'embed',
      'vector search',
      'retrieve and fuse',
      'generate',
      'ask, uncached',
      'ask, response cache hit',
    ]);
    for (const { samples, medianMicros } of record.microBenchmarks!) {
      expect(samples).toBeGreaterThan(0);
      expect(medianMicros).toBeGreaterThan(0);
    }
  });

  it('comes back from its folder as it was, and is refused once a byte was changed', async () => {
    const folder = newFolder();
    const written = await writeRunFolder(folder, result);
    const read = await readRunFolder(folder);
    expect(read.record).toEqual(written.record);
    expect(read.requests).toEqual(result.requests);
    expect((await readRunFolder(join(folder, 'record.json'))).record).toEqual(read.record);

    const columns = join(folder, 'requests.col');
    const bytes = await readFile(columns);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(columns, bytes);
    await expect(readRunFolder(folder)).rejects.toMatchObject({ code: 'record.corrupt' });
  });
});

describe('a bench that is interrupted', () => {
  const indexFolder = newFolder();
  const index = async () => (await runEvaluate(setupOf({ indexFolder }))).record.index!;

  async function interrupted(
    isTime: (event: ExperimentEvent) => boolean,
    folder = indexFolder,
  ): Promise<RunResult> {
    const controller = new AbortController();
    const onEvent = (event: ExperimentEvent): void => {
      if (isTime(event)) controller.abort(new Error('enough'));
    };
    return runBench(setupOf({ indexFolder: folder, signal: controller.signal, onEvent }), SHORT);
  }

  it('while the index is built has measured nothing, and leaves the index to be finished by the next run', async () => {
    const folder = newFolder();
    const stopped = interrupted(
      (event) => event.type === 'part.progress' && event.detail === 'embed',
      folder,
    );
    await expect(stopped).rejects.toMatchObject({ code: 'run.interrupted' });
    const { record } = await runEvaluate(setupOf({ indexFolder: folder }));
    expect(record).toMatchObject({ complete: true, index: { documents: 12 } });
  });

  it('before the first question has measured nothing either', async () => {
    await index();
    const stopped = interrupted((event) => event.type === 'part.started' && event.name === 'quality');
    await expect(stopped).rejects.toMatchObject({ code: 'run.interrupted' });
  });

  it.each([
    ['after the quality pass', 'part.finished', 'quality', 0],
    ['as the warm-up begins', 'part.started', 'warm-up', 0],
    ['after the warm-up', 'part.finished', 'warm-up', 1],
    ['as the closed loop begins', 'part.started', 'closed loop', 1],
    ['after the closed loop', 'part.finished', 'closed loop', 3],
    ['as the open loop begins', 'part.started', 'open loop', 3],
    ['while the caches are preheated', 'part.progress', 'preheat', 5],
    ['after the open loop', 'part.finished', 'open loop', 7],
    ['as the stages are benchmarked', 'part.progress', 'stages', 7],
  ] as const)('%s keeps what there is, and says that it is not all', async (_, type, name, leastPhases) => {
    const result = await interrupted((event) => event.type === type && event.name === name);
    const record = saved(result.record);
    expect(record.complete).toBe(false);
    expect(record.questions!.length).toBe(20);
    expect(record.load?.phases.length ?? 0).toBeGreaterThanOrEqual(leastPhases);
    expect(record.load?.phases.every(({ arrivals }) => arrivals > 0) ?? true).toBe(true);
    const folder = newFolder();
    const written = await writeRunFolder(folder, result);
    expect((await readRunFolder(folder)).record).toEqual(written.record);
  });

  it('within a phase keeps its requests, and rates them over the time that it lasted', async () => {
    const controller = new AbortController();
    const setup = setupOf({ indexFolder, signal: controller.signal });
    const onEvent = (event: ExperimentEvent): void => {
      if (event.type === 'load.tick' && event.phase === 'warm-up') controller.abort(new Error('enough'));
    };
    const { record } = await runBench({ ...setup, onEvent }, { ...SHORT, warmup: 60_000 });
    const [warmup, ...others] = saved(record).load!.phases;
    expect(others).toEqual([]);
    expect(warmup!.scheduledSeconds).toBeLessThan(30);
    expect(warmup!.achievedRate).toBeCloseTo(warmup!.arrivals / warmup!.scheduledSeconds, 0);
    expect(warmup!.invalidReasons.join()).toContain('interrupted');
  });
});
