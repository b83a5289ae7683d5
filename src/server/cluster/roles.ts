import { type Engine, openEngine } from '../../engine/engine.ts';
import type { Clock } from '../../kernel/clock.ts';
import { snapshotToAdd } from '../../telemetry/engine-figures.ts';
import { countEngineEvents } from '../../telemetry/engine-metrics.ts';
import { createLog } from '../../telemetry/logging/create-log.ts';
import { logEngineEvents } from '../../telemetry/logging/engine-log.ts';
import type { Log, LogSetting } from '../../telemetry/logging/logger.ts';
import { modelsInUse } from '../../telemetry/model-metrics.ts';
import { pastOnly } from '../../telemetry/past-only.ts';
import { watchProcess } from '../../telemetry/process-metrics.ts';
import { createMetrics, type Metrics, metricsSettingOf } from '../../telemetry/registry.ts';
import type { MetricsSnapshot } from '../../telemetry/snapshot.ts';
import { type JudgeWithin, type Observing, startObserving } from '../analytics/observing.ts';
import { documentsTaken, NO_WAITING } from '../documents-taken.ts';
import { type RunningTracing, startEngineTracing } from '../engine-tracing.ts';
import type { HealthReport } from '../health/component.ts';
import { type OwnService, startService } from '../service.ts';
import { type Channel, Peer } from './calls.ts';
import type { MemberMethods, MemberOrder, PrimaryMethods } from './protocol.ts';
import { toldExposition } from './told-exposition.ts';

export interface MemberSetting {
  /** To the primary. */
  readonly channel: Channel;
  readonly clock: Clock;
  readonly logStream: LogSetting['stream'];
  readonly nodeVersion: string;
  /** Makes what judges live answers, where the order asks for that. */
  readonly createJudge?: (order: MemberOrder, log: Log) => Promise<JudgeWithin | undefined>;
}

/** One role, played in this process. */
interface Part {
  readonly engine: Engine;
  listen(): Promise<void>;
  counted(): Promise<MetricsSnapshot>;
  health(): Promise<HealthReport>;
  end(): Promise<void>;
}

type Primary = Peer<MemberMethods, PrimaryMethods>;

/**
 * Plays the role in the service that the primary gives this process. Resolves when it has ended: because the primary asked for
 * that, or because it is gone.
 */
export async function runMember(setting: MemberSetting): Promise<void> {
  let processSnapshot: (() => Promise<MetricsSnapshot>) | undefined;
  let part: Part | undefined;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const playing = (): Part => {
    if (part === undefined) throw new Error('the process was given no role yet');
    return part;
  };
  const end = async (): Promise<undefined> => {
    await part?.end();
    finish();
    return undefined;
  };
  const primary: Primary = new Peer<MemberMethods, PrimaryMethods>(setting.channel, {
    open: async (order) => {
      if (order.metrics?.enabled !== false) processSnapshot = watchProcess({ folder: order.engine.folder });
      part = await openPart(order, setting, () => primary);
      return part.engine.store.version;
    },
    listen: async () => {
      await playing().listen();
      return undefined;
    },
    follow: async () => {
      await playing().engine.follow();
      return playing().engine.store.version;
    },
    takeDocuments: async (items) => {
      const { engine } = playing();
      return documentsTaken(await engine.ingest(items, NO_WAITING), engine.store.version);
    },
    checkpoint: async () => {
      playing().engine.checkpoint();
      return undefined;
    },
    snapshot: async () => [...((await part?.counted()) ?? []), ...((await processSnapshot?.()) ?? [])],
    health: () => playing().health(),
    ping: async () => undefined,
    drain: end,
  });
  setting.channel.onGone(() => void end());
  await primary.call('hello', undefined);
  await finished;
}

async function openPart(order: MemberOrder, setting: MemberSetting, primary: () => Primary): Promise<Part> {
  const { clock, logStream, nodeVersion } = setting;
  const { options, folder, seed } = order.engine;
  const { version, logLevel, observing } = order;
  const metrics = createMetrics({ version, nodeVersion, ...metricsSettingOf(order.metrics) });
  const log = createLog({ level: logLevel, stream: logStream, content: observing?.content === true });
  const readOnly = order.role === 'reader';
  const engine = await openEngine({ options, folder, seed, clock, readOnly });
  const playing = { engine, order, setting, metrics, log };
  return readOnly ? readerOver(playing, primary) : writerOver(playing);
}

interface Playing {
  readonly engine: Engine;
  readonly order: MemberOrder;
  readonly setting: MemberSetting;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Its calls of the embedding model, its retries and its breakers are the service's as much as a reader's. */
function writerOver({ engine, setting: { clock }, metrics, log }: Playing): Part {
  const stops = [
    countEngineEvents({
      events: engine.events,
      metrics,
      clock,
      models: modelsInUse(engine.info()),
    }),
    logEngineEvents({ events: engine.events, log, now: () => clock.now() }),
  ];
  return {
    engine,
    listen: async () => undefined,
    counted: () => metrics.snapshot(),
    health: async () => {
      throw new Error('the writer answers no questions');
    },
    async end() {
      await engine.close();
      for (const stop of stops) stop();
    },
  };
}

function readerOver({ engine, order: member, setting, metrics, log }: Playing, primary: () => Primary): Part {
  const { clock, logStream, createJudge } = setting;
  const { server, logLevel, tracing: order, version, startedAt, observing } = member;
  const { options, folder } = member.engine;
  let service: OwnService | undefined;
  let traces: RunningTracing | undefined;
  let observed: Observing | undefined;
  return {
    engine,
    counted: pastOnly(() => snapshotToAdd(metrics), clock),
    async health() {
      if (service === undefined) throw new Error('the reader does not listen yet');
      return service.health();
    },
    async listen() {
      traces = await startEngineTracing({ order, engine: { options, folder }, clock, version });
      observed = await startObserving({
        order: observing,
        folder,
        metrics,
        clock,
        tracing: traces.tracing,
        judge: await createJudge?.(member, log),
        log,
      });
      service = await startService({
        engine,
        tracing: traces.tracing,
        analytics: observed.analytics,
        evaluation: observed.evaluation,
        canarySecret: observing?.canarySecret,
        takeEvaluation: async (run) => {
          await primary().call('evaluated', run);
        },
        options: { ...options, server },
        folder,
        serviceHealth: () => primary().call('health', undefined),
        metrics,
        exposition: toldExposition((given) => primary().call('exposition', given)),
        takeDocuments: (items) => primary().call('takeDocuments', items),
        clock,
        version,
        startedAt,
        log: { level: logLevel, stream: logStream, content: observing?.content === true },
      });
    },
    async end() {
      await service?.stop();
      await observed?.stop();
      await traces?.stop();
      await engine.close();
    },
  };
}
