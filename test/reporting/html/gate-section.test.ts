import { beforeAll, describe, expect, it } from 'vitest';
import { createRenderer } from '../../../src/reporting/charts/render.ts';
import type { Draw } from '../../../src/reporting/html/figure.ts';
import { gateSection } from '../../../src/reporting/html/gate-section.ts';
import { pairedSection } from '../../../src/reporting/html/paired-section.ts';
import { paretoSection } from '../../../src/reporting/html/pareto-section.ts';
import { renderSection, type Section } from '../../../src/reporting/html/section.ts';
import { settingsSection } from '../../../src/reporting/html/settings-section.ts';
import { renderTrend } from '../../../src/reporting/html/trend-page.ts';
import { sampleGate } from '../sample-gate.ts';
import { samplePaired } from '../sample-paired.ts';
import { HOSTILE } from '../sample-questions.ts';
import { sampleRun } from '../sample-record.ts';
import { sampleTrend } from '../sample-trend.ts';
import { tagsOf, valuesOf, withoutCode } from './tags.ts';

let draw: Draw;
beforeAll(async () => {
  draw = await createRenderer();
});

const textOf = (section: Section | undefined): string => renderSection(section!).text;

function expectSound(text: string): void {
  const tags = tagsOf(text);
  const ids = valuesOf(tags, 'id');
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(valuesOf(tags, 'aria-labelledby')));
  const count = (wanted: string): number => tags.filter(({ name }) => name === wanted).length;
  expect(count('caption')).toBe(count('table'));
  expect(['img', 'script', 'b]'].flatMap((name) => tags.filter((tag) => tag.name === name))).toEqual([]);
  expect(valuesOf(tags, 'style')).toEqual([]);
  const colours = [...valuesOf(tags, 'fill'), ...valuesOf(tags, 'stroke')];
  expect(colours.filter((colour) => !/^(var\(--[a-z]+\)|none|transparent)$/.test(colour))).toEqual([]);
  for (const hostile of HOSTILE.filter((one) => /[<"']/.test(one))) expect(text).not.toContain(hostile);
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
}

describe('the section of a gate', () => {
  it('says the verdict first, then what failed, and shows flips side by side, folded', () => {
    const text = textOf(gateSection(sampleGate()));
    expectSound(text);
    expect(text.indexOf('verdict fail')).toBeLessThan(text.indexOf('<table'));
    expect(text.lastIndexOf('verdict fail')).toBeLessThan(text.indexOf('verdict pass'));
    expect(text).toContain('Slower by 21.3');
    expect(text).toMatch(/<details class="print"><summary>13 questions, both answers side by side/);
    expect(text.match(/<b><bdi>Baseline<\/bdi><\/b>/g)).toHaveLength(13);
    expect(text).toContain('It cannot see losses under 0.021');
  });

  it('says what weakens it, and that no row decides', () => {
    const weaker = 'Other hardware: latency was <not> judged.';
    const { rows } = sampleGate({ verdict: 'PASS' }).gate!;
    const text = textOf(gateSection(sampleGate({ verdict: 'INCONCLUSIVE', gate: { weaker, rows } })));
    expectSound(text);
    expect(text).toContain('latency was &#60;not&#62; judged.');
    expect(text).toContain('No row decides this');
    expect(gateSection(sampleRun().record)).toBeUndefined();
    expectSound(textOf(gateSection(sampleGate({ gate: { rows: [], flips: [], unseen: '' } }))));
  });
});

describe('the sections of a comparison', () => {
  it('draw every pair of variants, and leave out what never varies', async () => {
    const text = textOf(await pairedSection(samplePaired(), draw));
    expectSound(text);
    for (const id of ['paired-0', 'paired-shares-0', 'launches-0-0', 'launches-0-1', 'paired-2'])
      expect(text).toContain(`<figure id="${id}"`);
    expect(text).not.toContain('cost per query ·');
    expect(text.match(/<details class="print">/g)).toHaveLength(2);
    expect(await pairedSection(sampleRun().record, draw)).toBeUndefined();
  });

  it('survive differences without any number, and pairs without any block', async () => {
    const record = samplePaired();
    const nothing = { medianA: null, medianB: null, estimate: null, low: null, high: null, p: null };
    const differences = record.paired!.differences.map((row) => ({
      ...row,
      ...nothing,
      adjustedP: null,
      cliffsDelta: null,
      detectable: null,
      word: "can't tell" as const,
    }));
    const paired = { ...record.paired!, differences };
    expectSound(textOf(await pairedSection({ ...record, paired }, draw)));
    const bare = textOf(await pairedSection({ ...record, paired: { ...paired, blocks: [] } }, draw));
    expectSound(bare);
    expect(bare).not.toContain('<figure');
  });

  it('draw the front, name who is dominated, and what sets them apart', async () => {
    const text = textOf(await paretoSection(samplePaired(), draw));
    expectSound(text);
    expect(text).toContain('wide &#60;b&#62;|*mine* is dominated');
    expect(text).toContain('<figure id="pareto-cost"');
    const settings = textOf(settingsSection(samplePaired()));
    expectSound(settings);
    expect(settings).toContain('<code>retrieval.mode</code>');
    expect(settingsSection(sampleRun().record)).toBeUndefined();
  });
});

describe('the page of a trend', () => {
  it('is whole, asks nothing of any network, and is the same for the same series', async () => {
    const page = await renderTrend(sampleTrend());
    const tags = tagsOf(page);
    expect(valuesOf(tags, 'src')).toEqual([]);
    expect(valuesOf(tags, 'content')[0]).toContain('default-src &#39;none&#39;');
    expect(tags.filter(({ name }) => name === 'figure')).toHaveLength(6);
    expect(withoutCode(page)).not.toMatch(/FAIL|NaN|undefined|<b>\|/);
    expect(page).toContain('A trend advises and never fails');
    expect(await renderTrend(sampleTrend())).toBe(page);
  });

  it('is a page for nothing, for one run, and for runs that measured nothing', async () => {
    expect(await renderTrend([])).toContain('<h1>No runs yet</h1>');
    for (const nights of [1, 2]) tagsOf(await renderTrend(sampleTrend({ nights })));
    const empty = sampleTrend().map((one) => ({
      ...one,
      points: one.points.map((point) => ({ ...point, value: null, low: null, high: null })),
    }));
    const page = await renderTrend(empty);
    tagsOf(page);
    expect(page).not.toContain('<figure');
  });
});
