import type { RequestColumns } from '../../records/columns.ts';
import type { DrillArmRecord, DrillRecord, RunRecord } from '../../records/schema.ts';
import { drillAttempts } from '../charts/drill-attempts.ts';
import { drillTimeline } from '../charts/drill-timeline.ts';
import { drillWorth } from '../charts/drill-worth.ts';
import {
  type DifferenceRow,
  dependencyRow,
  differenceRow,
  mainArm,
  orderedDifferences,
  promiseRow,
  spanWords,
  windowOf,
  windowRows,
} from '../drill.ts';
import {
  arrivalsOf,
  budgetWords,
  drillFigures,
  recoveryWords,
  SLOW,
  worthSentences,
} from '../drill-words.ts';
import { bound, count, counted, duration, MISSING } from '../format.ts';
import { oneLine } from '../plain.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup, NOTHING, quoted } from './markup.ts';
import { lead, type Section, unbroken } from './section.ts';
import { type Cell, facts, table } from './table.ts';
import { verdictBadge } from './verdict.ts';

/** Of a drill: what was feared, what it came to, and what was promised. */
export function promisesSection({ drill }: RunRecord): Section | undefined {
  if (!drill) return undefined;
  const promised = drill.promises.map(promiseRow);
  // A column of nothing tells nothing.
  const reasoned = promised.some(({ reason }) => reason !== '');
  const rows = promised.map((row): Cell[] => {
    return [
      html`<code>${quoted(row.text)}</code>`,
      verdictBadge(row.verdict),
      html`<b>${row.observed}</b>`,
      row.bound,
      ...(reasoned ? [unbroken(row.reason)] : []),
    ];
  });
  return {
    id: 'promises',
    title: 'What it cost, and what was promised',
    short: 'Cost and promises',
    body: html`${lead(oneLine(drill.fear))}<dl class="tiles">${drillFigures(drill).map(
      ({ label, value, detail }) =>
        html`<div><dt>${label}</dt><dd class="value${value.length > 9 && ' long'}">${value}</dd><dd class="detail">${unbroken(detail)}</dd></div>`,
    )}</dl>${
      rows.length === 0
        ? html`<p class="source">Nothing was promised, so that nothing could be broken.</p>`
        : table({
            caption: 'What the drill promises',
            columns: [
              { label: 'Promise' },
              { label: 'Verdict' },
              { label: 'Observed', numeric: true },
              { label: 'Bound', numeric: true },
              ...(reasoned ? [{ label: 'Why' }] : []),
            ],
            rows,
          })
    }<p class="source">Users are said to notice when a question is lost, or more of them than before; when fewer answers are right than chance explains (Newcombe’s 95 % interval); or when p95 is at least ${SLOW.factor} times, and ${SLOW.leastMs} ms longer than, what it was.</p>`,
  };
}

export async function drillTimelineSection(
  { drill }: RunRecord,
  columns: RequestColumns | undefined,
  draw: Draw,
): Promise<Section | undefined> {
  const main = drill && mainArm(drill);
  if (!drill || !main) return undefined;
  const others: Markup[] = [];
  for (const [index, arm] of drill.arms.entries()) {
    if (arm === main) continue;
    const chart = drillTimeline(drill, arm, {
      id: `drill-timeline-${index}`,
      title: `The same, ${oneLine(arm.name)}`,
      columns,
    });
    const drawn = await figure(chart, draw);
    others.push(
      html`<details class="print"><summary>The same drill, ${oneLine(arm.name)}</summary>${drawn}</details>`,
    );
  }
  const chart = drillTimeline(drill, main, { id: 'drill-timeline', title: oneLine(drill.title), columns });
  return {
    id: 'what-happened',
    title: 'What happened, second by second',
    short: 'Timeline',
    body: html`${await figure(chart, draw)}${facts(reactionFacts(drill, main))}${others}`,
  };
}

function reactionFacts(drill: DrillRecord, arm: DrillArmRecord): [string, Cell][] {
  const during = windowOf(arm, 'during');
  const recovery = recoveryWords(drill, arm);
  return [
    [
      'Detected',
      arm.detectedMs === null
        ? 'no breaker opened'
        : `the first breaker opened ${duration(arm.detectedMs)} after the faults began`,
    ],
    ...(during ? [['Recovered', recovery] as [string, Cell]] : []),
    ['Lost', `${counted(arm.lost, 'question')} of ${count(arrivalsOf(arm))}: ${budgetWords(arm)}`],
  ];
}

export function windowsSection({ drill }: RunRecord): Section | undefined {
  const main = drill && mainArm(drill);
  if (!drill || !main || main.windows.length === 0) return undefined;
  const others = drill.arms.filter((arm) => arm !== main && arm.windows.length > 0);
  return {
    id: 'windows',
    title: 'Before, during and after',
    short: 'Before and after',
    body: html`${lead('By the time at which questions were due. Intervals are 95 %, from batch means; none where nothing varies, or there is too little to tell.')}${windowTable(main, 'Before the faults, while they last, and after them')}${others.map(
      (arm) =>
        html`<details class="print"><summary>The same, ${oneLine(arm.name)}</summary>${windowTable(arm, `Before, during and after, ${oneLine(arm.name)}`)}</details>`,
    )}`,
  };
}

function windowTable(arm: DrillArmRecord, caption: string): Markup {
  return table({
    caption,
    columns: [
      { label: 'Figure' },
      ...arm.windows.map((window) => ({
        label: `${window.name[0]!.toUpperCase()}${window.name.slice(1)}, ${spanWords(window)}`,
        numeric: true,
      })),
    ],
    rows: windowRows(arm).map(({ name, meaning, cells }) => [
      html`${name}${meaning !== undefined && html`<span class="ci">${meaning}</span>`}`,
      ...cells.map(({ value, interval }) =>
        interval === MISSING ? value : html`${value}<span class="ci">${unbroken(interval)}</span>`,
      ),
    ]),
  });
}

/** What having a pattern changes, against the same arrivals without it. */
export async function worthSection({ drill }: RunRecord, draw: Draw): Promise<Section | undefined> {
  if (!drill || drill.differences.length === 0) return undefined;
  const during = orderedDifferences(drill).filter(({ window }) => window === 'during');
  const rest = orderedDifferences(drill).filter(({ window }) => window !== 'during');
  return {
    id: 'worth',
    title: 'What each pattern is worth',
    short: 'Worth of patterns',
    body: html`${lead('The drill ran again without each pattern, on the same questions due at the same times. What is gained by having it is held against chance, arrival by arrival, in blocks of two seconds; the intervals are approximate.')}<ul class="findings">${worthSentences(drill).map((sentence) => html`<li>${unbroken(sentence)}</li>`)}</ul>
${await figure(drillWorth(drill, 'drill-worth'), draw, { data: false })}${worthTable('While the faults last', during.map(differenceRow))}${
  rest.length > 0 &&
  html`<details class="print"><summary>Before and after the faults</summary>${worthTable('Before and after the faults', rest.map(differenceRow))}</details>`
}`,
  };
}

function worthTable(caption: string, rows: readonly DifferenceRow[]): Markup {
  if (rows.length === 0) return NOTHING;
  const windows = new Set(rows.map(({ window }) => window));
  return table({
    caption,
    columns: [
      { label: 'Pattern' },
      ...(windows.size > 1 ? [{ label: 'Window' }] : []),
      { label: 'Of' },
      { label: 'With it', numeric: true },
      { label: 'Without', numeric: true },
      { label: 'Worth', numeric: true },
      { label: '95 % interval', numeric: true },
      { label: 'Verdict' },
    ],
    rows: rows.map((row) => [
      row.pattern,
      ...(windows.size > 1 ? [row.window] : []),
      row.of,
      row.withIt,
      row.without,
      html`<b>${row.worth}</b>`,
      row.interval,
      wordCell(row.word),
    ]),
    slim: true,
  });
}

function wordCell(word: string): Cell {
  if (word === 'helps') return html`<span class="badge good">helps</span>`;
  return word === 'harms' ? html`<span class="badge bad">harms</span>` : word;
}

export async function dependenciesSection({ drill }: RunRecord, draw: Draw): Promise<Section | undefined> {
  const main = drill && mainArm(drill);
  if (!drill || !main || main.dependencies.length === 0) return undefined;
  return {
    id: 'dependencies',
    title: 'What the dependencies went through',
    short: 'Dependencies',
    body: html`${lead('Calls are those that the engine wanted to make; attempts are those that reached the dependency, retries among them. Amplification is attempts over calls while the faults lasted: above 1, retries add to the trouble; below, a breaker keeps calls away. Herd is the busiest second after the faults over the mean second before them.')}${await figure(drillAttempts(drill, 'drill-attempts'), draw)}${table(
      {
        caption: 'Calls and attempts of the whole drill',
        columns: [
          { label: 'Dependency' },
          ...['Calls', 'Attempts', 'Retries', 'Refused', 'Amplification', 'Herd'].map((label) => ({
            label,
            numeric: true,
          })),
        ],
        rows: main.dependencies.map((dependency) => {
          const row = dependencyRow(dependency);
          return [row.name, row.calls, row.attempts, row.retries, row.refused, row.amplification, row.herd];
        }),
        slim: true,
      },
    )}<p class="source">Refused: retries that the retry budget, or the deadline, did not allow.</p>`,
  };
}

/** What was broken, how often, and with which settings. */
export function faultsSection({ drill }: RunRecord): Section | undefined {
  if (!drill) return undefined;
  const { faults, arms, rate, durationMs } = drill;
  const injected = (text: string): Cell[] =>
    arms.map(({ injected: counts }) => count(counts.find(({ fault }) => fault === text)?.count));
  return {
    id: 'faults',
    title: 'What was broken, and how it was run',
    short: 'Faults',
    body: html`${
      faults.length === 0
        ? html`<p>No fault was injected into a port: the scenario itself brings the failure about.</p>`
        : table({
            caption: 'Faults, and how many calls each of them hit',
            columns: [
              { label: 'Fault' },
              { label: 'Lasts' },
              ...arms.map(({ name }) => ({ label: oneLine(name), numeric: true })),
            ],
            rows: faults.map((fault) => [
              html`<code>${quoted(fault.text)}</code>`,
              spanWords(fault),
              ...injected(fault.text),
            ]),
          })
    }${facts([
      ['Timeline', `${bound(durationMs)} at ${count(rate)} arrivals a second`],
      ...arms.map(({ name, settings }): [string, Cell] => [
        oneLine(name),
        settings.length === 0
          ? 'nothing set over the configuration'
          : html`${settings.map((text) => html`<code>${quoted(text)}</code><br>`)}`,
      ]),
    ])}`,
  };
}
