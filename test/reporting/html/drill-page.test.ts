import { beforeAll, describe, expect, it } from 'vitest';
import { renderDrillsHtml } from '../../../src/reporting/html/drills-page.ts';
import { renderHtml } from '../../../src/reporting/html/page.ts';
import { sampleDrill } from '../sample-drill.ts';
import { HOSTILE } from '../sample-questions.ts';

const { record, columns } = sampleDrill({ verdict: 'FAIL' });
const drill = record.drill!;

const idsOf = (page: string): string[] => [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);

describe('the page of a drill', () => {
  let page: string;
  beforeAll(async () => {
    page = await renderHtml(record, columns);
  });

  it('has its sections in the order in which a reader asks, the load folded behind them', () => {
    const sections = [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    expect(sections.slice(0, 7)).toEqual([
      'promises',
      'what-happened',
      'windows',
      'worth',
      'dependencies',
      'faults',
      'load',
    ]);
    expect(page).toMatch(/<details class="print" id="funnel">/);
  });

  it('uses every id once, and leads only to ids that there are', () => {
    const ids = idsOf(page);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  it('draws the timeline of each arm, and gives its data as a table', () => {
    expect(idsOf(page)).toEqual(expect.arrayContaining(['drill-timeline', 'drill-timeline-1']));
    const figure = page.slice(page.indexOf('<figure id="drill-timeline"'));
    const one = figure.slice(0, figure.indexOf('</figure>'));
    expect(one.match(/<svg/g)!.length).toBeGreaterThan(2);
    expect(one.match(/<tr>/g)!).toHaveLength(37);
    expect(one).toContain('served: by keywords alone');
    expect(one).toContain('>Breaker of embedder<');
  });

  it('keeps a drawing as narrow as the screen that it is for', () => {
    const figure = page.slice(page.indexOf('<figure id="drill-timeline"'));
    const widths = [...figure.matchAll(/viewBox="0 0 (\d+(?:\.\d+)?) /g)].map(([, width]) => Number(width));
    const drawings = widths.filter((width) => width > 100).slice(0, 2);
    expect(drawings[0]).toBeLessThan(880);
    expect(drawings[1]).toBeLessThan(370);
  });

  it('shows promises, windows, worth and dependencies as the other formats do', () => {
    for (const text of ['≥ 70.21 %', 'no breaker opened', '0–8 s', '8–22 s', '0.42', 'helps'])
      expect(page).toContain(text);
  });

  it('is told without columns, too, and of a drill that never began', async () => {
    expect(await renderHtml(record)).toContain('served: less than full');
    const empty = { ...record, drill: { ...drill, arms: [], differences: [], promises: [] } };
    expect(await renderHtml(empty)).toContain('The drill did not begin');
  });

  it('lets no text of a drill become markup', async () => {
    for (const text of HOSTILE.slice(0, 8)) {
      const [promise] = drill.promises;
      const [arm, ...others] = drill.arms;
      const hostile = {
        ...drill,
        title: text,
        fear: text,
        faults: [{ ...drill.faults[0]!, text }],
        promises: [{ ...promise!, text, reason: text }],
        arms: [
          {
            ...arm!,
            settings: [text],
            transitions: arm!.transitions.map((one) => ({ ...one, dependency: text })),
            dependencies: [{ ...arm!.dependencies[0]!, dependency: text }],
          },
          ...others.map((other) => ({ ...other, name: `without ${text}` })),
        ],
        differences: drill.differences.map((row) => ({ ...row, arm: `without ${text}` })),
      };
      const shown = await renderHtml({ ...record, drill: hostile });
      expect(shown.match(/<script>/g)).toHaveLength(1);
      expect(shown).not.toMatch(/<img|<svg\/onload|<details>`/);
    }
  });
});

describe('the page of several drills', () => {
  const other = sampleDrill({
    fate: 'failed',
    drill: { name: 'llm-slow', title: 'The model is slow' },
  }).record;
  const page = renderDrillsHtml(
    [record, { ...other, id: 'other' }],
    [{ name: 'redis-lost', why: 'no <redis>' }],
  );

  it('leads from each name to the report of its drill', () => {
    expect(page).toContain(`<a href="${record.id}/report.html"><bdi>embedding-api-down</bdi></a>`);
    expect(page).toContain('<a href="other/report.html"><bdi>llm-slow</bdi></a>');
  });

  it('says how many held, what users noticed, and what was not run', () => {
    expect(page).toMatch(/FAIL<\/span> 1 of 2 drills held<\/h1>/);
    expect(page).toContain('Not run: redis-lost (no &#60;redis&#62;)');
    expect(page).toMatch(/Users noticed, \d+\.\d.% got no answer\./);
    expect(page).toContain('Feared: The service');
    expect(page).not.toContain('in doubt');
    expect(renderDrillsHtml([{ ...record, complete: false }])).toContain('in doubt');
  });

  it('stands without any drill', () => {
    expect(renderDrillsHtml([])).toContain('No drill was run');
  });
});
