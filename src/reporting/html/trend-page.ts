import { createRenderer } from '../charts/render.ts';
import { trendChart } from '../charts/trend.ts';
import { count, counted } from '../format.ts';
import {
  hardwareChanges,
  orderedPoints,
  TREND_NOTE,
  type TrendSeries,
  trendAdvice,
  trendRow,
} from '../trend.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup, NOTHING, trusted } from './markup.ts';
import { contentSecurityPolicy } from './policy.ts';
import { SCRIPT } from './script.ts';
import { lead, renderSection, type Section, unbroken } from './section.ts';
import { STYLE } from './style.ts';
import { table } from './table.ts';

/** The history of a project's runs as one HTML file, a chart a series. Advisory: it bears no verdict. */
export async function renderTrend(series: readonly TrendSeries[]): Promise<string> {
  const draw = await createRenderer();
  const sections = series.length === 0 ? [] : [overview(series), await charts(series, draw)];
  const runs = runsOf(series);
  const title = runs.length === 0 ? 'No runs yet' : `${counted(runs.length, 'run')} over time`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · groundspeed</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<div class="page">
<header class="top">
<p class="run"><b>groundspeed</b> trend${runs.length > 0 && ` · ${runs[0]!.slice(0, 10)} to ${runs.at(-1)!.slice(0, 10)}`}</p>
<h1>${title}</h1>
<p class="sentence">${unbroken(summary(series))}</p>
<p class="source">${TREND_NOTE}</p>
</header>
<div class="body">
<nav aria-label="Contents"><ol>${sections.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>`)}</ol></nav>
<main id="content">
${sections.map(renderSection)}</main>
</div>
</div>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`.text;
}

/** Times of all runs, ascending, each once. */
function runsOf(series: readonly TrendSeries[]): string[] {
  return [...new Set(series.flatMap((one) => orderedPoints(one).map(({ at }) => at)))].sort();
}

function summary(series: readonly TrendSeries[]): string {
  const outside = series.map(trendRow).filter((row) => row.outside !== null);
  const changes = hardwareChanges(series).length;
  const hardware =
    changes === 0
      ? 'All on the same hardware.'
      : `The hardware changed ${changes === 1 ? 'once' : `${count(changes)} times`}; only runs on the same are compared.`;
  if (series.length === 0) return 'Runs that were kept will show here.';
  const last =
    outside.length === 0
      ? `The last run lies near those before it in all of ${counted(series.length, 'series').replace(/seriess$/, 'series')}, or they are too few to say.`
      : `The last run lies far from those before it in ${outside.map(({ name, change }) => `${name} (${change})`).join(', ')}.`;
  return `${last} ${hardware}`;
}

function overview(series: readonly TrendSeries[]): Section {
  return {
    id: 'last',
    title: 'The last run, against those before it',
    short: 'Last run',
    body: table({
      caption: 'Held against the median of up to 14 runs before it on the same hardware',
      columns: [
        { label: 'Of' },
        { label: 'Last', numeric: true },
        { label: '95 % interval', numeric: true },
        { label: 'Change', numeric: true },
        { label: 'Runs before', numeric: true },
        { label: 'Far off' },
      ],
      rows: series
        .map(trendRow)
        .map(({ name, last, interval, change, before, outside }) => [
          name,
          last,
          interval,
          change,
          count(before),
          outside === null ? '' : html`<span class="badge">${outside} them</span>`,
        ]),
      sortable: true,
    }),
  };
}

async function charts(series: readonly TrendSeries[], draw: Draw): Promise<Section> {
  const drawn: Markup[] = [];
  for (const [index, one] of series.entries()) {
    const chart = await figure(trendChart(one, `trend-${index}`), draw);
    drawn.push(chart === NOTHING ? lead(trendAdvice(one)) : chart);
  }
  return { id: 'series', title: 'Run by run', short: 'Run by run', body: html`${drawn}` };
}
