import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type {
  DashboardLink,
  DynamicConfigValue,
  GridPos,
  Panel,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { linkOut } from './links.ts';
import type { Need, PanelSpec, Query } from './spec.ts';
import { columnOrder, columnProperties } from './table.ts';
import {
  byThreshold,
  fixedColour,
  legendPattern,
  noValueMapping,
  stateMapping,
  thresholdsOf,
} from './thresholds.ts';

export const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` };

/** What a stat says where what it needs is not there. */
const NONE: Readonly<Partial<Record<Need, string>>> = {
  traffic: 'no traffic',
  models: 'no calls',
  prices: 'no prices',
  online: 'none scored',
  canary: 'no run',
  nightly: 'no run',
  ingest: 'no ingest',
  generator: 'no run',
};
/** Points that an instant query could have, so that its step is the least one however long a time is looked at. */
const MANY_POINTS = 10_000;

export interface Placed {
  readonly spec: PanelSpec;
  /** Unique in its dashboard; the SDK gives none. */
  readonly id: number;
  readonly at: GridPos;
}

/** A panel as the SDK builds it. */
export function panelOf(placed: Placed): Builder<Panel> {
  switch (placed.spec.kind) {
    case 'stat':
      return statOf(placed);
    case 'lines':
      return linesOf(placed);
    case 'heatmap':
      return heatmapOf(placed);
    case 'timeline':
      return timelineOf(placed);
    case 'table':
      return tableOf(placed);
  }
}

/** The calls that all builders share, which have no type in common. */
interface Shared {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: typeof DATASOURCE): this;
  gridPos(at: GridPos): this;
  unit(unit: string): this;
  interval(interval: string): this;
  links(links: Builder<DashboardLink>[]): this;
  mappings(mappings: ValueMapping[]): this;
  overrideByRegexp(regexp: string, properties: DynamicConfigValue[]): this;
  withTarget(target: Builder<ReturnType<DataqueryBuilder['build']>>): this;
}

function shared<Of extends Shared>(builder: Of, { spec, id, at }: Placed): Of {
  builder
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .datasource(DATASOURCE)
    .gridPos(at)
    .unit(spec.unit);
  if (spec.interval !== undefined) builder.interval(spec.interval);
  if (spec.links !== undefined) builder.links(spec.links.map(linkOut));
  if (spec.states !== undefined) builder.mappings([stateMapping(spec.states)]);
  for (const [word, colour] of Object.entries(spec.colours ?? {})) {
    builder.overrideByRegexp(legendPattern(word), fixedColour(colour));
  }
  for (const [index, query] of spec.queries.entries()) builder.withTarget(target(spec, query, index));
  return builder;
}

const FORMATS: Readonly<Partial<Record<PanelSpec['kind'], PromQueryFormat>>> = {
  heatmap: PromQueryFormat.Heatmap,
  table: PromQueryFormat.Table,
};

/** What is shown of now is asked of now: the last value of a time that is over would outlive an outage. */
function target({ kind }: PanelSpec, { expr, legend, exemplar }: Query, index: number): DataqueryBuilder {
  const query = new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
    .format(FORMATS[kind] ?? PromQueryFormat.TimeSeries);
  if (kind === 'stat' || kind === 'table') query.instant();
  else query.range();
  return exemplar === true ? query.exemplar(true) : query;
}

function statOf(placed: Placed): StatBuilder {
  const { spec } = placed;
  const none = spec.none ?? (spec.needs === undefined ? undefined : NONE[spec.needs]) ?? 'none';
  return shared(new StatBuilder(), placed)
    .maxDataPoints(MANY_POINTS)
    .thresholds(thresholdsOf(spec))
    .colorScheme(byThreshold())
    .colorMode(spec.bounds === undefined ? BigValueColorMode.None : BigValueColorMode.Background)
    .textMode(spec.named === true ? BigValueTextMode.ValueAndName : BigValueTextMode.Auto)
    .graphMode(BigValueGraphMode.None)
    .noValue(none)
    .mappings([noValueMapping(none), ...(spec.states === undefined ? [] : [stateMapping(spec.states)])])
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false));
}

function linesOf(placed: Placed): LinesBuilder {
  const { spec } = placed;
  const lines = shared(new LinesBuilder(), placed)
    .min(0)
    .thresholds(thresholdsOf(spec))
    .lineWidth(1)
    .fillOpacity(spec.stacked === true ? 40 : 8)
    .showPoints(spec.points === true ? VisibilityMode.Always : VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['lastNotNull', spec.bounds?.lessIsWorse === true ? 'min' : 'max'])
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (spec.max !== undefined) lines.max(spec.max);
  if (spec.bounds !== undefined) {
    lines.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  if (spec.stacked === true) lines.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  return lines;
}

function heatmapOf(placed: Placed): HeatmapBuilder {
  return shared(new HeatmapBuilder(), placed)
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(placed.spec.unit));
}

function timelineOf(placed: Placed): TimelineBuilder {
  return shared(new TimelineBuilder(), placed)
    .thresholds(thresholdsOf(placed.spec))
    .colorScheme(byThreshold())
    .mergeValues(true)
    .showValue(placed.spec.states === undefined ? VisibilityMode.Never : VisibilityMode.Auto);
}

function tableOf(placed: Placed): TableBuilder {
  const { columns = [] } = placed.spec;
  const table = shared(new TableBuilder(), placed).withTransformation(columnOrder(columns));
  for (const column of columns) {
    const properties = columnProperties(column);
    if (properties.length > 0) table.overrideByName(column.label, properties);
  }
  return table;
}
