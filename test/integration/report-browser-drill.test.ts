import { describe, expect, it } from 'vitest';
import { renderDrillsHtml } from '../../src/reporting/html/drills-page.ts';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { chromiumPath } from '../chromium.ts';
import { sampleDrill } from '../reporting/sample-drill.ts';
import { standInBrowser } from './pages-in-browser.ts';

const held = sampleDrill();
const failed = sampleDrill({ verdict: 'FAIL', fate: 'failed', ablated: false });

const PAGES = {
  held: () => renderHtml(held.record, held.columns),
  failed: () => renderHtml(failed.record, failed.columns),
  drills: async () =>
    renderDrillsHtml([held.record, failed.record], [{ name: 'redis-lost', why: 'no server' }]),
};
describe.skipIf(chromiumPath === undefined)(
  'reports of drills, in a real browser (skipped without Chromium)',
  () => {
    const { show, withoutScripts } = standInBrowser(PAGES, 360);

    it('shows the timeline and its data without scripts, the panels over one axis', async () => {
      const page = await withoutScripts('held');
      expect(await page.locator('#drill-timeline [role="img"] svg:visible').count()).toBe(1);
      await page.locator('#drill-timeline details.data summary').click();
      expect(await page.locator('#drill-timeline details.data tbody tr:visible').count()).toBe(36);
    });

    it('shades the faults at the same place in every panel', async () => {
      const { page } = await show('held');
      const places = await page.evaluate<string[]>(`
      [...document.querySelectorAll('#drill-timeline .wide path[fill-opacity="0.13"]')].map((one) => {
        const { left, right } = one.getBoundingClientRect();
        return Math.round(left) + '–' + Math.round(right);
      })
    `);
      expect(places.length).toBeGreaterThan(3);
      expect(new Set(places).size).toBe(1);
    });
  },
);
