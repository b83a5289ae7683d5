import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../chromium.ts';
import { contrastFailures, namelessControls } from './page-checks.ts';

export interface Opened {
  readonly page: Page;
  /** What the browser complained about: errors, and whatever the page's own policy refused. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

export interface Window {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Pages on the disk, opened in a real browser. */
export interface OpenedPages<Name extends string> {
  readonly urlOf: (name: Name) => string;
  /**
   * A page in a window, as it is at first: nothing folded open that was not. Each is loaded once in all, for a load costs more
   * than what is looked at; who works a page (sorts, types) takes `fresh`.
   */
  readonly show: (name: Name, window?: Window) => Promise<Opened>;
  /** A page loaded anew. */
  readonly fresh: (name: Name, window?: Window) => Promise<Page>;
  /** A page loaded anew where scripts do not run. */
  readonly withoutScripts: (name: Name) => Promise<Page>;
}

/** How much wider a page is than its window. */
export const aside = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

export const unfold = (page: Page): Promise<void> =>
  page.evaluate<void>('for (const one of document.querySelectorAll("details")) one.open = true');

const REMEMBER = 'for (const one of document.querySelectorAll("details")) one.wasOpen = one.open';
const FOLD = 'for (const one of document.querySelectorAll("details")) one.open = one.wasOpen';

/** Keeps the pages in a folder, and opens them in one browser; within a `describe`. */
export function openedPages<Name extends string>(
  pages: Readonly<Record<Name, () => Promise<string>>>,
): OpenedPages<Name> {
  const names = Object.keys(pages) as Name[];
  let browser: Browser;
  let folder: string;
  let worked: Page | undefined;
  let silent: Page | undefined;
  const shown = new Map<Name, Opened>();
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

  async function load(name: Name): Promise<Opened> {
    const page = await browser.newPage();
    const [complaints, requests]: [string[], string[]] = [[], []];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(urlOf(name));
    await page.evaluate(REMEMBER);
    return { page, complaints, requests };
  }

  async function adapt(page: Page, { width = 1280, colorScheme = 'light' }: Window = {}): Promise<void> {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
  }

  return {
    urlOf,
    async show(name, window) {
      const opened = shown.get(name) ?? (await load(name));
      shown.set(name, opened);
      await opened.page.evaluate(FOLD);
      await adapt(opened.page, window);
      return opened;
    },
    async fresh(name, window) {
      worked ??= await browser.newPage();
      await adapt(worked, window);
      await worked.goto(urlOf(name));
      return worked;
    },
    async withoutScripts(name) {
      silent ??= await browser.newPage({ javaScriptEnabled: false });
      await silent.goto(urlOf(name));
      return silent;
    },
  };
}

/**
 * What every page must stand: narrow and wide, light and dark, it fits, can be read, names its controls, and asks nothing of
 * any server. Called within a `describe`; the pages stay open for more tests.
 */
export function standInBrowser<Name extends string>(
  pages: Readonly<Record<Name, () => Promise<string>>>,
  narrow: number,
): OpenedPages<Name> {
  const opened = openedPages(pages);
  const windows = (Object.keys(pages) as Name[]).flatMap((name) =>
    [narrow, 1280].flatMap((width) =>
      (['light', 'dark'] as const).map((scheme) => [name, width, scheme] as const),
    ),
  );

  it.each(windows)('%s: %i pixels wide, %s: fits, stands out, and asks nothing', async (...window) => {
    const [name, width, colorScheme] = window;
    const { page, complaints, requests } = await opened.show(name, { width, colorScheme });
    expect(await aside(page)).toBe(0);
    await unfold(page);
    expect(await aside(page)).toBe(0);
    expect(await contrastFailures(page)).toEqual([]);
    expect(await namelessControls(page)).toEqual([]);
    expect([complaints, requests]).toEqual([[], [opened.urlOf(name)]]);
  });

  return opened;
}
