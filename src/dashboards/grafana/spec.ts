/** How a panel's values are shown; names of Grafana's, through the SDK where it has them. */
export type Unit =
  | 's'
  | 'bytes'
  | 'Bps'
  | 'percentunit'
  | 'short'
  | 'reqps'
  | 'cps'
  | 'currencyUSD'
  | 'dateTimeAsIso';

/** What must be in use for a panel to have data. `dashboards check --without` names those that are not. */
export const NEEDS = [
  'traffic',
  'models',
  'prices',
  'online',
  'canary',
  'ingest',
  'failures',
  'generator',
] as const;
export type Need = (typeof NEEDS)[number];

export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** Asks for exemplars too, which lead from a point to its trace. */
  readonly exemplar?: boolean;
}

export interface PanelSpec {
  readonly kind: 'stat' | 'lines' | 'heatmap' | 'timeline';
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Columns of 24; a stat takes 3, the others 8, if not said. */
  readonly width?: number;
  /** From where on a value is a warning, and from where on bad. The other way round where less is worse. */
  readonly bounds?: { readonly warn: number; readonly bad: number };
  readonly stacked?: boolean;
  readonly max?: number;
  /** The shortest step, for what happens seldom: it widens `$__rate_interval`. */
  readonly interval?: string;
  readonly needs?: Need;
}

export interface RowSpec {
  readonly title: string;
  readonly collapsed?: boolean;
  readonly panels: readonly PanelSpec[];
}

export interface VariableSpec {
  readonly name: string;
  readonly label: string;
  /** `label_values(...)`. */
  readonly query: string;
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How far back it looks when opened: `now-1h`. */
  readonly from: string;
  readonly variables: readonly VariableSpec[];
  readonly rows: readonly RowSpec[];
}
