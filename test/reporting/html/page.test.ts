import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/kernel/digest.ts';
import { renderHtml } from '../../../src/reporting/html/page.ts';
import { HOSTILE } from '../sample-questions.ts';
import { sampleRun, withoutNumbers } from '../sample-record.ts';
import { type Tag, tagsOf, valuesOf, withoutCode } from './tags.ts';

const { record, columns } = sampleRun();
describe('report.html', () => {
  let page = '';
  let tags: Tag[] = [];
  beforeAll(async () => {
    page = await renderHtml(record, columns);
    tags = tagsOf(page);
  });

  it('is whole and well formed, with unique ids and no dangling reference', () => {
    const ids = valuesOf(tags, 'id');
    expect(new Set(ids).size).toBe(ids.length);
    const references = [
      ...valuesOf(tags, 'href').map((href) => href.slice(1)),
      ...valuesOf(tags, 'aria-labelledby'),
    ];
    expect(ids).toEqual(expect.arrayContaining(references));
  });

  it('asks nothing of any network', () => {
    expect(valuesOf(tags, 'src')).toEqual([]);
    expect(valuesOf(tags, 'href').filter((href) => !href.startsWith('#'))).toEqual([]);
    expect(tags.map(({ name }) => name)).not.toContain('link');
    expect(page).not.toMatch(/url\(|@import|xmlns/);
  });

  it('lets no style or script apply but its own', () => {
    const policy = valuesOf(tags, 'content').find((value) => value.startsWith('default-src'))!;
    for (const kind of ['style', 'script']) {
      const text = new RegExp(`<${kind}>([\\s\\S]*?)</${kind}>`).exec(page)![1]!;
      const hash = Buffer.from(sha256(text), 'hex').toString('base64');
      expect(policy).toContain(`${kind}-src &#39;sha256-${hash}&#39;`);
    }
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(valuesOf(tags, 'style')).toEqual([]);
    expect(
      tags.flatMap(({ attributes }) => Object.keys(attributes)).filter((name) => name.startsWith('on')),
    ).toEqual([]);
  });

  it('never shows hostile text raw', () => {
    const written = withoutCode(page);
    for (const text of HOSTILE.filter((candidate) => /[<"']/.test(candidate)))
      expect(written).not.toContain(text);
    expect(tags.map(({ name }) => name)).not.toContain('img');
    expect(tags.filter(({ name }) => name === 'script')).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/);
  });

  it('says the headline first, and the funnel next', () => {
    expect(page).toMatch(/<title>Right within 100 ms: \d+\.\d % · tidewater/);
    const order = valuesOf(
      tags.filter(({ name }) => name === 'section'),
      'id',
    );
    expect(order.slice(0, 3)).toEqual(['funnel', 'figures', 'phases']);
    expect(order).toEqual(
      expect.arrayContaining([
        'distribution',
        'timeline',
        'stages',
        'quality',
        'questions',
        'benchmarks',
        'method',
      ]),
    );
  });

  it('can be read without seeing it', () => {
    const levels = tags.filter(({ name }) => /^h[1-6]$/.test(name)).map(({ name }) => Number(name[1]));
    expect(levels[0]).toBe(1);
    levels.forEach((level, index) => {
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
    const drawings = tags.filter(({ attributes }) => attributes.role === 'img');
    expect(drawings.length).toBeGreaterThan(12);
    for (const { attributes } of drawings) expect(attributes['aria-label']!.length).toBeGreaterThan(20);
    const count = (wanted: string): number => tags.filter(({ name }) => name === wanted).length;
    expect(count('caption')).toBe(count('table'));
    for (const { attributes } of tags.filter(({ name }) => name === 'th'))
      expect(['col', 'row']).toContain(attributes.scope);
    expect(['header', 'nav', 'main', 'footer'].map(count)).toEqual([1, 1, 1, 1]);
  });

  it('colours its charts by the variables of the page alone, so that they follow light and dark', () => {
    const colours = [...valuesOf(tags, 'fill'), ...valuesOf(tags, 'stroke')];
    expect(colours.length).toBeGreaterThan(100);
    expect(colours.filter((colour) => !/^(var\(--[a-z]+\)|none|transparent)$/.test(colour))).toEqual([]);
    for (const colour of new Set(colours.filter((value) => value.startsWith('var'))))
      expect(page).toContain(`${colour.slice(4, -1)}:`);
  });

  it('is the same for the same record', async () => {
    expect(await renderHtml(record, columns)).toBe(page);
  });
});

describe('report.html of less than a whole run', () => {
  it('says which charts are missing without the request columns', async () => {
    const page = await renderHtml(record);
    expect(page.match(/need the request columns/g)).toHaveLength(2);
    expect(tagsOf(page).length).toBeGreaterThan(100);
  });

  it('shows dashes for what is null', async () => {
    const page = await renderHtml(withoutNumbers(record), columns);
    tagsOf(page);
    expect(page).toMatch(/<dt>Latency p95<\/dt><dd class="value">–<\/dd>/);
    expect(page).toMatch(/<dt>Goodput<\/dt><dd class="value">–<\/dd>/);
    expect(withoutCode(page)).not.toMatch(/NaN|undefined|null/);
  });

  it('is a page for quality alone, for ingest alone, and for a run cut short', async () => {
    const { load: _load, responses: _responses, microBenchmarks: _benchmarks, ...evaluation } = record;
    const { quality: _quality, questions: _questions, ...ingest } = evaluation;
    const ofQuality = await renderHtml({ ...evaluation, kind: 'evaluate' });
    expect(ofQuality).toMatch(/<title>Right answers: /);
    expect(ofQuality).toContain('What became of every question');
    expect(await renderHtml({ ...ingest, kind: 'ingest' })).toMatch(/<title>Documents indexed: 42/);
    const cut = await renderHtml({ ...ingest, dataset: null, index: null, ingest: null, complete: false });
    tagsOf(cut);
    expect(cut).toContain('The run was interrupted');
  });
});
