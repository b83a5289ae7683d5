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
  'nightly',
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

/** From where on a value is a warning, and from where on it is bad; equal where there is no warning. */
export interface Bounds {
  readonly warn: number;
  readonly bad: number;
  /** Values below the bounds are bad, not those from them on: `bad` is then at most `warn`. */
  readonly lessIsWorse?: boolean;
}

export interface State {
  readonly value: number;
  readonly text: string;
  readonly colour: string;
}

export interface Column {
  readonly label: string;
  /** Of every value that it can have: Grafana gives the others one of its own. */
  readonly colours?: Readonly<Record<string, string>>;
  /** A cell leads to its text below this URL. */
  readonly below?: string;
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

export interface PanelSpec {
  /** A stat and a table show what is now; the others what was over the time chosen. */
  readonly kind: 'stat' | 'lines' | 'heatmap' | 'timeline' | 'table';
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Columns of 24; a stat takes 3, the others 8, if not said. */
  readonly width?: number;
  /** Lines of the grid; a stat takes 4, the others 8, if not said. */
  readonly height?: number;
  readonly bounds?: Bounds;
  /** Colours that series always have, by the end of their legend: `error` is also that of `run 7: error`. */
  readonly colours?: Readonly<Record<string, string>>;
  /** What values mean, where a panel shows states. */
  readonly states?: readonly State[];
  /** Of a table, from left to right: labels of its series. */
  readonly columns?: readonly Column[];
  /** What a stat says where it has no value; if not said, that what the panel needs is not there. */
  readonly none?: string;
  /** A stat shows the legend too. */
  readonly named?: boolean;
  /** Where to read on: runbooks of the alerts that watch the same. */
  readonly links?: readonly Link[];
  readonly stacked?: boolean;
  /** Each value is shown as a point of its own: for what comes once a night, and may be missing the next. */
  readonly points?: boolean;
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
  /** What is chosen when the dashboard is opened; all, if not said. */
  readonly current?: string;
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How far back it looks when opened: `now-1h`. */
  readonly from: string;
  /** How often it asks anew, `30s` if not said. */
  readonly refresh?: string;
  readonly variables: readonly VariableSpec[];
  readonly rows: readonly RowSpec[];
}
