import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Assignment } from '../config/flags.ts';
import { engineOptionsOf, type Settings } from '../config/settings.ts';
import type { GoldenSet } from '../datasets/golden.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import { indexName, openIndexedEngine } from '../experiments/open-index.ts';
import { EXIT } from '../kernel/errors.ts';
import { newCanarySecret } from '../server/analytics/canary-proof.ts';
import { Evaluations, keptEvaluations } from '../server/analytics/evaluations.ts';
import { type JudgeWithin, type ObservingOrder, startObserving } from '../server/analytics/observing.ts';
import { refuseUnsafe } from '../server/authorise.ts';
import { startCluster } from '../server/cluster/start.ts';
import { documentsTaken, NO_WAITING } from '../server/documents-taken.ts';
import { startEngineTracing, type TracingOrder } from '../server/engine-tracing.ts';
import { type RunningService, startService } from '../server/service.ts';
import { standingExposition } from '../server/standing-exposition.ts';
import { ownVersion } from '../system/machine.ts';
import { createLog } from '../telemetry/logging/create-log.ts';
import type { Log, LogSetting } from '../telemetry/logging/logger.ts';
import { renderMetrics } from '../telemetry/merge.ts';
import { pastOnly } from '../telemetry/past-only.ts';
import { watchProcess } from '../telemetry/process-metrics.ts';
import { createMetrics, metricsSettingOf } from '../telemetry/registry.ts';
import type { DisplayFlags, EngineFlags, GoldenFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { engineSetup, goldenSetup, ownIndexFolder, settingsFor, type Watch } from './run-setup.ts';
import { type Announcement, announce } from './serve-announce.ts';
import { refuseCanaryWithoutQuestions, startServeCanary } from './serve-canary.ts';
import { type ServeDrill, serveDrill } from './serve-drill.ts';
import type { World } from './world.ts';

export interface ServeFlags
  extends DisplayFlags,
    EngineFlags,
    Pick<GoldenFlags, 'dataset' | 'split' | 'strict'> {
  readonly host?: string;
  readonly port?: string;
  readonly workers?: string;
  /** Started to be broken: this machine only. */
  readonly drill?: boolean;
  readonly drillFaults?: string;
}

/** What is served, and how big it is. */
interface Served {
  readonly engine: Engine;
  readonly folder: string;
  readonly name: string;
  /** One that its documents answer; undefined where nobody knows. */
  readonly question: string | undefined;
  /** Undefined for an index of one's own. */
  readonly golden: GoldenSet | undefined;
}

/** Serves an index over HTTP until it is asked to stop, and then answers what is in flight: that is no failure. */
export async function serve(world: World, flags: ServeFlags): Promise<number> {
  const progress = progressOf(world, flags);
  const keeps = 'requests in flight are answered first';
  let log: Log | undefined;
  const say = (line: string): void => {
    // A terminal is answered in words; everywhere else, what a service says is its log.
    if (log === undefined || world.stderr.isTTY) progress.say(line);
    else log.warn({ event: 'service.stopping' }, line);
  };
  return interruptible({ world, progress: { ...progress, say }, keeps }, async (signal) => {
    const watch = { progress, signal };
    const settings = await settingsFor(world, flags, progress, assignmentsOf(flags));
    const serviceLog = createLog(logSetting(world, settings));
    refuseUnsafe(settings.server);
    refuseCanaryWithoutQuestions(settings, !servesOwnIndex(flags, settings));
    const drill = serveDrill({
      flags,
      server: settings.server,
      clock: world.clock,
      // Also with --quiet.
      warn: (message) => progress.say(`warning: ${message}`),
      log: serviceLog,
      kill: () => process.kill(process.pid, 'SIGKILL'),
    });
    const served = await openServed({ world, flags, watch, settings, drill });
    const { documents, chunks, version } = served.engine.info();
    const index = { path: served.folder, documents, chunks, version };
    const starting = {
      world,
      flags,
      watch,
      settings,
      served,
      drill,
      log: serviceLog,
      canarySecret: newCanarySecret(),
    };
    const service = await startFor(starting).catch((error: unknown) => {
      // Ctrl-C reaches processes that are only starting, and ends them: that is no fault of theirs.
      throw signal.aborted ? signal.reason : error;
    });
    log = serviceLog;
    await serveUntilAsked(starting, service, index);
    return EXIT.done;
  });
}

/** Serves until it is asked to stop; then what is in flight is answered. */
async function serveUntilAsked(
  starting: Starting,
  service: RunningService,
  index: Announcement['index'],
): Promise<void> {
  const { world, flags, watch, settings, served, drill, log, canarySecret: secret } = starting;
  const { progress, signal } = watch;
  const { golden } = served;
  const { url } = service;
  let endCanary = async (): Promise<void> => undefined;
  try {
    drill?.begin();
    const watchCanary = { ...watch, progress: { ...progress, warn: canaryFailures(log) } };
    endCanary = startServeCanary({ world, flags, watch: watchCanary, settings, golden, url, secret });
    await announce({ world, flags, settings, served, service, index, drill });
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    drill?.end();
    await endCanary();
    await service.stop();
  }
}

const logSetting = (
  { stderr }: Pick<World, 'stderr'>,
  { log: { level }, telemetry: { content } }: Settings,
): LogSetting => ({ level, stream: stderr, content });

/** Warnings of the rounds of golden questions as lines of the log. */
const canaryFailures =
  (log: Log) =>
  (reason: string): void =>
    log.warn({ event: 'canary.failed', reason }, 'the golden questions of the service itself are in trouble');

function assignmentsOf({ host, port, workers }: ServeFlags): Assignment[] {
  const given = { host, port, workers };
  return Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [{ by: `--${name}`, text: `server.${name}=${value}` }],
  );
}

interface Opening {
  readonly world: World;
  readonly flags: ServeFlags;
  readonly watch: Watch;
  readonly settings: Settings;
  readonly drill: ServeDrill | undefined;
}

function servesOwnIndex({ dataset, index }: ServeFlags, { store }: Settings): boolean {
  return dataset === undefined && (index !== undefined || store.url !== undefined);
}

/** An index of one's own as it is, or a golden set's, built where need be. */
async function openServed({ flags, watch, settings, drill, ...opening }: Opening): Promise<Served> {
  const { progress } = watch;
  // What the engine takes for the time may be wrong on purpose.
  const world: World = drill === undefined ? opening.world : { ...opening.world, clock: drill.clock };
  progress.onEvent({ type: 'part.started', name: 'index', step: 1, steps: 1 });
  try {
    if (servesOwnIndex(flags, settings)) return await openOwn({ world, flags, watch, settings, drill });
    const setup = await goldenSetup(world, flags, watch, settings);
    const folder = setup.ownIndex ? setup.indexFolder : join(setup.indexFolder, indexName(setup));
    const { engine } = await openIndexedEngine(setup, drill?.decorate);
    const [first] = setup.golden.questions;
    return { engine, folder, name: setup.golden.name, question: first?.question, golden: setup.golden };
  } finally {
    progress.end();
  }
}

/** An empty one too: documents can be sent to it. */
async function openOwn({ world, flags, watch, settings, drill }: Opening): Promise<Served> {
  const folder = ownIndexFolder(flags);
  const { engine: options, clock, seed } = engineSetup(world, flags, watch, settings);
  const engine = await openEngine({
    options,
    folder,
    clock,
    seed,
    ...(drill && { decorate: drill.decorate }),
  });
  return { engine, folder, name: folder, question: undefined, golden: undefined };
}

const tracingOrder = ({ tracing, telemetry }: Settings): TracingOrder => ({
  options: tracing,
  content: telemetry.content,
});

const observingOrder = ({
  settings: { analytics, evaluation, telemetry },
  canarySecret,
}: Pick<Starting, 'settings' | 'canarySecret'>): ObservingOrder => ({
  analytics,
  evaluation,
  content: telemetry.content,
  canarySecret,
});

/** What judges live answers, where the settings ask for a model. */
async function judgeFor(
  { evaluation, ...settings }: Settings,
  { world, flags, log }: Pick<Starting, 'world' | 'flags' | 'log'>,
): Promise<JudgeWithin | undefined> {
  if (!evaluation.judge || evaluation.sampleRate === 0) return undefined;
  const { onlineJudge } = await import('./online-judge.ts');
  return onlineJudge({
    judge: settings.judge,
    engine: settings,
    seed: flags.seed,
    clock: world.clock,
    log,
  });
}

interface Starting extends Opening {
  readonly served: Served;
  /** Of this process; each other one has its own. */
  readonly log: Log;
  readonly canarySecret: string;
}

function startFor(starting: Starting): Promise<RunningService> {
  return starting.settings.server.workers > 1 ? startMany(starting) : startOne(starting);
}

/** The index is opened anew by the processes of the service: this one only starts them. */
async function startMany(starting: Starting): Promise<RunningService> {
  const { world, flags, settings, served, log } = starting;
  const { clock } = world;
  await served.engine.close();
  return startCluster({
    order: {
      engine: { options: engineOptionsOf(settings), folder: served.folder, seed: flags.seed },
      server: settings.server,
      logLevel: settings.log.level,
      metrics: settings.telemetry.metrics,
      tracing: tracingOrder(settings),
      observing: observingOrder(starting),
      ...(settings.evaluation.judge && { judge: settings.judge }),
      version: ownVersion(),
      startedAt: clock.epoch(),
    },
    clock,
    log,
    program: fileURLToPath(new URL('./serve-member.js', import.meta.url)),
    nodeVersion: process.version,
  });
}

async function startOne(starting: Starting): Promise<RunningService> {
  const { world, settings, served, drill, log, canarySecret } = starting;
  const { engine, folder } = served;
  const { clock } = world;
  const version = ownVersion();
  const counting = metricsSettingOf(settings.telemetry.metrics);
  const metrics = createMetrics({ version, nodeVersion: process.version, ...counting });
  const snapshot = pastOnly(() => metrics.snapshot(), clock);
  const processSnapshot = metrics.enabled ? watchProcess({ folder }) : undefined;
  const evaluations = new Evaluations(metrics, clock);
  evaluations.restore(await keptEvaluations(observingOrder(starting), folder));
  const traces = await startEngineTracing({
    order: tracingOrder(settings),
    engine: { options: engineOptionsOf(settings), folder },
    clock: drill?.clock ?? clock,
    version,
  });
  const observed = await startObserving({
    order: observingOrder(starting),
    folder,
    metrics,
    clock,
    tracing: traces.tracing,
    judge: await judgeFor(settings, starting),
    log,
  });
  try {
    const service = await startService({
      engine,
      tracing: traces.tracing,
      analytics: observed.analytics,
      evaluation: observed.evaluation,
      canarySecret,
      takeEvaluation: async (run) => evaluations.take(run),
      options: { ...engineOptionsOf(settings), server: settings.server },
      folder,
      ...(drill && { drill }),
      metrics,
      exposition: standingExposition(
        async (format) => renderMetrics([await snapshot(), (await processSnapshot?.()) ?? []], format),
        clock,
      ),
      takeDocuments: async (items) =>
        documentsTaken(await engine.ingest(items, NO_WAITING), engine.store.version),
      clock,
      version,
      startedAt: clock.epoch(),
      log: logSetting(world, settings),
    });
    const stop = async (): Promise<void> => {
      await service.stop();
      await observed.stop();
      await traces.stop();
      await engine.close();
    };
    return { ...service, stop };
  } catch (error) {
    await observed.stop();
    await traces.stop();
    await engine.close();
    throw error;
  }
}
