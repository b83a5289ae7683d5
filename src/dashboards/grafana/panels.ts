import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueGraphMode,
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
import {
  FieldColorBuilder,
  FieldColorModeId,
  type GridPos,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { PanelSpec, Query } from './spec.ts';

export const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` };

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
  for (const [index, query] of spec.queries.entries()) builder.withTarget(target(spec, query, index));
  return builder;
}

function target(spec: PanelSpec, { expr, legend, exemplar }: Query, index: number): DataqueryBuilder {
  const query = new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
    .range()
    .format(spec.kind === 'heatmap' ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries);
  return exemplar === true ? query.exemplar(true) : query;
}

function statOf(placed: Placed): StatBuilder {
  return shared(new StatBuilder(), placed)
    .thresholds(thresholdsOf(placed.spec))
    .colorScheme(byThreshold())
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false));
}

function linesOf(placed: Placed): LinesBuilder {
  const { spec } = placed;
  const lines = shared(new LinesBuilder(), placed)
    .min(0)
    .thresholds(thresholdsOf(spec))
    .lineWidth(1)
    .fillOpacity(spec.stacked === true ? 40 : 8)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
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
    .showValue(VisibilityMode.Never);
}

const byThreshold = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

function thresholdsOf({ bounds }: PanelSpec): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(bounds));
}

/** The first step has no value: it begins at minus infinity. */
function stepsOf(bounds: PanelSpec['bounds']): { value: number | null; color: string }[] {
  if (bounds === undefined) return [{ value: null, color: 'blue' }];
  const { warn, bad } = bounds;
  if (bad >= warn) {
    const first = { value: null, color: 'green' };
    return bad === warn
      ? [first, { value: bad, color: 'red' }]
      : [first, { value: warn, color: 'orange' }, { value: bad, color: 'red' }];
  }
  return [
    { value: null, color: 'red' },
    { value: bad, color: 'orange' },
    { value: warn, color: 'green' },
  ];
}
