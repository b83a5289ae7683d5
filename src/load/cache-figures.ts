import type { CacheLatency, CachePart, CachesRecord } from '../records/cache-schema.ts';
import { CACHE_CODES, OUTCOMES } from '../records/columns.ts';
import { batchShareInterval } from '../statistics/batch-means.ts';
import type { SteadyState } from '../statistics/steady-state.ts';
import { semanticHits, staleHits, staleIn } from './cache-hits.ts';
import { distributionIn } from './distribution.ts';
import { bounds, latencyIntervals, quantilesOf } from './latency-record.ts';
import type { PhaseSetting, PhaseVerdicts } from './phase-setting.ts';
import type { PhaseRecorder } from './recorder.ts';
import { chosen, countOnes, onesFor, type Rows } from './row-choice.ts';

const COMPLETED = OUTCOMES.indexOf('completed');

/** By CACHE_CODES: what became of a request at the caches. */
const KIND_OF: readonly Kind[] = CACHE_CODES.map((name) => {
  if (name === 'unknown' || name === 'off') return name;
  return name === 'response' || name === 'semantic' ? 'hit' : 'miss';
});
type Kind = 'unknown' | 'off' | 'hit' | 'miss';

const kindOf = ({ cache }: PhaseRecorder, row: number): Kind => KIND_OF[cache[row]!]!;

/** The outermost first: a request that one of them answers gets no further. */
const LAYERS = ['response', 'semantic', 'retrieval', 'embedding'] as const;

interface CacheSetting extends Pick<PhaseSetting, 'duration' | 'caches'> {
  readonly steadyState: SteadyState | null;
}

/**
 * What the caches did in one phase, hits and misses apart. A hit is an answer that came whole from a cache; whoever got no
 * further than a kept finding or vector is a miss, since its answer was made. Undefined where no response tells of a cache that
 * was asked.
 */
export function cacheFigures(
  rows: PhaseRecorder,
  verdicts: PhaseVerdicts,
  { duration, caches, steadyState }: CacheSetting,
): CachesRecord | undefined {
  const counts: Record<Kind, number> = { unknown: 0, off: 0, hit: 0, miss: 0 };
  for (let row = 0; row < rows.rows; row += 1) {
    if (rows.outcome[row] === COMPLETED) counts[kindOf(rows, row)] += 1;
  }
  if (counts.hit + counts.miss === 0) return undefined;
  const asked = askedOf(rows, counts.hit + counts.miss);
  const hits = ofKind(rows, asked, 'hit');
  const { cold, warm } = apart(rows, asked);
  const cut = steadyState?.steady ? steadyState.truncatedShare * duration : undefined;
  return {
    hits: latencyOf(rows, hits),
    misses: latencyOf(rows, ofKind(rows, asked, 'miss')),
    off: counts.off,
    unknown: counts.unknown,
    layers: layersOf(rows, asked, caches),
    cold: partOf(rows, cold),
    warm: partOf(rows, warm),
    steady:
      cut === undefined
        ? null
        : partOf(
            rows,
            chosen(warm, (row) => rows.due[row]! >= cut),
          ),
    stale: staleHits(rows, asked),
    semantic: semanticHits(rows, verdicts, hits),
    work: caches ?? null,
  };
}

/** Completed requests of which some cache was asked. */
function askedOf(rows: PhaseRecorder, count: number): Rows {
  const asked = new Uint32Array(count);
  let place = 0;
  for (let row = 0; row < rows.rows; row += 1) {
    if (rows.outcome[row] !== COMPLETED) continue;
    const kind = kindOf(rows, row);
    if (kind === 'hit' || kind === 'miss') asked[place++] = row;
  }
  return asked;
}

const ofKind = (rows: PhaseRecorder, among: Rows, kind: Kind): Rows =>
  chosen(among, (row) => kindOf(rows, row) === kind);

/** The first request for each question, and all others. */
function apart(rows: PhaseRecorder, among: Rows): { cold: Rows; warm: Rows } {
  const first = new Map<number, number>();
  for (let index = 0; index < among.length; index += 1) {
    const row = among[index]!;
    const question = rows.question[row]!;
    if (!first.has(question)) first.set(question, row);
  }
  const isFirst = (row: number): boolean => first.get(rows.question[row]!) === row;
  return { cold: chosen(among, isFirst), warm: chosen(among, (row) => !isFirst(row)) };
}

function latencies({ end, due }: PhaseRecorder, among: Rows): Float64Array {
  const values = new Float64Array(among.length);
  for (let index = 0; index < among.length; index += 1) {
    const row = among[index]!;
    values[index] = end[row]! - due[row]!;
  }
  return values;
}

function latencyOf(rows: PhaseRecorder, among: Rows): CacheLatency {
  const inTimeOrder = latencies(rows, among);
  const distribution = distributionIn(inTimeOrder.slice());
  return {
    count: among.length,
    latencyMs: quantilesOf(distribution),
    latencyCi95: latencyIntervals(inTimeOrder, distribution),
  };
}

function partOf(rows: PhaseRecorder, among: Rows): CachePart {
  const own = (kind: Kind) => {
    const those = ofKind(rows, among, kind);
    return { count: those.length, latencyMs: quantilesOf(distributionIn(latencies(rows, those))) };
  };
  const [hits, misses] = [own('hit'), own('miss')];
  return { hitRate: among.length === 0 ? null : hits.count / among.length, hits, misses };
}

/** Of the layers that answered anybody, and of those whose counters say that they are on. */
function layersOf(rows: PhaseRecorder, asked: Rows, work: PhaseSetting['caches']): CachesRecord['layers'] {
  let reached = asked;
  const layers: CachesRecord['layers'] = {};
  for (const layer of LAYERS) {
    const code = CACHE_CODES.indexOf(layer);
    const ones = onesFor(reached, (row) => rows.cache[row] === code);
    const answered = countOnes(ones);
    if (answered > 0 || work?.layers[layer] !== undefined) {
      layers[layer] = {
        answered,
        of: reached.length,
        rate: reached.length === 0 ? null : answered / reached.length,
        ci95: bounds(batchShareInterval(ones)),
        stale: staleIn(rows, reached, code),
      };
    }
    if (answered > 0) reached = chosen(reached, (row) => rows.cache[row] !== code);
  }
  return layers;
}
