import { canonicalJson } from '../kernel/digest.ts';
import type { RunRecord } from '../records/schema.ts';

/** The record as indented JSON, keys in one order always, so that equal records are equal texts. */
export function renderJson(record: RunRecord): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(record)), null, 2)}\n`;
}
