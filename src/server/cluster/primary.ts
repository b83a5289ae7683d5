import type { SourceItem } from '../../engine/documents/source.ts';
import { createTurns } from '../../engine/indexing/turns.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { milliseconds } from '../../kernel/units.ts';
import type { Log } from '../../telemetry/logging/logger.ts';
import { DepartedCounts, renderMetrics } from '../../telemetry/merge.ts';
import type { ExpositionFormat } from '../../telemetry/openmetrics.ts';
import { pastOnly } from '../../telemetry/past-only.ts';
import type { Metrics } from '../../telemetry/registry.ts';
import type { MetricsSnapshot } from '../../telemetry/snapshot.ts';
import { Evaluations } from '../analytics/evaluations.ts';
import type { GoldenRun } from '../analytics/golden-run.ts';
import { healthOfWorkers, type ServiceHealth } from '../health/workers.ts';
import type { DocumentsTaken } from '../parts.ts';
import { standingReadings } from '../standing-exposition.ts';
import { backoffMs, HEALTHY_MS } from './backoff.ts';
import { Member, type MemberProcess } from './member.ts';
import type { MemberOrder, Role, ServiceOrder } from './protocol.ts';
import { shares } from './shares.ts';
import { hangs } from './watchdog.ts';

export interface ClusterSetting {
  /** Its limits are those of the whole service; its port is a certain one. */
  readonly order: ServiceOrder;
  readonly spawn: () => MemberProcess;
  readonly clock: Clock;
  /** The primary's own. */
  readonly metrics: Metrics;
  readonly processSnapshot: () => Promise<MetricsSnapshot>;
  /** Golden runs of before the service started. */
  readonly evaluations?: readonly GoldenRun[];
  /** The primary's own. */
  readonly log: Log;
}

/** One place in the service, and the process that fills it now. */
interface Slot {
  readonly role: Role;
  readonly order: MemberOrder;
  member: Member | undefined;
  /** Starts in a row that came to nothing. */
  failures: number;
}

/** Milliseconds that the readers may take to follow; one that is stuck must not hold up every ingest. */
const FOLLOW_MS = 60_000;
/** Milliseconds that a process may take to tell its metrics. */
const SNAPSHOT_MS = 2000;
/** Milliseconds that a reader may take to tell how it is, and for which that stands. */
const HEALTH_MS = 1500;
const HEALTH_STANDS_MS = 500;
/** Milliseconds beyond `server.drainMs` for a process to end. */
const GRACE_MS = 5000;

/**
 * The service as several processes. This one, the primary, answers nothing itself: it starts the others, replaces those that
 * end, brings documents from the readers to the writer and its changes back to them all, adds up their metrics, and ends them in
 * order.
 */
export class ServiceCluster {
  readonly #setting: ClusterSetting;
  readonly #writer: Slot;
  readonly #readers: readonly Slot[];
  readonly #departed = new DepartedCounts();
  readonly #stopping = new AbortController();
  readonly #inTurn = createTurns();
  readonly #evaluations: Evaluations;
  readonly #ownMetrics: () => Promise<MetricsSnapshot>;
  readonly #reading: ReturnType<typeof standingReadings>;
  /** The newest version that the writer has published. */
  #version = 0;
  #stopped: Promise<void> | undefined;
  #health: { readonly at: number; readonly told: Promise<ServiceHealth> } | undefined;

  constructor(setting: ClusterSetting) {
    const { order, metrics, clock, evaluations = [] } = setting;
    this.#setting = setting;
    this.#ownMetrics = pastOnly(() => metrics.snapshot(), clock);
    this.#reading = standingReadings((format) => this.#readMetrics(format), clock);
    this.#evaluations = new Evaluations(metrics, clock);
    this.#evaluations.restore(evaluations);
    const { maxConcurrentQueries } = order.engine.options.limits;
    const { workers, maxQueuedQueries } = order.server;
    const slot = (role: Role, own: ServiceOrder): Slot => ({
      role,
      order: { ...own, role },
      member: undefined,
      failures: 0,
    });
    const queued = shares(maxQueuedQueries, workers);
    this.#writer = slot('writer', order);
    this.#readers = shares(maxConcurrentQueries, workers).map((concurrent, index) =>
      slot('reader', withShare(order, concurrent, queued[index]!)),
    );
  }

  /** Resolves once every process does its work; where one of them can't, all are ended and what kept it is thrown. */
  async start(): Promise<void> {
    try {
      await this.#fill(this.#writer);
      await Promise.all(this.#readers.map((slot) => this.#fill(slot)));
    } catch (error) {
      this.#stopping.abort();
      const started = this.#slots.flatMap(({ member }) => member?.process ?? []);
      for (const one of started) one.kill();
      await Promise.all(started.map(({ exited }) => exited));
      throw error;
    }
    for (const slot of this.#slots) void this.#keep(slot);
  }

  /** Ends the readers, each once what it has in flight is answered, and then the writer. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** The metrics of all processes as one text; the one of a moment ago, where somebody has asked just then. */
  async exposition(format: ExpositionFormat = 'text'): Promise<string> {
    return (await this.#reading(format)).text;
  }

  async #readMetrics(format: ExpositionFormat): Promise<string> {
    const { processSnapshot, clock } = this.#setting;
    const members = this.#slots.flatMap(({ member }) => member ?? []);
    const own = [await this.#ownMetrics(), await processSnapshot()];
    await Promise.all(members.map((member) => member.refresh(SNAPSHOT_MS, clock)));
    // One that ended meanwhile is among the departed.
    const theirs = members.filter(({ ended }) => !ended).map(({ lastSnapshot }) => lastSnapshot);
    return renderMetrics([...own, ...theirs, this.#departed.snapshot], format);
  }

  /** How the readers are, as one. However often that is asked, they are asked now and then. */
  health(): Promise<ServiceHealth> {
    const now = this.#setting.clock.now();
    if (this.#health === undefined || now - this.#health.at >= HEALTH_STANDS_MS) {
      this.#health = { at: now, told: this.#askHealth() };
    }
    return this.#health.told;
  }

  async #askHealth(): Promise<ServiceHealth> {
    const { clock } = this.#setting;
    const asked = this.#readers.map(({ member }) =>
      member?.working ? member.health(HEALTH_MS, clock) : undefined,
    );
    const reports = (await Promise.all(asked)).filter((report) => report !== undefined);
    const writer = this.#writer.member?.working ? 'working' : 'away';
    return healthOfWorkers(reports, { expected: this.#readers.length, writer });
  }

  get #slots(): readonly Slot[] {
    return [this.#writer, ...this.#readers];
  }

  /** Puts a process into the slot, and waits until it works. A reader is shown to callers once it is of the newest version. */
  async #fill(slot: Slot): Promise<void> {
    const member = new Member(slot.role, this.#setting.spawn(), {
      takeDocuments: (items) => this.#takeDocuments(items),
      exposition: async ({ format, known }) => {
        const reading = await this.#reading(format);
        return reading.number === known ? { number: known } : reading;
      },
      evaluated: async (run) => {
        this.#evaluations.take(run);
        return undefined;
      },
      health: () => this.health(),
    });
    slot.member = member;
    void member.process.exited.then(() => {
      member.ended = true;
      this.#departed.add(member.lastSnapshot);
      if (slot.member === member) slot.member = undefined;
    });
    await member.open(slot.order);
    if (slot.role === 'writer') {
      // It may have published something that its predecessor, which died, told nobody of.
      await this.#followTo(member.version ?? 0);
    } else {
      if ((member.version ?? 0) < this.#version) await member.follow();
      await member.peer.call('listen', undefined);
    }
    member.working = true;
  }

  /** Replaces the slot's process for as long as the service runs, ever more slowly where it keeps ending. */
  async #keep(slot: Slot): Promise<void> {
    const { clock, metrics, log } = this.#setting;
    while (!this.#stopping.signal.aborted) {
      const { member } = slot;
      const start = clock.now();
      const watching = new AbortController();
      if (member !== undefined) void this.#watch(member, watching.signal);
      const how = await member?.process.exited;
      watching.abort();
      if (this.#stopping.signal.aborted) return;
      slot.failures = clock.now() - start >= HEALTHY_MS ? 0 : slot.failures + 1;
      metrics.workerRestarts.inc({ role: slot.role });
      const wait = backoffMs(slot.failures - 1);
      if (how !== undefined) {
        log.warn(
          { event: 'worker.ended', ...named(slot.role, member), reason: how },
          'a process of the service ended; it is replaced',
        );
      }
      const gone = clock.now();
      await clock.sleep(milliseconds(wait), this.#stopping.signal).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      try {
        await this.#fill(slot);
        const fields = { event: 'worker.replaced', ...named(slot.role, slot.member), ms: clock.now() - gone };
        log.warn(fields, 'a process of the service was replaced');
      } catch (error) {
        if (!this.#stopping.signal.aborted) {
          const fields = { event: 'worker.start_failed', ...named(slot.role, slot.member), err: error };
          log.warn(fields, 'a new process of the service could not start');
        }
        slot.member?.process.kill();
      }
    }
  }

  /** Ends a process that hangs: whoever keeps its slot replaces it. */
  async #watch(member: Member, signal: AbortSignal): Promise<void> {
    const { clock, order, log } = this.#setting;
    const { workerPatienceMs: patienceMs } = order.server;
    const hanging = await hangs({
      ping: () => member.peer.call('ping', undefined),
      patienceMs,
      clock,
      signal: AbortSignal.any([signal, this.#stopping.signal]),
    });
    if (!hanging) return;
    log.warn(
      { event: 'worker.hung', ...named(member.role, member), ms: patienceMs },
      'a process of the service has said nothing for as long as server.workerPatienceMs; it is killed',
    );
    member.process.kill();
  }

  #takeDocuments(items: readonly SourceItem[]): Promise<DocumentsTaken> {
    const taken = this.#inTurn(async () => {
      const writer = this.#writer.member;
      if (!writer?.working) throw writerAway();
      const result = await writer.peer.call('takeDocuments', items);
      await this.#followTo(result.version);
      return result;
    });
    void this.#inTurn(async () => {
      const { indexed } = await taken;
      if (indexed > 0) await this.#renewLog();
    }).catch(() => undefined); // whoever sent the documents has been told
    return taken;
  }

  /** Has every reader go over to the version. One that can't answers from what it has. */
  async #followTo(version: number): Promise<void> {
    this.#version = Math.max(this.#version, version);
    await this.#eachReader(async (reader) => {
      if ((reader.version ?? version) < version) await reader.follow();
    });
  }

  /** The store's log begins anew once it is all in the store's file and no reader looks at the store through it. */
  async #renewLog(): Promise<void> {
    await this.#writer.member?.peer.call('checkpoint', undefined);
    await this.#eachReader((reader) => reader.follow());
  }

  async #eachReader(work: (reader: Member) => Promise<void>): Promise<void> {
    const { clock, log } = this.#setting;
    const waking = new AbortController();
    const open = this.#readers.flatMap(({ member }) => (member?.version === undefined ? [] : [member]));
    const all = open.map((reader) =>
      work(reader).catch((error: unknown) => {
        const fields = { event: 'worker.follow_failed', ...named(reader.role, reader), err: error };
        log.warn(fields, 'a process of the service does not follow the index');
      }),
    );
    const late = clock.sleep(milliseconds(FOLLOW_MS), waking.signal).catch(() => undefined);
    await Promise.race([Promise.all(all), late]);
    waking.abort();
  }

  async #stop(): Promise<void> {
    const { clock, order } = this.#setting;
    const withinMs = order.server.drainMs + GRACE_MS;
    this.#stopping.abort();
    const drain = async ({ member }: Slot): Promise<void> => member?.drain(withinMs, clock);
    await Promise.all(this.#readers.map(drain));
    await drain(this.#writer);
  }
}

/** A process of the service, as the log names it. */
function named(role: Role, member: Member | undefined) {
  return { role, worker_pid: member?.process.pid };
}

function withShare(
  order: ServiceOrder,
  maxConcurrentQueries: number,
  maxQueuedQueries: number,
): ServiceOrder {
  const { engine, server } = order;
  const limits = { ...engine.options.limits, maxConcurrentQueries };
  return {
    ...order,
    engine: { ...engine, options: { ...engine.options, limits } },
    server: { ...server, maxQueuedQueries },
  };
}

function writerAway(): GroundspeedError {
  return new GroundspeedError('engine.closed', 'The process that takes documents in is being replaced', {
    hint: 'Send them again in a moment.',
  });
}
