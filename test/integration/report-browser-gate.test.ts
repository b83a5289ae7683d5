import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { renderTrend } from '../../src/reporting/html/trend-page.ts';
import { chromiumPath, launchChromium } from '../chromium.ts';
import { sampleGate } from '../reporting/sample-gate.ts';
import { samplePaired } from '../reporting/sample-paired.ts';
import { sampleTrend } from '../reporting/sample-trend.ts';
import { contrastFailures, namelessControls } from './page-checks.ts';

const PAGES = {
  gate: () => renderHtml(sampleGate()),
  compare: () => renderHtml(samplePaired()),
  trend: () => renderTrend(sampleTrend()),
};
type Name = keyof typeof PAGES;
const NAMES = Object.keys(PAGES) as Name[];

describe.skipIf(chromiumPath === undefined)(
  'reports of comparisons, gates and trends, in a real browser',
  () => {
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
      ([390, 1280] as const).flatMap((width) =>
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
  },
);
