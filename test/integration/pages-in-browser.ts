import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../chromium.ts';
import { contrastFailures, namelessControls } from './page-checks.ts';

/** Pages on the disk, opened in a real browser. */
export interface OpenedPages<Name extends string> {
  readonly browser: () => Browser;
  readonly urlOf: (name: Name) => string;
}

/**
 * What every page must stand: narrow and wide, light and dark, it fits, can be read, names its controls, and asks nothing of
 * any server. Called within a `describe`; the pages stay open for more tests.
 */
export function standInBrowser<Name extends string>(
  pages: Readonly<Record<Name, () => Promise<string>>>,
  narrow: number,
): OpenedPages<Name> {
  const names = Object.keys(pages) as Name[];
  let browser: Browser;
  let folder: string;
  const urlOf = (name: Name): string => pathToFileURL(join(folder, `${name}.html`)).href;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'groundspeed-report-'));
    for (const name of names) await writeFile(join(folder, `${name}.html`), await pages[name]());
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const windows = names.flatMap((name) =>
    [narrow, 1280].flatMap((width) =>
      (['light', 'dark'] as const).map((scheme) => [name, width, scheme] as const),
    ),
  );

  it.each(windows)('%s: %i pixels wide, %s: fits, stands out, and asks nothing', async (...window) => {
    const [name, width, colorScheme] = window;
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
  });

  return { browser: () => browser, urlOf };
}
