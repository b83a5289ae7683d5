import type { PhaseRecord, RunRecord } from '../../records/schema.ts';
import { partsWords, withheldWords } from '../attribution.ts';
import { pooledNote } from '../caches.ts';
import { funnelChart, funnelStyles } from '../charts/funnel.ts';
import { phaseLatencyChart } from '../charts/phases.ts';
import { stageChart } from '../charts/stages.ts';
import { keyFigures } from '../facts.ts';
import { bound, bytes, count, counted, interval, MISSING, ms, rate, share } from '../format.ts';
import { funnelRows } from '../funnel.ts';
import { drawnPhases, headlinePhase, measuredPhases, phaseLabel, phaseLoad } from '../phases.ts';
import { ARRIVALS, CACHE_MODES, ENDED_BY } from '../words.ts';
import { type Draw, figure, swatch } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section, unbroken } from './section.ts';
import { type Cell, type Column, facts, shareBar, table } from './table.ts';
import { whySlow } from './why-slow.ts';

/** The funnel of the headline phase (of the questions, where there was no load), the others folded beneath it. */
export async function funnelSection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const phase = headlinePhase(record);
  const funnel = phase?.funnel ?? record.quality?.funnel;
  if (!funnel || Object.keys(funnel).length === 0) return undefined;
  const main = await funnelView(
    funnel,
    phase ? `Phase ${phase.name}` : 'Golden questions',
    'funnel-main',
    draw,
  );
  const others: Markup[] = [];
  for (const { phase: other, index } of drawnPhases(record)) {
    if (other === phase) continue;
    const view = await funnelView(other.funnel, `Phase ${other.name}`, `funnel-${index}`, draw);
    others.push(
      html`<details class="print"><summary>Phase ${other.name}: ${attained(other)}</summary>${view}</details>`,
    );
  }
  if (phase && record.quality) {
    const view = await funnelView(record.quality.funnel, 'Golden questions', 'funnel-quality', draw);
    others.push(
      html`<details class="print"><summary>Golden questions, each asked once without load</summary>${view}</details>`,
    );
  }
  return {
    id: 'funnel',
    title: phase ? 'What became of every request' : 'What became of every question',
    short: 'Funnel',
    body: html`${lead('Every arrival stands in exactly one class; together they are all arrivals.')}${main}${
      others.length > 0 && html`<h3>Other phases</h3>${others}`
    }`,
  };
}

function attained(phase: PhaseRecord): string {
  return phase.attainment === null
    ? 'attainment withheld'
    : `${share(phase.attainment)} right within ${bound(phase.deadlineMs)}`;
}

async function funnelView(
  funnel: Readonly<Record<string, number>>,
  name: string,
  id: string,
  draw: Draw,
): Promise<Markup> {
  const rows = funnelRows(funnel);
  const styles = funnelStyles(rows);
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const title = `${name}: ${count(total)} ${total === 1 ? 'arrival' : 'arrivals'}`;
  const none = rows.filter((row) => row.count === 0).map(({ label }) => label);
  const cells = rows.flatMap((row, index): Cell[][] => {
    if (row.count === 0) return [];
    const style = styles[index]!;
    return [
      [
        html`${swatch({ mark: 'area', ...style })}${row.label}<span class="meaning">${row.meaning}</span>`,
        count(row.count),
        html`${shareBar(row.share, style.colour, style.opacity)}<span class="figure">${share(row.share)}</span>`,
      ],
    ];
  });
  return html`${await figure(funnelChart(rows, id, title), draw, { data: false })}${table({
    caption: `${title}, by class`,
    quietCaption: true,
    columns: [{ label: 'Class' }, { label: 'Count', numeric: true }, { label: 'Share', numeric: true }],
    rows: [...cells, [html`<b>All</b>`, count(total), share(total > 0 ? 1 : null)]],
  })}${none.length > 0 && html`<p class="source">None in: ${none.join('; ').toLowerCase()}.</p>`}`;
}

/** Characters from which on a value is set smaller, to fit its tile. */
const LONG_VALUE = 9;

export function figuresSection(record: RunRecord): Section | undefined {
  const figures = keyFigures(record);
  if (figures.length === 0) return undefined;
  const phase = headlinePhase(record);
  return {
    id: 'figures',
    title: 'Key figures',
    short: 'Key figures',
    body: html`${
      phase &&
      lead(
        record.quality
          ? `Speed and goodput are those of phase ${phase.name}, ${phaseLoad(phase)}; quality is that of the golden questions.`
          : `Those of phase ${phaseLabel(phase)}.`,
      )
    }<dl class="tiles">${figures.map(
      ({ label, value, detail }) =>
        html`<div><dt>${label}</dt><dd class="value${value.length > LONG_VALUE && ' long'}">${value}</dd><dd class="detail">${unbroken(detail)}</dd></div>`,
    )}</dl>`,
  };
}

const PHASE_COLUMNS: readonly Column[] = [
  { label: 'Phase' },
  ...[
    'Offered /s',
    'Achieved /s',
    'p50 ms',
    'p90 ms',
    'p95 ms',
    'p99 ms',
    'Goodput /s',
    'Attainment',
    'Hit rate',
    'Valid',
    'Arrivals',
    'Errors',
    'Timeouts',
    'Dropped',
    'Service p95 ms',
    'Lag p99 ms',
  ].map((label) => ({ label, numeric: true })),
];

/** Every load phase on one line, and what the generator had to spare. */
export async function phasesSection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const phases = record.load?.phases ?? [];
  if (phases.length === 0) return undefined;
  const note = pooledNote(measuredPhases(record));
  return {
    id: 'phases',
    title: 'Load phases',
    short: 'Load phases',
    body: html`${!record.capacity && (await figure(phaseLatencyChart(measuredPhases(record)), draw))}${table({
      caption: 'Load phases: rates, failures, latency with 95 % intervals, and what was right in time',
      columns: PHASE_COLUMNS,
      rows: phases.map(phaseCells),
      sortable: true,
    })}${note !== undefined && html`<p class="source">${note}</p>`}<details class="print"><summary>How each phase was run, and the load generator itself</summary>${phases.map(
      (phase) => html`<h3>${phase.name}</h3>${facts(phaseFacts(phase))}`,
    )}</details>`,
  };
}

function phaseCells(phase: PhaseRecord): Cell[] {
  const { latencyMs, latencyCi95 } = phase;
  const figureWith = (value: string, ends: string): Cell =>
    ends === MISSING ? value : html`${value}<span class="ci">${ends}</span>`;
  return [
    phase.name,
    rate(phase.offeredRate),
    rate(phase.achievedRate),
    figureWith(ms(latencyMs.p50), interval(latencyCi95.p50, ms)),
    ms(latencyMs.p90),
    figureWith(ms(latencyMs.p95), interval(latencyCi95.p95, ms)),
    figureWith(ms(latencyMs.p99), interval(latencyCi95.p99, ms)),
    figureWith(rate(phase.goodputPerSecond), interval(phase.goodputCi95, rate)),
    figureWith(share(phase.attainment), interval(phase.attainmentCi95, share)),
    share(phase.cacheHitRate),
    validity(phase),
    count(phase.arrivals),
    count(phase.errors),
    count(phase.timeouts),
    count(phase.dropped),
    ms(phase.serviceMs.p95),
    ms(phase.lagMs.p99),
  ];
}

function validity({ warmup, valid }: PhaseRecord): Cell {
  if (warmup) return html`<span class="badge">warm-up</span>`;
  return valid ? html`<span class="badge good">valid</span>` : html`<span class="badge bad">invalid</span>`;
}

function phaseFacts(phase: PhaseRecord): [string, Cell][] {
  const { generator, steadyState, firstTokenMs } = phase;
  const states = Object.entries(phase.cacheStates).map(([state, value]) => `${state} ${count(value)}`);
  return [
    ...(phase.valid ? [] : [['Invalid', phase.invalidReasons.join('; ') || MISSING] as [string, Cell]]),
    ['Load', `${ARRIVALS[phase.arrivalProcess]}, ${phaseLoad(phase)}, ${rate(phase.scheduledSeconds)} s`],
    ...(phase.shape === null ? [] : [['Shape', html`<code>${phase.shape}</code>`] as [string, Cell]]),
    ...(phase.order === null ? [] : [['Order of questions', phase.order] as [string, Cell]]),
    ...(phase.thinkTimeMs === null ? [] : [['Think time', bound(phase.thinkTimeMs)] as [string, Cell]]),
    ['Ended', phase.endedBy === null ? 'as planned' : ENDED_BY[phase.endedBy]],
    ['Cache', `${CACHE_MODES[phase.cacheMode]}${states.length ? `: ${states.join(', ')}` : ''}`],
    ['Questions asked before', share(phase.repeatShare)],
    [
      'Deadline',
      `${bound(phase.deadlineMs)}${phase.firstTokenDeadlineMs === null ? '' : `; of the first token ${bound(phase.firstTokenDeadlineMs)}`}`,
    ],
    ...(firstTokenMs
      ? [['First token', `p50 ${ms(firstTokenMs.p50)} ms, p95 ${ms(firstTokenMs.p95)} ms`] as [string, Cell]]
      : []),
    [
      'Steady state',
      steadyState
        ? `${steadyState.steady ? 'reached' : 'not reached'}; ${share(steadyState.truncatedShare)} at the start cut`
        : MISSING,
    ],
    [
      'Generator',
      `${share(generator.cpuShare)} of a core, event loop busy ${share(generator.eventLoopUtilisation)}, its delay p99 ${ms(generator.eventLoopDelayP99Ms)} ms, ${counted(generator.threads, 'thread')}, at most ${count(generator.maxInFlight)} in flight, ${bytes(generator.residentBytes)} of memory`,
    ],
  ];
}

export async function stagesSection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const phases = drawnPhases(record).flatMap(({ phase }) => (phase.loop === 'open' ? [phase] : []));
  const chart = stageChart(phases);
  const headline = headlinePhase(record);
  if (!chart && !(headline && withheldWords(headline))) return undefined;
  const isHere = record.load?.targetKind === 'in-process';
  const parts = phases.flatMap(({ stageShare }) => Object.keys(stageShare?.slowest ?? {}));
  return {
    id: 'stages',
    title: 'Stages of typical and of slowest requests',
    short: 'Stages',
    body: html`${
      chart &&
      html`${lead(
        `Typical requests are those between p45 and p55 of latency; the slowest are those from p99 up (at least ten). Mean time in each part, of those that told. ${partsWords(parts, isHere)}`,
      )}${await figure(chart, draw)}`
    }${whySlow(record)}`,
  };
}
