import { CHARTS, type LiveChart, type LiveSeries } from './charts.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

export interface PageOptions {
  /** What runs, in the user's words. */
  readonly title: string;
  /** Made anew for each answer, in base64. */
  readonly nonce: string;
}

/** Of style and script only what bears the nonce applies; figures and the icon come from this server, and nothing else. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    `default-src 'none'`,
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    `connect-src 'self'`,
    `img-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

/** The figures at the top: the id that the script fills in, and the label. */
const TILES = [
  ['achieved', 'Achieved rate'],
  ['goodput', 'Goodput'],
  ['p50', 'Latency p50'],
  ['p95', 'Latency p95'],
  ['p99', 'Latency p99'],
  ['errors', 'Errors'],
  ['timeouts', 'Timeouts'],
  ['dropped', 'Drops'],
  ['inFlight', 'In flight'],
  ['lag', 'Lag p99'],
] as const;

const PHASE_COLUMNS = [
  'Phase',
  'Loop',
  'Began at',
  'Arrivals',
  'Errors',
  'Timeouts',
  'Drops',
  'Highest p95',
  'Highest lag p99',
];

/** The whole page. It holds no figure: the script asks for them, all of them, each time that it connects. */
export function renderPage({ title, nonce }: PageOptions): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · groundspeed live</title>
<link rel="icon" href="/icon.svg">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body data-title="${escapeHtml(title)}">
<div class="page">
<header>
<p class="run"><b>groundspeed live</b> <bdi>${escapeHtml(title)}</bdi> <span class="link" id="link" data-state="waiting">connecting</span></p>
<h1 id="status"><bdi class="name">Waiting for the run</bdi> <span class="aside"></span></h1>
<progress id="progress" max="1" value="0" aria-label="How much of the phase is over"></progress>
<p class="sentence" id="sentence">Nothing has been sent yet.</p>
<p class="sentence" id="note" hidden></p>
<p class="unseen" id="spoken" role="status" aria-live="polite"></p>
</header>
<noscript><p>This page draws with a script of its own, which this browser does not run.</p></noscript>
<main>
<section aria-label="Figures of the last seconds">
<dl class="tiles">${TILES.map(tile).join('')}</dl>
</section>
<section id="warnings" aria-labelledby="warnings-title" hidden>
<h2 id="warnings-title">Warnings</h2>
<ul></ul>
</section>
<section aria-labelledby="charts-title">
<div class="controls">
<h2 id="charts-title">Over time</h2>
<label>Moment <input type="range" id="moment" min="0" max="1000" value="1000"> <output id="moment-value" for="moment">now</output></label>
<label>Show <select id="window"><option value="0">the whole run</option><option value="300000">the last 5 min</option><option value="60000">the last minute</option></select></label>
</div>
<div class="charts">${CHARTS.map(figure).join('')}</div>
</section>
<section aria-labelledby="phases-title">
<h2 id="phases-title">Phases</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="phases-title"><table id="phases"><thead><tr>${PHASE_COLUMNS.map(heading).join('')}</tr></thead><tbody></tbody></table></div>
</section>
</main>
<footer>Figures of the last few seconds, for watching. What was measured over each phase stands in the report.</footer>
</div>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`;
}

function tile([id, label]: (typeof TILES)[number]): string {
  return `<div id="tile-${id}"><dt>${label}</dt><dd class="value">–</dd><dd class="detail"></dd></div>`;
}

function heading(text: string): string {
  return `<th scope="col">${escapeHtml(text)}</th>`;
}

const LARGE: readonly string[] = ['rate', 'latency'];

function figure({ id, title, description, series }: LiveChart): string {
  const columns = ['At', 'Phase', ...series.map(({ label }) => label)];
  return `<figure id="${id}"${LARGE.includes(id) ? ' class="large"' : ''} aria-labelledby="${id}-title">
<figcaption id="${id}-title">${escapeHtml(title)}<span class="scale"></span></figcaption>
<ul class="legend">${series.map(legendEntry).join('')}</ul>
<div class="plot"><svg role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text"></svg></div>
<p class="unseen" id="${id}-text">${escapeHtml(description)}</p>
<details><summary>Data<span class="unseen"> of the chart ${escapeHtml(title)}</span></summary>
<p class="empty">${escapeHtml(description)} Of each stretch of time the worst value, or the mean of a rate.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Data of the chart ${escapeHtml(title)}"><table><thead><tr>${columns.map(heading).join('')}</tr></thead><tbody></tbody></table></div>
</details>
</figure>`;
}

function legendEntry({ key, label, colour, dash }: LiveSeries): string {
  const dashes = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
  return `<li><svg class="swatch" viewBox="0 0 22 12" aria-hidden="true"><path d="M0 6H22" stroke="var(${colour})" stroke-width="2.5"${dashes}/></svg>${escapeHtml(label)} <b data-key="${key}">–</b></li>`;
}

/** Safe in text and in quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
