import type { CacheHitShare, CachePart, CachesRecord } from '../records/cache-schema.ts';
import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import { bytes, count, counted, interval, MISSING, ms, share, usd } from './format.ts';
import { drawnPhases, measuredPhases } from './phases.ts';
import { clip, oneLine } from './plain.ts';

/** What the caches came to, in the words and tables that Markdown and HTML share. */

export interface CachedPhase {
  readonly phase: PhaseRecord;
  readonly caches: CachesRecord;
}

/** Phases whose responses tell of caches; of a search those that its answer rests on. */
export function cachedPhases(record: RunRecord): CachedPhase[] {
  const phases = record.capacity ? drawnPhases(record).map(({ phase }) => phase) : measuredPhases(record);
  return phases.flatMap((phase) => (phase.caches === undefined ? [] : [{ phase, caches: phase.caches }]));
}

/** Whether latencies of the phase are of two kinds: they say little unless the kinds are shown apart. */
export function mixesHits({ caches }: PhaseRecord): boolean {
  return caches !== undefined && caches.hits.count > 0 && caches.misses.count > 0;
}

/** What stands beside latencies by phase, where some are of hits and misses together; undefined where none is. */
export function pooledNote(phases: readonly PhaseRecord[]): string | undefined {
  const mixed = phases.filter(mixesHits);
  if (mixed.length === 0) return undefined;
  const which = mixed.length === phases.length ? 'these phases' : mixed.map(({ name }) => name).join(', ');
  return `Latencies of ${oneLine(which)} are of cache hits and misses together, as users feel them; "Caches" shows them apart.`;
}

export interface CacheTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const LONGEST_NAME = 60;
const nameOf = ({ name }: PhaseRecord): string => clip(oneLine(name), LONGEST_NAME);

const withEnds = (value: string, ends: string): string => (ends === MISSING ? value : `${value} (${ends})`);

/** Hits beside misses, by phase, with intervals. */
export function latencyTable(cached: readonly CachedPhase[]): CacheTable {
  const quantiles = ['p50', 'p95', 'p99'] as const;
  return {
    caption: 'Latency of hits and of misses, ms',
    columns: [
      'Phase',
      'Hit rate',
      ...['Hits', 'Misses'].flatMap((name) => [name, ...quantiles.map((p) => `${name} ${p}`)]),
      'Together p50',
      'Together p95',
    ],
    rows: cached.map(({ phase, caches }) => [
      nameOf(phase),
      share(hitRateOf(caches)),
      ...[caches.hits, caches.misses].flatMap(({ count: of, latencyMs, latencyCi95 }) => [
        count(of),
        ...quantiles.map((p) => withEnds(ms(latencyMs[p]), interval(latencyCi95[p], ms))),
      ]),
      ms(phase.latencyMs.p50),
      ms(phase.latencyMs.p95),
    ]),
  };
}

export function hitRateOf({ hits, misses }: CachesRecord): number | null {
  const asked = hits.count + misses.count;
  return asked === 0 ? null : hits.count / asked;
}

/** Cold, warm and steady requests, by phase. */
export function partsTable(cached: readonly CachedPhase[]): CacheTable {
  return {
    caption: 'Cold, warm and steady, ms',
    columns: [
      'Phase',
      'Part',
      'Hit rate',
      'Hits',
      'Hits p50',
      'Hits p95',
      'Misses',
      'Misses p50',
      'Misses p95',
    ],
    rows: cached.flatMap(({ phase, caches: { cold, warm, steady } }) =>
      (
        [
          ['cold', cold],
          ['warm', warm],
          ['steady', steady],
        ] as const
      ).map(([name, part]) => [
        nameOf(phase),
        name,
        ...(part === null ? Array(7).fill(MISSING) : cells(part)),
      ]),
    ),
  };
}

function cells({ hitRate, hits, misses }: CachePart): string[] {
  return [
    share(hitRate),
    ...[hits, misses].flatMap((group) => [
      count(group.count),
      ms(group.latencyMs.p50),
      ms(group.latencyMs.p95),
    ]),
  ];
}

/** Hit rates by layer, as the answers tell; and what the caches' own counters say, where anybody can look. */
export function layersTable(cached: readonly CachedPhase[]): CacheTable {
  const own = cached.some(({ caches }) => caches.work !== null);
  return {
    caption: 'Hit rate by layer: answered, of the requests that got as far',
    columns: [
      'Phase',
      'Layer',
      'Answered',
      'Of',
      'Rate',
      'Stale',
      ...(own ? ['Lookups found', 'Missed', 'Waited', 'Evicted', 'Entries', 'Size', 'Saved'] : []),
    ],
    rows: cached.flatMap(({ phase, caches: { layers, work } }) =>
      Object.entries(layers).map(([layer, { answered, of, rate, ci95, stale }]) => {
        const counters = work?.layers[layer];
        return [
          nameOf(phase),
          layer,
          count(answered),
          count(of),
          withEnds(share(rate), interval(ci95, share)),
          count(stale),
          ...(own
            ? [
                count(counters && counters.hits + (counters.stale ?? 0)),
                count(counters?.misses),
                count(counters?.shared),
                count(counters?.evictions),
                count(counters?.entries),
                bytes(counters?.bytes),
                usd(counters?.savedUsd),
              ]
            : []),
        ];
      }),
    ),
  };
}

/** False, lost, crossed and stale hits; no rows where none can be told. */
export function wrongHitsTable(cached: readonly CachedPhase[]): CacheTable {
  const rows = cached.flatMap(({ phase, caches: { semantic, stale } }) => {
    const row = (what: string, found: CacheHitShare | null | undefined): string[][] =>
      found ? [[nameOf(phase), what, ...hitCells(found)]] : [];
    return [
      ...row('semantic: false', semantic?.false),
      ...row('semantic: lost a right answer', semantic?.lost),
      ...row('semantic: of another golden question', semantic?.crossed),
      ...row('stale', stale),
    ];
  });
  return {
    caption: 'Hits that were false or stale',
    columns: [
      'Phase',
      'What',
      'Questions',
      'Share of questions',
      '95 % interval',
      'Requests',
      'Share of requests',
    ],
    rows,
  };
}

function hitCells({
  count: found,
  of,
  share: part,
  ci95,
  questions,
  ofQuestions,
  questionsCi95,
}: CacheHitShare): string[] {
  return [
    `${count(questions)} of ${count(ofQuestions)}`,
    share(ofQuestions === 0 ? null : questions / ofQuestions),
    interval(questionsCi95, share),
    `${count(found)} of ${count(of)}`,
    withEnds(share(part), interval(ci95, share)),
  ];
}

export const CACHES_LEAD =
  'A hit is an answer that came whole from a cache; all others were made, if out of a kept finding or vector. Cold is the first request for a question in the phase (a cache that was filled before answers it, too), warm every later one, steady the warm ones after the point at which the steady-state rule would cut.';

export const WRONG_HITS_LEAD =
  'A semantic hit is false where the answer is not right and was given by another golden question, or where it is wrong and the answer made anew in this run is right: then a right answer was lost. Questions count once, however often they were asked; their interval is Wilson’s. That of requests is by batch means.';

/** One sentence on a phase: false and stale hits, size, evictions, money. Empty where nothing is known. */
export function cacheSentence({ caches }: CachedPhase): string {
  const { semantic, stale, work } = caches;
  return [
    ...(semantic ? [`${hitWords('false', semantic.false)}`] : []),
    ...(semantic && semantic.lost.of > 0 ? [hitWords('right answers lost to', semantic.lost)] : []),
    ...(stale ? [`${count(stale.count)} of ${counted(stale.of, 'hit')} stale`] : []),
    ...(work
      ? [`${bytes(work.bytes)} kept, ${count(work.evictions)} evicted, ${usd(work.savedUsd)} saved`]
      : []),
  ].join('; ');
}

function hitWords(what: string, { questions, ofQuestions, questionsCi95 }: CacheHitShare): string {
  const found = `${count(questions)} of ${counted(ofQuestions, 'question')}`;
  const ends = questionsCi95 === null ? '' : ` (${interval(questionsCi95, share)})`;
  return what === 'false' ? `semantic hits false for ${found}${ends}` : `${what} them for ${found}${ends}`;
}
