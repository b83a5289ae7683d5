import type { RunRecord } from '../../records/schema.ts';
import { attributionOf, attributionWords, whySlowTitle, withheldWords } from '../attribution.ts';
import { duration } from '../format.ts';
import { headlinePhase } from '../phases.ts';
import { oneLine } from '../plain.ts';
import { slowestRequests } from '../slowest.ts';
import { type Screen, wrap } from './layout.ts';

/** Why p99 is slow (or why that is not said), and the slowest request that has a trace: a line each. */
export function attributionBlock(record: RunRecord, { colours, columns }: Screen): string[] {
  const phase = headlinePhase(record);
  const attribution = phase && attributionOf(phase);
  const words = (phase && withheldWords(phase)) ?? (attribution && attributionWords(attribution));
  const traced = slowestRequests(record, Number.POSITIVE_INFINITY).find(({ traceId }) => traceId !== null);
  const named = (name: string, text: string): string[] =>
    wrap(`${name} ${text}`, columns).map((line, index) =>
      index === 0 ? `${colours.bold(name)}${line.slice(name.length)}` : line,
    );
  return [
    ...(phase && words ? named(whySlowTitle(phase), words) : []),
    ...(traced
      ? named('Slowest trace', `${traced.traceId} (${duration(traced.latencyMs)}, ${oneLine(traced.id)})`)
      : []),
  ];
}
