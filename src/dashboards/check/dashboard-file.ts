/** As much of a dashboard's JSON as is looked at. Whatever is missing is a finding, not an exception. */
export interface DashboardJson {
  readonly uid?: unknown;
  readonly title?: unknown;
  readonly schemaVersion?: unknown;
  readonly editable?: unknown;
  readonly graphTooltip?: unknown;
  readonly timezone?: unknown;
  readonly refresh?: unknown;
  readonly time?: { readonly from?: unknown; readonly to?: unknown };
  readonly tags?: unknown;
  readonly templating?: { readonly list?: readonly VariableJson[] };
  readonly links?: readonly LinkJson[];
  readonly panels?: readonly PanelJson[];
}

export interface LinkJson {
  readonly title?: string;
  readonly type?: string;
  readonly url?: string;
  readonly keepTime?: boolean;
}

export interface VariableJson {
  readonly name?: string;
  readonly type?: string;
  readonly query?: unknown;
  readonly datasource?: { readonly uid?: string };
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
  readonly current?: { readonly value?: unknown };
}

export interface PanelJson {
  readonly id?: unknown;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly collapsed?: boolean;
  readonly interval?: string;
  readonly maxDataPoints?: number;
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type?: string; readonly uid?: string };
  readonly fieldConfig?: {
    readonly defaults?: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly mappings?: readonly MappingJson[];
      readonly thresholds?: {
        readonly mode?: string;
        readonly steps?: readonly { readonly value: number | null; readonly color?: string }[];
      };
    };
    readonly overrides?: readonly {
      readonly matcher?: { readonly id?: string; readonly options?: unknown };
      readonly properties?: readonly { readonly id?: string; readonly value?: unknown }[];
    }[];
  };
  readonly options?: {
    readonly reduceOptions?: { readonly calcs?: readonly string[] };
    readonly legend?: { readonly displayMode?: string; readonly calcs?: readonly string[] };
  };
  readonly links?: readonly LinkJson[];
  readonly targets?: readonly TargetJson[];
  readonly panels?: readonly PanelJson[];
}

export interface MappingJson {
  readonly type?: string;
  readonly options?: unknown;
}

export interface TargetJson {
  readonly refId?: string;
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly format?: string;
  readonly datasource?: { readonly uid?: string };
}

/** Panels that show something, those of closed rows included. */
export function shownPanels({ panels = [] }: DashboardJson): PanelJson[] {
  return panels.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]));
}

export function everyPanel({ panels = [] }: DashboardJson): PanelJson[] {
  return panels.flatMap((panel) => [panel, ...(panel.type === 'row' ? (panel.panels ?? []) : [])]);
}
