import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderDrillsHtml } from '../../src/reporting/html/drills-page.ts';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { chromiumPath, launchChromium } from '../chromium.ts';
import { sampleDrill } from '../reporting/sample-drill.ts';
import { contrastFailures, namelessControls } from './page-checks.ts';

const held = sampleDrill();
const failed = sampleDrill({ verdict: 'FAIL', fate: 'failed', ablated: false });

const PAGES = {
  held: () => renderHtml(held.record, held.columns),
  failed: () => renderHtml(failed.record, failed.columns),
  drills: async () =>
    renderDrillsHtml([held.record, failed.record], [{ name: 'redis-lost', why: 'no server' }]),
};
type Name = keyof typeof PAGES;
const NAMES = Object.keys(PAGES) as Name[];

describe.skipIf(chromiumPath === undefined)('reports of drills, in a real browser', () => {
  let browser: Browser;
  let folder: string;
  const urlOf = (name: string): string => pathToFileURL(join(folder, `${name}.html`)).href;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'groundspeed-report-'));
    for (const name of NAMES) await writeFile(join(folder, `${name}.html`), await PAGES[name]());
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const WINDOWS = NAMES.flatMap((name) =>
    ([360, 1280] as const).flatMap((width) =>
      (['light', 'dark'] as const).map((scheme) => [name, width, scheme] as const),
    ),
  );

  it.each(WINDOWS)(
    '%s: %i pixels wide, %s: fits, stands out, and asks nothing',
    async (name, width, colorScheme) => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(urlOf(name));
      expect([complaints, requests]).toEqual([[], [urlOf(name)]]);
      const aside = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(aside)).toBe(0);
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      expect(await page.evaluate(aside)).toBe(0);
      expect(await contrastFailures(page)).toEqual([]);
      expect(await namelessControls(page)).toEqual([]);
      await page.close();
    },
  );

  it('shows the timeline and its data without scripts, the panels over one axis', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(urlOf('held'));
    expect(await page.locator('#drill-timeline [role="img"] svg:visible').count()).toBe(1);
    await page.locator('#drill-timeline details.data summary').click();
    expect(await page.locator('#drill-timeline details.data tbody tr:visible').count()).toBe(36);
    await page.close();
  });

  it('shades the faults at the same place in every panel', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(urlOf('held'));
    const places = await page.evaluate<string[]>(`
      [...document.querySelectorAll('#drill-timeline .wide path[fill-opacity="0.13"]')].map((one) => {
        const { left, right } = one.getBoundingClientRect();
        return Math.round(left) + '–' + Math.round(right);
      })
    `);
    expect(places.length).toBeGreaterThan(3);
    expect(new Set(places).size).toBe(1);
    await page.close();
  });
});
