import { z } from 'zod';
import type { PhaseRecord, RunRecord } from '../../records/schema.ts';

/** Of a line of a history. */
export const HISTORY_SCHEMA = 'groundspeed.history/1';

const interval = z.tuple([z.number(), z.number()]).nullable();

/** What one run adds to a history: enough to draw a trend of, and to find the run again. */
export const historyEntrySchema = z.object({
  schema: z.literal(HISTORY_SCHEMA),
  id: z.string(),
  at: z.string(),
  kind: z.string(),
  fingerprint: z.string(),
  machine: z.string(),
  commit: z.string().nullable(),
  dirty: z.boolean(),
  dataset: z.object({ name: z.string(), questionsHash: z.string() }).nullable(),
  load: z.string().nullable().describe('Which phase the indicators are of; null without any.'),
  valid: z.boolean().describe('False where the load could not be trusted: then there are no indicators.'),
  verdict: z.enum(['PASS', 'FAIL', 'INCONCLUSIVE']).nullable().describe('Of the gate, where there was one.'),
  figures: z.array(
    z.object({
      name: z.string(),
      subject: z.enum(['measure', 'indicator']),
      value: z.number(),
      interval: interval.describe('95 %; null where there is none.'),
      n: z.number().int().nullable(),
    }),
  ),
});

export type HistoryEntry = z.infer<typeof historyEntrySchema>;
export type HistoryFigure = HistoryEntry['figures'][number];

/** The line of a run. `phase` is the one that its headline is about; figures that could not be had are left out. */
export function historyEntry(record: RunRecord, phase: PhaseRecord | undefined): HistoryEntry {
  const { environment, dataset } = record;
  const valid = phase?.valid ?? true;
  const indicators = phase === undefined ? pairedFigures(record) : valid ? phaseFigures(phase) : [];
  return {
    schema: HISTORY_SCHEMA,
    id: record.id,
    at: record.startedAt,
    kind: record.kind,
    fingerprint: environment.fingerprint,
    machine: `${environment.cpu}, ${environment.cores} cores, Node ${environment.node}`,
    commit: environment.git?.commit ?? null,
    dirty: environment.git?.dirty ?? false,
    dataset: dataset && { name: dataset.name, questionsHash: dataset.questionsHash },
    load: phase?.name ?? null,
    valid,
    verdict: record.gate?.verdict ?? null,
    figures: [...qualityFigures(record), ...indicators],
  };
}

function qualityFigures({ quality }: RunRecord): HistoryFigure[] {
  if (!quality) return [];
  const { right, retrievalAccuracy, measures } = quality;
  // One figure a name: the retrieval accuracy may have been asked for as a measure, too.
  const rates = [
    { name: 'right', ...right },
    { name: 'success@5', ...retrievalAccuracy },
  ];
  const all = [...rates.filter(({ name }) => !measures.some((one) => one.name === name)), ...measures];
  return all.flatMap(({ name, mean, ci95, n }) =>
    figure(name, mean, { subject: 'measure', interval: ci95, n }),
  );
}

function phaseFigures(phase: PhaseRecord): HistoryFigure[] {
  const { latencyMs, latencyCi95, arrivals } = phase;
  const of = (name: string, value: number | null | undefined, interval: HistoryFigure['interval']) =>
    figure(name, value, { subject: 'indicator', interval, n: arrivals });
  return [
    ...(['p50', 'p95', 'p99', 'mean'] as const).flatMap((name) =>
      of(name, latencyMs[name], latencyCi95[name]),
    ),
    ...of('throughput', phase.throughputPerSecond, null),
    ...of('goodput', phase.goodputPerSecond, phase.goodputCi95),
    ...of('error-rate', phase.errorRate, phase.errorCi95),
    ...of('attainment', phase.attainment, phase.attainmentCi95),
    ...of('cost-per-query', phase.cost?.perQueryUsd, null),
  ];
}

/** Of blocks in turns: the candidate's own medians over them. */
function pairedFigures({ paired }: RunRecord): HistoryFigure[] {
  const rows = paired?.differences.filter(({ stage }) => stage === null) ?? [];
  const candidate = rows[0]?.b;
  return rows
    .filter(({ a, b }, index) => b === candidate && a === rows[0]?.a && isFirst(rows, index))
    .flatMap(({ indicator, medianB, pairs }) =>
      figure(indicator, medianB, { subject: 'indicator', interval: null, n: pairs }),
    );
}

const isFirst = (rows: readonly { indicator: string }[], index: number): boolean =>
  rows.findIndex(({ indicator }) => indicator === rows[index]!.indicator) === index;

function figure(
  name: string,
  value: number | null | undefined,
  { subject, interval, n }: Pick<HistoryFigure, 'subject' | 'interval' | 'n'>,
): HistoryFigure[] {
  return value == null || !Number.isFinite(value) ? [] : [{ name, subject, value, interval, n }];
}
