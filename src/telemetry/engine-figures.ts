import type { CacheLayer, EngineEvent } from '../engine/events.ts';
import {
  BREAKER_STATES,
  DEFAULT_INDEX,
  DEPENDENCIES,
  type DependencyName,
  SERVICE_METRICS,
} from './catalogue.ts';
import type { Metrics } from './registry.ts';
import type { MetricsSnapshot } from './snapshot.ts';

/** What one layer of an engine's caches holds. */
export interface CacheFigures {
  readonly entries: number;
  /** Of these, those of a cache that others share: each of them tells them alike. */
  readonly commonEntries?: number;
  /** That this engine brought about, also in a cache that others share. */
  readonly evictions: number;
}

/** What is read of the engine, rather than told by it. */
export interface EngineFigures {
  /** A short name of the index, where one process has several. */
  readonly index?: string;
  readonly documents: number;
  readonly chunks: number;
  readonly version: number;
  readonly caches: Readonly<Record<CacheLayer, CacheFigures | undefined>>;
}

/** The engines of one process that share its metrics; their figures add up, and what they share counts once. */
interface Watched {
  readonly readers: Set<() => EngineFigures>;
  readonly common: Map<CacheLayer, number>;
}
const watched = new WeakMap<Metrics, Watched>();

/** Reads the engine's figures before each reading of the metrics. What comes back stops that. */
export function watchEngineFigures(metrics: Metrics, read: () => EngineFigures): () => void {
  if (!metrics.enabled) return () => undefined;
  const { readers, common } = watched.get(metrics) ?? { readers: new Set(), common: new Map() };
  watched.set(metrics, { readers, common });
  readers.add(read);
  const evicted = new Map<CacheLayer, number>();
  const stop = metrics.beforeReading(() => {
    const figures = read();
    setIndex(metrics, figures);
    for (const layer of Object.keys(figures.caches) as CacheLayer[]) {
      const { evictions = 0 } = figures.caches[layer] ?? {};
      metrics.cacheEvictions.inc({ layer }, Math.max(0, evictions - (evicted.get(layer) ?? 0)));
      evicted.set(layer, evictions);
      const all = [...readers].flatMap((one) => (one === read ? figures : one()).caches[layer] ?? []);
      const shared = Math.max(0, ...all.map(({ commonEntries = 0 }) => commonEntries));
      const own = all.map(({ entries, commonEntries = 0 }) => entries - commonEntries);
      common.set(layer, shared);
      metrics.cacheEntries.set(
        { layer },
        own.reduce((total, entries) => total + entries, shared),
      );
    }
  });
  return () => {
    readers.delete(read);
    stop();
  };
}

/**
 * The metrics of one process of several, as they add up to those of all: of a cache that several share, how much of the entries is
 * everybody's.
 */
export async function snapshotToAdd(metrics: Metrics): Promise<MetricsSnapshot> {
  const snapshot = await metrics.snapshot();
  const common = watched.get(metrics)?.common;
  if (common === undefined) return snapshot;
  return snapshot.map((reading) =>
    reading.name !== SERVICE_METRICS.cacheEntries.name
      ? reading
      : {
          ...reading,
          values: reading.values.map((one) => ({
            ...one,
            common: common.get(one.labels.layer as CacheLayer) ?? 0,
          })),
        },
  );
}

function setIndex(metrics: Metrics, figures: EngineFigures): void {
  const { index = DEFAULT_INDEX, documents, chunks, version } = figures;
  metrics.indexDocuments.set({ index }, documents);
  metrics.indexChunks.set({ index }, chunks);
  metrics.indexVersion.set({ index }, version);
}

type BreakerState = Extract<EngineEvent, { type: 'breaker.changed' }>['to'];
type Breakers = Map<DependencyName, BreakerState>;

/** The breakers of each engine that shares the metrics: a state is shown while one of them is in it. */
const breakersOf = new WeakMap<Metrics, Set<Breakers>>();

/** Every breaker is closed at first: `changed` says how one is from now on. */
export function watchBreakers(metrics: Metrics): {
  readonly changed: (dependency: DependencyName, to: BreakerState) => void;
  readonly stop: () => void;
} {
  const all = breakersOf.get(metrics) ?? new Set();
  breakersOf.set(metrics, all);
  const own: Breakers = new Map(DEPENDENCIES.map((dependency) => [dependency, 'closed']));
  all.add(own);
  const show = (dependency: DependencyName): void => {
    const states = new Set([...all].map((one) => one.get(dependency)?.replace('-', '_')));
    for (const state of BREAKER_STATES) {
      metrics.breakerState.set({ dependency, state }, states.has(state) ? 1 : 0);
    }
  };
  for (const dependency of DEPENDENCIES) show(dependency);
  return {
    changed(dependency, to) {
      own.set(dependency, to);
      show(dependency);
    },
    stop() {
      all.delete(own);
      for (const dependency of DEPENDENCIES) show(dependency);
    },
  };
}
