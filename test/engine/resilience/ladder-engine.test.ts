import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { type Engine, openEngine } from '../../../src/engine/engine.ts';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { Cache, PortDecorators } from '../../../src/engine/ports.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { asResponse } from '../../../src/load/targets/in-process.ts';
import { ndcg } from '../../../src/measures/retrieval/ndcg.ts';
import { systemClock } from '../../../src/system/clock.ts';

const root = mkdtempSync(join(tmpdir(), 'groundspeed-ladder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close();
});

/** What is out of order at present. */
type Down = Set<'embedder' | 'vector' | 'keyword' | 'generator' | 'store' | 'cache'>;

/** Ports that work until they are down. */
function failingPorts(down: Down): PortDecorators {
  const fails = (port: Parameters<Down['has']>[0]): void => {
    if (down.has(port)) throw new GroundspeedError('dependency.failed', `the ${port} is down`);
  };
  return {
    embedder: (port) => ({
      id: port.id,
      dimensions: port.dimensions,
      embed: async (texts, options) => {
        fails('embedder');
        return port.embed(texts, options);
      },
    }),
    vector: (port) =>
      Object.assign(Object.create(port), {
        search: async (...given: Parameters<typeof port.search>) => {
          fails('vector');
          return port.search(...given);
        },
      }),
    keyword: (port) =>
      Object.assign(Object.create(port), {
        search: async (...given: Parameters<typeof port.search>) => {
          fails('keyword');
          return port.search(...given);
        },
      }),
    generator: (port) => ({
      id: port.id,
      async *generate(request) {
        fails('generator');
        yield* port.generate(request);
      },
    }),
    store: (port) =>
      new Proxy(port, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          return (...given: unknown[]) => {
            if (name === 'chunks') fails('store');
            return value.apply(target, given);
          };
        },
      }),
    cache: <V>(_layer: unknown, port: Cache<V>): Cache<V> => ({
      get: async (key) => {
        fails('cache');
        return port.get(key);
      },
      set: async (key, value) => {
        fails('cache');
        return port.set(key, value);
      },
      clear: () => port.clear(),
      statistics: () => port.statistics(),
    }),
  };
}

const canned = join(root, 'canned.yaml');
writeFileSync(
  canned,
  '- any: [what, how, when, where, who, which]\n  answer: Please see the notice board.\n',
);

let folders = 0;
async function engineOver(name: string, settings: object = {}) {
  const golden = await readGoldenSet(`datasets/${name}`);
  const down: Down = new Set();
  const options = engineSchema.parse(settings);
  folders += 1;
  const folder = join(root, String(folders));
  const decorate = failingPorts(down);
  const engine = await openEngine({ options, folder, clock: systemClock, seed: 1, decorate });
  opened.push(engine);
  const items = golden.corpus!.map(({ id, title, text, metadata = {} }) => ({
    document: { id, title, text, metadata },
  }));
  await engine.ingest(items);
  const events: EngineEvent[] = [];
  engine.events.listen((event) => events.push(event));
  return { engine, golden, down, events };
}

describe('the whole ladder, from rung to rung', () => {
  it('as one dependency after another goes down, and back up again', async () => {
    const { engine, golden, down, events } = await engineOver('smoke', {
      degradation: {
        layers: ['keyword', 'extractive', 'cached', 'canned', 'last-resort'],
        cannedAnswers: canned,
        contact: 'the harbour office',
      },
      // Breakers would go on sparing calls after all is well: this is of what stands in, not of when.
      resilience: { breaker: { enabled: false }, queries: { retries: 0 } },
    });
    const question = golden.questions.find(({ answerable }) => answerable)!.question;
    const full = await engine.ask(question);
    expect(full.degraded).toBeUndefined();

    const told: string[] = [];
    const ask = async (text = question, clear = true) => {
      if (clear) await engine.clearCaches();
      const answer = await engine.ask(text);
      told.push(answer.degraded?.level ?? 'full');
      return answer;
    };
    down.add('embedder');
    const keyword = await ask();
    expect(keyword.passages.length).toBeGreaterThan(0);
    expect(keyword.degraded?.reason).toBe('embedder: error');
    down.add('generator');
    expect((await ask()).degraded?.steps.map(({ level }) => level)).toEqual(['keyword', 'extractive']);

    down.clear();
    await ask();
    down.add('store').add('cache');
    const cached = await ask(question, false);
    expect(cached.degraded).toMatchObject({ level: 'cached', reason: 'store: error' });
    expect(cached.text).toBe(full.text);
    expect(asResponse(cached)).toMatchObject({ degraded: 'cached', lastResort: false, cache: 'response' });
    const said = await ask('What about the weather?');
    expect(said.text).toBe('Please see the notice board.');
    expect(asResponse(said)).toMatchObject({ degraded: 'canned', lastResort: true });
    const last = await ask('Tell me.');
    expect(last.text).toContain('the harbour office');
    expect(asResponse(last)).toMatchObject({ degraded: 'last-resort', lastResort: true, abstained: true });

    down.clear();
    const back = await ask();
    expect(asResponse(back)).toMatchObject({ degraded: 'none', lastResort: false });
    expect(told).toEqual(['keyword', 'extractive', 'full', 'cached', 'canned', 'last-resort', 'full']);
    expect(events.filter(({ type }) => type === 'query.failed')).toEqual([]);
    expect(events.flatMap((event) => (event.type === 'query.degraded' ? [event.level] : []))).toEqual([
      'keyword',
      'keyword',
      'extractive',
      'cached',
      'canned',
      'last-resort',
    ]);
  });

  it('opens the breaker of what stays down, tells of it, and spares the calls', async () => {
    const { engine, golden, down } = await engineOver('smoke', {
      caching: { enabled: false },
      resilience: { queries: { retries: 0 } },
    });
    down.add('embedder');
    const reasons: (string | undefined)[] = [];
    for (const { question } of golden.questions.slice(0, 7)) {
      reasons.push((await engine.ask(question)).degraded?.reason);
    }
    expect(reasons).toEqual([...Array(5).fill('embedder: error'), ...Array(2).fill('embedder: open')]);
    const embedder = engine.health().find(({ dependency }) => dependency === 'embedder')!;
    expect(embedder).toMatchObject({ status: 'unhealthy', breaker: 'open', errors: 5 });
  });

  it('a cache that fails is a cache that holds nothing', async () => {
    const { engine, golden, down } = await engineOver('smoke');
    down.add('cache');
    const { question } = golden.questions[0]!;
    expect((await engine.ask(question)).degraded).toBeUndefined();
    expect((await engine.ask(question)).cache.response).toBe('miss');
  });
});

it('refuses a file of canned answers that cannot be read before any question is asked', async () => {
  const open = (settings: object) =>
    openEngine({
      options: engineSchema.parse({ degradation: settings }),
      folder: join(root, 'refused'),
      clock: systemClock,
      seed: 1,
    });
  const broken = join(root, 'broken.yaml');
  writeFileSync(broken, 'answers:\n  - any: [x]\n');
  await expect(open({ cannedAnswers: broken })).rejects.toMatchObject({
    code: 'canned.format',
    problems: [expect.stringMatching(/broken\.yaml:2: answers\[0\]\.answer/)],
  });
  await expect(open({ cannedAnswers: join(root, 'missing.yaml') })).rejects.toMatchObject({
    code: 'canned.format',
    where: 'degradation.cannedAnswers',
  });
  const unread = await open({ cannedAnswers: broken, layers: ['keyword'] });
  await unread.close();
});

describe('without vectors', () => {
  /** Mean nDCG@10 over the questions that have a relevant document, and the levels served. */
  async function quality({ engine, golden }: Awaited<ReturnType<typeof engineOver>>) {
    const asked = golden.questions.filter(({ relevant }) =>
      [...relevant.values()].some((grade) => grade > 0),
    );
    const levels = new Set<string>();
    const scores: number[] = [];
    for (const { question, relevant } of asked) {
      const { ranking, degraded } = await engine.ask(question);
      levels.add(degraded?.level ?? 'full');
      scores.push(ndcg.score(ranking.ids, relevant, 10));
    }
    return {
      scores,
      mean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
      levels: [...levels],
    };
  }

  it('tidewater is ranked exactly as keyword search alone ranks it, question by question', async () => {
    const caching = { enabled: false };
    const hybrid = await engineOver('tidewater', { caching });
    const full = await quality(hybrid);
    hybrid.down.add('embedder');
    const degraded = await quality(hybrid);
    const alone = await quality(await engineOver('tidewater', { caching, retrieval: { mode: 'keyword' } }));
    expect([full.levels, degraded.levels, alone.levels]).toEqual([['full'], ['keyword'], ['full']]);
    expect(degraded.scores).toEqual(alone.scores);
    // Of 350 questions: .674 without vectors, where the full pipeline has .667.
    expect(degraded.mean).toBeGreaterThan(0.65);
    expect(degraded.mean).toBeGreaterThan(full.mean - 0.05);
  }, 60_000);
});
