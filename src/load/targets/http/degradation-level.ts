import { DEGRADATION_CODES } from '../../../records/columns.ts';
import type { ResponseDegradation } from '../../target.ts';
import type { Json } from './expressions.ts';

const FULL: ReadonlySet<string> = new Set(['none', 'full', 'false', 'no', 'healthy']);

/** How much less than a full answer it is, from the words that services have for it; undefined for any others, and for none. */
export function degradationOf(value: Json): ResponseDegradation | undefined {
  if (value === null || typeof value === 'object') return undefined;
  const word = String(value).trim().toLowerCase().replaceAll(/[_ ]/g, '-');
  if (FULL.has(word)) return 'none';
  return DEGRADATION_CODES.find((code): code is ResponseDegradation => code !== 'unknown' && code === word);
}
