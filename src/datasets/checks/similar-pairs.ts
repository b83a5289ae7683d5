export interface SimilarPair {
  /** Positions in the list that was given, first < second. */
  readonly first: number;
  readonly second: number;
  /** Jaccard's: how much of all that the two hold both hold. */
  readonly similarity: number;
}

/**
 * All pairs of feature sets whose Jaccard similarity is at least `threshold` (0 < threshold ≤ 1), without comparing
 * all with all: of sets ordered by how rare their features are, two that are similar share one among the first
 * |x| − ⌈t·|x|⌉ + 1 of each (prefix filter: Chaudhuri et al., ICDE 2006; Bayardo et al., WWW 2007). Sets without
 * features are like no other. In order of `first`, then `second`. With more than `most` pairs some of them are left out:
 * n sets that are all alike make n²/2.
 */
export function similarPairs(
  sets: readonly ReadonlySet<string>[],
  threshold: number,
  most = Number.POSITIVE_INFINITY,
): SimilarPair[] {
  const ranked = rankFeatures(sets);
  const order = ranked.map((_, index) => index).sort((a, b) => ranked[a]!.length - ranked[b]!.length);
  const index = new Map<number, number[]>();
  const pairs: SimilarPair[] = [];
  for (const at of order) {
    if (pairs.length >= most) break;
    const features = ranked[at]!;
    const prefix = prefixLength(features.length, threshold);
    const candidates = new Set<number>();
    for (const feature of features.subarray(0, prefix)) {
      for (const other of index.get(feature) ?? []) {
        if (ranked[other]!.length >= threshold * features.length) candidates.add(other);
      }
    }
    for (const other of candidates) {
      const similarity = jaccard(features, ranked[other]!);
      if (similarity < threshold) continue;
      pairs.push({ first: Math.min(at, other), second: Math.max(at, other), similarity });
    }
    for (const feature of features.subarray(0, prefix)) {
      const holders = index.get(feature);
      if (holders === undefined) index.set(feature, [at]);
      else holders.push(at);
    }
  }
  return pairs.sort((a, b) => a.first - b.first || a.second - b.second);
}

/** Floating point may put t·n a hair above a whole number; one feature too many in the prefix costs nothing. */
const prefixLength = (size: number, threshold: number): number =>
  size === 0 ? 0 : Math.min(size, size - Math.ceil(threshold * size - 1e-9) + 1);

/** Each set as numbers, ascending; the rarest feature of all is 0. */
function rankFeatures(sets: readonly ReadonlySet<string>[]): Uint32Array[] {
  const counts = new Map<string, number>();
  for (const set of sets) for (const feature of set) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const rarest = [...counts].sort((a, b) => a[1] - b[1]).map(([feature]) => feature);
  const ranks = new Map(rarest.map((feature, rank) => [feature, rank]));
  return sets.map((set) => Uint32Array.from(set, (feature) => ranks.get(feature)!).sort());
}

function jaccard(a: Uint32Array, b: Uint32Array): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      shared += 1;
      i += 1;
      j += 1;
    } else if (a[i]! < b[j]!) i += 1;
    else j += 1;
  }
  return shared / (a.length + b.length - shared);
}
