import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildFiles, dashboardSpecs } from '../../src/dashboards/build.ts';
import { checkFiles } from '../../src/dashboards/check/check-files.ts';
import { findingText } from '../../src/dashboards/check/finding.ts';
import { judgeAnswer, liveQueries } from '../../src/dashboards/check/live.ts';
import { parseQuery } from '../../src/dashboards/check/promql.ts';
import { substitute } from '../../src/dashboards/check/substitute.ts';
import { CATALOGUE } from '../../src/telemetry/catalogue.ts';
import { planWith } from './plan.ts';

const SERVICE = 'grafana/dashboards/service.json';
const ALERTS = 'prometheus/rules/groundspeed.alerts.yml';
const RECORDING = 'prometheus/rules/groundspeed.recording.yml';
const runbooks = readdirSync('dashboards/runbooks').map((name): [string, string] => [
  `runbooks/${name}`,
  readFileSync(`dashboards/runbooks/${name}`, 'utf8'),
]);
const files: ReadonlyMap<string, string> = new Map([...buildFiles(planWith()), ...runbooks]);

/** What is found once a piece of a file reads otherwise. */
function foundIn(file: string, from: string | RegExp, to: string, all = files) {
  const text = all.get(file)!;
  const changed = text.replace(from, () => to);
  expect(changed).not.toBe(text);
  return checkFiles(new Map([...all, [file, changed]])).findings;
}

/** Without dashboards, which take most of the time. */
const rulesAlone = new Map([...files].filter(([path]) => path.startsWith('prometheus/rules/')));

describe('the files as they are built', () => {
  it('pass every check', () => {
    const { findings, dashboards, queries, rules } = checkFiles(files);
    expect(findings.map(findingText)).toEqual([]);
    expect(dashboards).toHaveLength(3);
    expect(queries).toBeGreaterThan(80);
    expect(rules.length).toBeGreaterThan(40);
  });

  it('show or watch every metric of the service', () => {
    // Taking away all panels and rules leaves nothing that is shown.
    const { findings } = checkFiles(new Map());
    const unused = findings.filter(({ rule }) => rule === 'metric-unused');
    const own = Object.values(CATALOGUE).filter(({ name }) => /^(rag|loadgen|gen_ai)_/.test(name));
    expect(unused).toHaveLength(own.length);
  });
});

describe('a metric whose name is changed', () => {
  const names = Object.values(CATALOGUE).map(({ name }) => name);
  const dashboards = [...files.keys()].filter((path) => path.startsWith('grafana/dashboards/'));
  const shown = dashboards.flatMap((file) =>
    names.filter((name) => files.get(file)!.includes(name)).map((name) => [name, file] as const),
  );

  it.each(shown)('is found: %s in %s', (name, file) => {
    const findings = foundIn(file, new RegExp(`${name}(?=(_bucket|_sum|_count)?\\{job)`, 'g'), `${name}x`);
    const finding = findings.find(({ rule }) =>
      ['metric-unknown', 'template-label-promql-rule'].includes(rule),
    )!;
    expect(finding.message).toContain(`${name}x`);
    expect(finding.dashboard).toBeDefined();
    // A variable belongs to no panel.
    if (finding.rule === 'metric-unknown') expect([finding.panel, finding.query]).not.toContain(undefined);
  });

  const ruled = [ALERTS, RECORDING].flatMap((file) =>
    names
      .filter((name) => new RegExp(`\\b${name}(_bucket|_sum|_count)?\\{`).test(files.get(file)!))
      .map((name) => [name, file] as const),
  );

  it.each(ruled)('is found in rules: %s in %s', (name, file) => {
    const findings = foundIn(
      file,
      new RegExp(`(?<!:)\\b${name}(?=(_bucket|_sum|_count)?\\{)`, 'g'),
      `${name}x`,
      rulesAlone,
    );
    const unknown = findings.filter(({ rule }) => rule === 'metric-unknown');
    expect(unknown.length).toBeGreaterThan(0);
    for (const { alert, message } of unknown) {
      expect(alert).toBeDefined();
      expect(message).toContain(`${name}x`);
    }
  });

  it('is looked for in more than ten metrics of rules', () => expect(ruled.length).toBeGreaterThan(10));

  const recorded = [...files.get(RECORDING)!.matchAll(/record: (\S+)/g)].map(([, name]) => name!);

  it.each(recorded)('is found where no rule records it any more: %s', (name) => {
    const used = [...rulesAlone.values()].some((text) => text.includes(`${name}{`));
    const findings = foundIn(RECORDING, `record: ${name}\n`, `record: ${name}x\n`, rulesAlone);
    expect(findings.some(({ rule }) => rule === 'recording-unknown')).toBe(used);
  });

  it('is found in alerts', () => {
    const findings = foundIn(ALERTS, 'rag_memory_limit_bytes', 'rag_memory_limit');
    expect(findings).toMatchObject([{ rule: 'metric-unknown', alert: 'RagMemoryHigh' }]);
  });

  it('is found in recorded series', () => {
    const findings = foundIn(ALERTS, 'job:rag_queries_bad:ratio_rate5m', 'job:rag_queries_bad:ratio5m');
    expect(findings.map(({ rule }) => rule)).toContain('recording-unknown');
  });
});

describe('a dashboard is not let through', () => {
  it.each([
    ['metric-unknown', 'with a label that the metric lacks', 'sum by (outcome)', 'sum by (result)'],
    ['metric-unknown', 'with a value that a label never has', 'to=\\"last-resort\\"', 'to=\\"last_resort\\"'],
    ['target-promql-rule', 'with a query that cannot be read', '[$__rate_interval]', '[$__rate_interval'],
    ['target-rate-interval-rule', 'with a rate over a fixed window', '[$__rate_interval]', '[5m]'],
    [
      'target-counter-agg-rule',
      'with a counter that is not a rate',
      /rate\((rag_errors_total\{[^}]*\})\[\$__rate_interval\]\)/,
      'rag_errors_total{job=~\\"$job\\",instance=~\\"$instance\\"}',
    ],
    ['target-job-rule', 'with a query for every job', 'up{job=~\\"$job\\",', 'up{'],
    [
      'target-instance-rule',
      'with a query for every instance',
      'up{job=~\\"$job\\",instance=~\\"$instance\\"}',
      'up{job=~\\"$job\\"}',
    ],
    [
      'template-variables',
      'with a variable that it does not have',
      'instance=~\\"$instance\\"',
      'instance=~\\"$host\\"',
    ],
    ['template-job-rule', 'without a variable for the job', '"name": "job"', '"name": "service"'],
    [
      'template-on-time-change-reload-rule',
      'with a variable that is read once',
      '"refresh": 2',
      '"refresh": 1',
    ],
    ['panel-units-rule', 'with a panel without a unit', '"unit": "percentunit"', '"unit": ""'],
    [
      'panel-title-description-rule',
      'with a panel without a description',
      /"description": "Instances that.*",/,
      '"description": "",',
    ],
    [
      'panel-datasource-rule',
      'with a panel that is bound to one data source',
      /"type": "prometheus",\s*"uid": "\$\{datasource\}"/g,
      '"type": "prometheus", "uid": "abc"',
    ],
    ['uneditable-dashboard', 'that can be changed in Grafana', '"editable": false', '"editable": true'],
    ['panel-id', 'with two panels of one id', '"id": 3,', '"id": 2,'],
    ['target-ref-id', 'with two queries of one refId', '"refId": "B"', '"refId": "A"'],
    ['grafana-schema', 'with a panel beyond the grid', '"w": 3,', '"w": 30,'],
    ['grafana-schema', 'with a stat of the mean', '"lastNotNull"', '"mean"'],
    [
      'target-legend',
      'with a legend of a label that is aggregated away',
      '{{queue}}: {{reason}}',
      '{{queue}}: {{method}}',
    ],
    ['dashboard-format', 'that is no JSON', '{', '{,'],
  ])('%s: %s', (rule, _what, from, to) => {
    const findings = foundIn(SERVICE, from, to);
    expect(findings.map((finding) => finding.rule)).toContain(rule);
  });
});

describe('an alert is not let through', () => {
  it.each([
    ['alert-severity', 'without a severity', 'severity: critical', 'severity: high'],
    ['alert-annotations', 'without a summary', /summary: Too many.*\n/, 'note: x\n'],
    ['alert-runbook', "with another's runbook", 'RagDown.md', 'RagUp.md'],
    ['rule-job', 'for every job', 'up{job="groundspeed"} == 0', 'up == 0'],
    ['rule-job', 'for jobs by a pattern', 'up{job="groundspeed"} == 0', 'up{job=~"ground.*"} == 0'],
    [
      'promql-syntax',
      'with an expression that cannot be read',
      'up{job="groundspeed"} == 0',
      'up{job="groundspeed" == 0',
    ],
    ['runbook-missing', 'without a runbook', 'alert: RagDown', 'alert: RagGone'],
  ])('%s: %s', (rule, _what, from, to) => {
    expect(foundIn(ALERTS, from, to).map((finding) => finding.rule)).toContain(rule);
  });

  it('runbook-sections: with a runbook that does not say how to mitigate', () => {
    const findings = foundIn('runbooks/RagDown.md', '## How to mitigate', '## More');
    expect(findings).toMatchObject([{ rule: 'runbook-sections', alert: 'RagDown' }]);
  });
});

describe('variables', () => {
  it('are put in longest first', () => {
    expect(substitute(`a{x="$job",y="$job_name",z="\${job}"}`, { job: 'J', job_name: 'N' })).toBe(
      'a{x="J",y="N",z="J"}',
    );
  });

  it('take values with a dollar as they are', () => expect(substitute('$a', { a: '$&$1' })).toBe('$&$1'));
});

describe('live queries', () => {
  const plan = planWith();
  const queries = liveQueries(checkFiles(files).dashboards, {
    variables: { job: 'groundspeed', instance: '.+', load_job: '.+', load_instance: '.+', run: '.+' },
    scrapeSeconds: 1,
    specs: dashboardSpecs(plan),
  });

  it('can all be read, and hold no variable any more', () => {
    expect(queries.filter(({ query }) => query.includes('$') || parseQuery(query).errors.length > 0)).toEqual(
      [],
    );
  });

  it('rate over four scrapes, or over the step of the panel', () => {
    expect(queries.find(({ place }) => place.panel === 'Questions by outcome')!.query).toContain('[4s]');
    expect(queries.find(({ place }) => place.panel === 'Golden scores')!.query).toContain('[3601s]');
  });

  it('know what must be in use for them to have data', () => {
    expect(queries.find(({ place }) => place.panel === 'Golden recall')!.needs).toBe('canary');
    expect(queries.find(({ place }) => place.panel === 'Instances up')!.needs).toBeUndefined();
  });

  const vector = (...values: string[]) => ({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [0, value] })) },
  });
  it.each([
    [vector('NaN', '1'), 'data'],
    [vector('+Inf'), 'data'],
    [vector('NaN', 'NaN'), 'nan'],
    [vector(), 'empty'],
    [{ status: 'success', data: { resultType: 'scalar', result: [0, '3'] } }, 'data'],
    [{ status: 'error', error: 'parse error' }, 'failed'],
    ['<html>', 'failed'],
    [null, 'failed'],
  ])('are judged by what came back: %j is %s', (answer, status) =>
    expect(judgeAnswer(answer).status).toBe(status),
  );
});
