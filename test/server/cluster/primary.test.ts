import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { engineSchema } from '../../../src/engine/options.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { backoffMs } from '../../../src/server/cluster/backoff.ts';
import { Peer } from '../../../src/server/cluster/calls.ts';
import type { MemberProcess } from '../../../src/server/cluster/member.ts';
import { ServiceCluster } from '../../../src/server/cluster/primary.ts';
import type { MemberMethods, MemberOrder, PrimaryMethods } from '../../../src/server/cluster/protocol.ts';
import { shares } from '../../../src/server/cluster/shares.ts';
import { toldExposition } from '../../../src/server/cluster/told-exposition.ts';
import type { HealthReport } from '../../../src/server/health/component.ts';
import { serverOptions } from '../../../src/server/options.ts';
import type { DocumentsTaken } from '../../../src/server/parts.ts';
import type { LoggedFields } from '../../../src/telemetry/logging/fields.ts';
import { createMetrics, type Metrics } from '../../../src/telemetry/registry.ts';
import { readExposition, valueIn } from '../../telemetry/exposition.ts';
import { channelPair } from './channels.ts';

const WELL: HealthReport = {
  status: 'healthy',
  ready: true,
  reasons: [],
  queue: { running: 1, waiting: 2, head_age_ms: 3, overloaded: false, refused: { queue_full: 4 } },
  components: {
    store: { status: 'healthy', response_ms: 1, calls: 5, errors: 0, last_check: null, details: {} },
  },
};

/** A process of the service as the primary sees it, within this one. */
class FakeMember {
  order: MemberOrder | undefined;
  version = 0;
  listening = false;
  drained = false;
  followed = 0;
  /** How often its metrics were. */
  read = 0;
  /** What it says of itself that is not well. */
  health: Partial<HealthReport> = {};
  readonly metrics: Metrics = createMetrics({ version: '1', nodeVersion: 'v0' });
  readonly process: MemberProcess;
  readonly primary: Peer<MemberMethods, PrimaryMethods>;
  readonly die: (how: string) => void;

  constructor(world: World, pid: number) {
    const { here, there, cut } = channelPair();
    let die = (_how: string): void => undefined;
    const exited = new Promise<string>((resolve) => {
      die = (how) => {
        cut();
        resolve(how);
      };
    });
    this.die = die;
    this.process = { pid, channel: here, exited, kill: () => die('signal SIGKILL') };
    this.primary = new Peer<MemberMethods, PrimaryMethods>(there, {
      open: async (order) => {
        this.order = order;
        if (world.failing !== undefined) throw world.failing;
        this.version = world.published;
        return this.version;
      },
      listen: async () => {
        this.listening = true;
        return undefined;
      },
      follow: async () => {
        this.followed += 1;
        if (world.stuck === this) await new Promise(() => undefined);
        this.version = world.published;
        return this.version;
      },
      takeDocuments: async (items): Promise<DocumentsTaken> => {
        world.published += 1;
        return {
          indexed: items.length,
          unchanged: 0,
          failed: [],
          skipped: [],
          quarantined: [],
          version: world.published,
        };
      },
      checkpoint: async () => undefined,
      snapshot: () => {
        this.read += 1;
        return this.metrics.snapshot();
      },
      health: async () => {
        if (world.hung === this) await new Promise(() => undefined);
        return { ...WELL, ...this.health };
      },
      ping: async () => {
        if (world.hung === this) await new Promise(() => undefined);
        return undefined;
      },
      drain: async () => {
        this.drained = true;
        queueMicrotask(() => die('exit code 0'));
        return undefined;
      },
    });
    void this.primary.call('hello', undefined).catch(() => undefined);
  }
}

interface World {
  /** What the writer has published. */
  published: number;
  /** What keeps new processes from starting. */
  failing: Error | undefined;
  stuck: FakeMember | undefined;
  /** Answers nothing any more. */
  hung: FakeMember | undefined;
}

const running: ServiceCluster[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) void one.stop();
});

function made(server: object = {}, limits: object = {}) {
  const world: World = { published: 3, failing: undefined, stuck: undefined, hung: undefined };
  const clock = new ManualClock();
  const members: FakeMember[] = [];
  const told: LoggedFields[] = [];
  const service = new ServiceCluster({
    order: {
      engine: { options: engineSchema.parse({ limits }), folder: 'index', seed: 1 },
      server: serverOptions.server.parse({ workers: 2, ...server }),
      logLevel: 'silent',
      version: '1',
      startedAt: 0,
    },
    spawn: () => {
      const member = new FakeMember(world, 100 + members.length);
      members.push(member);
      return member.process;
    },
    clock,
    metrics: createMetrics({ version: '1', nodeVersion: 'v0' }),
    processSnapshot: async () => [],
    log: { info: () => undefined, warn: (fields) => told.push(fields) },
  });
  running.push(service);
  const readers = () => members.filter(({ order }) => order?.role === 'reader');
  return { service, world, clock, members, readers, told };
}

const documents = [{ document: { id: 'a', title: '', text: 'b', metadata: {} } }];
const seriesValue = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  );
const ANSWERED = 'rag_queries_total{outcome="answered"}';

describe('a service of several processes', () => {
  it('starts the writer first, then the readers, who share the limits', async () => {
    const { service, members } = made({ workers: 3, maxQueuedQueries: 7 }, { maxConcurrentQueries: 10 });
    await service.start();
    expect(members.map(({ order }) => order?.role)).toEqual(['writer', 'reader', 'reader', 'reader']);
    expect(members.map(({ listening }) => listening)).toEqual([false, true, true, true]);
    const orders = members.slice(1).map(({ order }) => order!);
    expect(orders.map(({ engine }) => engine.options.limits.maxConcurrentQueries)).toEqual([4, 3, 3]);
    expect(orders.map(({ server }) => server.maxQueuedQueries)).toEqual([3, 2, 2]);
  });

  it('does not start where one of them cannot, and ends the others', async () => {
    const { service, world, members } = made();
    world.failing = new GroundspeedError('store.locked', 'The index is in use');
    await expect(service.start()).rejects.toMatchObject({ code: 'store.locked' });
    await Promise.all(members.map(({ process }) => process.exited));
  });

  it('shows documents through every reader once they are taken in through one', async () => {
    const { service, readers } = made();
    await service.start();
    const taken = await readers()[1]!.primary.call('takeDocuments', documents);
    expect(taken).toMatchObject({ indexed: 1, version: 4 });
    expect(readers().map(({ version }) => version)).toEqual([4, 4]);
  });

  it('does not wait for ever for a reader that is stuck', async () => {
    const { service, readers, world, clock } = made();
    await service.start();
    world.stuck = readers()[0];
    const taking = readers()[1]!.primary.call('takeDocuments', documents);
    await clock.advance(0);
    await clock.advance(60_000);
    expect(await taking).toMatchObject({ version: 4 });
    expect(readers()[1]!.version).toBe(4);
  });

  it('replaces a reader that ends, with one of the newest version', async () => {
    const { service, members, readers, clock, told } = made();
    await service.start();
    members[1]!.die('signal SIGSEGV');
    await readers()[1]!.primary.call('takeDocuments', documents);
    await clock.advance(99);
    expect(members).toHaveLength(3);
    await clock.advance(1);
    expect(members).toHaveLength(4);
    expect(members[3]).toMatchObject({ version: 4, listening: true });
    expect(told).toEqual([
      { event: 'worker.ended', role: 'reader', worker_pid: 101, reason: 'signal SIGSEGV' },
      { event: 'worker.replaced', role: 'reader', worker_pid: 103, ms: 100 },
    ]);
    expect(seriesValue(await service.exposition(), 'rag_worker_restarts_total{role="reader"}')).toBe(1);
  });

  it('kills and replaces a reader that says nothing for as long as patience lasts, and no sooner', async () => {
    const { service, members, world, clock, told, readers } = made({ workerPatienceMs: 8000 });
    await service.start();
    await clock.advance(20_000);
    world.hung = members[1];
    await clock.advance(7_900);
    expect(told).toEqual([]);
    await clock.advance(2_200);
    expect(told).toMatchObject([
      { event: 'worker.hung', role: 'reader', worker_pid: 101, ms: 8000 },
      { event: 'worker.ended', role: 'reader', worker_pid: 101, reason: 'signal SIGKILL' },
      { event: 'worker.replaced', role: 'reader', worker_pid: 103 },
    ]);
    await clock.advance(1000);
    expect(readers()).toHaveLength(3);
    expect(members[3]!.listening).toBe(true);
    await clock.advance(100_000);
    expect(told).toHaveLength(3);
  });

  it('watches the writer too', async () => {
    const { service, members, world, clock } = made({ workerPatienceMs: 8000 });
    await service.start();
    world.hung = members[0];
    await clock.advance(11_000);
    expect(members[3]!.order?.role).toBe('writer');
  });

  it('tells how its readers are as one: the worst of them, and how many are how', async () => {
    const { service, readers, members, clock, world } = made({ workers: 3 });
    await service.start();
    expect(await service.health()).toMatchObject({
      status: 'healthy',
      ready: true,
      reasons: [],
      queue: { running: 3, waiting: 6, head_age_ms: 3, refused: { queue_full: 12 } },
      components: { store: { status: 'healthy', calls: 15 } },
      workers: { expected: 3, healthy: 3, degraded: 0, unhealthy: 0, away: 0, writer: 'working' },
    });
    readers()[0]!.health = { status: 'degraded', reasons: ['embedder: degraded'] };
    readers()[1]!.health = { status: 'unhealthy', ready: false, reasons: ['store: unhealthy'] };
    await clock.advance(500);
    expect(await service.health()).toMatchObject({
      status: 'unhealthy',
      ready: true,
      reasons: ['embedder: degraded', 'store: unhealthy'],
      workers: { healthy: 1, degraded: 1, unhealthy: 1 },
    });
    world.hung = readers()[2];
    members[0]!.die('exit code 1');
    await clock.advance(500);
    const asking = service.health();
    await clock.advance(1500);
    expect((await asking).workers).toMatchObject({ healthy: 0, away: 1 });
    expect((await asking).reasons).toContain('1 of 3 workers: away');
  });

  it('replaces the writer, and shows what the one before published and told nobody of', async () => {
    const { service, members, readers, world, clock } = made();
    await service.start();
    world.published = 9;
    members[0]!.die('signal SIGKILL');
    await expect(readers()[0]!.primary.call('takeDocuments', documents)).rejects.toMatchObject({
      code: 'engine.closed',
    });
    await clock.advance(100);
    await clock.advance(0);
    expect(members[3]!.order?.role).toBe('writer');
    expect(readers().map(({ version }) => version)).toEqual([9, 9]);
    expect(await readers()[0]!.primary.call('takeDocuments', documents)).toMatchObject({ version: 10 });
  });

  it('takes ever more time to replace a process that keeps ending', async () => {
    const { service, members, clock, world } = made({ workers: 2 });
    await service.start();
    world.failing = new Error('no memory');
    const starts: number[] = [];
    let known = members.length;
    members[1]!.die('exit code 1');
    await clock.advance(0);
    for (let ms = 0; ms < 7000; ms += 50) {
      await clock.advance(50);
      if (members.length > known) starts.push(clock.now());
      known = members.length;
    }
    expect(starts).toEqual([100, 300, 700, 1500, 3100, 6300]);
    world.failing = undefined;
    await clock.advance(6400);
    expect(members.at(-1)).toMatchObject({ listening: true });
  });

  it('adds up counters, and loses none when a process is replaced', async () => {
    const { service, members, clock } = made();
    await service.start();
    members[1]!.metrics.queries.inc({ outcome: 'answered' }, 5);
    members[2]!.metrics.queries.inc({ outcome: 'answered' }, 7);
    for (const { metrics } of members.slice(1)) {
      metrics.workers.set(1);
      metrics.indexDocuments.set({ index: 'main' }, 40);
      metrics.queryDuration.observe({ outcome: 'answered', cache: 'miss' }, 0.02);
    }
    const before = await service.exposition();
    expect(seriesValue(before, ANSWERED)).toBe(12);
    expect(seriesValue(before, 'rag_workers')).toBe(2);
    expect(seriesValue(before, 'rag_index_documents{index="main"}')).toBe(40);
    expect(seriesValue(before, 'rag_query_duration_seconds_count{outcome="answered",cache="miss"}')).toBe(2);

    members[1]!.die('exit code 1');
    await clock.advance(0);
    await clock.advance(100);
    members[3]!.metrics.queries.inc({ outcome: 'answered' }, 1);
    const after = await service.exposition();
    expect(seriesValue(after, ANSWERED)).toBe(13);
    expect(seriesValue(after, 'rag_query_duration_seconds_count{outcome="answered",cache="miss"}')).toBe(2);
  });

  it('never shows a counter that falls, whenever processes end (property)', async () => {
    const steps = fc.array(fc.constantFrom('count', 'read', 'die', 'pass', 'die while read'), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const { service, members, clock } = made();
        await service.start();
        let last = 0;
        const read = async (): Promise<void> => {
          await clock.advance(100); // the reading before stands no more
          const value = seriesValue(await service.exposition(), ANSWERED);
          expect(value).toBeGreaterThanOrEqual(last);
          last = value;
        };
        const newest = () => members.at(-1)!;
        for (const step of taken) {
          if (step === 'count') newest().metrics.queries.inc({ outcome: 'answered' });
          else if (step === 'read') await read();
          else if (step === 'pass') await clock.advance(40_000);
          else if (step === 'die') newest().die('exit code 1');
          else {
            const reading = read();
            newest().die('exit code 1');
            await reading;
          }
          await clock.advance(0);
        }
        await read();
        void service.stop();
      }),
      { numRuns: 60 },
    );
  });

  it('reads its processes ten times a second however often it is scraped, and shows no reader an earlier reading', async () => {
    const { service, members, readers, clock } = made();
    await service.start();
    const scrapes = readers().map(({ primary }) =>
      toldExposition((given) => primary.call('exposition', given)),
    );
    let last = 0;
    for (let ms = 0; ms < 1000; ms += 1) {
      members[1]!.metrics.queries.inc({ outcome: 'answered' });
      const scraping = scrapes.map((scrape) => scrape('text'));
      for (const text of await Promise.all(scraping)) {
        const value = seriesValue(text, ANSWERED);
        expect(value).toBeGreaterThanOrEqual(last);
        expect(value).toBeGreaterThan(ms - 100);
        last = value;
      }
      await clock.advance(1);
    }
    expect(members.map(({ read }) => read)).toEqual([10, 10, 10]);
  });

  it('sends the text of a reading to each process once', async () => {
    const { service, readers, clock } = made();
    await service.start();
    const ask = (known: number | undefined) =>
      readers()[0]!.primary.call('exposition', { format: 'text', known });
    const first = await ask(undefined);
    expect(first.text).toContain(ANSWERED);
    expect(await ask(first.number)).toEqual({ number: first.number });
    await clock.advance(100);
    expect((await ask(first.number)).text).toContain(ANSWERED);
  });

  it('counts what its writer counts, also once that was replaced', async () => {
    const { service, members, clock } = made();
    await service.start();
    const CALLS = 'gen_ai_client_operation_duration_seconds_count';
    const labels = { gen_ai_operation_name: 'embeddings', gen_ai_request_model: 'm' };
    members[0]!.metrics.modelDuration.observe(labels, 0.1);
    const calls = async (): Promise<number> =>
      valueIn(readExposition(await service.exposition()), CALLS, labels) ?? 0;
    expect(await calls()).toBe(1);
    members[0]!.die('exit code 1');
    await clock.advance(0);
    await clock.advance(100);
    members[3]!.metrics.modelDuration.observe(labels, 0.1);
    expect(await calls()).toBe(2);
  });

  it('ends the readers, then the writer, and replaces none of them', async () => {
    const { service, members, clock } = made();
    await service.start();
    await Promise.all([service.stop(), service.stop()]);
    expect(members.map(({ drained }) => drained)).toEqual([true, true, true]);
    await clock.advance(60_000);
    expect(members).toHaveLength(3);
  });
});

describe('shares of a limit', () => {
  it('differ by one at most, and add up to it (property)', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 256 }), (whole, parts) => {
        const made = shares(whole, parts);
        expect(made.reduce((sum, one) => sum + one, 0)).toBe(whole);
        expect(Math.max(...made) - Math.min(...made)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the wait before a process is replaced', () => {
  it('grows, up to half a minute', () => {
    expect([0, 1, 2, 8, 9, 1000].map(backoffMs)).toEqual([100, 200, 400, 25_600, 30_000, 30_000]);
  });
});
