import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type GridPos,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { linksFrom } from './links.ts';
import { DATASOURCE, type Placed, panelOf } from './panels.ts';
import type { DashboardSpec, PanelSpec, RowSpec, VariableSpec } from './spec.ts';

const COLUMNS = 24;
const STAT = { w: 3, h: 4 };
const CHART = { w: 8, h: 8 };
const REFRESH = '30s';
const ALL = { selected: true, text: ['All'], value: ['$__all'] };

/** A dashboard in Grafana's classic schema: pure, so that the same specification gives the same text. */
export function dashboardOf(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags(['groundspeed', 'rag'])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: spec.from, to: 'now' })
    .refresh(spec.refresh ?? REFRESH)
    .links(linksFrom(spec.uid))
    .withVariable(
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus').current({
        selected: false,
        text: 'Prometheus',
        value: 'prometheus',
      }),
    );
  for (const variable of spec.variables) builder.withVariable(variableOf(variable));
  const place = new Place();
  for (const row of spec.rows) builder.withRow(rowOf(row, place));
  const dashboard = builder.build();
  // Of an open row the panels are the dashboard's own.
  return { ...dashboard, panels: (dashboard.panels ?? []).flatMap((panel) => opened(panel)) };
}

type Item = NonNullable<Dashboard['panels']>[number];

function opened(panel: Item): Item[] {
  if (!('panels' in panel) || panel.collapsed) return [panel];
  return [{ ...panel, panels: [] }, ...panel.panels];
}

function variableOf({ name, label, query, current }: VariableSpec): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current(current === undefined ? ALL : { selected: true, text: [current], value: [current] });
}

function rowOf(row: RowSpec, place: Place): RowBuilder {
  const at = place.row();
  const builder = new RowBuilder(row.title).id(place.id()).gridPos(at);
  for (const spec of row.panels) builder.withPanel(panelOf(place.panel(spec)));
  // With each panel the SDK closes the row.
  return builder.collapsed(row.collapsed === true);
}

/** Lays panels out from left to right in lines of 24 columns, and counts their ids. */
class Place {
  #id = 0;
  #x = 0;
  #y = 0;
  #lineHeight = 0;

  id(): number {
    this.#id += 1;
    return this.#id;
  }

  row(): GridPos {
    this.#breakLine();
    const at = { x: 0, y: this.#y, w: COLUMNS, h: 1 };
    this.#y += 1;
    return at;
  }

  panel(spec: PanelSpec): Placed {
    const size = spec.kind === 'stat' ? STAT : CHART;
    const { width: w = size.w, height: h = size.h } = spec;
    if (this.#x + w > COLUMNS) this.#breakLine();
    const at = { x: this.#x, y: this.#y, w, h };
    this.#x += w;
    this.#lineHeight = Math.max(this.#lineHeight, h);
    return { spec, id: this.id(), at };
  }

  #breakLine(): void {
    this.#x = 0;
    this.#y += this.#lineHeight;
    this.#lineHeight = 0;
  }
}
