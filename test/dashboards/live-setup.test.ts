import { describe, expect, it } from 'vitest';
import { durationMs, essenceOf } from '../../src/dashboards/check/expression.ts';
import {
  alertmanagerFindings,
  alertmanagersOf,
  judgeAlertmanager,
  notificationsIn,
} from '../../src/dashboards/check/live-alertmanagers.ts';
import { judgeRules } from '../../src/dashboards/check/live-rules.ts';
import { judgeTargets } from '../../src/dashboards/check/live-targets.ts';
import type { RuleJson } from '../../src/dashboards/check/rule-files.ts';

const success = (data: object) => ({ status: 'success', data });
const rulesOf = (findings: readonly { rule: string }[]) => findings.map(({ rule }) => rule);

describe('an expression', () => {
  it.each([
    ['round(a{job="x"}[5m], 1e-6) > 0.05', 'round(a{job="x"}[5m], 1e-06) > 0.05'],
    ['a{x="1",job="y"}', 'a{job="y", x="1"}'],
    ['rate(a[7d])', 'rate(a[1w])'],
    ['sum by(job)(a)  /  b', 'sum by (job) (a) / b'],
  ])('is the same however it is written: %s', (one, other) => expect(essenceOf(one)).toBe(essenceOf(other)));

  it.each([
    ['a{job="x"} > 0.05', 'a{job="x"} > 0.06'],
    ['a{job="x"} > 1', 'a{job="y"} > 1'],
    ['rate(a[5m])', 'rate(a[6m])'],
    ['a / b', 'a / c'],
    ['a:b:rate5m > 2', 'a:b:rate5m > 3'],
  ])('is another one: %s, %s', (one, other) => expect(essenceOf(one)).not.toBe(essenceOf(other)));

  it('has durations of every unit', () => {
    expect(['3m36s', '600ms', '1h5m', '1w', '1y'].map(durationMs)).toEqual([
      216_000, 600, 3_900_000, 604_800_000, 31_536_000_000,
    ]);
    expect(durationMs('five')).toBeUndefined();
  });
});

describe('rules that Prometheus has', () => {
  const rules: RuleJson[] = [
    { record: 'job:a:rate5m', expr: 'sum(rate(a{job="x"}[5m]))' },
    { alert: 'Burn', expr: 'a{job="x"} > 1', for: '5m', labels: { window: '1h' } },
    { alert: 'Burn', expr: 'a{job="x"} > 2', labels: { window: '6h' } },
  ];
  const loaded = [
    { name: 'job:a:rate5m', query: 'sum(rate(a{job="x"}[5m]))', health: 'ok' },
    {
      name: 'Burn',
      query: 'a{job="x"} > 1',
      health: 'ok',
      duration: 300,
      labels: { window: '1h', severity: 'x' },
    },
    { name: 'Burn', query: 'a{job="x"} > 2', health: 'ok', duration: 0, labels: { window: '6h' } },
  ];
  const judged = (have: readonly object[]) => judgeRules(rules, success({ groups: [{ rules: have }] }));

  it('are all there, each for itself', () =>
    expect(judged(loaded)).toEqual({ expected: 3, healthy: 3, findings: [] }));

  it('are missed one by one, or all at once with what to do', () => {
    const { healthy, findings } = judged(loaded.slice(0, 2));
    expect(healthy).toBe(2);
    expect(findings).toMatchObject([{ rule: 'live-rule-missing', alert: 'Burn', query: 'a{job="x"} > 2' }]);
    expect(judged([]).findings).toEqual([
      expect.objectContaining({ rule: 'live-rule-missing', message: expect.stringContaining('rule_files') }),
    ]);
  });

  it.each([
    ['live-rule-differs', { query: 'a{job="x"} > 1.5' }, 'a{job="x"} > 1.5'],
    ['live-rule-differs', { duration: 60 }, 'reload'],
    ['live-rule-error', { health: 'err', lastError: 'many-to-many matching' }, 'many-to-many'],
    ['live-rule-error', { health: 'unknown' }, 'not evaluated yet'],
  ])('%s: %j', (rule, change, message) => {
    const { healthy, findings } = judged(
      loaded.map((one, index) => (index === 1 ? { ...one, ...change } : one)),
    );
    expect(healthy).toBe(2);
    expect(findings).toMatchObject([{ rule, alert: 'Burn', message: expect.stringContaining(message) }]);
  });

  it('are not told: an error is a finding', () => {
    expect(judgeRules(rules, { status: 'error', error: 'no JSON, but 404' }).findings).toMatchObject([
      { rule: 'live-rules', message: expect.stringContaining('404') },
    ]);
  });
});

describe('targets', () => {
  const of = (...activeTargets: object[]) =>
    judgeTargets(
      { job: 'rag|other|rag-load', instance: '.+', generatorJob: 'rag-load' },
      success({ activeTargets }),
    );
  const target = (health: string, lastError = '') => ({
    labels: { job: 'rag', instance: 'a:1' },
    health,
    lastError,
  });

  it('of other jobs do not count', () => {
    const { targets, findings } = of({ labels: { job: 'ragged', instance: 'b:1' }, health: 'up' });
    expect(targets).toBe(0);
    expect(findings).toMatchObject([
      { rule: 'live-target-missing', message: expect.stringContaining('--job') },
    ]);
  });

  it.each([
    ['server returned HTTP status 401 Unauthorized', 'monitoring.tokenFile'],
    ['dial tcp 10.0.0.1:8080: connect: connection refused', 'monitoring.services'],
    ['context deadline exceeded', 'overloaded'],
    ['something else', 'something else'],
  ])('that are down say why, and what to do: %s', (lastError, todo) => {
    const { up, findings } = of(target('up'), target('down', lastError));
    expect(up).toBe(1);
    expect(findings).toMatchObject([{ rule: 'live-target-down', message: expect.stringContaining(todo) }]);
  });

  it('of load generators may be away', () => {
    const generator = { labels: { job: 'rag-load', instance: 'c:1' }, health: 'down' };
    expect(of(target('up'), generator)).toEqual({ targets: 1, up: 1, findings: [] });
  });

  it('are matched by a pattern that only one grammar knows as text', () => {
    expect(
      rulesOf(
        judgeTargets({ job: '(', instance: '.+', generatorJob: '-' }, success({ activeTargets: [] }))
          .findings,
      ),
    ).toEqual(['live-target-missing']);
  });
});

describe('an Alertmanager', () => {
  const url = 'http://alertmanager:9093/api/v2/alerts';
  const seen = { url, answers: false, counted: undefined, onSameHost: false };

  it('that is not there is a finding', () => {
    expect(alertmanagersOf(success({ activeAlertmanagers: [{ url }] }))).toEqual({
      urls: [url],
      findings: [],
    });
    expect(rulesOf(alertmanagersOf(success({ activeAlertmanagers: [] })).findings)).toEqual([
      'live-alertmanager-missing',
    ]);
  });

  it.each([
    ['answers', { answers: true, counted: { attempts: 9, errors: 9 } }, true],
    ['got nothing of what was sent', { counted: { attempts: 9, errors: 9 } }, false],
    ['got all that was sent', { counted: { attempts: 9, errors: 0 } }, true],
    ['got some of it', { counted: { attempts: 9, errors: 4 } }, null],
    ['is silent on the machine of Prometheus', { onSameHost: true }, false],
    ['is out of reach, and was sent nothing', {}, null],
  ])('that %s', (_what, more, reachable) => {
    const judged = judgeAlertmanager({ ...seen, ...more });
    expect(judged.reachable).toBe(reachable);
    expect(alertmanagerFindings(judged)).toHaveLength(reachable === false ? 1 : 0);
  });

  it('is counted by Prometheus', () => {
    const text = [
      `prometheus_notifications_errors_total{alertmanager="${url}"} 3`,
      `prometheus_notifications_latency_seconds{alertmanager="${url}",quantile="0.5"} 0.1`,
      `prometheus_notifications_latency_seconds_count{alertmanager="${url}"} 5`,
      'prometheus_notifications_latency_seconds_count{alertmanager="http://b"} 1e+06',
    ].join('\n');
    expect(Object.fromEntries(notificationsIn(text))).toEqual({
      [url]: { attempts: 5, errors: 3 },
      'http://b': { attempts: 1_000_000, errors: 0 },
    });
  });
});
