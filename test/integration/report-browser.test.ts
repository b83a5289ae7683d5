import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { chromiumPath } from '../chromium.ts';
import { sampleRun } from '../reporting/sample-record.ts';
import { aside, openedPages } from './pages-in-browser.ts';

describe.skipIf(chromiumPath === undefined)('the report, in a real browser', () => {
  const { show, fresh, withoutScripts, urlOf } = openedPages({
    report: () => {
      const { record, columns } = sampleRun();
      return renderHtml(record, columns);
    },
  });

  it('opens from the disk without a complaint, and asks nothing of any server', async () => {
    const { page, complaints, requests } = await show('report');
    expect(complaints).toEqual([]);
    expect(requests).toEqual([urlOf('report')]);
    expect(await page.locator('h1').count()).toBe(1);
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('fits a window %i pixels wide, %s', async (width, colorScheme) => {
    const { page } = await show('report', { width, colorScheme });
    expect(await aside(page)).toBe(0);
  });

  it('is drawn in dark where dark is preferred', async () => {
    const background = async (colorScheme: 'light' | 'dark'): Promise<string> => {
      const { page } = await show('report', { colorScheme });
      return page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    };
    expect(await background('dark')).not.toBe(await background('light'));
  });

  it('sorts a table from the keyboard, and says so to a screen reader', async () => {
    const page = await fresh('report');
    const sorter = page.locator('th[aria-sort] button, th button').first();
    await sorter.focus();
    await page.keyboard.press('Enter');
    expect(
      await page.locator('th[aria-sort="ascending"], th[aria-sort="descending"]').count(),
    ).toBeGreaterThan(0);
  });

  it('can be read whole without scripts', async () => {
    const page = await withoutScripts('report');
    expect(await page.locator('h2').count()).toBeGreaterThan(5);
    expect(await page.locator('[role="img"] svg:visible').count()).toBeGreaterThan(3);
  });

  it('runs no script out of a question or an answer', async () => {
    const { page } = await show('report');
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('[onerror], [onclick], [onload]').count()).toBe(0);
  });
});
