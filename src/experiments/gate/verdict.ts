import type { GateRow } from '../../records/schema.ts';
import { isIndicator, lossSign, scaleOf } from '../paired/scales.ts';
import { RECOMMENDED_QUESTIONS } from './quality-rows.ts';

type Verdict = GateRow['verdict'];

/**
 * The whole gate: FAIL where any row fails; INCONCLUSIVE where any row is, where the run is invalid, and where nothing was
 * judged at all; else PASS.
 */
export function gateVerdict(rows: readonly Pick<GateRow, 'verdict'>[], invalid: readonly string[]): Verdict {
  if (rows.some(({ verdict }) => verdict === 'FAIL')) return 'FAIL';
  const open =
    rows.length === 0 || invalid.length > 0 || rows.some(({ verdict }) => verdict === 'INCONCLUSIVE');
  return open ? 'INCONCLUSIVE' : 'PASS';
}

/**
 * What a PASS does not say: "cannot see losses under 0.06 of ndcg@10, slowdowns under 7 % of p50". `speed` is false where
 * latency was not judged at all.
 */
export function unseenSentence(rows: readonly GateRow[], { speed }: { readonly speed: boolean }): string {
  const measures = rows.filter(({ subject }) => subject === 'measure').flatMap(unseenOfMeasure);
  const indicators = rows.filter(({ subject }) => subject === 'indicator').flatMap(unseenOfIndicator);
  const parts = [...measures, ...indicators, ...(speed ? [] : ['any change of latency'])];
  return `cannot see ${parts.length === 0 ? 'what questions beyond these would show' : parts.join(', ')}`;
}

function unseenOfMeasure({ name, n, detectable, adjustedP }: GateRow): string[] {
  if (n === 0) return [`any loss of ${name}`];
  if (detectable !== null) return [`losses under ${upwards(detectable)} of ${name}`];
  if (adjustedP !== null) return []; // nothing differed: no spread to tell by
  return [`losses of ${name} (${n} questions; ${RECOMMENDED_QUESTIONS} are recommended)`];
}

function unseenOfIndicator({ name, n, detectable, verdict }: GateRow): string[] {
  if (!isIndicator(name)) return [];
  if (detectable === null) return verdict === 'PASS' ? [] : [`changes of ${name} (${n} pairs)`];
  if (scaleOf(name) === 'difference') return [`changes under ${percentUpwards(detectable)} of ${name}`];
  if (lossSign(name) === -1) return [`falls under ${percentUpwards(1 - Math.exp(-detectable))} of ${name}`];
  const word = name === 'cost-per-query' ? 'rises' : 'slowdowns';
  return [`${word} under ${percentUpwards(Math.expm1(detectable))} of ${name}`];
}

/** Rounded up: what is said not to be seen must not be. */
const upwards = (value: number): string => (Math.ceil(value * 100 - 1e-9) / 100).toFixed(2);
const percentUpwards = (share: number): string => `${Math.ceil(share * 1000 - 1e-9) / 10} %`;
