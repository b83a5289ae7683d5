import { describe, expect, it } from 'vitest';
import { buildFiles, dashboardSpecs } from '../../src/dashboards/build.ts';
import { checkFiles } from '../../src/dashboards/check/check-files.ts';
import { everyPanel, type PanelJson, shownPanels } from '../../src/dashboards/check/dashboard-file.ts';
import { schemaFindings } from '../../src/dashboards/check/schema.ts';
import { dashboardOf } from '../../src/dashboards/grafana/dashboard.ts';
import type { PanelSpec } from '../../src/dashboards/grafana/spec.ts';
import { alertRules } from '../../src/dashboards/rules/alerts.ts';
import { LOAD_OUTCOMES, QUERY_OUTCOMES } from '../../src/telemetry/catalogue.ts';
import { planWith } from './plan.ts';

const NAMES = ['RAG service', 'Load test', 'Quality over time'] as const;
type Name = (typeof NAMES)[number];

function screensOf(plan: ReturnType<typeof planWith>) {
  const { dashboards } = checkFiles(buildFiles(plan));
  return new Map(dashboards.map(({ json }) => [json.title as string, json]));
}

const plan = planWith();
const screens = screensOf(plan);
const screen = (name: Name) => screens.get(name)!;
const panelsOf = (name: Name) => shownPanels(screen(name));
const panel = (name: Name, title: string): PanelJson =>
  panelsOf(name).find((one) => one.title === title) ?? expect.fail(`${name} has no panel ${title}`);

describe('rows', () => {
  it.each([
    ['RAG service', ['Process']],
    ['Load test', []],
    ['Quality over time', []],
  ] as const)('of %s are open but for %j', (name, closed) => {
    const rows = everyPanel(screen(name)).filter(({ type }) => type === 'row');
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(({ collapsed }) => collapsed === true).map(({ title }) => title)).toEqual(closed);
    expect(rows.filter(({ panels = [] }) => panels.length > 0).map(({ title }) => title)).toEqual(closed);
  });
});

/** Colours from minus infinity on, and where each following one begins. */
const THRESHOLDS: Readonly<Record<Name, Readonly<Record<string, string>>>> = {
  'RAG service': {
    'Instances up': 'red 1 green',
    'Error rate': 'green 0.01 orange 0.05 red',
    'p95 latency': 'green 2 orange 5 red',
    'Within 2 s': 'red 0.95 green',
    'First token, p95': 'green 2 red',
    'Empty retrieval': 'green 0.1 orange 0.2 red',
    'Online quality': 'red 0.5 green',
    Latency: 'green 5 red',
    'Golden recall': 'red 0.6 green',
    'Age of the last golden run': 'green 600 orange 900 red',
    'Online scores': 'red 0.5 green',
    'Degraded answers': 'green 0.1 red',
    'Open circuit breakers': 'green 0.5 orange 1 red',
    'Memory, of its limit': 'green 0.85 red',
    'Lag of the event loop': 'green 0.2 red',
    'Disk in use': 'green 0.8 orange 0.9 red',
  },
  'Load test': {
    'Event loop of the generator': 'green 0.7 orange 0.9 red',
    'Target: latency': 'green 5 red',
    'Target: memory, of its limit': 'green 0.85 red',
    'Target: lag of the event loop': 'green 0.2 red',
  },
  'Quality over time': {
    'Golden recall': 'red 0.6 green',
    'Age of the last golden run': 'green 600 orange 900 red',
    'Online scores': 'red 0.5 green',
    'Since the last nightly run': 'green 90000 orange 180000 red',
  },
};

function thresholdsOf({ fieldConfig }: PanelJson): string {
  const steps = fieldConfig?.defaults?.thresholds?.steps ?? [];
  return steps.map(({ value, color }) => (value === null ? color : `${value} ${color}`)).join(' ');
}

describe('thresholds', () => {
  it.each(NAMES)('of %s go the way that is worse, and no panel judges that is not named here', (name) => {
    const judging = panelsOf(name).filter((one) => thresholdsOf(one).includes(' '));
    expect(Object.fromEntries(judging.map((one) => [one.title, thresholdsOf(one)]))).toEqual(
      THRESHOLDS[name],
    );
  });

  it('have no dust of binary fractions', () => {
    const dusty = planWith({
      objectives: { availability: 0.93999 },
      alerts: { errorRate: 0.07, emptyRetrievalRate: 0.3 },
    });
    const text = [...buildFiles(dusty)].filter(([path]) => path.endsWith('.json')).join();
    expect(text.match(/\d\.\d{10,}/g)).toBeNull();
    expect(text).toContain('red above 7 %');
  });
});

describe('tiles', () => {
  const tiles = NAMES.flatMap((name) => panelsOf(name)).filter(({ type }) => type === 'stat');
  const overview = panelsOf('RAG service').filter(({ type }) => type === 'stat');
  const numbers = (title: string) => panel('RAG service', title).targets![0]!.expr!;

  it('show what is now, not the last that was', () => {
    expect(tiles.length).toBeGreaterThan(7);
    const asked = tiles.flatMap(({ targets = [] }) => targets);
    expect(asked.filter(({ instant, range }) => instant !== true || range !== false)).toEqual([]);
  });

  it('say that there was no traffic where there was none, in a colour that judges nothing', () => {
    for (const title of ['Error rate', 'p95 latency', 'Within 2 s', 'First token, p95', 'Empty retrieval']) {
      const { noValue, mappings } = panel('RAG service', title).fieldConfig!.defaults!;
      expect(noValue, title).toBe('no traffic');
      const result = { text: 'no traffic', color: '#808080' };
      expect(mappings, title).toContainEqual({ type: 'special', options: { match: 'null+nan', result } });
      // 0 / 0 is NaN, which no comparison lets through.
      expect(numbers(title), title).toMatch(/ >= 0$/);
    }
  });

  it('look at the window of the alert that watches the same, however long a time is chosen', () => {
    // $__rate_interval is a step and a scrape, which is each 15 s.
    expect(Object.fromEntries(overview.map(({ title, interval }) => [title, interval]))).toEqual({
      'Instances up': undefined,
      'Error rate': '285s',
      'p95 latency': '285s',
      'Within 2 s': '285s',
      'First token, p95': '285s',
      'Empty retrieval': '885s',
      'Online quality': '3585s',
      'Cost a question': '285s',
    });
    expect(overview.filter(({ maxDataPoints = 0 }) => maxDataPoints < 10_000)).toEqual([]);
  });

  it('say how many instances are up, of how many', () => {
    const { options, targets } = panel('RAG service', 'Instances up');
    expect(options).toMatchObject({ textMode: 'value_and_name', colorMode: 'background' });
    expect(targets![0]!.legendFormat).toBe('{{running}} of {{all}} up');
  });

  it('stand in one line, and below them what fires', () => {
    const [row, ...rest] = panelsOf('RAG service').slice(0, 9);
    expect(rest.slice(0, 7).map(({ gridPos }) => gridPos!.y)).toEqual(Array(7).fill(row!.gridPos!.y));
    expect(rest[7]).toMatchObject({ title: 'Firing alerts', type: 'table', gridPos: { w: 24 } });
  });
});

describe('variables', () => {
  it.each(NAMES)('of %s begin with the job of the settings', (name) => {
    const { dashboards } = checkFiles(buildFiles(planWith({ monitoring: { job: 'rag-eu' } })));
    const { templating } = dashboards.find(({ json }) => json.title === name)!.json;
    const job = templating!.list!.find((variable) => variable.name === 'job')!;
    expect(job.current).toEqual({ selected: true, text: ['rag-eu'], value: ['rag-eu'] });
  });
});

describe('links', () => {
  const uids = new Map(dashboardSpecs(plan).map(({ title, uid }) => [title, uid]));

  it.each(NAMES)('lead from %s to the others', (name) => {
    const others = NAMES.filter((other) => other !== name);
    const { links = [] } = screen(name);
    expect(links.map(({ title, url }) => [title, url])).toEqual(
      others.map((other) => [other, `/d/${uids.get(other)}`]),
    );
    // The SDK would put them into a menu.
    expect(links.filter((link) => 'placement' in link)).toEqual([]);
  });

  it('take the time along, but not a month to what asks each half minute', () => {
    const keeps = (name: Name) =>
      screen(name)
        .links!.filter(({ keepTime }) => keepTime)
        .map(({ title }) => title);
    expect(NAMES.map(keeps)).toEqual([['Load test'], ['RAG service'], []]);
  });

  it('lead from a panel of the service to the runbook of every alert', () => {
    const whole = planWith({
      alerts: { ingestIntervalSeconds: 3600, runbookUrl: 'https://wiki.example/runbooks/' },
    });
    const panels = shownPanels(screensOf(whole).get('RAG service')!);
    const urls = new Set(panels.flatMap(({ links = [] }) => links.map(({ url }) => url)));
    const alerts = alertRules(whole).map(({ alert }) => `https://wiki.example/runbooks/${alert}.md`);
    expect(urls).toEqual(new Set(alerts));
  });

  it('lead from what fires to its runbook', () => {
    const { fieldConfig } = panel('RAG service', 'Firing alerts');
    const ofRunbook = fieldConfig!.overrides!.find(({ matcher }) => matcher?.options === 'runbook')!;
    expect(ofRunbook.properties).toMatchObject([
      { id: 'links', value: [{ url: `http://localhost:8088/\${__value.text}`, targetBlank: true }] },
    ]);
  });
});

describe('colours of outcomes', () => {
  const colourOf = ({ fieldConfig }: PanelJson, legend: string) =>
    (fieldConfig?.overrides ?? []).flatMap(({ matcher, properties = [] }) => {
      const [, pattern] = /^\/(.*)\/$/.exec(String(matcher?.options)) ?? [];
      if (pattern === undefined || !new RegExp(pattern).test(legend)) return [];
      return properties.map(({ value }) => (value as { fixedColor: string }).fixedColor);
    });

  it('are fixed, and each its own', () => {
    const questions = panel('RAG service', 'Questions by outcome');
    const colours = QUERY_OUTCOMES.map((outcome) => colourOf(questions, outcome));
    expect(colours.map(({ length }) => length)).toEqual(QUERY_OUTCOMES.map(() => 1));
    expect(new Set(colours.flat()).size).toBe(QUERY_OUTCOMES.length);
    expect(colourOf(questions, 'answered')).toEqual(['green']);
    expect(colourOf(questions, 'error')).toEqual(['red']);
  });

  it('are fixed for each run of a load test too', () => {
    const requests = panel('Load test', 'Requests by outcome');
    const colours = LOAD_OUTCOMES.map((outcome) => colourOf(requests, `run-1: ${outcome}`));
    expect(new Set(colours.flat()).size).toBe(LOAD_OUTCOMES.length);
    expect(colourOf(requests, 'run-ok: error')).toEqual(['red']);
  });
});

describe('panels', () => {
  it('say of a breaker whether it is open in words', () => {
    const { fieldConfig } = panel('RAG service', 'Open circuit breakers');
    expect(fieldConfig!.defaults!.mappings).toMatchObject([
      {
        type: 'value',
        options: {
          0: { text: 'closed', color: 'green' },
          0.5: { text: 'half open', color: 'orange' },
          1: { text: 'open', color: 'red' },
        },
      },
    ]);
  });

  it('of lines tell the last value and the worst', () => {
    const lines = NAMES.flatMap((name) => panelsOf(name)).filter(({ type }) => type === 'timeseries');
    const told = lines.map(({ title, options }) => [title, options?.legend?.calcs?.join()]);
    expect(new Set(told.map(([, calcs]) => calcs))).toEqual(new Set(['lastNotNull,max', 'lastNotNull,min']));
    expect(told).toContainEqual(['Golden recall', 'lastNotNull,min']);
    expect(told).toContainEqual(['Latency', 'lastNotNull,max']);
  });

  it('that look back a month ask each quarter of an hour', () => {
    expect(NAMES.map((name) => [screen(name).time!.from, screen(name).refresh])).toEqual([
      ['now-1h', '30s'],
      ['now-15m', '10s'],
      ['now-30d', '15m'],
    ]);
  });
});

describe('a load test shows side by side', () => {
  const at = (title: string) => panel('Load test', title).gridPos!;

  it.each([
    ['Latency, service and lag', 'Target: latency'],
    ['Requests by outcome', 'Target: questions by outcome'],
  ])('%s and %s', (generator, target) => {
    expect(at(target).y).toBe(at(generator).y);
    expect(at(target).x).toBe(at(generator).x + at(generator).w);
  });

  it('what was offered, completed and good, in one panel', () => {
    const { targets = [] } = panel('Load test', 'Offered, completed, good');
    expect(targets.map(({ legendFormat }) => legendFormat!.replace('{{run_id}}: ', ''))).toEqual([
      'offered',
      'completed',
      'good',
    ]);
  });
});

describe('the schema does not let through', () => {
  const [spec] = dashboardSpecs(plan);
  const built = dashboardOf(spec!);
  const found = (change: (text: string) => string) =>
    schemaFindings(JSON.parse(change(JSON.stringify(built))), { file: 'service.json' }).map(
      ({ message }) => message,
    );

  it('nothing of what is built', () => expect(found((text) => text)).toEqual([]));

  it('bounds that go the other way than is said', () => {
    const bounds = { warn: 0.9, bad: 0.5 };
    const lines = {
      kind: 'lines',
      title: 'Recall',
      description: 'Recall.',
      unit: 'short',
      queries: [],
    } as const;
    const one = (panel: PanelSpec) =>
      schemaFindings(
        JSON.parse(JSON.stringify(dashboardOf({ ...spec!, rows: [{ title: 'Row', panels: [panel] }] }))),
        { file: 'service.json' },
      ).filter(({ message }) => message.includes('ascend'));
    expect(one({ ...lines, bounds })).toHaveLength(1);
    expect(one({ ...lines, bounds: { ...bounds, lessIsWorse: true } })).toEqual([]);
  });

  it.each([
    ['a closed first row', '"collapsed":false', '"collapsed":true', /first row is closed/],
    ['a stat of a range', '"instant":true,"range":false', '"range":true', /stat must ask for an instant/],
    ['a stat without a word for no value', '"noValue":"no target"', '"noValue":""', /noValue/],
    ['a link that leads nowhere', /"url":"[^"]*RagDown\.md"/, '"url":""', /link Runbook: RagDown/],
  ])('%s', (_what, from, to, message) => {
    const findings = found((text) => text.replace(from, to));
    expect(findings).toContainEqual(expect.stringMatching(message));
  });
});
