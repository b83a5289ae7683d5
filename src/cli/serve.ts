import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Assignment } from '../config/flags.ts';
import { engineOptionsOf, type Settings } from '../config/settings.ts';
import type { GoldenSet } from '../datasets/golden.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import { indexName, openIndexedEngine } from '../experiments/open-index.ts';
import { EXIT } from '../kernel/errors.ts';
import { count, counted } from '../reporting/format.ts';
import { type ObservingOrder, startObserving } from '../server/analytics/observing.ts';
import type { JudgeLive } from '../server/analytics/online-evaluation.ts';
import { refuseUnsafe } from '../server/authorise.ts';
import { startCluster } from '../server/cluster/start.ts';
import { documentsTaken, NO_WAITING } from '../server/documents-taken.ts';
import { startEngineTracing, type TracingOrder } from '../server/engine-tracing.ts';
import { type RunningService, startService } from '../server/service.ts';
import { ownVersion } from '../system/machine.ts';
import { recordGolden } from '../telemetry/golden-metrics.ts';
import { renderMetrics } from '../telemetry/merge.ts';
import { watchProcess } from '../telemetry/process-metrics.ts';
import { createMetrics, metricsSettingOf } from '../telemetry/registry.ts';
import type { DisplayFlags, EngineFlags, GoldenFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { engineSetup, goldenSetup, ownIndexFolder, settingsFor, type Watch } from './run-setup.ts';
import { refuseCanaryWithoutQuestions, startServeCanary } from './serve-canary.ts';
import { type ServeDrill, serveDrill } from './serve-drill.ts';
import { shellWord } from './shell.ts';
import { print, type World } from './world.ts';

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
  return interruptible({ world, progress, keeps }, async (signal) => {
    const watch = { progress, signal };
    const settings = await settingsFor(world, flags, progress, assignmentsOf(flags));
    refuseUnsafe(settings.server);
    refuseCanaryWithoutQuestions(settings, !servesOwnIndex(flags, settings));
    const drill = serveDrill({
      flags,
      server: settings.server,
      clock: world.clock,
      // Also with --quiet.
      warn: (message) => progress.say(`warning: ${message}`),
      kill: () => process.kill(process.pid, 'SIGKILL'),
    });
    const served = await openServed({ world, flags, watch, settings, drill });
    const { documents, chunks, version } = served.engine.info();
    const index = { path: served.folder, documents, chunks, version };
    const service = await startFor({ world, flags, watch, settings, served, drill });
    let endCanary = async (): Promise<void> => undefined;
    try {
      drill?.begin();
      endCanary = startServeCanary({
        world,
        flags,
        watch,
        settings,
        golden: served.golden,
        url: service.url,
      });
      await announce({ world, flags, settings, served, service, index, drill });
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      drill?.end();
      await endCanary();
      await service.stop();
    }
    return EXIT.done;
  });
}

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

const observingOrder = ({ analytics, evaluation, telemetry }: Settings): ObservingOrder => ({
  analytics,
  evaluation,
  content: telemetry.content,
});

/** What judges live answers, where the settings ask for a model. */
async function judgeFor(
  { evaluation, ...settings }: Settings,
  { world, flags, watch }: Pick<Starting, 'world' | 'flags' | 'watch'>,
): Promise<JudgeLive | undefined> {
  if (!evaluation.judge || evaluation.sampleRate === 0) return undefined;
  const { onlineJudge } = await import('./online-judge.ts');
  return onlineJudge({
    judge: settings.judge,
    engine: settings,
    seed: flags.seed,
    clock: world.clock,
    warn: (message) => watch.progress.warn(message),
  });
}

interface Starting extends Opening {
  readonly served: Served;
}

function startFor(starting: Starting): Promise<RunningService> {
  return starting.settings.server.workers > 1 ? startMany(starting) : startOne(starting);
}

/** The index is opened anew by the processes of the service: this one only starts them. */
async function startMany({ world, flags, watch, settings, served }: Starting): Promise<RunningService> {
  const { clock } = world;
  await served.engine.close();
  return startCluster({
    order: {
      engine: { options: engineOptionsOf(settings), folder: served.folder, seed: flags.seed },
      server: settings.server,
      logLevel: settings.log.level,
      metrics: settings.telemetry.metrics,
      tracing: tracingOrder(settings),
      observing: observingOrder(settings),
      ...(settings.evaluation.judge && { judge: settings.judge }),
      version: ownVersion(),
      startedAt: clock.epoch(),
    },
    clock,
    tell: (message) => watch.progress.warn(message),
    program: fileURLToPath(new URL('./serve-member.js', import.meta.url)),
    nodeVersion: process.version,
  });
}

async function startOne(starting: Starting): Promise<RunningService> {
  const { world, settings, served, watch, drill } = starting;
  const { engine, folder } = served;
  const { clock, stderr } = world;
  const version = ownVersion();
  const counting = metricsSettingOf(settings.telemetry.metrics);
  const metrics = createMetrics({ version, nodeVersion: process.version, ...counting });
  const processSnapshot = metrics.enabled ? watchProcess({ folder }) : undefined;
  const traces = await startEngineTracing({
    order: tracingOrder(settings),
    engine: { options: engineOptionsOf(settings), folder },
    clock: drill?.clock ?? clock,
    version,
  });
  const observed = await startObserving({
    order: observingOrder(settings),
    folder,
    metrics,
    clock,
    tracing: traces.tracing,
    judge: await judgeFor(settings, starting),
    tell: (message) => watch.progress.warn(message),
  });
  try {
    const service = await startService({
      engine,
      tracing: traces.tracing,
      analytics: observed.analytics,
      evaluation: observed.evaluation,
      takeEvaluation: async (run) => recordGolden(metrics, run, clock.epoch()),
      options: { ...engineOptionsOf(settings), server: settings.server },
      folder,
      ...(drill && { drill }),
      metrics,
      exposition: async (format) =>
        renderMetrics([await metrics.snapshot(), (await processSnapshot?.()) ?? []], format),
      takeDocuments: async (items) =>
        documentsTaken(await engine.ingest(items, NO_WAITING), engine.store.version),
      clock,
      version,
      startedAt: clock.epoch(),
      log: { level: settings.log.level, stream: stderr, content: settings.telemetry.content },
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

interface Announcement {
  readonly world: World;
  readonly flags: ServeFlags;
  readonly settings: Settings;
  readonly served: Served;
  readonly service: RunningService;
  readonly drill: ServeDrill | undefined;
  readonly index: { path: string; documents: number; chunks: number; version: number };
}

async function announce(announcement: Announcement): Promise<void> {
  const { world, flags, settings, service, index, drill } = announcement;
  const { workers, apiToken } = settings.server;
  if (flags.json) {
    const { url, port } = service;
    const facts = { url, port, workers, token: apiToken !== undefined, index, ...(drill && { drill: true }) };
    await print(world.stdout, `${JSON.stringify(facts)}\n`);
  } else if (!flags.quiet) {
    await print(world.stdout, invitation(announcement));
  }
}

function invitation({ settings, served, service: { url }, index }: Announcement): string {
  const { workers, apiToken } = settings.server;
  const query = served.question ?? 'your question';
  // A variable, not the token: what is printed may be kept.
  const token = apiToken === undefined ? '' : ' -H "authorization: Bearer $GROUNDSPEED_API_TOKEN"';
  const by = workers > 1 ? `, by ${count(workers)} workers` : '';
  return [
    `Serving ${counted(index.documents, 'document')} (${served.name}) at ${url}${by}. To ask:`,
    `  curl ${url}/api/query${token} -H 'content-type: application/json' -d ${shellWord(JSON.stringify({ query }))}`,
    `Its state: ${url}/health; its metrics: ${url}/metrics. Ctrl-C ends it.`,
    '',
  ].join('\n');
}
