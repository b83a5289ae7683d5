import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFiles } from '../../src/dashboards/build.ts';
import { planWith } from '../dashboards/plan.ts';
import { folderOf, type RuleTest, run, testRules, without } from './prometheus-tools.ts';

const SERVICE = 'job="groundspeed",instance="a:1"';
const queries = (outcome: string) => `rag_queries_total{${SERVICE},outcome="${outcome}"}`;
const fallbacks = (to: string) => `rag_fallbacks_total{${SERVICE},stage="generate",to="${to}"}`;
const duration = (part: string) =>
  `rag_query_duration_seconds_${part}{${SERVICE},outcome="answered",cache="miss"`;
/** So much more each quarter of a minute, for an hour. */
const grows = (by: number) => `0+${by}x240`;
const stays = (value: number | string) => `${value}x240`;

/** Latencies of which a share is above 5 s. */
function slow(share: number): Record<string, string> {
  return {
    [`${duration('bucket')},le="5"}`]: grows(100 - share * 100),
    [`${duration('bucket')},le="10"}`]: grows(100),
    [`${duration('bucket')},le="+Inf"}`]: grows(100),
    [`${duration('count')}}`]: grows(100),
  };
}

function firstTokens(le: string): Record<string, string> {
  const bucket = `rag_time_to_first_token_seconds_bucket{${SERVICE},le=`;
  return { [`${bucket}"${le}"}`]: grows(100), [`${bucket}"+Inf"}`]: grows(100) };
}

const breaker = `rag_circuit_breaker_state{${SERVICE},dependency="embedder",state="open"}`;
const memory = (resident: number) => ({
  [`process_resident_memory_bytes{${SERVICE}}`]: stays(resident),
  [`rag_memory_limit_bytes{${SERVICE}}`]: stays(1000),
});
const seen = `rag_eval_last_success_timestamp_seconds{${SERVICE},dataset="tidewater",k="5"}`;
const recall = `rag_eval_recall_ratio{${SERVICE},dataset="tidewater",k="5"}`;
const scores = (source: string, evaluator: string, part: string) =>
  `rag_eval_score_${part}{${SERVICE},source="${source}",evaluator="${evaluator}"}`;

const up = `up{${SERVICE}}`;
/** Two answers, one after the other, and a failure soon after: within the last five minutes of forty. */
const few = (answers: number, failures: number) => ({
  [queries('answered')]: `0x145 ${answers}x95`,
  [queries('error')]: `0x150 ${failures}x90`,
});

const hour = { every: 15, atMinute: 40 };
const ERROR = 'RagHighErrorRate';
const STALE = 'RagCanaryStale';

/** What happens, and whether somebody is told. */
const TESTS: readonly (readonly [string, RuleTest])[] = [
  [
    '10 % errors',
    {
      ...hour,
      alert: ERROR,
      firing: ['critical'],
      series: { [queries('answered')]: grows(90), [queries('error')]: grows(10) },
    },
  ],
  [
    'exactly 5 % errors',
    {
      ...hour,
      alert: ERROR,
      firing: [],
      series: { [queries('answered')]: grows(95), [queries('error')]: grows(5) },
    },
  ],
  [
    'exactly 5 %, of three kinds',
    {
      ...hour,
      alert: ERROR,
      firing: [],
      series: {
        [queries('answered')]: grows(57),
        [queries('error')]: grows(1),
        [queries('rejected')]: grows(1),
        [queries('degraded')]: grows(1),
        [fallbacks('last-resort')]: grows(1),
      },
    },
  ],
  [
    'a hair above 5 %',
    {
      ...hour,
      alert: ERROR,
      firing: ['critical'],
      series: { [queries('answered')]: grows(9499), [queries('error')]: grows(501) },
    },
  ],
  [
    '10 % rejections',
    {
      ...hour,
      alert: ERROR,
      firing: ['critical'],
      series: { [queries('answered')]: grows(90), [queries('rejected')]: grows(10) },
    },
  ],
  [
    '10 % apologies',
    {
      ...hour,
      alert: ERROR,
      firing: ['critical'],
      series: {
        [queries('answered')]: grows(90),
        [queries('degraded')]: grows(10),
        [fallbacks('last-resort')]: grows(10),
      },
    },
  ],
  [
    '10 % answers by keyword alone',
    {
      ...hour,
      alert: ERROR,
      firing: [],
      series: {
        [queries('answered')]: grows(90),
        [queries('degraded')]: grows(10),
        [fallbacks('keyword')]: grows(10),
      },
    },
  ],
  [
    'errors of too few questions',
    {
      ...hour,
      alert: ERROR,
      firing: [],
      series: { [queries('answered')]: grows(0), [queries('error')]: grows(0.9) },
    },
  ],
  [
    'invalid questions, which make no error smaller',
    {
      ...hour,
      alert: ERROR,
      firing: ['critical'],
      series: {
        [queries('answered')]: grows(90),
        [queries('error')]: grows(10),
        [queries('invalid')]: grows(900),
      },
    },
  ],
  [
    '10 % errors, for four minutes',
    {
      ...hour,
      atMinute: 4,
      alert: ERROR,
      firing: [],
      series: { [queries('answered')]: grows(90), [queries('error')]: grows(10) },
    },
  ],
  [
    'no traffic',
    {
      ...hour,
      alert: ERROR,
      firing: [],
      series: { [queries('answered')]: grows(0), [queries('error')]: grows(0) },
    },
  ],
  [
    '6 % of answers above 5 s',
    { ...hour, alert: 'RagLatencyP95High', firing: ['warning'], series: slow(0.06) },
  ],
  ['4 % of answers above 5 s', { ...hour, alert: 'RagLatencyP95High', firing: [], series: slow(0.04) }],
  ['86 % of memory', { ...hour, alert: 'RagMemoryHigh', firing: ['warning'], series: memory(860) }],
  ['exactly 85 % of memory', { ...hour, alert: 'RagMemoryHigh', firing: [], series: memory(850) }],
  [
    'a service that is down',
    { ...hour, alert: 'RagDown', firing: ['critical'], series: { [`up{${SERVICE}}`]: stays(0) } },
  ],
  [
    'a service that is up',
    { ...hour, alert: 'RagDown', firing: [], series: { [`up{${SERVICE}}`]: stays(1) } },
  ],
  [
    'another job that is down',
    { ...hour, alert: 'RagDown', firing: [], series: { 'up{job="other",instance="b:1"}': stays(0) } },
  ],
  [
    'no target',
    {
      ...hour,
      alert: 'RagTargetMissing',
      firing: ['critical'],
      series: { 'up{job="other",instance="b:1"}': stays(1) },
    },
  ],
  ['a target', { ...hour, alert: 'RagTargetMissing', firing: [], series: { [`up{${SERVICE}}`]: stays(1) } }],
  [
    'three restarts',
    {
      ...hour,
      atMinute: 12,
      alert: 'RagRestarting',
      firing: ['critical'],
      series: { [`process_start_time_seconds{${SERVICE}}`]: '100x8 200x8 300x8 400x20' },
    },
  ],
  [
    'two restarts',
    {
      ...hour,
      atMinute: 12,
      alert: 'RagRestarting',
      firing: [],
      series: { [`process_start_time_seconds{${SERVICE}}`]: '100x8 200x8 300x40' },
    },
  ],
  [
    '20 % errors, against a budget of 1 %',
    {
      ...hour,
      alert: 'RagErrorBudgetBurn',
      firing: ['critical', 'info'],
      series: { [queries('answered')]: grows(80), [queries('error')]: grows(20) },
    },
  ],
  [
    '2 % errors',
    {
      ...hour,
      alert: 'RagErrorBudgetBurn',
      firing: ['info'],
      series: { [queries('answered')]: grows(98), [queries('error')]: grows(2) },
    },
  ],
  [
    'one failed question of three in an hour',
    { ...hour, alert: 'RagErrorBudgetBurn', firing: [], series: few(2, 1) },
  ],
  [
    'ten failed questions of thirty in an hour',
    { ...hour, alert: 'RagErrorBudgetBurn', firing: ['critical', 'info'], series: few(20, 10) },
  ],
  [
    'ten failed questions of thirty, of another job',
    {
      ...hour,
      alert: 'RagErrorBudgetBurn',
      firing: [],
      series: Object.fromEntries(
        Object.entries(few(20, 10)).map(([name, values]) => [name.replace('groundspeed', 'staging'), values]),
      ),
    },
  ],
  [
    '0.5 % errors',
    {
      ...hour,
      alert: 'RagErrorBudgetBurn',
      firing: [],
      series: { [queries('answered')]: grows(199), [queries('error')]: grows(1) },
    },
  ],
  [
    '80 % of answers above 2 s',
    {
      ...hour,
      alert: 'RagLatencyBudgetBurn',
      firing: ['critical', 'info'],
      series: { ...slow(0), [`${duration('bucket')},le="2"}`]: grows(20) },
    },
  ],
  [
    '80 % above 2 s, as Prometheus 3 writes it',
    {
      ...hour,
      alert: 'RagLatencyBudgetBurn',
      firing: ['critical', 'info'],
      series: { ...slow(0), [`${duration('bucket')},le="2.0"}`]: grows(20) },
    },
  ],
  [
    'three answers, all of them above 2 s',
    {
      ...hour,
      alert: 'RagLatencyBudgetBurn',
      firing: [],
      series: {
        [`${duration('bucket')},le="2"}`]: stays(0),
        [`${duration('bucket')},le="+Inf"}`]: '0x150 3x90',
        [`${duration('count')}}`]: '0x150 3x90',
      },
    },
  ],
  [
    '4 % of answers above 2 s',
    {
      ...hour,
      alert: 'RagLatencyBudgetBurn',
      firing: [],
      series: { ...slow(0), [`${duration('bucket')},le="2"}`]: grows(96) },
    },
  ],
  [
    '6 % rejections',
    {
      ...hour,
      alert: 'RagShedding',
      firing: ['warning'],
      series: { [queries('answered')]: grows(94), [queries('rejected')]: grows(6) },
    },
  ],
  [
    'exactly 5 % rejections',
    {
      ...hour,
      alert: 'RagShedding',
      firing: [],
      series: { [queries('answered')]: grows(95), [queries('rejected')]: grows(5) },
    },
  ],
  [
    '30 % empty searches',
    {
      ...hour,
      alert: 'RagEmptyRetrievalHigh',
      firing: ['warning'],
      series: {
        [`rag_retrievals_total{${SERVICE},retriever="fused",result="hit"}`]: grows(70),
        [`rag_retrievals_total{${SERVICE},retriever="fused",result="empty"}`]: grows(30),
      },
    },
  ],
  [
    'searches of which one half alone is empty',
    {
      ...hour,
      alert: 'RagEmptyRetrievalHigh',
      firing: [],
      series: {
        [`rag_retrievals_total{${SERVICE},retriever="fused",result="hit"}`]: grows(100),
        [`rag_retrievals_total{${SERVICE},retriever="keyword",result="empty"}`]: grows(100),
      },
    },
  ],
  [
    '20 % degraded answers',
    {
      ...hour,
      alert: 'RagDegradedHigh',
      firing: ['warning'],
      series: { [queries('answered')]: grows(80), [queries('degraded')]: grows(20) },
    },
  ],
  [
    '8 % degraded answers',
    {
      ...hour,
      alert: 'RagDegradedHigh',
      firing: [],
      series: { [queries('answered')]: grows(92), [queries('degraded')]: grows(8) },
    },
  ],
  [
    'an open breaker that tries again now and then',
    {
      ...hour,
      alert: 'RagCircuitBreakerOpen',
      firing: ['warning'],
      series: { [breaker]: Array(40).fill('1x4 0').join(' '), [queries('degraded')]: grows(5) },
    },
  ],
  [
    'an open breaker without traffic',
    {
      ...hour,
      alert: 'RagCircuitBreakerOpen',
      firing: [],
      series: { [breaker]: stays(1), [queries('degraded')]: stays(5) },
    },
  ],
  [
    'a canary that died',
    { ...hour, alert: 'RagCanaryStale', firing: ['warning'], series: { [seen]: stays(0) } },
  ],
  [
    'a canary that died, and whose series a restart took',
    { ...hour, atMinute: 30, alert: 'RagCanaryStale', firing: ['warning'], series: { [seen]: '0x40 _x200' } },
  ],
  [
    'a canary that died, and whose series a restart took more than an hour ago',
    {
      ...hour,
      atMinute: 80,
      alert: STALE,
      firing: ['warning'],
      series: { [seen]: '0x40 _x400', [up]: '1x440' },
    },
  ],
  [
    'a canary that was expected, and never ran',
    { ...hour, alert: STALE, firing: ['warning'], series: { [up]: stays(1) } },
  ],
  [
    'a canary that never ran, of instances that come and go',
    {
      ...hour,
      alert: STALE,
      firing: ['warning'],
      series: { [up]: '1x90 _x150', 'up{job="groundspeed",instance="b:1"}': '_x90 1x150' },
    },
  ],
  [
    'a service that began ten minutes ago, and was not asked yet',
    { ...hour, atMinute: 12, alert: STALE, firing: [], series: { [up]: stays(1) } },
  ],
  [
    'a service that is down, and is not asked meanwhile',
    { ...hour, alert: STALE, firing: [], series: { [up]: stays(0) } },
  ],
  [
    'a canary that died, after a clock had jumped back',
    {
      ...hour,
      alert: STALE,
      firing: ['warning'],
      series: { [seen]: '100000x8 135+15x40 735x190', [up]: stays(1) },
    },
  ],
  ['a canary that lives', { ...hour, alert: 'RagCanaryStale', firing: [], series: { [seen]: grows(15) } }],
  [
    'a golden recall below its floor',
    {
      ...hour,
      alert: 'RagQualityLow',
      firing: ['warning'],
      series: {
        [recall]: stays(0.4),
        [scores('offline', 'golden_recall', 'count')]: grows(1),
        [scores('offline', 'golden_recall', 'sum')]: grows(0.4),
      },
    },
  ],
  [
    'a golden recall below its floor, of five questions',
    {
      ...hour,
      alert: 'RagQualityLow',
      firing: [],
      series: { [recall]: stays(0.4), [scores('offline', 'golden_recall', 'count')]: '0x4 5x236' },
    },
  ],
  [
    'online scores below their floor',
    {
      ...hour,
      alert: 'RagQualityLow',
      firing: ['warning'],
      series: {
        [scores('online', 'lexical_faithfulness', 'count')]: grows(1),
        [scores('online', 'lexical_faithfulness', 'sum')]: grows(0.3),
      },
    },
  ],
  [
    'online scores above it',
    {
      ...hour,
      alert: 'RagQualityLow',
      firing: [],
      series: {
        [scores('online', 'lexical_faithfulness', 'count')]: grows(1),
        [scores('online', 'lexical_faithfulness', 'sum')]: grows(0.8),
      },
    },
  ],
  [
    'first tokens after 5 s',
    { ...hour, alert: 'RagTtftHigh', firing: ['warning'], series: firstTokens('5') },
  ],
  ['first tokens within a second', { ...hour, alert: 'RagTtftHigh', firing: [], series: firstTokens('1') }],
  [
    'a queue at 90 %',
    {
      ...hour,
      alert: 'RagQueueSaturated',
      firing: ['warning'],
      series: { [`rag_queue_depth{${SERVICE},queue="queries"}`]: stays(90) },
    },
  ],
  [
    'a queue at 50 %',
    {
      ...hour,
      alert: 'RagQueueSaturated',
      firing: [],
      series: { [`rag_queue_depth{${SERVICE},queue="queries"}`]: stays(50) },
    },
  ],
  [
    'an event loop that lags',
    {
      ...hour,
      alert: 'RagEventLoopLag',
      firing: ['warning'],
      series: { [`nodejs_eventloop_lag_p99_seconds{${SERVICE}}`]: stays(0.3) },
    },
  ],
  [
    'an event loop that does not',
    {
      ...hour,
      alert: 'RagEventLoopLag',
      firing: [],
      series: { [`nodejs_eventloop_lag_p99_seconds{${SERVICE}}`]: stays(0.1) },
    },
  ],
  [
    'an index that nobody renews',
    {
      ...hour,
      alert: 'RagIndexStale',
      firing: ['warning'],
      series: { [`rag_index_last_success_timestamp_seconds{${SERVICE},index="default"}`]: stays(0) },
    },
  ],
];

const noPromtool = without('promtool');
const noAmtool = without('amtool');
let folder: ReturnType<typeof folderOf>;
beforeAll(() => {
  // Evaluated each minute: an hour of it is then a matter of a moment.
  const monitoring = { scrapeSeconds: 60 };
  folder = folderOf(buildFiles(planWith({ monitoring, alerts: { ingestIntervalSeconds: 1200 } })));
});
afterAll(() => folder.remove());

describe.skipIf(noPromtool !== undefined)(
  `promtool${noPromtool === undefined ? '' : ` (${noPromtool})`}`,
  () => {
    it.each([
      [1, 15],
      [0.01, 1],
    ])('takes the rules and the configuration, at a time scale of %d', (timeScale, scrapeSeconds) => {
      const scaled = folderOf(buildFiles(planWith({ monitoring: { scrapeSeconds } }, { timeScale })));
      const rules = readdirSync(join(scaled.path, 'prometheus/rules')).map((name) =>
        join(scaled.path, 'prometheus/rules', name),
      );
      expect(rules).toHaveLength(2);
      const checked = run('promtool', ['check', 'rules', ...rules]);
      expect(checked).toMatchObject({ code: 0 });
      expect(checked.said).not.toMatch(/duplicate/i);
      expect(
        run('promtool', ['check', 'config', '--syntax-only', join(scaled.path, 'prometheus/prometheus.yml')]),
      ).toMatchObject({ code: 0 });
      scaled.remove();
    });

    let together: ReturnType<typeof testRules>;
    beforeAll(() => {
      together = testRules(folder.path, ...TESTS.map(([, test]) => test));
    });

    it.each(TESTS)('%s', (_what, test) => {
      // All in one run, which takes far less than one each; where something is wrong, each tells for itself.
      const { code, said } = together.code === 0 ? together : testRules(folder.path, test);
      expect(code, said).toBe(0);
    });

    it('forgets a canary, and misses none, where nobody said that one is expected', () => {
      const alerts = { canaryExpected: false };
      const other = folderOf(buildFiles(planWith({ monitoring: { scrapeSeconds: 60 }, alerts })));
      const died = { [seen]: '0x40 _x400', [up]: '1x440' };
      const { code, said } = testRules(
        other.path,
        { ...hour, alert: STALE, firing: ['warning'], series: died },
        { ...hour, atMinute: 80, alert: STALE, firing: [], series: died },
        { ...hour, alert: STALE, firing: [], series: { [up]: stays(1) } },
      );
      expect(code, said).toBe(0);
      other.remove();
    });

    it('holds the tests to every alert there is, firing', () => {
      const text = buildFiles(planWith({ alerts: { ingestIntervalSeconds: 1200 } })).get(
        'prometheus/rules/groundspeed.alerts.yml',
      )!;
      const alerts = new Set([...text.matchAll(/alert: (\w+)/g)].map(([, name]) => name));
      expect(
        new Set(TESTS.filter(([, { firing }]) => firing.length > 0).map(([, { alert }]) => alert)),
      ).toEqual(alerts);
    });

    it('would say if an alert did not fire', () => {
      const [, test] = TESTS[0]!;
      expect(testRules(folder.path, { ...test, firing: [] }).code).not.toBe(0);
    });
  },
);

describe.skipIf(noAmtool !== undefined)(`amtool${noAmtool === undefined ? '' : ` (${noAmtool})`}`, () => {
  const config = () => join(folder.path, 'alertmanager/alertmanager.yml');

  it('takes the configuration', () => {
    const { code, said } = run('amtool', ['check-config', config()]);
    expect(code, said).toBe(0);
    expect(said).toContain('4 inhibit rules');
    expect(said).toContain('3 receivers');
  });

  it.each([
    ['critical', 'RagDown'],
    ['critical', 'RagHighErrorRate'],
    ['warning', 'RagMemoryHigh'],
    ['info', 'RagErrorBudgetBurn'],
  ])('sends what is %s there: %s', (severity, alertname) => {
    const { code, said } = run('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${config()}`,
      `--verify.receivers=${severity}`,
      `severity=${severity}`,
      `alertname=${alertname}`,
      'job=groundspeed',
    ]);
    expect(code, said).toBe(0);
  });

  it('sends what has another severity to those who take warnings', () => {
    const { code } = run('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${config()}`,
      '--verify.receivers=warning',
      'severity=odd',
    ]);
    expect(code).toBe(0);
  });
});
