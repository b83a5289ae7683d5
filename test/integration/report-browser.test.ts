import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { chromiumPath, launchChromium } from '../chromium.ts';
import { sampleRun } from '../reporting/sample-record.ts';

interface Opened {
  readonly page: Page;
  /** What the browser complained about: errors, and whatever the page's own policy refused. */
  readonly complaints: string[];
  readonly requests: string[];
}

describe.skipIf(chromiumPath === undefined)('the report, in a real browser', () => {
  let browser: Browser;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'groundspeed-report-'));
    const { record, columns } = sampleRun();
    await writeFile(join(folder, 'report.html'), await renderHtml(record, columns));
    url = pathToFileURL(join(folder, 'report.html')).href;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(options: BrowserContextOptions = {}): Promise<Opened> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(url);
    return { page, complaints, requests };
  }

  it('opens from the disk without a complaint, and asks nothing of any server', async () => {
    const { page, complaints, requests } = await open();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([url]);
    expect(await page.locator('h1').count()).toBe(1);
    await page.close();
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('fits a window %i pixels wide, %s', async (width, colorScheme) => {
    const { page } = await open({ viewport: { width, height: 900 }, colorScheme });
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBe(0);
    await page.close();
  });

  it('is drawn in dark where dark is preferred', async () => {
    const background = async (colorScheme: 'light' | 'dark'): Promise<string> => {
      const { page } = await open({ colorScheme });
      const colour = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      await page.close();
      return colour;
    };
    expect(await background('dark')).not.toBe(await background('light'));
  });

  it('sorts a table from the keyboard, and says so to a screen reader', async () => {
    const { page } = await open();
    const sorter = page.locator('th[aria-sort] button, th button').first();
    await sorter.focus();
    await page.keyboard.press('Enter');
    expect(
      await page.locator('th[aria-sort="ascending"], th[aria-sort="descending"]').count(),
    ).toBeGreaterThan(0);
    await page.close();
  });

  it('can be read whole without scripts', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await page.locator('h2').count()).toBeGreaterThan(5);
    expect(await page.locator('[role="img"] svg:visible').count()).toBeGreaterThan(3);
    await page.close();
  });

  it('runs no script out of a question or an answer', async () => {
    const { page } = await open();
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('[onerror], [onclick], [onload]').count()).toBe(0);
    await page.close();
  });
});
