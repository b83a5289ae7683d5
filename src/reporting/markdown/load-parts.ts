import type { QuantilesRecord, RunRecord } from '../../records/schema.ts';
import {
  bound,
  chosenRate,
  count,
  duration,
  interval,
  MISSING,
  ms,
  perSecond,
  rate,
  score,
  share,
  significant,
  usd,
} from '../format.ts';
import { answerCurves, loadPoints, measureCurves } from '../load-curve.ts';
import { scarcities } from '../machine.ts';
import { costedPhases, drawnPhases, headlinePhase, measuredPhases, phaseLabel } from '../phases.ts';
import { clip, oneLine } from '../plain.ts';
import { escapeMarkdown, table, titled } from './text.ts';

/** What a load against a target came to. All of it is silent in reports of other kinds. */

const LONGEST_TEXT = 200;

function isOfTarget({ kind }: RunRecord): boolean {
  return kind === 'load' || kind === 'capacity';
}

/** The quality-against-load curve as a table. */
export function curveTable(record: RunRecord): string {
  const points = isOfTarget(record) ? loadPoints(record) : [];
  const first = points[0];
  if (!first) return '';
  const answers = answerCurves(bound(first.phase.deadlineMs));
  const measures = measureCurves(record);
  const written = (ends: readonly [number, number] | null, write: typeof share): string =>
    ends ? ` (${interval(ends, write)})` : '';
  return titled(
    'Quality against load',
    table(
      ['Offered /s', 'Achieved /s', ...[...answers, ...measures].map(({ name }) => name)],
      points.map((point) => [
        chosenRate(point.offered),
        rate(point.achieved),
        ...answers.map((curve) => {
          const { value, ends } = curve.of(point);
          return `${share(value)}${written(ends, share)}`;
        }),
        ...measures.map((curve) => {
          const { value, ends } = curve.of(point);
          return `${score(value)}${written(ends, score)}`;
        }),
      ]),
    ),
  );
}

export function timesTable(record: RunRecord): string {
  const phase = headlinePhase(record);
  if (!phase || !isOfTarget(record)) return '';
  const row = (name: string, values: QuantilesRecord | null): string[] => [
    name,
    ...(['p50', 'p90', 'p95', 'p99', 'mean', 'max'] as const).map((statistic) => ms(values?.[statistic])),
  ];
  return titled(
    `Times in ${phaseLabel(phase)}`,
    table(
      ['Milliseconds', 'p50', 'p90', 'p95', 'p99', 'mean', 'max'],
      [
        row('Latency (end − due)', phase.latencyMs),
        row('Service time (end − sent)', phase.serviceMs),
        row('Lag (sent − due)', phase.lagMs),
        row('First token', phase.firstTokenMs),
        row('Time per token', phase.perTokenMs),
      ],
    ),
  );
}

/** What the generator had to spare. Why a phase is invalid stands among the doubts. */
export function validityTable(record: RunRecord): string {
  if (!isOfTarget(record)) return '';
  const phases = record.capacity ? drawnPhases(record).map(({ phase }) => phase) : measuredPhases(record);
  return titled(
    'The load generator',
    table(
      [
        'Phase',
        'Valid',
        'Lag p99 ms',
        'CPU cores',
        'Loop busy',
        'Loop delay p99 ms',
        'Threads',
        'Most in flight',
      ],
      phases.map(({ name, valid, lagMs, generator }) => [
        clip(oneLine(name), LONGEST_TEXT),
        valid ? 'yes' : 'no',
        ms(lagMs.p99),
        significant(generator.cpuShare),
        share(generator.eventLoopUtilisation),
        ms(generator.eventLoopDelayP99Ms),
        count(generator.threads),
        count(generator.maxInFlight),
      ]),
    ),
  );
}

/** What ran out on the generator's machine; nothing where nothing did. */
export function scarceList(record: RunRecord): string {
  const lines = drawnPhases(record).flatMap(({ phase }) =>
    scarcities(phase, record.environment).map(
      (text) => `- ${escapeMarkdown(clip(oneLine(phase.name), LONGEST_TEXT))}: ${text}`,
    ),
  );
  return lines.length > 0 && isOfTarget(record) ? titled('Scarce on its machine', lines.join('\n')) : '';
}

export function errorTable(record: RunRecord): string {
  const classes = isOfTarget(record) ? (record.load?.errorClasses ?? []) : [];
  return titled(
    'Errors',
    table(
      ['Class', 'Count', 'One example'],
      classes
        .toSorted((a, b) => b.count - a.count)
        .map((one) => [
          clip(oneLine(one.name), LONGEST_TEXT),
          count(one.count),
          clip(oneLine(one.example), LONGEST_TEXT),
        ]),
    ),
  );
}

export function costTable(record: RunRecord): string {
  const phases = isOfTarget(record) ? costedPhases(record) : [];
  return titled(
    'Cost',
    table(
      ['Phase', 'Per query', 'Per right answer', 'Per right-and-in-time answer', 'In all', 'Told by'],
      phases.flatMap(({ name, cost }) =>
        cost === null
          ? []
          : [
              [
                clip(oneLine(name), LONGEST_TEXT),
                usd(cost.perQueryUsd),
                usd(cost.perRightUsd),
                usd(cost.perGoodUsd),
                usd(cost.totalUsd),
                cost.totalUsd === null ? MISSING : share(cost.toldShare),
              ],
            ],
      ),
    ),
  );
}

export function autocannonPart({ load }: RunRecord): string {
  const run = load?.autocannon;
  if (!run) return '';
  const { latencyMs } = run;
  const figures = table(
    ['autocannon', 'Value'],
    [
      ['Requests a second', perSecond(run.requestsPerSecond)],
      ['Connections', count(run.connections)],
      ['Lasted', duration(run.seconds * 1000)],
      ['Answers not 2xx', count(run.non2xx)],
      ['Errors, timeouts', `${count(run.errors)}, ${count(run.timeouts)}`],
    ],
  );
  const latencies = `By its own clock, and not comparable with other latencies: p50 ${duration(latencyMs.p50)}, p97.5 ${duration(latencyMs.p97_5)}, p99 ${duration(latencyMs.p99)}, longest ${duration(latencyMs.max)}. ${run.caveats.join(' ')}`;
  return titled('Saturation, by autocannon', `${figures}\n\n> ${escapeMarkdown(latencies)}`);
}
