import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { dashboardSpecs } from '../../src/dashboards/build.ts';
import { substitute } from '../../src/dashboards/check/substitute.ts';
import { planWith } from '../dashboards/plan.ts';
import { folderOf, run, without } from './prometheus-tools.ts';

/* What tiles say of an outage, of silence, and of a Prometheus that others use too, as promtool evaluates their queries. */

const ABSENT = without('promtool');
const [service] = dashboardSpecs(planWith());

const A = 'job="groundspeed",instance="a:1"';
const B = 'job="groundspeed",instance="b:1"';
const GENERATOR = 'job="groundspeed-load",instance="c:1"';
const OTHER = 'job="node",instance="d:1"';
const build = (labels: string) => `rag_build_info{${labels},version="1"}`;
const queries = (outcome: string) => `rag_queries_total{${A},outcome="${outcome}"}`;

interface Case {
  readonly series: Readonly<Record<string, string>>;
  readonly panel: string;
  readonly query?: number;
  /** The job that is chosen. */
  readonly job?: string;
  readonly minute?: number;
  /** Labels and value of each series that comes back. */
  readonly shows: readonly (readonly [string, number])[];
}

const up = (labels: string, values: string) => ({ [`up{${labels}}`]: values });
const EVERY_JOB = {
  ...up(A, '1x60'),
  ...up(B, '0x60'),
  ...up(GENERATOR, '1x60'),
  ...up(OTHER, '1x60'),
  [build(A)]: '1x60',
};
const growing = { [queries('answered')]: '0+90x60', [queries('error')]: '0+10x60' };
/** A crash at minute 20: Prometheus marks what it cannot scrape any more as stale. */
const crashed = { [queries('answered')]: '0+90x20 stale', [queries('error')]: '0+10x20 stale' };
const silent = { [queries('answered')]: '900x60', [queries('error')]: '100x60' };
const cpu = (labels: string) => `process_cpu_seconds_total{${labels}}`;
const firing = (labels: string) => `ALERTS{alertstate="firing",job="groundspeed",${labels}}`;

const CASES: readonly (readonly [string, Case])[] = [
  [
    'one of two instances is down',
    { series: EVERY_JOB, panel: 'Instances up', shows: [['{all="2", running="1"}', 0.5]] },
  ],
  [
    'every job is chosen, most of which are no service',
    { series: EVERY_JOB, panel: 'Instances up', job: '.+', shows: [['{all="2", running="1"}', 0.5]] },
  ],
  [
    'the service never was up',
    {
      series: { ...up(A, '0x60'), ...up(OTHER, '1x60') },
      panel: 'Instances up',
      job: '.+',
      shows: [['{all="1", running="0"}', 0]],
    },
  ],
  [
    'a service of another name has been down for hours',
    {
      series: {
        'up{job="rag-eu",instance="e:1"}': '1x10 0x200',
        [build('job="rag-eu",instance="e:1"')]: '1x10 stale',
      },
      panel: 'Instances up',
      job: 'rag-eu',
      minute: 200,
      shows: [['{all="1", running="0"}', 0]],
    },
  ],
  ['nothing is scraped', { series: up(OTHER, '1x60'), panel: 'Instances up', shows: [] }],
  ['one question in ten fails', { series: growing, panel: 'Error rate', shows: [['{}', 0.1]] }],
  ['nobody asks', { series: silent, panel: 'Error rate', shows: [] }],
  ['nobody asks since the service crashed', { series: crashed, panel: 'Error rate', minute: 30, shows: [] }],
  [
    'the generator uses a processor too',
    {
      series: { [cpu(A)]: '0+30x60', [cpu(GENERATOR)]: '0+60x60', [build(A)]: '1x60' },
      panel: 'CPU',
      job: '.+',
      shows: [['{instance="a:1"}', 0.5]],
    },
  ],
  [
    'no alert fires',
    {
      series: {
        ...up(A, '1x60'),
        'ALERTS{alertname="RagDown",alertstate="pending",job="groundspeed"}': '1x60',
      },
      panel: 'Firing alerts',
      shows: [['{alertname="nothing fires", severity="ok"}', 0]],
    },
  ],
  [
    'alerts fire, of an instance and of the whole job, and others of another job',
    {
      series: {
        [firing('alertname="RagDown",severity="critical",instance="a:1"')]: '1x60',
        [firing('alertname="RagShedding",severity="warning"')]: '1x60',
        'ALERTS{alertname="RagDown",alertstate="firing",job="staging",severity="critical"}': '1x60',
      },
      panel: 'Firing alerts',
      shows: [
        ['{alertname="RagDown", instance="a:1", runbook="RagDown.md", severity="critical"}', 1],
        ['{alertname="RagShedding", runbook="RagShedding.md", severity="warning"}', 1],
      ],
    },
  ],
];

/** A panel's query, as Grafana asks it; rates are taken over five minutes. */
function exprOf({ panel, query = 0, job = 'groundspeed' }: Case): string {
  const spec = service!.rows.flatMap(({ panels }) => panels).find(({ title }) => title === panel)!;
  return substitute(spec.queries[query]!.expr, { job, instance: '.+', __rate_interval: '5m' });
}

function saidOf(one: Case): { code: number | null; said: string } {
  const { series, shows, minute = 30 } = one;
  const test = {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: exprOf(one),
        eval_time: `${minute}m`,
        exp_samples: shows.map(([labels, value]) => ({ labels, value })),
      },
    ],
  };
  const folder = folderOf(new Map([['test.yml', stringify({ rule_files: [], tests: [test] })]]));
  try {
    return run('promtool', ['test', 'rules', `${folder.path}/test.yml`]);
  } finally {
    folder.remove();
  }
}

describe.skipIf(ABSENT !== undefined)(`panels (${ABSENT ?? 'promtool'})`, () => {
  it.each(CASES)('show what is so: %s', (_what, one) => {
    const { code, said } = saidOf(one);
    expect(said).toContain('SUCCESS');
    expect(code).toBe(0);
  });

  it('are not shown to be so by a test that cannot fail', () => {
    const [, first] = CASES[0]!;
    expect(saidOf({ ...first, shows: [['{all="2", running="2"}', 1]] }).code).toBe(1);
  });
});
