import type { Window } from '../rules/windows.ts';
import { isCounting, labelsOf, seriesOf } from './catalogued.ts';
import {
  type DashboardJson,
  type PanelJson,
  shownPanels,
  type TargetJson,
  type VariableJson,
} from './dashboard-file.ts';
import { type Finding, found, type Place } from './finding.ts';
import { type ParsedQuery, parseQuery, type Selector } from './promql.ts';
import { substitute, variablesLeft } from './substitute.ts';

const DATASOURCE = 'datasource';
const RATES: ReadonlySet<string> = new Set(['rate', 'irate', 'increase']);
/** Variables that Grafana has by itself, with values that the grammar takes. */
const BUILT_IN = { __rate_interval: '5m', __interval: '1m', __range: '1h' } as const satisfies Record<
  string,
  Window | string
>;

/**
 * The rules of grafana/dashboard-linter (docs/rules), by their names there, as far as they apply to a dashboard over
 * Prometheus: template-*, panel-*, target-* and uneditable-dashboard.
 */
export function lintFindings(dashboard: DashboardJson, place: Place): Finding[] {
  const variables = dashboard.templating?.list ?? [];
  const editable =
    dashboard.editable === false
      ? []
      : [found(place, 'uneditable-dashboard', 'editable must be false: changes in Grafana are lost')];
  return [
    ...editable,
    ...variables.flatMap((variable) => templateFindings(variable, place)),
    ...missingVariables(variables, place),
    ...shownPanels(dashboard).flatMap((panel) =>
      panelFindings(panel, variables, { ...place, panel: panel.title || `the panel ${String(panel.id)}` }),
    ),
  ];
}

function missingVariables(variables: readonly VariableJson[], place: Place): Finding[] {
  return [DATASOURCE, 'job', 'instance']
    .filter((name) => !variables.some((variable) => variable.name === name))
    .map((name) => found(place, `template-${name}-rule`, `has no variable ${name}`));
}

function templateFindings(variable: VariableJson, place: Place): Finding[] {
  const { name = '?', type, query, multi, includeAll, allValue, refresh } = variable;
  const says = (wrong: boolean, rule: string, message: string) =>
    wrong ? [found(place, rule, `variable ${name}: ${message}`)] : [];
  if (type === 'datasource')
    return says(query !== 'prometheus', 'template-datasource-rule', 'must be of the type prometheus');
  const selector = /^label_values\((.+), *[a-z_]+\)$/.exec(String(query))?.[1];
  const parsed =
    selector === undefined
      ? undefined
      : parseQuery(withVariables(selector, ['job', 'instance', 'load_job', 'load_instance']));
  return [
    ...says(type !== 'query', 'template-job-rule', 'must be a query'),
    ...says(
      variable.datasource?.uid !== `\${${DATASOURCE}}`,
      'template-datasource-rule',
      'must ask the chosen data source',
    ),
    ...says(
      multi !== true || includeAll !== true || allValue !== '.+',
      'template-job-rule',
      'must take several values, and all as .+',
    ),
    ...says(
      parsed === undefined || parsed.errors.length > 0,
      'template-label-promql-rule',
      `cannot be read: ${String(query)}`,
    ),
    ...(parsed?.selectors ?? []).flatMap(({ metric }) =>
      says(
        seriesOf(metric) === undefined,
        'template-label-promql-rule',
        `${metric} is no series of the catalogue`,
      ),
    ),
    ...says(refresh !== 2, 'template-on-time-change-reload-rule', 'must be read again when the time changes'),
  ];
}

function panelFindings(panel: PanelJson, variables: readonly VariableJson[], place: Place): Finding[] {
  const says = (wrong: boolean, rule: string, message: string) =>
    wrong ? [found(place, rule, message)] : [];
  return [
    ...says(
      panel.datasource?.uid !== `\${${DATASOURCE}}`,
      'panel-datasource-rule',
      'must ask the chosen data source',
    ),
    ...says(
      !panel.title || !panel.description,
      'panel-title-description-rule',
      'needs a title and a description',
    ),
    ...says(!panel.fieldConfig?.defaults?.unit, 'panel-units-rule', 'has no unit'),
    ...(panel.targets ?? []).flatMap((target) => targetFindings(target, variables, place)),
  ];
}

function targetFindings(target: TargetJson, variables: readonly VariableJson[], above: Place): Finding[] {
  const { expr = '', legendFormat = '' } = target;
  const place = { ...above, query: expr };
  const names = variables.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const text = withVariables(expr, names);
  const left = variablesLeft(text);
  if (left.length > 0) return [found(place, 'template-variables', `there is no variable ${left.join(', ')}`)];
  const parsed = parseQuery(text);
  if (parsed.errors.length > 0 || expr === '') {
    return [
      found(
        place,
        'target-promql-rule',
        `cannot be read at character ${(parsed.errors[0] ?? 0) + 1} of: ${text}`,
      ),
    ];
  }
  return [
    ...parseQuery(withVariables(expr, names, '$')).selectors.flatMap((selector) =>
      selectorFindings(selector, place),
    ),
    ...rateIntervalFindings(expr, place),
    ...legendFindings(legendFormat, parsed, place),
    ...(target.datasource?.uid === `\${${DATASOURCE}}`
      ? []
      : [found(place, 'panel-datasource-rule', 'the query must ask the chosen data source')]),
  ];
}

/** With values that the grammar takes; those of labels marked, so that they are seen to be variables. */
function withVariables(query: string, names: readonly string[], mark = ''): string {
  return substitute(query, {
    ...BUILT_IN,
    ...Object.fromEntries(names.map((name) => [name, `${mark}${name}`])),
  });
}

function selectorFindings({ metric, matchers, over }: Selector, place: Place): Finding[] {
  const series = seriesOf(metric);
  const matched = (label: string) =>
    matchers.some((one) => one.label === label && one.op === '=~' && one.value.startsWith('$'));
  const counting = series !== undefined && isCounting(series);
  return [
    ...['job', 'instance']
      .filter((label) => !matched(label))
      .map((label) =>
        found(place, `target-${label}-rule`, `${metric} is not held to the chosen ${label} (${label}=~"$…")`),
      ),
    ...(counting && !RATES.has(over ?? '')
      ? [
          found(
            place,
            'target-counter-agg-rule',
            `${metric} only counts up: it needs rate, irate or increase`,
          ),
        ]
      : []),
    ...(!counting && RATES.has(over ?? '')
      ? [found(place, 'target-counter-agg-rule', `${metric} is no counter: it has no ${over}`)]
      : []),
  ];
}

function rateIntervalFindings(expr: string, place: Place): Finding[] {
  const ranges = [...expr.matchAll(/\b(rate|irate|increase)\([^[\]]*\[([^\]]+)\]/g)];
  return ranges
    .filter(([, , range]) => range !== '$__rate_interval')
    .map(([, name, range]) =>
      found(place, 'target-rate-interval-rule', `${name} is taken over ${range}, not over $__rate_interval`),
    );
}

/** What a legend names must be a label that the series have. */
function legendFindings(
  legend: string,
  { selectors, groupings }: ParsedQuery,
  place: Place & { readonly query: string },
): Finding[] {
  const made = [...place.query.matchAll(/\bcount_values\s*\(\s*"(\w+)"/g)].map(([, label]) => label!);
  const known = new Set([...selectors.flatMap(({ metric }) => labelsIn(metric)), ...made]);
  const kept =
    groupings.length > 0 && groupings.every(({ labels }) => labels.length > 0)
      ? new Set(groupings.flatMap(({ labels }) => labels))
      : known;
  return [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)]
    .map(([, label]) => label!)
    .filter((label) => !kept.has(label))
    .map((label) => found(place, 'target-legend', `the legend names ${label}, which the series do not have`));
}

function labelsIn(metric: string): readonly string[] {
  const series = seriesOf(metric);
  return series === undefined ? ['job', 'instance'] : labelsOf(series);
}
