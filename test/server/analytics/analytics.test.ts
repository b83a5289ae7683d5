import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { ANALYTICS_FILE, openAnalytics } from '../../../src/server/analytics/analytics.ts';
import { type AskedFact, CANARY_CLIENT, dayOf } from '../../../src/server/analytics/fact.ts';
import { analyticsOptions } from '../../../src/server/analytics/options.ts';
import { BoundedRing } from '../../../src/server/analytics/ring.ts';
import { summarise } from '../../../src/server/analytics/summary.ts';
import { usage } from '../../../src/server/analytics/usage.ts';
import { DurationHistogram } from '../../../src/statistics/histogram.ts';

const DAY = 86_400_000;
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-analytics-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Opening {
  readonly folder?: string;
  readonly clock?: ManualClock;
  readonly content?: boolean;
  readonly options?: object;
}

async function opened({
  folder = workFolder(),
  clock = new ManualClock(),
  content = false,
  options = {},
}: Opening = {}) {
  const analytics = await openAnalytics({
    options: analyticsOptions.analytics.parse(options),
    folder,
    clock,
    content,
  });
  ends.push(() => analytics.stop());
  const fact = (more: Partial<AskedFact> = {}): AskedFact => ({
    at: clock.epoch(),
    ms: 10,
    question: 'What does it cost?',
    clientId: undefined,
    outcome: 'answered',
    answer: undefined,
    ...more,
  });
  const range = (days = 1) => ({ from: dayOf(clock.epoch()) - days + 1, to: dayOf(clock.epoch()) });
  const summary = (days?: number) =>
    summarise({
      reads: analytics.reads,
      range: range(days),
      now: clock.epoch(),
      startedAt: clock.epoch() - 5000,
    });
  const used = (documents: readonly string[] = [], days?: number) =>
    usage({ reads: analytics.reads, range: range(days), limit: 10, documentIds: () => documents });
  return { analytics, clock, folder, fact, summary, used };
}

const CACHE = { embedding: 'miss', retrieval: 'miss', response: 'miss', semantic: 'off' } as const;
const answer = (documents: readonly string[], cache: object = {}): NonNullable<AskedFact['answer']> => ({
  documents,
  cache: { ...CACHE, ...cache },
  inputTokens: 100,
  outputTokens: 10,
  costUsd: 0.25,
});

describe('a bounded ring', () => {
  it('gives in order what it had room for, and counts what it had not (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        (capacity, pushes) => {
          const ring = new BoundedRing<number>(capacity);
          const model: number[] = [];
          let dropped = 0;
          for (const [number, push] of pushes.entries()) {
            if (!push) expect(ring.shift()).toBe(model.shift());
            else if (model.length === capacity) {
              dropped += 1;
              expect(ring.push(number)).toBe(false);
            } else {
              model.push(number);
              expect(ring.push(number)).toBe(true);
            }
            expect([ring.length, ring.dropped]).toEqual([model.length, dropped]);
          }
        },
      ),
    );
  });
});

describe('analytics', () => {
  it('tell nothing of nothing, and never 0 for what nobody knows', async () => {
    const { summary, used } = await opened();
    expect(summary()).toMatchObject({
      query_count: 0,
      avg_response_time: null,
      p99_response_time: null,
      error_rate: null,
      cache_hit_rate: null,
      retrieval_accuracy: null,
      uptime: 5,
      uptime_percentage: 100,
    });
    expect(used(['a'])).toMatchObject({
      clients: [],
      popular_queries: [],
      documents: { never_retrieved: ['a'] },
    });
  });

  it('count questions by outcome, layer, client, text and document', async () => {
    const { analytics, fact, summary, used } = await opened({ options: { clients: ['web'] } });
    analytics.asked(fact({ clientId: 'web', answer: answer(['a', 'b', 'a'], { response: 'hit' }) }));
    analytics.asked(fact({ clientId: 'web', answer: answer(['b']), outcome: 'degraded', ms: 30 }));
    analytics.asked(fact({ clientId: 'mary@example.com', outcome: 'error', question: 'Why?' }));
    analytics.asked(fact({ outcome: 'rejected' }));
    analytics.asked(fact({ clientId: CANARY_CLIENT, question: 'golden', answer: answer(['c']) }));
    analytics.flush();
    expect(summary()).toMatchObject({
      query_count: 4,
      outcomes: { answered: 1, abstained: 0, degraded: 1, error: 1, rejected: 1 },
      avg_response_time: 20,
      p50_response_time: 10,
      p99_response_time: 30,
      error_rate: 0.5,
      cache_hit_rate: 0.25,
      cache_hit_rate_by_layer: {
        response: { hits: 1, stale: 0, misses: 1, rate: 0.5 },
        semantic: { hits: 0, misses: 0, rate: null },
      },
      cost_usd: 0.5,
      input_tokens: 200,
      canary_queries: 1,
      not_counted: 0,
    });
    const { clients, popular_queries, documents } = used(['a', 'b', 'c', 'd']);
    expect(clients.find(({ client }) => client === 'web')).toMatchObject({ queries: 2, errors: 0 });
    expect(clients.map(({ client }) => client).sort()).toEqual([
      '(none)',
      expect.stringMatching(/^client-[0-9a-f]{12}$/),
      'web',
    ]);
    expect(popular_queries[0]).toEqual({
      query_sha256: sha256('What does it cost?'),
      query_chars: 18,
      query: null,
      count: 3,
    });
    expect(documents).toEqual({
      most_retrieved: [
        { id: 'b', count: 2 },
        { id: 'a', count: 1 },
      ],
      retrieved_count: 2,
      never_retrieved_count: 2,
      never_retrieved: ['c', 'd'],
      complete: true,
    });
  });

  it('keep no text, and no name that is not allowed, in any byte of the files, unless text is opted in', async () => {
    for (const content of [false, true]) {
      const { analytics, folder, fact } = await opened({ content });
      analytics.asked(fact({ question: `canary ${'x'.repeat(200)}`, clientId: 'canary-client' }));
      await analytics.stop();
      const database = new Sqlite(join(folder, ANALYTICS_FILE), { readonly: true });
      const tables = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .pluck()
        .all() as string[];
      const held = JSON.stringify(tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all()));
      database.close();
      expect(held.includes('canary')).toBe(content);
      expect(held).not.toContain('canary-client');
      if (content) expect(held).not.toContain('x'.repeat(101));
    }
  });

  it('give the quantiles of all processes together, as if one had counted them all (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { maxLength: 30 }), {
          minLength: 2,
          maxLength: 4,
        }),
        async (processes) => {
          const folder = workFolder();
          const together = new DurationHistogram();
          let last: Awaited<ReturnType<typeof opened>> | undefined;
          for (const latencies of processes) {
            last = await opened({ folder });
            for (const ms of latencies) {
              together.record(ms);
              last.analytics.asked(last.fact({ ms }));
            }
            expect(last.analytics.flush()).toBe(true);
          }
          const told = last!.summary();
          expect(told.query_count).toBe(together.count);
          for (const [name, p] of [
            ['p50_response_time', 0.5],
            ['p95_response_time', 0.95],
            ['p99_response_time', 0.99],
          ] as const) {
            if (together.count === 0) expect(told[name]).toBeNull();
            else expect(told[name]).toBeCloseTo(together.quantile(p), 3);
          }
          for (const end of ends.splice(0).reverse()) await end();
        },
      ),
      { numRuns: 15 },
    );
  });

  it('forget the days that are too old, but the last golden run', async () => {
    const { analytics, clock, fact, summary, used } = await opened({
      options: { retentionDays: 2, flushMs: 1000 },
    });
    const golden = {
      dataset: 'tidewater',
      at: clock.epoch(),
      questions: 10,
      failed: 0,
      recall: { '5': 0.9 },
      retrieval_accuracy: 0.8,
      right: 0.7,
      scores: { golden_recall: [], golden_right: [] },
    };
    analytics.golden(golden);
    analytics.golden({ ...golden, at: golden.at + 1, retrieval_accuracy: 0.85 });
    analytics.asked(fact({ answer: answer(['a']) }));
    await clock.advance(1000);
    expect(summary().query_count).toBe(1);
    await clock.advance(DAY);
    analytics.asked(fact({ answer: answer(['b']) }));
    await clock.advance(1000);
    expect(summary(2).query_count).toBe(2);
    expect(summary(1).query_count).toBe(1);
    await clock.advance(DAY);
    expect(summary(30).query_count).toBe(1);
    expect(used([], 30).documents.most_retrieved).toEqual([{ id: 'b', count: 1 }]);
    await clock.advance(10 * DAY);
    expect(summary(30)).toMatchObject({ query_count: 0, retrieval_accuracy: 0.85 });
    expect(summary(30).golden).toHaveLength(1);
  }, 60_000);

  it('tell the share of minutes in which the service was up', async () => {
    const folder = workFolder();
    const clock = new ManualClock();
    const first = await opened({ folder, clock });
    await clock.advance(5 * 60_000);
    await first.analytics.stop();
    await clock.advance(4 * 60_000);
    const second = await opened({ folder, clock });
    // Minutes 0 to 5, and 9.
    expect(second.summary().uptime_percentage).toBeCloseTo(70, 6);
  });

  it('count what they had no room for', async () => {
    const { analytics, fact, summary } = await opened({ options: { maxPending: 16 } });
    for (let question = 0; question < 20; question += 1) analytics.asked(fact());
    analytics.flush();
    expect(summary()).toMatchObject({ query_count: 16, not_counted: 4 });
    analytics.asked(fact());
    analytics.flush();
    expect(summary()).toMatchObject({ query_count: 17, not_counted: 4 });
  });

  it('keep so many different questions and documents of a day, and the others as one', async () => {
    const { analytics, fact, used } = await opened({ options: { maxKeysPerDay: 10 } });
    for (let number = 0; number < 25; number += 1) {
      analytics.asked(fact({ question: `question ${number}`, answer: answer([`document ${number}`]) }));
    }
    analytics.flush();
    const { popular_queries, documents } = used();
    expect(popular_queries[0]).toMatchObject({ query_sha256: '(other)', count: 15 });
    expect(documents).toMatchObject({ retrieved_count: 10, complete: false });
  });

  it('keep what another process keeps them from writing, and write it later', async () => {
    const { analytics, folder, fact, summary } = await opened();
    const other = new Sqlite(join(folder, ANALYTICS_FILE));
    ends.push(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    analytics.asked(fact());
    expect(analytics.flush()).toBe(false);
    analytics.asked(fact());
    expect(analytics.flush()).toBe(false);
    other.exec('COMMIT');
    expect(analytics.flush()).toBe(true);
    expect(analytics.flush()).toBe(true);
    expect(summary().query_count).toBe(2);
  });

  it('write what is left when they stop, and may be stopped again', async () => {
    const folder = workFolder();
    const first = await opened({ folder });
    for (let question = 0; question < 1500; question += 1) first.analytics.asked(first.fact());
    await first.analytics.stop();
    await first.analytics.stop();
    expect((await opened({ folder })).summary().query_count).toBe(1500);
  });

  it('name a client alike in every process, and differently in every file', async () => {
    const names = async (folder: string): Promise<string> => {
      const { analytics, fact, used } = await opened({ folder });
      analytics.asked(fact({ clientId: 'mary' }));
      analytics.flush();
      return used().clients[0]!.client;
    };
    const folder = workFolder();
    expect(await names(folder)).toBe(await names(folder));
    expect(await names(folder)).not.toBe(await names(workFolder()));
  });

  it.each([
    ['no database', 'not a database at all, but long enough to be looked at '.repeat(40), 'store.unwritable'],
  ])('refuse %s, and leave it as it is', async (_, text, code) => {
    const folder = workFolder();
    writeFileSync(join(folder, ANALYTICS_FILE), text);
    await expect(opened({ folder })).rejects.toMatchObject({ code });
  });

  it("refuse another program's database, and leave it as it is", async () => {
    const folder = workFolder();
    const other = new Sqlite(join(folder, ANALYTICS_FILE));
    other.exec('CREATE TABLE mine (x)');
    other.close();
    await expect(opened({ folder })).rejects.toMatchObject({ code: 'store.incompatible' });
  });
});
