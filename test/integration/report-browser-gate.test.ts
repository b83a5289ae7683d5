import { describe } from 'vitest';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { renderTrend } from '../../src/reporting/html/trend-page.ts';
import { chromiumPath } from '../chromium.ts';
import { sampleGate } from '../reporting/sample-gate.ts';
import { samplePaired } from '../reporting/sample-paired.ts';
import { sampleTrend } from '../reporting/sample-trend.ts';
import { standInBrowser } from './pages-in-browser.ts';

describe.skipIf(chromiumPath === undefined)(
  'reports of comparisons, gates and trends, in a real browser (skipped without Chromium)',
  () => {
    standInBrowser(
      {
        gate: () => renderHtml(sampleGate()),
        compare: () => renderHtml(samplePaired()),
        trend: () => renderTrend(sampleTrend()),
      },
      390,
    );
  },
);
