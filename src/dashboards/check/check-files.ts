import { CATALOGUE } from '../../telemetry/catalogue.ts';
import { DASHBOARD_FOLDER, RULE_FOLDER, RUNBOOK_FOLDER } from '../build.ts';
import { unknownIn } from './catalogued.ts';
import { type DashboardJson, shownPanels } from './dashboard-file.ts';
import { type Finding, found, type Place } from './finding.ts';
import { lintFindings } from './lint.ts';
import { parseQuery } from './promql.ts';
import { type RuleJson, readRules, ruleFindings } from './rule-files.ts';
import { schemaFindings } from './schema.ts';
import { substitute } from './substitute.ts';

/** The sections that a runbook has, in this order. */
const RUNBOOK_SECTIONS = ['Meaning', 'First look', 'Likely causes', 'How to mitigate'] as const;

export interface DashboardFile {
  readonly file: string;
  readonly json: DashboardJson;
}

export interface CheckedFiles {
  readonly dashboards: readonly DashboardFile[];
  readonly rules: readonly RuleJson[];
  readonly queries: number;
  readonly findings: readonly Finding[];
}

/** All that can be proved of the files without a Prometheus. `texts` are those of a folder, path → text. */
export function checkFiles(texts: ReadonlyMap<string, string>): CheckedFiles {
  const { dashboards, findings: unread } = readDashboards(texts);
  const read = [...texts]
    .filter(([file]) => file.startsWith(`${RULE_FOLDER}/`))
    .map(([file, text]) => ({ file, ...readRules(file, text) }));
  const rules = read.flatMap((one) => one.rules);
  const recorded = new Set(rules.flatMap(({ record }) => (record === undefined ? [] : [record])));
  const queries = dashboards.flatMap(({ json }) => shownPanels(json)).flatMap(({ targets = [] }) => targets);
  return {
    dashboards,
    rules,
    queries: queries.length,
    findings: [
      ...unread,
      ...missingFiles(dashboards, rules),
      ...dashboards.flatMap((file) => dashboardFindings(file)),
      ...doubleUids(dashboards),
      ...read.flatMap(({ file, findings, rules: own }) => [
        ...findings,
        ...own.flatMap((rule) => ruleFindings(rule, recorded, { file })),
      ]),
      ...runbookFindings(texts, rules),
      ...unusedMetrics([...queries.map(({ expr = '' }) => expr), ...rules.map(({ expr }) => String(expr))]),
    ],
  };
}

function readDashboards(texts: ReadonlyMap<string, string>): {
  dashboards: DashboardFile[];
  findings: Finding[];
} {
  const dashboards: DashboardFile[] = [];
  const findings: Finding[] = [];
  for (const [file, text] of texts) {
    if (!file.startsWith(`${DASHBOARD_FOLDER}/`) || !file.endsWith('.json')) continue;
    try {
      dashboards.push({ file, json: JSON.parse(text) as DashboardJson });
    } catch (thrown) {
      findings.push(found({ file }, 'dashboard-format', (thrown as Error).message));
    }
  }
  return { dashboards, findings };
}

function missingFiles(dashboards: readonly DashboardFile[], rules: readonly RuleJson[]): Finding[] {
  return [
    ...(dashboards.length > 0
      ? []
      : [found({ file: DASHBOARD_FOLDER }, 'dashboard-missing', 'there is no dashboard')]),
    ...(rules.length > 0 ? [] : [found({ file: RULE_FOLDER }, 'rules-missing', 'there is no rule')]),
  ];
}

function dashboardFindings({ file, json }: DashboardFile): Finding[] {
  const place: Place = { file, dashboard: String(json.title ?? file) };
  return [...schemaFindings(json, place), ...lintFindings(json, place), ...unknownMetrics(json, place)];
}

function unknownMetrics(dashboard: DashboardJson, place: Place): Finding[] {
  return shownPanels(dashboard).flatMap(({ title, targets = [] }) =>
    targets.flatMap(({ expr = '' }) =>
      // Panels ask for what is scraped alone, so that they work where the rules are not loaded.
      unknownIn(parseQuery(readable(expr)), new Set()).map((message) =>
        found({ ...place, panel: title ?? '?', query: expr }, 'metric-unknown', message),
      ),
    ),
  );
}

/** A query that the grammar takes: variables are text in matchers, and windows elsewhere. */
const readable = (expr: string) =>
  substitute(expr, { __rate_interval: '5m', __interval: '1m', __range: '1h' });

function doubleUids(dashboards: readonly DashboardFile[]): Finding[] {
  const uids = dashboards.map(({ json }) => json.uid);
  return dashboards
    .filter(({ json }, index) => uids.indexOf(json.uid) !== index)
    .map(({ file, json }) =>
      found({ file }, 'grafana-schema', `another dashboard has the uid ${String(json.uid)}`),
    );
}

function runbookFindings(texts: ReadonlyMap<string, string>, rules: readonly RuleJson[]): Finding[] {
  const alerts = [...new Set(rules.flatMap(({ alert }) => (alert === undefined ? [] : [alert])))];
  return alerts.flatMap((alert) => {
    const file = `${RUNBOOK_FOLDER}/${alert}.md`;
    const text = texts.get(file);
    if (text === undefined) return [found({ file, alert }, 'runbook-missing', 'the alert has no runbook')];
    const heads = [...text.matchAll(/^## (.+)$/gm)].map(([, head]) => head);
    if (heads.join() === RUNBOOK_SECTIONS.join()) return [];
    return [
      found({ file, alert }, 'runbook-sections', `must have the sections ${RUNBOOK_SECTIONS.join(', ')}`),
    ];
  });
}

/** Metrics of the service that nothing shows and nothing watches. */
function unusedMetrics(exprs: readonly string[]): Finding[] {
  const asked = new Set(
    exprs.flatMap((expr) => parseQuery(readable(expr)).selectors.map(({ metric }) => metric)),
  );
  return Object.values(CATALOGUE)
    .filter(({ name }) => /^(rag|loadgen|gen_ai)_/.test(name))
    .filter(
      ({ name, type }) =>
        !asked.has(name) &&
        !(type === 'histogram' && ['_bucket', '_sum', '_count'].some((part) => asked.has(name + part))),
    )
    .map(({ name }) =>
      found({ file: DASHBOARD_FOLDER }, 'metric-unused', `${name} stands in no panel and no rule`),
    );
}
