import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { renderJUnit } from '../../src/reporting/junit.ts';
import { sloSuite } from '../../src/reporting/slo-suite.ts';
import { chromiumPath } from '../chromium.ts';
import { AUTOCANNON } from '../reporting/sample-autocannon.ts';
import { sampleCapacity, sampleSweep } from '../reporting/sample-capacity.ts';
import { LOAD_PLANS, sampleLoad } from '../reporting/sample-load-record.ts';
import { aside, openedPages, unfold } from './pages-in-browser.ts';

const SAMPLES = {
  load: sampleLoad(),
  invalid: sampleLoad({ plans: [{ ...LOAD_PLANS[2]!, invalid: 'the generator sent late' }] }),
  autocannon: sampleLoad({ plans: [], slo: null, load: { autocannon: AUTOCANNON } }),
  capacity: sampleCapacity(),
  sweep: sampleSweep(),
};
type Name = keyof typeof SAMPLES;
const NAMES = Object.keys(SAMPLES) as Name[];

describe.skipIf(chromiumPath === undefined)('reports of load and capacity, in a real browser', () => {
  const { show, fresh, withoutScripts, urlOf } = openedPages(
    Object.fromEntries(
      NAMES.map((name) => [name, () => renderHtml(SAMPLES[name].record, SAMPLES[name].columns)]),
    ) as Record<Name, () => Promise<string>>,
  );

  it.each(NAMES)('%s: opens without a complaint, and asks nothing of any server', async (name) => {
    const { page, complaints, requests } = await show(name);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([urlOf(name)]);
    expect(await page.locator('h1').count()).toBe(1);
  });

  const WINDOWS = NAMES.flatMap((name) =>
    ([360, 1280] as const).flatMap((width) =>
      (['light', 'dark'] as const).map((scheme) => [name, width, scheme] as const),
    ),
  );

  it.each(WINDOWS)('%s: fits a window %i pixels wide, %s', async (name, width, colorScheme) => {
    const { page } = await show(name, { width, colorScheme });
    expect(await aside(page)).toBe(0);
    // With all that is folded open, too.
    await unfold(page);
    expect(await aside(page)).toBe(0);
  });

  it.each(['load', 'capacity', 'sweep'] as const)(
    '%s: every chart has a title, a description, and its data as a table',
    async (name) => {
      const { page } = await show(name);
      const figures = page.locator('figure');
      const count = await figures.count();
      expect(count).toBeGreaterThan(5);
      for (let index = 0; index < count; index += 1) {
        const figure = figures.nth(index);
        expect((await figure.locator('figcaption').textContent())!.length).toBeGreaterThan(3);
        expect((await figure.locator('[role="img"]').getAttribute('aria-label'))!.length).toBeGreaterThan(20);
        // The funnel's table stands beside it, not in it.
        if ((await figure.getAttribute('id'))!.startsWith('funnel')) continue;
        expect(await figure.locator('details table tbody tr').count()).toBeGreaterThan(0);
      }
    },
  );

  it.each(['light', 'dark'] as const)(
    'tells verdicts apart in %s, with contrast enough to read',
    async (colorScheme) => {
      const { page } = await show('load', { colorScheme });
      const contrasts = await page.evaluate<number[]>(CONTRASTS);
      expect(contrasts.length).toBeGreaterThan(8);
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('sorts the probes from the keyboard, by number', async () => {
    const page = await fresh('capacity');
    const probes = page.locator('#probes table').first();
    await probes.locator('th button', { hasText: 'p95' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await probes.locator('th[aria-sort="descending"]').textContent()).toContain('p95');
    const p95s = await probes.locator('tbody tr td:nth-child(7)').allTextContents();
    const numbers = p95s.map((text) => Number(text.replace(/\s/g, ''))).filter(Number.isFinite);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(numbers.length).toBeGreaterThan(10);
  });

  it('opens what is folded, and scrolls its tables, from the keyboard', async () => {
    const page = await fresh('load', { width: 360 });
    const summary = page.locator('#slo details summary').first();
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#slo details').first().getAttribute('open')).not.toBeNull();
    const table = page.locator('#slo .scroll').first();
    await table.focus();
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => page.evaluate("document.querySelector('#slo .scroll').scrollLeft"))
      .toBeGreaterThan(0);
  });

  it.each(['load', 'capacity'] as const)('%s: can be read whole without scripts', async (name) => {
    const page = await withoutScripts(name);
    expect(await page.locator('h2').count()).toBeGreaterThan(8);
    expect(await page.locator('[role="img"] svg:visible').count()).toBeGreaterThan(5);
  });

  it('reads the JUnit report of a load as XML', async () => {
    const { page } = await show('load');
    const xml = renderJUnit([sloSuite(SAMPLES.load.record)]);
    const read = await page.evaluate<{ errors: number; cases: number; failures: number }>(
      `(() => {
        const document = new DOMParser().parseFromString(${JSON.stringify(xml)}, 'application/xml');
        const count = (name) => document.getElementsByTagName(name).length;
        return { errors: count('parsererror'), cases: count('testcase'), failures: count('failure') };
      })()`,
    );
    expect(read).toEqual({ errors: 0, cases: 16, failures: 4 });
  });
});

/** Contrast (WCAG 2) of the text of every verdict with what it stands on. */
const CONTRASTS = `(() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
  };
  return [...document.querySelectorAll('.verdict, .mark')].map((element) => {
    const pair = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  });
})()`;
