import { FUNNEL_ORDER, type FunnelWords, funnelWords } from './words.ts';

export interface FunnelRow extends FunnelWords {
  readonly name: string;
  readonly count: number;
  readonly share: number;
}

/** Every class that the record counts, in reading order; the counts add up to all arrivals. */
export function funnelRows(funnel: Readonly<Record<string, number>>): FunnelRow[] {
  const total = Object.values(funnel).reduce((sum, value) => sum + value, 0);
  return Object.entries(funnel)
    .sort(([a], [b]) => funnelPlace(a) - funnelPlace(b))
    .map(([name, value]) => ({ ...funnelWords(name), name, count: value, share: total ? value / total : 0 }));
}

/** Where a class stands in reading order; unknown ones come last. */
export function funnelPlace(name: string): number {
  const place = FUNNEL_ORDER.indexOf(name);
  return place < 0 ? FUNNEL_ORDER.length : place;
}
