import { beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/records/schema.ts';
import { renderHtml } from '../../../src/reporting/html/page.ts';
import { AUTOCANNON } from '../sample-autocannon.ts';
import { sampleCapacity, sampleSweep } from '../sample-capacity.ts';
import { LOAD_PLANS, sampleLoad } from '../sample-load-record.ts';
import { withoutNumbers } from '../sample-record.ts';
import { type Tag, tagsOf, valuesOf, withoutCode } from './tags.ts';

/** What must hold of any page; gives back the ids of its sections in their order. */
function sectionsOf(page: string): string[] {
  const tags = tagsOf(page);
  const ids = valuesOf(tags, 'id');
  expect(new Set(ids).size).toBe(ids.length);
  const referred = [
    ...valuesOf(tags, 'href').map((href) => href.slice(1)),
    ...valuesOf(tags, 'aria-labelledby'),
  ];
  expect(ids).toEqual(expect.arrayContaining(referred));
  expect(withoutCode(page)).not.toMatch(/NaN|undefined|\bnull\b|Infinity/);
  for (const { attributes } of tags.filter(({ attributes: own }) => own.role === 'img'))
    expect(attributes['aria-label']!.length).toBeGreaterThan(20);
  const colours = [...valuesOf(tags, 'fill'), ...valuesOf(tags, 'stroke')];
  expect(colours.filter((colour) => !/^(var\(--[a-z]+\)|none|transparent)$/.test(colour))).toEqual([]);
  const count = (wanted: string): number => tags.filter(({ name }: Tag) => name === wanted).length;
  expect(count('caption')).toBe(count('table'));
  return valuesOf(
    tags.filter(({ name }) => name === 'section'),
    'id',
  );
}

/** The text of one section, tags taken out. */
function textOf(page: string, id: string): string {
  const section = new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(page)![0];
  return section
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');
}

describe('report.html of a load', () => {
  const { record, columns } = sampleLoad();
  let page = '';
  beforeAll(async () => {
    page = await renderHtml(record, columns);
  });

  it('says first whether it held', () => {
    const [first, second] = sectionsOf(page);
    expect([first, second]).toEqual(['slo', 'figures']);
    expect(page).toContain(
      '<title>FAIL: held up to 80 /s, not at 110 /s · tidewater (test) on https://answers.example',
    );
    expect(page).toMatch(/<h1><span class="verdict fail">.*FAIL<\/span> Held up to/);
    expect(page).toContain('>includes the target&#39;s cache</li>');
  });

  it('shows every clause with what was observed, judged and allowed, in every phase', () => {
    const text = textOf(page, 'slo');
    expect(text).toMatch(
      /p95 < 1\.5s ✗ FAIL 2 032 ms 63\.5 % slower than 1\.5 s, or failed 61\.8–65\.2 % at most 5 %/,
    );
    expect(text.match(/(?:PASS|FAIL): load \d+ \/s/g)).toHaveLength(3);
  });

  it('draws quality against load, with its table', () => {
    const text = textOf(page, 'curve');
    expect(text).toContain('Answers got worse and late together');
    expect(text).toContain('ndcg@10, f1, against the achieved rate');
    expect(text.match(/Data of this chart/g)).toHaveLength(2);
  });

  it('shows the parts of latency, the generator, errors with an example each, and cost', () => {
    expect(textOf(page, 'times')).toMatch(/Time per token after the first [\d.]+/);
    expect(textOf(page, 'validity')).toMatch(/All 4 phases are valid.*Threads.*cache states/);
    expect(textOf(page, 'errors')).toMatch(
      /target\.http5xx The target failed \(status 5xx\)\. 846 97\.0 % 503 Service Unavailable: \{"error":"overloaded, <b>try again<\/b>"/,
    );
    expect(textOf(page, 'cost')).toMatch(/load 110 \/s \$0\.000312 \$0\.000473 \$0\.000503 \$1\.78/);
  });

  it('says whose answers the questions show, and lists none that were never asked', async () => {
    expect(textOf(page, 'questions')).toContain('What came is the first answer that each got under load.');
    const questions = record.questions!.map((question) => ({ ...question, returned: null, error: null }));
    expect(sectionsOf(await renderHtml({ ...record, questions }))).not.toContain('questions');
  });

  it('shows a dash, and why, for what the target does not return', async () => {
    const returns = {
      answer: true,
      passages: false,
      firstToken: false,
      outputTokens: false,
      cost: false,
      cache: false,
    };
    const bare = { perTokenMs: null, firstTokenMs: null, cost: null };
    const plans = [{ ...LOAD_PLANS[2]!, record: bare }];
    const mute = sampleLoad({ plans, slo: 'p95 < 1.5s', load: { returns } });
    const shown = await renderHtml(mute.record, mute.columns);
    expect(sectionsOf(shown)).not.toContain('cost');
    for (const label of ['First token p95', 'Cache hit rate', 'Per good answer'])
      expect(textOf(shown, 'figures')).toContain(`${label} – the target does not return it`);
    expect(textOf(shown, 'times')).toContain(
      'First token first token − due; the target does not return it – – – – – –',
    );
    expect(textOf(shown, 'validity')).toContain('Not returned (prints as –) passages; a stream');
  });

  it('says why a phase is invalid, and what ended it', async () => {
    const plans = [
      {
        ...LOAD_PLANS[2]!,
        invalid: 'the generator sent late',
        record: { endedBy: 'max-requests' as const, thinkTimeMs: 250, shape: 'ramp:10..90' },
      },
    ];
    const sample = sampleLoad({ plans });
    const shown = await renderHtml(sample.record, sample.columns);
    expect(textOf(shown, 'validity')).toContain(
      'No phase can be trusted. Invalid: load 50 /s : the generator sent late',
    );
    expect(textOf(shown, 'phases')).toMatch(
      /Shape ramp:10\.\.90 .* Think time 250 ms Ended ended by --max-requests/,
    );
  });

  it('draws the shape of what was offered', async () => {
    const rate = (second: number): number => (second < 30 ? 20 : 90);
    const plans = [{ name: 'load', rate, seconds: 60, record: { shape: 'steps:20,90' } }];
    const sample = sampleLoad({ plans });
    const shown = await renderHtml(sample.record, sample.columns);
    expect(textOf(shown, 'timeline')).toMatch(
      /Rate over time, load sent offered .* From \(s\) To \(s\) Offered \(\/s\)/,
    );
    expect(shown).toContain('against 55.0 /s offered on average');
  });

  it("keeps autocannon's latencies in a frame of their own", async () => {
    const { record: saturated } = sampleLoad({
      plans: [],
      slo: null,
      load: { autocannon: AUTOCANNON, errorClasses: [] },
    });
    const shown = await renderHtml(saturated);
    expect(sectionsOf(shown)).toEqual(['autocannon', 'method']);
    expect(shown).toMatch(/class="apart"[\s\S]*not comparable with any other on this page[\s\S]*p97\.5/);
    expect(textOf(shown, 'autocannon')).toContain(AUTOCANNON.caveats[1]);
  });

  it('shows dashes for what is null', async () => {
    const load = record.load!;
    const unknown = withoutNumbers({ ...record, load: { ...load, slo: null, returns: null } });
    sectionsOf(await renderHtml(unknown, columns));
    const unclear: RunRecord = {
      ...record,
      load: {
        ...load,
        slo: {
          text: 'p95 < 1s',
          verdict: 'INCONCLUSIVE',
          phases: load.slo!.phases.map(({ phase, clauses }) => ({
            phase,
            verdict: 'INCONCLUSIVE',
            clauses: clauses.map((clause) => ({
              ...clause,
              observed: null,
              tested: { estimate: null, low: null, high: null },
              verdict: 'INCONCLUSIVE',
              reason: 'fewer than 20 batches',
            })),
          })),
        },
      },
    };
    const shown = await renderHtml(unclear);
    sectionsOf(shown);
    expect(textOf(shown, 'slo')).toContain(
      '– slower than 1.5 s, or failed – at most 5 % fewer than 20 batches',
    );
  });
});

describe('report.html of a capacity search', () => {
  it('shows the answer, every probe, every clause, and the fitted law', async () => {
    const { record, columns } = sampleCapacity();
    const page = await renderHtml(record, columns);
    expect(sectionsOf(page).slice(0, 6)).toEqual([
      'search',
      'figures',
      'rates',
      'curve',
      'scalability',
      'probes',
    ]);
    expect(textOf(page, 'search')).toMatch(/Holds 77.–.79 requests\/s\. Under p95 < 1\.2s/);
    const clauses = ['p95 < 1.2s', 'error < 2%', 'attainment >= 70%'];
    const places = clauses.map((text) =>
      page.indexOf(`>${text.replace('<', '&#60;').replace('>', '&#62;')}`),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    const rows = /<section id="probes"[\s\S]*?<\/table>/.exec(page)![0].match(/<tr>/g)!;
    expect(rows).toHaveLength(record.capacity!.probes.length + 1);
    expect(textOf(page, 'scalability')).toMatch(/lies at 57\.5 in flight and 99\.5 \/s/);
  });

  it('puts what broke first before the other clauses', async () => {
    const { record } = sampleCapacity({ limitedBy: ['attainment >= 70%'], limitKind: 'quality' });
    const page = await renderHtml(record);
    expect(page.indexOf('id="clause-0-title">attainment')).toBeGreaterThan(0);
  });

  it('of a sweep is the whole curve', async () => {
    const { record, columns } = sampleSweep();
    const page = await renderHtml(record, columns);
    expect(sectionsOf(page).slice(0, 4)).toEqual(['figures', 'rates', 'curve', 'scalability']);
    expect(textOf(page, 'rates')).toContain('Latency against the offered rate');
    expect(textOf(page, 'curve')).toContain('Right, right in time, and failed, against the offered rate');
  });

  it('is a page without columns, without probes, and without an answer', async () => {
    const { record } = sampleCapacity({ ratePerSecond: null, usl: null });
    sectionsOf(await renderHtml(record));
    const capacity = { ...record.capacity!, probes: [], limitKind: 'none' as const };
    sectionsOf(await renderHtml({ ...record, capacity, load: { ...record.load!, phases: [] } }));
    const two = record.capacity!.probes.slice(0, 2);
    sectionsOf(
      await renderHtml({ ...record, complete: false, capacity: { ...record.capacity!, probes: two } }),
    );
  });
});
