import { type DashboardJson, everyPanel, type PanelJson } from './dashboard-file.ts';
import { type Finding, found, type Place } from './finding.ts';

/** Panels that are used here; each is a plugin that comes with Grafana. */
const TYPES: ReadonlySet<string> = new Set([
  'row',
  'stat',
  'timeseries',
  'heatmap',
  'state-timeline',
  'table',
]);
const COLUMNS = 24;
/** Since Grafana 9.1; what is older is migrated when it is opened. */
const OLDEST_SCHEMA = 37;

/** Rules of Grafana's dashboard schema (kinds/dashboard/dashboard_kind.cue), and of what it does with the JSON. */
export function schemaFindings(dashboard: DashboardJson, place: Place): Finding[] {
  const says = (wrong: boolean, message: string) => (wrong ? [found(place, 'grafana-schema', message)] : []);
  const { uid, title, schemaVersion, graphTooltip, timezone, time, refresh, tags } = dashboard;
  return [
    ...says(
      !(typeof uid === 'string' && /^[A-Za-z0-9_-]{1,40}$/.test(uid)),
      'uid must be 1 to 40 letters, digits, - and _',
    ),
    ...says(typeof title !== 'string' || title === '', 'title is missing'),
    ...says(
      !(Number.isInteger(schemaVersion) && (schemaVersion as number) >= OLDEST_SCHEMA),
      `schemaVersion must be ${OLDEST_SCHEMA} or more`,
    ),
    ...says(![0, 1, 2].includes(graphTooltip as number), 'graphTooltip must be 0, 1 or 2'),
    ...says(!['browser', 'utc'].includes(timezone as string), 'timezone must be browser or utc'),
    ...says(typeof time?.from !== 'string' || typeof time.to !== 'string', 'time needs from and to'),
    ...says(!(typeof refresh === 'string' && /^\d+[smhd]$/.test(refresh)), 'refresh must be an interval'),
    ...says(
      !Array.isArray(tags) || new Set(tags).size !== tags.length,
      'tags must be a list without doubles',
    ),
    ...says(
      dashboard.panels?.[0]?.type === 'row' && dashboard.panels[0].collapsed === true,
      'the first row is closed: whoever opens the dashboard sees nothing',
    ),
    ...linkFindings(dashboard, place),
    ...idFindings(dashboard, place),
    ...everyPanel(dashboard).flatMap((panel) =>
      panelFindings(panel, { ...place, panel: panel.title ?? '?' }),
    ),
    ...overlapFindings(dashboard, place),
  ];
}

function idFindings(dashboard: DashboardJson, place: Place): Finding[] {
  const ids = everyPanel(dashboard).map(({ id }) => id);
  const bad = ids.filter((id) => !Number.isInteger(id) || (id as number) < 1);
  const doubles = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [
    ...bad.map((id) =>
      found(place, 'panel-id', `a panel has the id ${id}: it must be a whole number from 1 on`),
    ),
    ...doubles.map((id) => found(place, 'panel-id', `two panels have the id ${id}`)),
  ];
}

function panelFindings(panel: PanelJson, place: Place): Finding[] {
  const says = (wrong: boolean, message: string) => (wrong ? [found(place, 'grafana-schema', message)] : []);
  const { type = '', gridPos } = panel;
  const inGrid =
    gridPos !== undefined &&
    gridPos.x >= 0 &&
    gridPos.y >= 0 &&
    gridPos.w > 0 &&
    gridPos.h > 0 &&
    gridPos.x + gridPos.w <= COLUMNS;
  const common = [
    ...says(!TYPES.has(type), `type ${type || 'is missing'}: no panel of Grafana that is known here`),
    ...says(!inGrid, `gridPos must lie within ${COLUMNS} columns`),
  ];
  if (type === 'row') {
    const held = panel.panels ?? [];
    return [
      ...common,
      ...says(
        panel.collapsed !== true && held.length > 0,
        'an open row holds panels: Grafana does not show them',
      ),
    ];
  }
  return [
    ...common,
    ...refIdFindings(panel, place),
    ...thresholdFindings(panel, place),
    ...nowFindings(panel, place),
    ...linkFindings(panel, place),
  ];
}

/** Of panels that show what is now. */
function nowFindings({ type, options, fieldConfig, targets = [] }: PanelJson, place: Place): Finding[] {
  if (type !== 'stat' && type !== 'table') return [];
  const says = (wrong: boolean, message: string) => (wrong ? [found(place, 'grafana-schema', message)] : []);
  const ranged = targets.some(({ instant, range }) => instant !== true || range === true);
  return [
    ...says(
      ranged,
      `a ${type} must ask for an instant: of a range it goes on showing what was before an outage`,
    ),
    ...says(
      type === 'stat' && options?.reduceOptions?.calcs?.join() !== 'lastNotNull',
      'a stat must show lastNotNull: the last point of a query is often a gap',
    ),
    ...says(
      type === 'stat' && !fieldConfig?.defaults?.noValue,
      'a stat must say what it means to have no value (noValue)',
    ),
  ];
}

function linkFindings({ links = [] }: Pick<PanelJson, 'links'>, place: Place): Finding[] {
  return links
    .filter(({ title, type, url }) => !title || type !== 'link' || !url)
    .map(({ title }) =>
      found(
        place,
        'grafana-schema',
        `the link ${title || '?'} must be of the type link, with a title and a URL`,
      ),
    );
}

function refIdFindings({ targets = [] }: PanelJson, place: Place): Finding[] {
  const ids = targets.map(({ refId }) => refId);
  if (ids.length === 0) return [found(place, 'target-ref-id', 'has no query')];
  const doubles = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [
    ...ids.filter((id) => !id).map(() => found(place, 'target-ref-id', 'a query has no refId')),
    ...doubles.filter(Boolean).map((id) => found(place, 'target-ref-id', `two queries have the refId ${id}`)),
  ];
}

function thresholdFindings({ fieldConfig }: PanelJson, place: Place): Finding[] {
  const thresholds = fieldConfig?.defaults?.thresholds;
  if (thresholds === undefined) return [];
  const values = (thresholds.steps ?? []).map(({ value }) => value);
  const [first, ...rest] = values;
  const ascending = rest.every((value, index) => value !== null && (index === 0 || value > rest[index - 1]!));
  if (thresholds.mode === 'absolute' && first === null && ascending) return [];
  return [found(place, 'grafana-schema', 'thresholds must be absolute, begin without a value, and ascend')];
}

/** Panels that cover each other are moved by Grafana when the dashboard is opened, and every save then differs. */
function overlapFindings(dashboard: DashboardJson, place: Place): Finding[] {
  const open = (dashboard.panels ?? []).filter(({ gridPos }) => gridPos !== undefined);
  const findings: Finding[] = [];
  for (const [index, a] of open.entries()) {
    for (const b of open.slice(index + 1)) {
      if (covers(a, b))
        findings.push(found({ ...place, panel: b.title ?? '?' }, 'grafana-schema', `covers ${a.title}`));
    }
  }
  return findings;
}

function covers({ gridPos: a }: PanelJson, { gridPos: b }: PanelJson): boolean {
  if (a === undefined || b === undefined) return false;
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
