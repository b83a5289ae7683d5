import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../src/config/settings.ts';
import { buildFiles } from '../../src/dashboards/build.ts';
import { parseQuery } from '../../src/dashboards/check/promql.ts';
import { inWords, promDuration } from '../../src/dashboards/duration.ts';
import { checkPlan } from '../../src/dashboards/plan.ts';
import { bucketOf } from '../../src/dashboards/promql-text.ts';
import { alertRules } from '../../src/dashboards/rules/alerts.ts';
import { objectiveRules, shortRules } from '../../src/dashboards/rules/recording.ts';
import { planWith } from './plan.ts';

const alertNamed = (name: string, plan = planWith()) =>
  alertRules(plan).filter(({ alert }) => alert === name);

describe('durations', () => {
  it.each([
    [300, '5m'],
    [259_200, '3d'],
    [216, '3m36s'],
    [0.6, '600ms'],
    [3600, '1h'],
    [0.0001, '1ms'],
  ])('writes %d seconds as %s', (seconds, text) => expect(promDuration(seconds)).toBe(text));

  it('says them in words', () => {
    expect([inWords(300), inWords(3600), inWords(259_200), inWords(90)]).toEqual([
      '5 minutes',
      '1 hour',
      '3 days',
      '90 seconds',
    ]);
  });
});

describe('the bucket of a bound', () => {
  it('is matched as both versions of Prometheus write it', () => {
    const pattern = (bound: number) =>
      new RegExp(`^(?:${/"(.*)"/.exec(bucketOf(bound))![1]!.replaceAll('\\\\', '\\')})$`);
    expect(pattern(5).test('5')).toBe(true);
    expect(pattern(5).test('5.0')).toBe(true);
    expect(pattern(5).test('500')).toBe(false);
    expect(pattern(0.1).test('0.1')).toBe(true);
    expect(pattern(0.1).test('0x1')).toBe(false);
  });
});

describe('the alerts', () => {
  it.each([
    ['RagHighErrorRate', 'critical', 300],
    ['RagLatencyP95High', 'warning', 300],
    ['RagMemoryHigh', 'warning', 300],
    ['RagDown', 'critical', 60],
    ['RagTargetMissing', 'critical', 300],
    ['RagRestarting', 'critical', undefined],
    ['RagShedding', 'warning', 300],
    ['RagEmptyRetrievalHigh', 'warning', 900],
    ['RagDegradedHigh', 'warning', 900],
    ['RagCircuitBreakerOpen', 'warning', 60],
    ['RagQualityLow', 'warning', 900],
    ['RagCanaryStale', 'warning', 300],
    ['RagTtftHigh', 'warning', 600],
    ['RagQueueSaturated', 'warning', 300],
    ['RagEventLoopLag', 'warning', 300],
  ] as const)('%s is %s, after %s seconds', (name, severity, forSeconds) => {
    const alerts = alertNamed(name);
    expect(alerts.length).toBeGreaterThan(0);
    for (const alert of alerts) expect([alert.severity, alert.forSeconds]).toEqual([severity, forSeconds]);
  });

  it('burn budgets in three pairs of windows, two of which page', () => {
    for (const name of ['RagErrorBudgetBurn', 'RagLatencyBudgetBurn']) {
      expect(
        alertNamed(name).map(({ severity, labels }) => [severity, labels!.burn_rate, labels!.window]),
      ).toEqual([
        ['critical', '14.4', '1h'],
        ['critical', '6', '6h'],
        ['info', '1', '3d'],
      ]);
    }
  });

  it('state the objective and its window', () => {
    const [burn] = alertNamed('RagErrorBudgetBurn');
    expect(burn!.description).toContain('99 % of questions');
    expect(burn!.description).toContain('over 30 days');
    expect(burn!.expr).toContain('> 0.144 and');
    expect(burn!.expr).toMatch(/ \* 3600 >= 20$/);
  });

  it('take their thresholds from the settings', () => {
    const plan = planWith({
      alerts: { errorRate: 0.02, minimumQueries: 7, memoryRatio: 0.7, p95Seconds: 3 },
    });
    expect(alertNamed('RagHighErrorRate', plan)[0]!.expr).toMatch(/> 0\.02 and .* >= 7$/);
    expect(alertNamed('RagMemoryHigh', plan)[0]!.expr).toMatch(/> 0\.7$/);
    expect(alertNamed('RagLatencyP95High', plan)[0]!.expr).toMatch(/> 3$/);
  });

  it('watch the age of the index only where an interval is set', () => {
    expect(alertNamed('RagIndexStale')).toEqual([]);
    const plan = planWith({ alerts: { ingestIntervalSeconds: 86_400 } });
    expect(alertNamed('RagIndexStale', plan)[0]!.expr).toMatch(/> 86400$/);
  });

  it('expect a canary where the service asks itself, that of the compose file as well, or where it is said', () => {
    const expected = (settings: Record<string, unknown>) =>
      alertNamed('RagCanaryStale', planWith(settings)).map(({ labels }) => labels!.canary);
    const elsewhere = { services: ['127.0.0.1:8080'] };
    expect(expected({})).toEqual(['stale', 'absent']);
    expect(expected({ monitoring: elsewhere })).toEqual(['stale']);
    expect(expected({ monitoring: elsewhere, evaluation: { canaryEverySeconds: 60 } })).toEqual([
      'stale',
      'absent',
    ]);
    expect(expected({ monitoring: elsewhere, alerts: { canaryExpected: 'true' } })).toHaveLength(2);
    expect(expected({ alerts: { canaryExpected: false } })).toEqual(['stale']);
  });

  it('hold every series to the job of the settings', () => {
    const plan = planWith({ monitoring: { job: 'rag' }, alerts: { ingestIntervalSeconds: 60 } });
    const rules = [...alertRules(plan), ...shortRules(plan), ...objectiveRules(plan)];
    const selectors = rules.flatMap(({ expr }) => parseQuery(expr).selectors);
    expect(selectors.length).toBeGreaterThan(80);
    const elsewhere = selectors.filter(
      ({ matchers }) => !matchers.some(({ label, op, value }) => `${label}${op}${value}` === 'job=rag'),
    );
    expect(elsewhere).toEqual([]);
  });

  it('say their thresholds without the dust of binary fractions', () => {
    const plan = planWith({ alerts: { errorRate: 0.07, memoryRatio: 0.57 } });
    expect(alertNamed('RagHighErrorRate', plan)[0]!.description).toContain('more than 7 % is');
    expect(alertNamed('RagMemoryHigh', plan)[0]!.description).toContain('past 57 % the');
    const texts = alertRules(plan).flatMap(({ expr, description }) => [expr, description]);
    expect(texts.filter((text) => /\d\.\d{7}/.test(text))).toEqual([]);
  });

  it('leave the queue alone where there is none', () => {
    expect(alertNamed('RagQueueSaturated', planWith({}, { queueCapacity: 0 }))).toEqual([]);
  });
});

describe('recording rules', () => {
  it('are named level:metric:operations, each once', () => {
    const names = [...shortRules(planWith()), ...objectiveRules(planWith())].map(({ record }) => record);
    expect(names.filter((name) => !/^job(_le)?:[a-z_]+:[a-z0-9_]+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a canary', () => {
  it('that asks less often than its alert allows is refused', () => {
    const plan = planWith({ evaluation: { canaryEverySeconds: 3600 } });
    expect(() => checkPlan(plan)).toThrowError(
      expect.objectContaining({
        problems: [expect.stringMatching(/alerts\.canaryIntervalSeconds: is 300, .* 3600 s/)],
      }),
    );
    expect(() =>
      checkPlan({ ...plan, alerts: { ...plan.alerts, canaryIntervalSeconds: 3600 } }),
    ).not.toThrow();
  });
});

describe('an objective', () => {
  it.each([0.93, 1 - 1 / 14.4, 0.5])('of %d is refused: 14.4 budgets could never be seen', (availability) => {
    const result = settingsSchema.safeParse({ objectives: { availability } });
    expect(result.success).toBe(false);
    expect(result.error!.issues[0]!.message).toContain('14.4');
  });

  it('of 0.94 is taken', () => {
    expect(settingsSchema.safeParse({ objectives: { availability: 0.94, latencyShare: 0.94 } }).success).toBe(
      true,
    );
  });

  it('whose latency is no bound of the buckets is refused, with the bounds there are', () => {
    const plan = planWith({ objectives: { latencySeconds: 1.7 } });
    expect(() => checkPlan(plan)).toThrowError(
      expect.objectContaining({
        code: 'config.invalid',
        problems: [expect.stringMatching(/1\.7.*0\.25, 0\.5, 1, 2/)],
      }),
    );
    expect(() => checkPlan({ ...plan, moreBounds: [1.7] })).not.toThrow();
  });
});

describe('a time scale', () => {
  const quick = (timeScale: number, scrapeSeconds = 1) =>
    planWith({ monitoring: { scrapeSeconds } }, { timeScale });

  it('shortens every window and every `for`, and keeps the names of recorded series', () => {
    const text = buildFiles(quick(0.01)).get('prometheus/rules/groundspeed.alerts.yml')!;
    expect([...text.matchAll(/ {8}for: (.*)/g)].map(([, time]) => time)).toContain('3s');
    expect(text).toContain('changes(process_start_time_seconds{job="groundspeed"}[9s])');
    expect(text).toContain('scaled by 0.01');
    const recording = buildFiles(quick(0.01)).get('prometheus/rules/groundspeed.recording.yml')!;
    expect(recording).toContain('record: job:rag_queries:rate5m');
    expect(recording).toContain('[43m12s]');
    expect(recording).not.toContain('[5m]');
  });

  it.each([0, -1, 1.5, 0.001])('of %d is refused', (timeScale) => {
    expect(() => checkPlan(quick(timeScale))).toThrowError(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });
});
