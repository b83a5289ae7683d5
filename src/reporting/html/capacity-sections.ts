import type { CapacityRecord, ClauseRecord, RunRecord } from '../../records/schema.ts';
import { capacityAnswer, isSweep, p95Text, probeFigures, probeLoad, searchEffort } from '../capacity.ts';
import { rateChart } from '../charts/against-rate.ts';
import { clauseChart } from '../charts/clause-probes.ts';
import { kneeWords, scalabilityChart } from '../charts/scalability.ts';
import { type NumberedProbe, searchChart } from '../charts/search.ts';
import { clauseRow } from '../clauses.ts';
import { chosenPerSecond, duration, ms, rate, seconds, share, significant } from '../format.ts';
import { goodputCurves, latencyCurves, loadPoints } from '../load-curve.ts';
import { STEPS } from '../words.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section } from './section.ts';
import { clauseTable } from './slo-section.ts';
import { type Cell, table } from './table.ts';
import { verdictBadge, verdictMark } from './verdict.ts';

function numbered({ probes }: CapacityRecord): NumberedProbe[] {
  return probes.map((probe, index) => ({ number: index + 1, probe }));
}

/** How the answer was found: every probe in its order, and every clause against its bound. */
export async function searchSection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const { capacity } = record;
  if (!capacity || isSweep(capacity)) return undefined;
  const { ratePerSecond: bracket } = capacity;
  const { claim, sentence } = capacityAnswer(record, capacity);
  return {
    id: 'search',
    title: 'The search',
    short: 'Search',
    body: html`${lead(`${claim}. ${sentence}`)}${await figure(searchChart(numbered(capacity), bracket), draw)}<p class="source">${searchEffort(capacity)}; the run took ${duration(record.durationMs)}.</p>${await clauseCharts(capacity, draw)}`,
  };
}

/** Every clause against its bound, at every rate. */
async function clauseCharts(capacity: CapacityRecord, draw: Draw): Promise<Markup | false> {
  const charts: Markup[] = [];
  for (const [index, text] of clauseTexts(capacity).entries()) {
    const probes = numbered(capacity);
    const chart = clauseChart({ id: `clause-${index}`, text, probes, bracket: capacity.ratePerSecond });
    charts.push(await figure(chart, draw));
  }
  return (
    charts.length > 0 &&
    html`<h3>Every clause in every probe</h3>${lead('Numbers are those of the probes, in the order in which they were made.')}${charts}`
  );
}

/** What broke first comes first. */
function clauseTexts({ probes, limitedBy }: CapacityRecord): string[] {
  const texts = new Set(probes.flatMap(({ clauses }) => clauses.map(({ text }) => text)));
  return [...limitedBy.filter((text) => texts.has(text)), ...texts].filter(
    (text, index, all) => all.indexOf(text) === index,
  );
}

/** Latency and goodput against the offered rate: the curve of a sweep, or as much of it as a search went along. */
export async function ratesSection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const { capacity } = record;
  const points = loadPoints(record);
  if (!capacity || points.length === 0) return undefined;
  const common = { points, x: 'offered', bracket: capacity.ratePerSecond ?? undefined } as const;
  const latency = rateChart({
    ...common,
    id: 'latency-against-rate',
    title: 'Latency against the offered rate',
    curves: latencyCurves(),
    unit: 'ms',
    write: ms,
    deadlineMs: points[0]!.phase.deadlineMs,
  });
  const goodput = rateChart({
    ...common,
    id: 'goodput-against-rate',
    title: 'Answered, and answered right and in time, against the offered rate',
    curves: goodputCurves(),
    unit: 'per-second',
    write: rate,
    diagonal: true,
  });
  const swept = isSweep(capacity);
  return {
    id: 'rates',
    title: swept ? 'The whole curve' : 'Latency and goodput against load',
    short: swept ? 'Curve' : 'Latency and load',
    body: html`${swept && lead(capacityAnswer(record, capacity).sentence)}${await figure(latency, draw)}${await figure(goodput, draw)}${swept && (await clauseCharts(capacity, draw))}`,
  };
}

/** Throughput against requests in flight, with the law that was fitted to it. */
export async function scalabilitySection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const { capacity } = record;
  const chart = capacity && scalabilityChart(numbered(capacity), capacity.usl);
  if (!capacity || !chart) return undefined;
  return {
    id: 'scalability',
    title: 'Where it stops scaling',
    short: 'Scaling',
    body: html`${lead(
      capacity.usl
        ? 'The Universal Scalability Law, fitted to the probes. An annotation: the answer above rests on the probes alone.'
        : 'Too few probes for the Universal Scalability Law.',
    )}${await figure(chart, draw)}${capacity.usl && html`<p class="source">${kneeWords(capacity.usl)}</p>`}`,
  };
}

/** All probes on one line each, and the clauses of each folded beneath. */
export function probesSection(record: RunRecord): Section | undefined {
  const { capacity } = record;
  if (!capacity || capacity.probes.length === 0) return undefined;
  const probes = numbered(capacity);
  return {
    id: 'probes',
    title: 'All probes',
    short: 'Probes',
    body: html`${table({
      caption: `${searchEffort(capacity)}. Shares are of all runs of a probe; where it had several, p95 goes from the least to the most`,
      columns: [
        { label: 'Probe' },
        { label: 'Step' },
        { label: 'Verdict' },
        ...['Load', 'Achieved /s', 'In flight', 'p95 ms', 'Right', 'In time', 'Errors', 'Lasted'].map(
          (label) => ({ label, numeric: true }),
        ),
        { label: 'Why', prose: true },
      ],
      rows: probes.map(({ number, probe }): Cell[] => {
        const figures = probeFigures(record, probe);
        return [
          String(number),
          STEPS[probe.step],
          probe.verdict === null ? '' : verdictBadge(probe.verdict),
          `${probeLoad(probe)}${probe.runs > 1 ? `, ${probe.runs} runs` : ''}`,
          rate(probe.achievedRate),
          significant(probe.inFlightMean),
          p95Text(figures),
          share(figures.right),
          share(figures.attainment),
          share(figures.errorRate),
          seconds(probe.seconds),
          probe.reasons.join('; '),
        ];
      }),
      sortable: true,
      slim: true,
    })}<details class="print"><summary>The clauses of every probe</summary>${probes.map(({ number, probe }) => clausesOf(number, probe.clauses, probe))}</details>`,
  };
}

function clausesOf(
  number: number,
  clauses: readonly ClauseRecord[],
  { rate: offered }: NumberedProbe['probe'],
): Markup | false {
  if (clauses.length === 0) return false;
  const marks = clauses.map((clause) => html` ${verdictMark(clause.verdict)} ${clauseRow(clause).observed}`);
  return html`<h3>Probe ${number}, ${chosenPerSecond(offered)}:${marks}</h3>${clauseTable(clauses, `The clauses of probe ${number}`)}`;
}
