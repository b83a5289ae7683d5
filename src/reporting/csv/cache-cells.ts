import type { CacheHitShare, CachesRecord } from '../../records/cache-schema.ts';
import type { PhaseRecord } from '../../records/schema.ts';
import type { Cell } from './cells.ts';

type Row = readonly (readonly [heading: string, cell: Cell])[];

const STATISTICS = ['p50', 'p90', 'p95', 'p99', 'mean', 'max'] as const;
const WITH_INTERVAL = ['p50', 'p95', 'p99', 'mean'] as const;
const GROUPS = ['hits', 'misses'] as const;
const LAYERS = ['response', 'semantic', 'retrieval', 'embedding'] as const;
const PARTS = ['cold', 'warm', 'steady'] as const;
const WRONG = ['false', 'lost', 'crossed'] as const;

/** The caches of a phase on its line: hits and misses apart. Empty where nothing is told. */
export function cacheCells({ caches }: PhaseRecord): Row {
  return [
    ...GROUPS.flatMap((group) => latency(group, caches)),
    ['cache_off', caches?.off ?? null],
    ['cache_unknown', caches?.unknown ?? null],
    ...LAYERS.flatMap((layer) => ofLayer(layer, caches)),
    ...PARTS.flatMap((part) => ofPart(part, caches)),
    ...WRONG.flatMap((what) => hitShare(`semantic_${what}`, caches?.semantic?.[what])),
    ['semantic_unjudged', caches?.semantic?.unjudged ?? null],
    ...hitShare('stale', caches?.stale),
    ['cache_bytes', caches?.work?.bytes ?? null],
    ['cache_evictions', caches?.work?.evictions ?? null],
    ['cache_saved_usd', caches?.work?.savedUsd ?? null],
  ];
}

function latency(group: (typeof GROUPS)[number], caches: CachesRecord | undefined): Row {
  const found = caches?.[group];
  return [
    [`cache_${group}`, found?.count ?? null],
    ...STATISTICS.map(
      (statistic) => [`${group}_latency_${statistic}_ms`, found?.latencyMs[statistic] ?? null] as const,
    ),
    ...WITH_INTERVAL.flatMap((statistic) => {
      const ends = found?.latencyCi95[statistic];
      return [
        [`${group}_latency_${statistic}_ms_low`, ends?.[0] ?? null],
        [`${group}_latency_${statistic}_ms_high`, ends?.[1] ?? null],
      ] as const;
    }),
  ];
}

function ofLayer(layer: (typeof LAYERS)[number], caches: CachesRecord | undefined): Row {
  const found = caches?.layers[layer];
  const own = caches?.work?.layers[layer];
  return [
    [`${layer}_answered`, found?.answered ?? null],
    [`${layer}_reached`, found?.of ?? null],
    [`${layer}_hit_rate`, found?.rate ?? null],
    [`${layer}_hit_rate_low`, found?.ci95?.[0] ?? null],
    [`${layer}_hit_rate_high`, found?.ci95?.[1] ?? null],
    [`${layer}_stale`, found?.stale ?? null],
    [`${layer}_lookup_hit_rate`, own?.hitRate ?? null],
    [`${layer}_saved_usd`, own?.savedUsd ?? null],
  ];
}

function ofPart(part: (typeof PARTS)[number], caches: CachesRecord | undefined): Row {
  const found = caches?.[part];
  return [
    [`${part}_hit_rate`, found?.hitRate ?? null],
    ...GROUPS.flatMap(
      (group) =>
        [
          [`${part}_${group}`, found?.[group].count ?? null],
          [`${part}_${group}_latency_p50_ms`, found?.[group].latencyMs.p50 ?? null],
          [`${part}_${group}_latency_p95_ms`, found?.[group].latencyMs.p95 ?? null],
        ] as const,
    ),
  ];
}

function hitShare(name: string, found: CacheHitShare | null | undefined): Row {
  return [
    [`${name}_hits`, found?.count ?? null],
    [`${name}_of_hits`, found?.of ?? null],
    [`${name}_questions`, found?.questions ?? null],
    [`${name}_of_questions`, found?.ofQuestions ?? null],
    [`${name}_questions_low`, found?.questionsCi95?.[0] ?? null],
    [`${name}_questions_high`, found?.questionsCi95?.[1] ?? null],
  ];
}
