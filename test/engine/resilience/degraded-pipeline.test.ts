import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCannedAnswers } from '../../../src/engine/resilience/canned.ts';
import { DEGRADATION_LEVELS } from '../../../src/engine/resilience/options.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { type FailingSetting, failingBench, PORTS, WAYS } from './failing-bench.ts';

const CANNED = parseCannedAnswers('[{any: so, answer: "See the notice board."}]', {
  where: 'canned.yaml',
  language: 'en',
});
const QUESTION = 'Is it so?';

/** A bench with these layers and no cache, so that each question goes all the way. */
const layered = (layers: readonly string[], rest: FailingSetting = {}) =>
  failingBench({
    ...rest,
    settings: { caching: { enabled: false }, degradation: { layers }, ...rest.settings },
  });

const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error) => (error instanceof GroundspeedError ? error.code : String(error)),
  );

describe('when nothing fails', () => {
  it('an answer is full, and says nothing of degradation', async () => {
    const bench = failingBench();
    const answer = await bench.ask(QUESTION);
    expect(answer).toMatchObject({ text: 'It is so.', cache: { response: 'miss' } });
    expect(answer).not.toHaveProperty('degraded');
    expect(bench.events.some(({ type }) => type === 'query.degraded')).toBe(false);
    expect(bench.events.at(-1)).toMatchObject({ type: 'query.finished', degraded: undefined });
  });
});

describe('the layer keyword', () => {
  it('answers without vectors when the embedder fails, from the generator all the same', async () => {
    const bench = layered(['keyword'], { failing: { embedder: 'coded' } });
    const answer = await bench.ask(QUESTION, { trace: true });
    expect(answer.text).toBe('It is so.');
    expect([...answer.trace!.fused.keys]).toEqual([3, 1, 5]);
    expect(answer.degraded).toEqual({
      level: 'keyword',
      reason: 'embedder: error',
      steps: [{ level: 'keyword', reason: 'embedder: error' }],
    });
    expect(bench.events.filter(({ type }) => type === 'query.degraded')).toMatchObject([
      { level: 'keyword', reason: 'embedder: error' },
    ]);
    expect(bench.events.at(-1)).toMatchObject({ type: 'query.finished', degraded: 'keyword' });
  });

  it('answers with one search when the other fails, whichever that is', async () => {
    const vectorsLost = await layered(['keyword'], { failing: { vectors: 'bug' } }).ask(QUESTION);
    expect(vectorsLost.degraded).toMatchObject({ level: 'keyword', reason: 'vectors: error' });
    expect(vectorsLost.ranking.ids).toEqual(['d2', 'd1', 'd3']);
    const wordsLost = await layered(['keyword'], { failing: { keywords: 'bug' } }).ask(QUESTION);
    expect(wordsLost.degraded).toMatchObject({ level: 'keyword', reason: 'keywords: error' });
    expect(wordsLost.ranking.ids).toEqual(['d1']);
  });

  it.each([{ embedder: 'coded' }, { embedder: 'garbage' }, { vectors: 'coded' }] as const)(
    'searches keywords where vectors alone are searched otherwise: %j',
    async (failing) => {
      const settings = { retrieval: { mode: 'vector' } };
      const bench = layered(['keyword'], { failing, settings });
      const answer = await bench.ask(QUESTION);
      expect(answer.degraded?.level).toBe('keyword');
      expect(answer.ranking.ids).toEqual(['d2', 'd1', 'd3']);
      bench.failing = {};
      bench.calls.keywords = 0;
      expect((await bench.ask(QUESTION)).degraded).toBeUndefined();
      expect(bench.calls.keywords).toBe(0);
    },
  );

  it('leaves out a reranker that fails', async () => {
    const answer = await layered(['keyword'], { reranks: true, failing: { reranker: 'bug' } }).ask(QUESTION);
    expect(answer.degraded).toMatchObject({ level: 'keyword', reason: 'reranker: error' });
    expect(answer.text).toBe('It is so.');
  });

  it('has nothing when both searches fail', async () => {
    const bench = layered(['keyword'], { failing: { vectors: 'coded', keywords: 'coded' } });
    expect(await codeOf(bench.ask(QUESTION))).toBe('dependency.failed');
  });
});

describe('the layer extractive', () => {
  it.each(['coded', 'bug', 'thrown', 'garbage', 'late'] as const)(
    'answers from the same passages when the generator fails (%s)',
    async (way) => {
      const bench = layered(['extractive'], { failing: { generator: way } });
      const answer = await bench.ask(QUESTION);
      expect(answer.degraded).toMatchObject({ level: 'extractive', reason: 'generator: error' });
      expect(answer.passages.map(({ key }) => key)).toEqual(
        (await failingBench().ask(QUESTION)).passages.map(({ key }) => key),
      );
      expect(answer.text).not.toBe('It is so.');
      // No model gave these words: a service counts their tokens as nobody's.
      expect(answer.usage).toEqual({ inputTokens: 0, outputTokens: 0 });
    },
  );

  it('is told after keyword, which it is worse than, when both the embedder and the generator fail', async () => {
    const bench = layered(['keyword', 'extractive'], { failing: { embedder: 'coded', generator: 'coded' } });
    expect((await bench.ask(QUESTION)).degraded).toEqual({
      level: 'extractive',
      reason: 'generator: error',
      steps: [
        { level: 'keyword', reason: 'embedder: error' },
        { level: 'extractive', reason: 'generator: error' },
      ],
    });
  });

  it('passes its text on once, whole, where somebody listens', async () => {
    const pieces: string[] = [];
    const bench = layered(['extractive'], { failing: { generator: 'coded' } });
    const answer = await bench.ask(QUESTION, { onText: (text) => pieces.push(text) });
    expect(pieces).toEqual([answer.text]);
    expect(bench.events.filter(({ type }) => type === 'token.first')).toHaveLength(1);
  });

  it('does not follow half an answer that somebody has read: that fails', async () => {
    const pieces: string[] = [];
    const bench = layered([...DEGRADATION_LEVELS], { canned: CANNED, failing: { generator: 'late' } });
    const asked = bench.ask(QUESTION, { onText: (text) => pieces.push(text) });
    expect(await codeOf(asked)).toBe('generation.failed');
    expect(pieces).toEqual(['It is ']);
  });
});

describe('the layer cached', () => {
  const DOWN = { embedder: 'coded', vectors: 'coded', keywords: 'coded' } as const;

  it('gives the last good answer again, of an older index too, marked as stale', async () => {
    const bench = failingBench({ settings: { degradation: { layers: ['cached'] } } });
    const full = await bench.ask(QUESTION);
    bench.publish();
    bench.failing = DOWN;
    const again = await bench.ask(QUESTION, { trace: true });
    expect(again).toMatchObject({ text: full.text, cache: { response: 'stale' }, costUsd: 0 });
    expect(again.degraded).toMatchObject({ level: 'cached', reason: 'keywords: error' });
    expect(again.passages).toBe(full.passages);
    expect(again.trace).toBeDefined();
  });

  it('keeps answers apart by passages wanted and by filter, and none of a question that leaves caches alone', async () => {
    const bench = failingBench({ settings: { degradation: { layers: ['cached'] } } });
    await bench.ask(QUESTION);
    await bench.ask('Another?', { cache: false });
    bench.publish();
    bench.failing = DOWN;
    expect(await codeOf(bench.ask(QUESTION, { topK: 2 }))).toBe('dependency.failed');
    expect(await codeOf(bench.ask(QUESTION, { filter: { kind: 'fares' } }))).toBe('dependency.failed');
    expect(await codeOf(bench.ask(QUESTION, { cache: false }))).toBe('dependency.failed');
    expect(await codeOf(bench.ask('Another?'))).toBe('dependency.failed');
    expect(await codeOf(bench.ask(QUESTION))).toBe('answered');
  });

  it('forgets after degradation.staleSeconds, and when it is told to', async () => {
    const bench = failingBench({ settings: { degradation: { layers: ['cached'], staleSeconds: 60 } } });
    await bench.ask(QUESTION);
    bench.publish();
    bench.failing = DOWN;
    await bench.clock.advance(59_000);
    expect(await codeOf(bench.ask(QUESTION))).toBe('answered');
    await bench.clock.advance(2000);
    expect(await codeOf(bench.ask(QUESTION))).toBe('dependency.failed');
    bench.failing = {};
    await bench.ask(QUESTION);
    bench.pipeline.forget();
    bench.publish();
    bench.failing = DOWN;
    expect(await codeOf(bench.ask(QUESTION))).not.toBe('answered');
  });
});

describe('the layers canned and last-resort', () => {
  it('give the operator’s words, without passages, and no abstention', async () => {
    const bench = layered(['canned'], { canned: CANNED, failing: { store: 'coded' } });
    expect(await bench.ask(QUESTION)).toMatchObject({
      text: 'See the notice board.',
      abstained: false,
      passages: [],
      citations: [],
      contextSize: 0,
      degraded: { level: 'canned', reason: 'store: error' },
    });
    expect(bench.events.at(-1)).toMatchObject({ type: 'query.finished', outcome: 'answered' });
    expect(await codeOf(bench.ask('Something else'))).toBe('store.corrupt');
  });

  it('end with an apology in the configured language, which is no answer', async () => {
    const settings = {
      degradation: { layers: ['last-resort'], language: 'de', contact: 'hafen@example.org' },
    };
    const answer = await failingBench({ settings, failing: { generator: 'bug' } }).ask(QUESTION);
    expect(answer).toMatchObject({ abstained: true, confidence: 0, degraded: { level: 'last-resort' } });
    expect(answer.text).toContain('hafen@example.org');
    expect(answer.text).toMatch(/^Leider/);
  });

  it('last-resort is not there unless it is asked for', () => {
    expect(failingBench().options.degradation.layers).toEqual(['keyword', 'extractive', 'cached', 'canned']);
  });
});

describe('the order of the layers', () => {
  it('is the configured one: the first that has something answers', async () => {
    const failing = { embedder: 'coded' } as const;
    const levelWith = async (...layers: string[]) =>
      (await layered(layers, { canned: CANNED, failing }).ask(QUESTION)).degraded?.level;
    expect(await levelWith('keyword', 'canned')).toBe('keyword');
    expect(await levelWith('canned', 'keyword')).toBe('canned');
    expect(await levelWith('cached', 'keyword')).toBe('keyword');
    expect(await levelWith('last-resort', 'canned')).toBe('last-resort');
    expect(await levelWith('extractive', 'cached', 'canned', 'last-resort')).toBe('canned');
  });

  it('has nothing in it where degradation is off: the question fails with what failed', async () => {
    const settings = { degradation: { enabled: false, layers: [...DEGRADATION_LEVELS] } };
    const bench = failingBench({ settings, canned: CANNED, failing: { embedder: 'coded' } });
    expect(await codeOf(bench.ask(QUESTION))).toBe('dependency.failed');
    expect(bench.events.at(-1)).toMatchObject({ type: 'query.failed', stage: 'embed' });
  });
});

describe('no reason to degrade', () => {
  const bench = () => layered([...DEGRADATION_LEVELS], { canned: CANNED });
  it('is a question that is refused for what it is', async () => {
    expect(await codeOf(bench().ask(''))).toBe('query.empty');
    expect(await codeOf(bench().ask('x'.repeat(10_000)))).toBe('query.tooLong');
    expect(await codeOf(bench().ask(QUESTION, { topK: 0 }))).toBe('usage.argument');
    expect(await codeOf(bench().ask(QUESTION, { deadlineMs: 0 }))).toBe('usage.argument');
    expect(await codeOf(bench().ask(QUESTION, { deadlineMs: Number.NaN }))).toBe('usage.argument');
  });

  it('is a question that was withdrawn, at whatever moment', async () => {
    const held = bench();
    held.failing = { embedder: 'silent' };
    const controller = new AbortController();
    const asked = held.pipeline.ask(QUESTION, { signal: controller.signal });
    controller.abort(new Error('gone'));
    expect(await codeOf(asked)).toBe('query.aborted');
    expect(held.events.some(({ type }) => type === 'query.degraded')).toBe(false);
  });
});

describe('a deadline', () => {
  const SILENT = { caching: { enabled: false } };

  it('leaves a silent embedder so early that keywords still answer before it', async () => {
    const bench = failingBench({ settings: SILENT, failing: { embedder: 'silent' } });
    const answer = await bench.ask(QUESTION, { deadlineMs: 1000 });
    expect(answer.degraded).toMatchObject({ level: 'keyword', reason: 'embedder: deadline' });
    expect(answer.text).toBe('It is so.');
    expect(answer.totalMs).toBeGreaterThanOrEqual(500);
    expect(answer.totalMs).toBeLessThan(900);
  });

  it('leaves a silent generator so early that sentences still answer before it', async () => {
    const bench = failingBench({ settings: SILENT, failing: { generator: 'silent' } });
    const answer = await bench.ask(QUESTION, { deadlineMs: 500 });
    expect(answer.degraded).toMatchObject({ level: 'extractive', reason: 'generator: deadline' });
    expect(answer.totalMs).toBeLessThan(500);
  });

  it('fails with dependency.timeout where nothing stands in, and not later', async () => {
    const settings = { ...SILENT, degradation: { enabled: false } };
    const bench = failingBench({ settings, failing: { generator: 'silent' } });
    expect(await codeOf(bench.ask(QUESTION, { deadlineMs: 500 }))).toBe('dependency.timeout');
    // Timers of all calls are shared, and a little coarse.
    expect(bench.clock.now()).toBeLessThanOrEqual(550);
  });

  it('is never more than resilience.deadlineMs', async () => {
    const settings = { ...SILENT, resilience: { deadlineMs: 200, timeoutMs: 200 } };
    const bench = failingBench({ settings, failing: { embedder: 'silent' } });
    expect((await bench.ask(QUESTION, { deadlineMs: 60_000 })).totalMs).toBeLessThan(200);
  });

  it('that has passed before anything could be asked is answered by what needs no time', async () => {
    const settings = { degradation: { layers: ['cached', 'last-resort'] }, retrieval: { mode: 'keyword' } };
    const bench = failingBench({ settings });
    await bench.ask(QUESTION);
    bench.publish();
    bench.failing = { keywords: 'silent' };
    expect((await bench.ask(QUESTION, { deadlineMs: 50 })).degraded?.level).toBe('cached');
  });
});

describe('a degraded answer', () => {
  it('stands in no cache: the next question is answered in full once all is well again', async () => {
    const bench = failingBench({ failing: { embedder: 'coded' } });
    expect((await bench.ask(QUESTION)).degraded?.level).toBe('keyword');
    expect(bench.caches.response!.statistics().entries).toBe(0);
    expect(bench.caches.retrieval!.statistics().entries).toBe(0);
    bench.failing = { generator: 'coded' };
    expect((await bench.ask(QUESTION)).degraded?.level).toBe('extractive');
    expect(bench.caches.response!.statistics().entries).toBe(0);
    // What was found was all there is, and may be kept.
    expect(bench.caches.retrieval!.statistics().entries).toBe(1);
    bench.failing = {};
    const full = await bench.ask(QUESTION);
    expect(full.degraded).toBeUndefined();
    expect(full.cache.retrieval).toBe('hit');
    expect(bench.caches.response!.statistics().entries).toBe(1);
    expect((await bench.ask(QUESTION)).degraded).toBeUndefined();
  });
});

const failing = fc.record(
  Object.fromEntries(PORTS.map((port) => [port, fc.option(fc.constantFrom(...WAYS), { nil: undefined })])),
);
const layers = fc
  .shuffledSubarray([...DEGRADATION_LEVELS])
  .map((some) => [...some.filter((level) => level !== 'last-resort'), 'last-resort']);

describe('with a last resort', () => {
  it('no failure of anything makes a question fail, and nothing degraded is kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(failing, { minLength: 1, maxLength: 4 }),
        layers,
        fc.constantFrom('hybrid', 'keyword', 'vector'),
        fc.record({ guarded: fc.boolean(), caching: fc.boolean(), reranks: fc.boolean() }),
        async (failures, order, mode, { guarded, caching, reranks }) => {
          const settings = {
            degradation: { layers: order },
            retrieval: { mode },
            caching: { enabled: caching },
            resilience: { enabled: guarded, deadlineMs: 2000, queries: { retries: 1, baseMs: 10 } },
          };
          const bench = failingBench({ settings, guarded, reranks });
          for (const ways of failures) {
            // Nothing but a policy ends what never answers.
            bench.failing = guarded ? ways : withoutSilence(ways);
            const answer = await bench.ask(QUESTION);
            const kept = bench.caches.response?.statistics().entries ?? 0;
            const full = bench.events.filter(
              (event) => event.type === 'query.finished' && event.degraded === undefined,
            ).length;
            if (full === 0) expect(kept).toBe(0);
            expect(answer.totalMs).toBeLessThanOrEqual(2000);
            if (answer.degraded) {
              expect(order).toContain(answer.degraded.level);
              expect(answer.degraded.steps.length).toBeGreaterThan(0);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

const withoutSilence = (ways: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(ways).map(([port, way]) => [port, way === 'silent' ? 'coded' : way]));
