import type { RunRecord } from '../../records/schema.ts';
import { type Cell, write } from './cells.ts';

const HEADINGS = [
  'variant',
  'batch',
  'launch',
  'pair',
  'first',
  'warmup',
  'valid',
  'invalid_reasons',
  'started_at',
  'seconds',
  'offered_rate',
  'arrivals',
];

/** One line a block of paired runs, warm-up included; latencies in ms, shares from 0 to 1, stages by their median. */
export function renderBlocksCsv({ paired }: RunRecord): string {
  const blocks = paired?.blocks ?? [];
  const indicators = [...new Set(blocks.flatMap((block) => Object.keys(block.indicators)))];
  const stages = [...new Set(blocks.flatMap((block) => Object.keys(block.stagesMs)))];
  return write([
    [...HEADINGS, ...indicators, ...stages.map((stage) => `stage_${stage}_ms`)],
    ...blocks.map((block): Cell[] => [
      block.variant,
      block.batch,
      block.launch,
      block.pair,
      block.first,
      block.warmup,
      block.valid,
      block.invalidReasons.join(' | '),
      new Date(block.startedAtEpochMs).toISOString(),
      block.seconds,
      block.offeredRate,
      block.arrivals,
      ...indicators.map((name) => block.indicators[name] ?? null),
      ...stages.map((name) => block.stagesMs[name] ?? null),
    ]),
  ]);
}
