import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { ANALYTICS_FILE, openAnalytics } from '../../../src/server/analytics/analytics.ts';
import { CANARY_CLIENT } from '../../../src/server/analytics/canary-proof.ts';
import { type AskedFact, dayOf } from '../../../src/server/analytics/fact.ts';
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
  const used = (documents: readonly string[] = [], days?: number, limit = 10) =>
    usage({ reads: analytics.reads, range: range(days), limit, documentIds: () => documents });
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
    analytics.asked(fact({ outcome: 'no_context', ms: 10, answer: answer([]) }));
    // Anybody may call himself so.
    analytics.asked(fact({ clientId: CANARY_CLIENT, outcome: 'abstained', ms: 10 }));
    analytics.asked(
      fact({ clientId: CANARY_CLIENT, canary: true, question: 'golden', answer: answer(['c']) }),
    );
    await analytics.flush();
    expect(summary()).toMatchObject({
      query_count: 6,
      outcomes: { answered: 1, abstained: 1, no_context: 1, degraded: 1, error: 1, rejected: 1 },
      avg_response_time: 15,
      p50_response_time: expect.closeTo(10, 1),
      p99_response_time: 30,
      error_rate: 1 / 3,
      cache_hit_rate: 1 / 6,
      cache_hit_rate_by_layer: {
        response: { hits: 1, stale: 0, misses: 2, rate: 1 / 3 },
        semantic: { hits: 0, misses: 0, rate: null },
      },
      cost_usd: 0.75,
      input_tokens: 300,
      canary_queries: 1,
      not_counted: 0,
    });
    const { clients, popular_queries, documents, left_off } = used(['a', 'b', 'c', 'd']);
    expect(left_off).toEqual({ clients: 0, popular_queries: 0, most_retrieved: 0, never_retrieved: 0 });
    expect(clients.find(({ client }) => client === 'web')).toMatchObject({ queries: 2, errors: 0 });
    expect(clients.map(({ client }) => client).sort()).toEqual([
      '(none)',
      expect.stringMatching(/^client-[0-9a-f]{12}$/),
      expect.stringMatching(/^client-[0-9a-f]{12}$/),
      'web',
    ]);
    expect(popular_queries[0]).toEqual({
      query_sha256: sha256('What does it cost?'),
      query_chars: 18,
      query: null,
      count: 5,
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
            expect(await last.analytics.flush()).toBe(true);
          }
          const told = last!.summary();
          expect(told.query_count).toBe(together.count);
          for (const [name, p] of [
            ['p50_response_time', 0.5],
            ['p95_response_time', 0.95],
            ['p99_response_time', 0.99],
          ] as const) {
            if (together.count === 0) expect(told[name]).toBeNull();
            else expect(Math.abs(told[name]! - together.quantile(p))).toBeLessThanOrEqual(0.00051); // it is rounded
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
    await analytics.golden(golden);
    await analytics.golden({ ...golden, at: golden.at + 1, retrieval_accuracy: 0.85 });
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

  describe('of a service that was down', () => {
    /** Days of history, the last of which is today, up in those that are named: an hour is put at each of them. */
    async function lived(days: number, up: (day: number) => boolean, retentionDays = 30) {
      const folder = workFolder();
      const clock = new ManualClock(0, Date.UTC(2026, 0, 1));
      const begin = dayOf(clock.epoch());
      const options = { retentionDays };
      await (await opened({ folder, clock, options })).analytics.stop();
      const file = new Sqlite(join(folder, ANALYTICS_FILE));
      file.exec('DELETE FROM alive');
      const minutes = file.prepare('INSERT OR IGNORE INTO alive VALUES (?)');
      file.transaction(() => {
        for (let day = 0; day < days; day += 1) {
          for (let minute = 0; up(day) && minute < 1440; minute += 1)
            minutes.run((begin + day) * 1440 + minute);
        }
      })();
      file.close();
      await clock.advance(days * DAY - 60_000);
      return opened({ folder, clock, options });
    }

    it('count a gap at the start of the range as down, where the service is older than that', async () => {
      const { summary } = await lived(10, (day) => day < 3 || day >= 8);
      expect(summary(7).uptime_percentage).toBeCloseTo((100 * 2) / 7, 6);
      expect(summary(10).uptime_percentage).toBeCloseTo(50, 6);
      expect(summary(30).uptime_percentage).toBeCloseTo(50, 6);
      expect(summary(1).uptime_percentage).toBe(100);
    });

    it('count a gap in the middle, and one at the end', async () => {
      const middle = await lived(10, (day) => day < 5 || day >= 8);
      expect(middle.summary(7).uptime_percentage).toBeCloseTo((100 * 4) / 7, 6);
      // The last minute is the one in which the service began again.
      const end = await lived(10, (day) => day < 6);
      expect(end.summary(7).uptime_percentage).toBeCloseTo((100 * (3 * 1440 + 1)) / (7 * 1440), 6);
      expect(end.summary(3).uptime_percentage).toBeCloseTo(100 / (3 * 1440), 6);
    });

    it('are not counted before they began, and know that they are older than what is kept', async () => {
      const young = await lived(3, () => true);
      expect(young.summary(7).uptime_percentage).toBe(100);
      const old = await lived(10, (day) => day < 3 || day >= 8, 5);
      expect(old.summary(5).uptime_percentage).toBeCloseTo((100 * 2) / 5, 6);
    });
  });

  it('list the busiest clients of each day, and tell how many were left off', async () => {
    const { analytics, clock, fact, used } = await opened();
    const ask = (count: number): void => {
      for (let number = 0; number < count; number += 1) {
        const client = fact({
          clientId: `client ${number}`,
          question: `question ${number}`,
          answer: answer([`document ${number}`]),
        });
        analytics.asked(client);
        if (number === 3) analytics.asked(client);
      }
    };
    ask(4);
    await analytics.flush();
    await clock.advance(DAY);
    ask(12);
    await analytics.flush();
    const { clients, popular_queries, documents, left_off } = used(['a', 'b'], 2, 3);
    expect(clients.map(({ day, queries }) => [day, queries])).toEqual([
      ['2026-01-02', 2],
      ['2026-01-02', 1],
      ['2026-01-02', 1],
      ['2026-01-01', 2],
      ['2026-01-01', 1],
      ['2026-01-01', 1],
    ]);
    expect(popular_queries.map(({ count }) => count)).toEqual([4, 2, 2]);
    expect(documents.most_retrieved).toHaveLength(3);
    expect(left_off).toEqual({ clients: 9 + 1, popular_queries: 9, most_retrieved: 9, never_retrieved: 0 });
    expect(used(['a', 'b', 'c', 'd'], 2, 3).left_off.never_retrieved).toBe(1);
  });

  it('keep no text once it is no longer opted in, in no byte of the files, and tell none', async () => {
    const folder = workFolder();
    const question = 'secretquestion of long ago';
    const allowed = await opened({ folder, content: true });
    allowed.analytics.asked(allowed.fact({ question }));
    await allowed.analytics.flush();
    expect(allowed.used().popular_queries[0]!.query).toBe(question);
    const holds = (): boolean =>
      readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes('secretquestion'));
    expect(holds()).toBe(true);
    await allowed.analytics.stop();
    const opting = await opened({ folder });
    expect(opting.used().popular_queries[0]).toMatchObject({ query: null, count: 1 });
    expect(holds()).toBe(false);
    // Of another process that still may, say.
    const other = new Sqlite(join(folder, ANALYTICS_FILE));
    other.prepare('UPDATE questions SET text = ?').run(question);
    other.close();
    expect(opting.used().popular_queries[0]!.query).toBeNull();
  });

  it('keep what the judge has spent of a day, over restarts and for all processes', async () => {
    const folder = workFolder();
    const clock = new ManualClock();
    const today = dayOf(clock.epoch());
    const first = await opened({ folder, clock });
    await first.analytics.judgeSpending.spend(0.25);
    await first.analytics.judgeSpending.spend(0.5);
    const second = await opened({ folder, clock });
    expect(second.analytics.judgeSpending.spentUsd(today)).toBe(0.75);
    const held = new Sqlite(join(folder, ANALYTICS_FILE));
    ends.push(() => held.close());
    held.exec('BEGIN IMMEDIATE');
    await second.analytics.judgeSpending.spend(1);
    expect(second.analytics.judgeSpending.spentUsd(today)).toBe(1.75);
    expect(first.analytics.judgeSpending.spentUsd(today)).toBe(0.75);
    held.exec('COMMIT');
    await second.analytics.flush();
    expect(first.analytics.judgeSpending.spentUsd(today)).toBe(1.75);
    expect(first.summary()).toMatchObject({ judge_cost_usd: 1.75, cost_usd: 0, query_count: 0 });
    expect(first.analytics.judgeSpending.spentUsd(today + 1)).toBe(0);
  });

  it('count what they had no room for', async () => {
    const { analytics, fact, summary } = await opened({ options: { maxPending: 16 } });
    for (let question = 0; question < 20; question += 1) analytics.asked(fact());
    await analytics.flush();
    expect(summary()).toMatchObject({ query_count: 16, not_counted: 4 });
    analytics.asked(fact());
    await analytics.flush();
    expect(summary()).toMatchObject({ query_count: 17, not_counted: 4 });
  });

  it('keep so many different questions and documents of a day, and the others as one', async () => {
    const { analytics, fact, used } = await opened({ options: { maxKeysPerDay: 10 } });
    for (let number = 0; number < 25; number += 1) {
      analytics.asked(fact({ question: `question ${number}`, answer: answer([`document ${number}`]) }));
    }
    await analytics.flush();
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
    expect(await analytics.flush()).toBe(false);
    analytics.asked(fact());
    expect(await analytics.flush()).toBe(false);
    other.exec('COMMIT');
    expect(await analytics.flush()).toBe(true);
    expect(await analytics.flush()).toBe(true);
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
      await analytics.flush();
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
