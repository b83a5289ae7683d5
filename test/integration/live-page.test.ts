import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHARTS } from '../../src/server/live/charts.ts';
import { chromiumPath, launchChromium } from '../chromium.ts';
import { contrastFailures, namelessControls } from './page-checks.ts';
import { Run, TITLE } from './told-run.ts';
import { Tunnel } from './tunnel.ts';

const text = (page: Page, selector: string): Promise<string | null> => page.locator(selector).textContent();
const spaced = (value: string | null): string => (value ?? '').replaceAll('\u202f', ' ');
const lineOf = (page: Page, key: string): Promise<string | null> =>
  page.locator(`path.line[data-key="${key}"]`).getAttribute('d');

describe.skipIf(chromiumPath === undefined)('the live page, in a real browser', () => {
  let browser: Browser;
  /** One for all tests, sent elsewhere by each: a new one costs more than what it shows. */
  let page: Page;
  let run: Run;
  let complaints: string[];
  let requests: string[];
  /** A server waits for its last words to be heard; the next test need not. */
  const closing: Promise<void>[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (asked) => requests.push(asked.url()));
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all(closing);
  });
  beforeEach(async () => {
    run = new Run();
    complaints = [];
    requests = [];
    await run.start();
  });
  afterEach(async () => {
    await page.goto('about:blank');
    closing.push(run.live.close());
  });

  interface Opening {
    readonly url?: string;
    readonly width?: number;
    readonly colorScheme?: 'light' | 'dark';
  }

  async function open({ url = run.live.url, width = 1280, colorScheme = 'light' }: Opening = {}) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(url);
    await page.locator('#link[data-state=live], #link[data-state=over]').waitFor();
  }

  /** Until the last tick's figures are on the page, and in its charts. */
  async function shown(at: string): Promise<void> {
    const isThere = `document.querySelector('#sentence').textContent.includes(${JSON.stringify(at)}) &&
      document.querySelector('.charts').dataset.until === '${run.clock.now()}'`;
    await page.evaluate(`new Promise((resolve) => {
      const look = () => (${isThere} ? resolve() : setTimeout(look, 20));
      look();
    })`);
  }

  it('shows figures and charts, and both change as the run goes on', async () => {
    await open();
    expect(await text(page, '#status .name')).toBe('Waiting for the run');
    run.live.onEvent({ type: 'part.started', name: 'target', step: 1, steps: 2 });
    await page.locator('#status', { hasText: 'target' }).waitFor();
    run.live.onEvent({ type: 'part.noted', name: 'load', text: '30 000 requests in 33 s' });
    await run.tell(4);
    await shown('in 4 s of 30 s');
    expect(await text(page, '#status .name')).toBe('steady');
    expect(await text(page, '#status .aside')).toBe('26 s left');
    expect(await text(page, '#note')).toBe('30 000 requests in 33 s');
    expect(await text(page, '#tile-p95 .value')).toBe('8.41 ms');
    expect(spaced(await text(page, '#tile-achieved'))).toBe('Achieved rate998 /sof 1 000 /s offered');
    const before = await lineOf(page, 'p95');
    expect(before!.match(/[ML]/g)).toHaveLength(16);

    await run.tell(6, { errors: 3, latencyMs: { p50: 3, p95: 90, p99: 400 }, lagP99Ms: 6 }, 4);
    await shown('in 6 s of 30 s');
    expect(await text(page, '#tile-p95 .value')).toBe('90.0 ms');
    expect(await page.locator('#tile-errors[data-mood=bad] .value').textContent()).toBe('3');
    expect(await text(page, '#tile-lag[data-mood=mind] .detail')).toBe('the generator is late');
    expect(await text(page, '#latency figcaption')).toBe('Latency, logarithmic');
    expect(await lineOf(page, 'p95')).not.toBe(before);
    expect(complaints).toEqual([]);
  });

  it('shows what is not known as a dash, and draws no line through it', async () => {
    await open();
    await run.tell(2, { offeredRate: null, latencyMs: null, lagP99Ms: null, goodput: null, loop: 'closed' });
    await shown('Closed loop');
    for (const id of ['p50', 'p95', 'p99', 'lag', 'goodput'])
      expect(await text(page, `#tile-${id} .value`)).toBe('–');
    expect(await text(page, '#tile-achieved .detail')).toBe('closed loop');
    expect(await lineOf(page, 'offered')).toBe('');
    expect(await text(page, '#latency .plot')).toContain('No figures yet');
  });

  it('marks phases, and lets no line run from one into the next', async () => {
    await open();
    await run.tell(3, { phase: 'warm-up', warmup: true, duration: 3000 });
    await run.tell(4);
    await shown('in 4 s of 30 s');
    expect(await page.locator('#rate .boundary').count()).toBe(2);
    expect(await page.locator('#rate .phase').allTextContents()).toContain('steady');
    expect((await lineOf(page, 'achieved'))!.match(/M/g)).toHaveLength(2);
    const rows = await page.locator('#phases tbody tr').allTextContents();
    expect(rows.map(spaced)).toEqual([
      'warm-upopen0 s3 0000008.41 ms0.412 ms',
      'steadyopen3 s4 0000008.41 ms0.412 ms',
    ]);
  });

  it('shows all that was, however late it is opened, and after a reload', async () => {
    run.live.onEvent({ type: 'warning', message: 'Document 7 was left out' });
    await run.tell(600, { duration: 600_000 });
    await open();
    await shown('in 10:00 of 10:00');
    const drawn = await lineOf(page, 'p99');
    expect(drawn!.match(/[ML]/g)!.length).toBeGreaterThan(200);
    expect(await text(page, '#warnings li')).toBe('Document 7 was left out');
    await page.reload();
    await shown('in 10:00 of 10:00');
    expect(await lineOf(page, 'p99')).toBe(drawn);
    expect(complaints).toEqual([]);
  });

  it('asks its own server and nobody else', async () => {
    await open();
    await run.tell(1);
    await shown('in 1 s');
    const { origin } = new URL(run.live.url);
    const others = requests.filter(
      (asked) => !['/', '/events', '/icon.svg'].some((path) => asked === origin + path),
    );
    expect(others).toEqual([]);
    expect(requests).toContain(`${origin}/events`);
    expect(await text(page, '.run bdi')).toBe(TITLE);
    expect(await page.locator('[onclick]').count()).toBe(0);
  });

  it('connects again by itself, and has missed nothing', async () => {
    const tunnel = await Tunnel.open(Number(new URL(run.live.url).port));
    await open({ url: tunnel.url });
    await run.tell(2);
    await shown('in 2 s');
    tunnel.cut();
    await page.locator('#link[data-state=lost]').waitFor();
    await run.tell(5, {}, 2);
    await tunnel.mend();
    await page.locator('#link[data-state=live]').waitFor({ timeout: 30_000 });
    await shown('in 5 s of 30 s');
    expect((await lineOf(page, 'p95'))!.match(/[ML]/g)).toHaveLength(20);
    tunnel.close();
  });

  it('tells the verdict when the run is over, and stays when the server is gone', async () => {
    await open();
    await run.tell(30);
    run.live.finish({
      verdict: 'FAIL',
      detail: 'error rate 1.9 %, objective < 1 %',
      reportPath: 'reports/latest/report.html',
    });
    await page.locator('#link[data-state=over]').waitFor();
    await run.live.close();
    const before = requests.length;
    await page.waitForTimeout(2500);
    expect(requests).toHaveLength(before);
    expect(await text(page, '#status .name')).toBe('FAIL');
    expect(await text(page, '#sentence')).toBe(
      'error rate 1.9 %, objective < 1 %. The report: reports/latest/report.html',
    );
    expect(await text(page, '#spoken')).toContain('The run is over: FAIL');
    expect(await text(page, '#tile-p95 .value')).toBe('8.41 ms');
    expect(await contrastFailures(page)).toEqual([]);
    await page.locator('#latency summary').click();
    await page.locator('#latency tbody tr').nth(30).waitFor();
    expect(await page.title()).toMatch(/^FAIL · tidewater/);
    expect(complaints).toEqual([]);
  });

  it('tells who opens it after the end', async () => {
    await run.tell(2);
    run.live.finish({ verdict: 'PASS' });
    await open();
    expect(await text(page, '#status .name')).toBe('PASS');
    expect(await text(page, '#link')).toBe('over');
  });

  it('says so when the run ends without a result', async () => {
    await open();
    await run.tell(2);
    await shown('in 2 s');
    await run.live.close();
    await page.locator('#link[data-state=over]').waitFor();
    expect(await text(page, '#status .name')).toBe('The run is over');
    expect(await text(page, '#sentence')).toContain('the terminal says why');
  });

  it('can be worked from the keyboard', async () => {
    await open();
    await run.tell(5);
    await run.tell(10, { latencyMs: { p50: 1, p95: 2, p99: 3 } }, 5);
    await shown('in 10 s');
    await page.locator('#moment').focus();
    await page.keyboard.press('Home');
    await page.locator('#latency [data-key=p95]:not(path)', { hasText: '8.41 ms' }).waitFor();
    expect(await text(page, '#moment-value')).toBe('0 s');
    expect(await page.locator('#moment').getAttribute('aria-valuetext')).toMatch(/^0 s: .*p95 8\.41 ms/);
    expect(await page.locator('.moment').count()).toBe(CHARTS.length);
    await page.keyboard.press('End');
    await page.locator('#latency [data-key=p95]:not(path)', { hasText: '2.00 ms' }).waitFor();
    await page.locator('#latency summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('#latency tbody tr').nth(10).waitFor();
    await page.locator('#window').selectOption('60000');
    expect(complaints).toEqual([]);
  });

  it('shows a moment under the pointer', async () => {
    await open();
    await run.tell(20);
    await shown('in 20 s');
    await page.locator('#rate .plot').hover({ position: { x: 150, y: 100 } });
    await page.locator('#latency .moment').waitFor({ state: 'attached' });
    expect(await text(page, '#moment-value')).toMatch(/^\d+ s$/);
    await page.mouse.move(1, 1);
    await page.locator('#latency .moment').waitFor({ state: 'detached' });
    expect(await text(page, '#moment-value')).toBe('now');
  });

  it('speaks seldom', async () => {
    await open();
    await page.evaluate(`
      window.spoken = [];
      new MutationObserver(() => window.spoken.push(document.getElementById('spoken').textContent))
        .observe(document.getElementById('spoken'), { childList: true, characterData: true, subtree: true });
    `);
    await run.tell(20);
    await shown('in 20 s');
    expect(await page.evaluate('window.spoken')).toEqual(['The phase steady has begun.']);
    expect(await page.locator('#spoken').getAttribute('aria-live')).toBe('polite');
  });

  it('names all that can be worked or read, once', async () => {
    await open();
    await run.tell(2);
    await shown('in 2 s');
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.locator('main').count()).toBe(1);
    expect(await page.locator('html[lang=en]').count()).toBe(1);
    expect(await namelessControls(page)).toEqual([]);
    for (const { title } of CHARTS) expect(await page.getByRole('img', { name: title }).count()).toBe(1);
    expect(await page.getByRole('slider', { name: 'Moment' }).count()).toBe(1);
    expect(await page.getByRole('combobox', { name: 'Show' }).count()).toBe(1);
    expect(await page.getByRole('progressbar').count()).toBe(1);
    const ids = await page.locator('[id]').evaluateAll((all) => all.map((element) => element.id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [800, 'light'],
    [360, 'light'],
    [360, 'dark'],
  ] as const)('fits a window %i pixels wide, %s, and can be read there', async (width, colorScheme) => {
    await open({ width, colorScheme });
    run.live.onEvent({ type: 'warning', message: 'The machine is busy' });
    await run.tell(3, { errors: 1200, timeouts: 3, lagP99Ms: 7, achievedRate: 98_765, offeredRate: 100_000 });
    await shown('in 3 s');
    await page.locator('#latency summary').click();
    await page.locator('#latency tbody tr').nth(10).waitFor();
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBe(0);
    expect(await contrastFailures(page)).toEqual([]);
  });
});
