import { sha256 } from '../../kernel/digest.ts';
import type { RequestColumns } from '../../records/columns.ts';
import type { RunRecord } from '../../records/schema.ts';
import { createRenderer } from '../charts/render.ts';
import { type Doubt, doubts, headline, headlineIsDoubtful, headlineText } from '../facts.ts';
import { oneLine } from '../plain.ts';
import { distributionSection, timelineSection } from './latency-sections.ts';
import { figuresSection, funnelSection, phasesSection, stagesSection } from './load-sections.ts';
import { html, type Markup, trusted } from './markup.ts';
import { benchmarksSection, indexSection, methodSection } from './method-sections.ts';
import { qualitySection } from './quality-section.ts';
import { questionsSection } from './questions-section.ts';
import { SCRIPT } from './script.ts';
import { renderSection, type Section } from './section.ts';
import { STYLE } from './style.ts';

/**
 * The report as one HTML file: no request leaves it, it reads whole without script, and its content security policy
 * lets nothing run but its own script. Without `columns` the charts over single requests are missing, and it says so.
 */
export async function renderHtml(record: RunRecord, columns?: RequestColumns): Promise<string> {
  const draw = await createRenderer();
  const sections = [
    await funnelSection(record, draw),
    figuresSection(record),
    await phasesSection(record, draw),
    await distributionSection(record, columns, draw),
    await timelineSection(record, columns, draw),
    await stagesSection(record, draw),
    await qualitySection(record, draw),
    questionsSection(record),
    benchmarksSection(record),
    indexSection(record),
    methodSection(record),
  ].filter((section) => section !== undefined);
  return page(record, sections).text;
}

function page(record: RunRecord, sections: readonly Section[]): Markup {
  const title = headlineText(headline(record));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${subject(record)} · groundspeed</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<div class="page">
${header(record)}
<div class="body">
<nav aria-label="Contents"><ol>${sections.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>`)}</ol></nav>
<main id="content">
${sections.map(renderSection)}</main>
</div>
<footer>Made by groundspeed ${record.environment.groundspeed} from record <code>${record.id}</code>. The same record always makes the same report.</footer>
</div>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;
}

function header(record: RunRecord): Markup {
  const { claim, figure, sentence } = headline(record);
  const found = doubts(record);
  const list = (weight: Doubt['weight'], label: string): Markup | false => {
    const texts = found.filter((doubt) => doubt.weight === weight).map(({ text }) => html`<li>${text}</li>`);
    return texts.length > 0 && html`<ul class="doubts ${weight}" aria-label="${label}">${texts}</ul>`;
  };
  return html`<header class="top">
<p class="run"><b>groundspeed</b> ${record.kind} · ${subject(record)} · ${record.startedAt}</p>
<h1${headlineIsDoubtful(record) && html` class="doubtful"`}>${claim}${figure !== undefined && html`: <span>${figure}</span>`}</h1>
<p class="sentence">${sentence}</p>
${list('stop', 'What cannot be trusted')}${list('mind', 'What to bear in mind')}</header>`;
}

function subject({ dataset, load }: RunRecord): string {
  const parts = [
    dataset && `${dataset.name}${dataset.split === null ? '' : ` (${dataset.split})`}`,
    load?.target,
  ];
  return oneLine(parts.filter(Boolean).join(' on ')) || 'no golden set';
}

/** Nothing may be fetched, and of style and script only what stands here, told by its hash, may apply. */
function contentSecurityPolicy(): string {
  const source = (text: string): string => `'sha256-${Buffer.from(sha256(text), 'hex').toString('base64')}'`;
  return `default-src 'none'; style-src ${source(STYLE)}; script-src ${source(SCRIPT)}; base-uri 'none'; form-action 'none'`;
}
