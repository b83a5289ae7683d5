import { parse } from 'yaml';
import { unknownIn } from './catalogued.ts';
import { type Finding, found, type Place } from './finding.ts';
import { parseQuery } from './promql.ts';

const SEVERITIES: ReadonlySet<unknown> = new Set(['critical', 'warning', 'info']);
const RECORD = /^[a-z_]+:[a-z0-9_]+:[a-z0-9_]+$/;

export interface RuleJson {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  /** How long it must hold, as Prometheus writes durations; undefined where an alert fires at once. */
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The rules of a file of Prometheus; a finding where it is no such file. */
export function readRules(file: string, text: string): { rules: RuleJson[]; findings: Finding[] } {
  try {
    const { groups } = parse(text) as { groups: readonly { rules: readonly RuleJson[] }[] };
    return { rules: groups.flatMap(({ rules }) => rules), findings: [] };
  } catch (thrown) {
    return { rules: [], findings: [found({ file }, 'rules-format', (thrown as Error).message)] };
  }
}

export function ruleFindings(rule: RuleJson, recorded: ReadonlySet<string>, above: Place): Finding[] {
  const name = rule.alert ?? rule.record ?? '?';
  const place = { ...above, alert: name, query: rule.expr };
  const parsed = parseQuery(String(rule.expr));
  if (parsed.errors.length > 0) {
    return [found(place, 'promql-syntax', `cannot be read at character ${parsed.errors[0]! + 1}`)];
  }
  return [
    ...unknownIn(parsed, recorded).map((message) => found(place, 'metric-unknown', message)),
    ...parsed.selectors
      .filter(({ metric }) => metric.includes(':') && !recorded.has(metric))
      .map(({ metric }) => found(place, 'recording-unknown', `no rule records ${metric}`)),
    ...parsed.selectors
      .filter(({ matchers }) => !matchers.some(({ label, op }) => label === 'job' && op === '='))
      .map(({ metric }) => found(place, 'rule-job', `${metric} is that of every job in this Prometheus`)),
    ...(rule.record !== undefined && !RECORD.test(rule.record)
      ? [found(place, 'recording-name', `${rule.record} is not level:metric:operations`)]
      : []),
    ...(rule.alert === undefined ? [] : alertFindings(rule, place)),
  ];
}

function alertFindings({ alert, labels = {}, annotations = {} }: RuleJson, place: Place): Finding[] {
  const missing = ['summary', 'description', 'runbook_url'].filter((name) => !annotations[name]);
  return [
    ...(SEVERITIES.has(labels.severity)
      ? []
      : [found(place, 'alert-severity', 'has no severity of critical, warning or info')]),
    ...missing.map((name) => found(place, 'alert-annotations', `has no ${name}`)),
    ...(annotations.runbook_url?.endsWith(`/${alert}.md`)
      ? []
      : [found(place, 'alert-runbook', `links to no runbook of its own, ${alert}.md`)]),
  ];
}
