import { CHARTS, LAG_TO_MIND_MS } from './charts.ts';
import { CHARTS_SCRIPT } from './script-charts.ts';
import { FIGURES_SCRIPT } from './script-figures.ts';
import { FORMAT_SCRIPT } from './script-format.ts';
import { PAGE_SCRIPT } from './script-page.ts';
import { SERIES_SCRIPT } from './script-series.ts';

/** The page's only script. It is text to this program: it runs in the browser, and is tested there. */
export const SCRIPT = `
(() => {
'use strict';
const CHARTS = ${JSON.stringify(CHARTS)};
const LAG_TO_MIND_MS = ${LAG_TO_MIND_MS};
${FORMAT_SCRIPT}${SERIES_SCRIPT}${CHARTS_SCRIPT}${FIGURES_SCRIPT}${PAGE_SCRIPT}})();
`;
