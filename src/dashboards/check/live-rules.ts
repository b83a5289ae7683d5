import { durationMs, essenceOf } from './expression.ts';
import { type Finding, found, type Place } from './finding.ts';
import { answerOf, listIn } from './live-answer.ts';
import type { RuleJson } from './rule-files.ts';

/** A rule as `GET /api/v1/rules` tells it. */
interface LoadedRule {
  readonly name: string;
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
  /** Seconds for which an alert must hold. */
  readonly duration?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface LiveRules {
  /** Of the files. */
  readonly expected: number;
  /** Those that Prometheus has, as the files have them, and evaluates. */
  readonly healthy: number;
  readonly findings: readonly Finding[];
}

const PLACE: Place = { file: 'prometheus/rules' };
const RELOAD =
  'name the files of prometheus/rules below rule_files in its configuration, and have it reload that (kill -HUP, or restart it)';

/** Whether Prometheus has every rule of the files, as it stands there, and evaluates it. */
export function judgeRules(rules: readonly RuleJson[], answer: unknown): LiveRules {
  const { data, error } = answerOf(answer);
  const expected = rules.length;
  if (error !== undefined)
    return { expected, healthy: 0, findings: [found(PLACE, 'live-rules', `its rules: ${error}`)] };
  const loaded = listIn<{ rules?: readonly LoadedRule[] }>(data, 'groups').flatMap(
    (group) => group.rules ?? [],
  );
  const judged = rules.map((rule) => judgeRule(rule, loaded));
  const missing = judged.filter((finding) => finding?.rule === 'live-rule-missing');
  const none = `none of the ${expected} rules of these files is there, so that no alert can fire: ${RELOAD}`;
  return {
    expected,
    healthy: judged.filter((finding) => finding === undefined).length,
    findings:
      expected > 0 && missing.length === expected
        ? [found(PLACE, 'live-rule-missing', none)]
        : judged.filter((finding) => finding !== undefined),
  };
}

function judgeRule(rule: RuleJson, loaded: readonly LoadedRule[]): Finding | undefined {
  const name = rule.alert ?? rule.record ?? '?';
  const place = { ...PLACE, alert: name, query: rule.expr };
  const own = Object.entries(rule.labels ?? {});
  const named = loaded.filter(
    (one) => one.name === name && own.every(([label, value]) => one.labels?.[label] === value),
  );
  if (named.length === 0) return found(place, 'live-rule-missing', `Prometheus has no such rule: ${RELOAD}`);
  const same = named.filter((one) => isAsWritten(rule, one));
  const [other] = named;
  if (same.length === 0) {
    const differs = `Prometheus has it otherwise, from other files or before a change: ${other!.query}; have it reload the files`;
    return found(place, 'live-rule-differs', differs);
  }
  if (same.some(({ health }) => health === 'ok')) return undefined;
  const [{ health, lastError }] = same as [LoadedRule];
  return health === 'unknown'
    ? found(place, 'live-rule-error', 'was not evaluated yet: ask again after the interval of its group')
    : found(place, 'live-rule-error', `cannot be evaluated: ${lastError || health}`);
}

function isAsWritten(rule: RuleJson, { query, duration = 0 }: LoadedRule): boolean {
  const held = rule.for === undefined ? 0 : (durationMs(rule.for) ?? 0);
  return Math.abs(duration * 1000 - held) < 1 && essenceOf(query) === essenceOf(rule.expr);
}
