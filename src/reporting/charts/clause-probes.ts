import type { ClauseRecord } from '../../records/schema.ts';
import { rates } from '../capacity.ts';
import { allowedBy, isLowerBetter, isOfQuantile, testedName, testedWriter } from '../clauses.ts';
import { interval, MISSING, rate } from '../format.ts';
import {
  bracketLayers,
  type Chart,
  COLOUR,
  DURATION_LABEL,
  type Frame,
  rateDomain,
  SHARE_LABEL,
  type Spec,
} from './chart.ts';
import { type Place, placeLabels } from './labels.ts';
import { PROBE_CHANNELS, PROBE_MARK, type ProbeStyle, probeLegend, probeStyle } from './probe-style.ts';
import type { NumberedProbe } from './search.ts';

export interface ClauseProbes {
  readonly id: string;
  /** The clause as it is written. */
  readonly text: string;
  readonly probes: readonly NumberedProbe[];
  readonly bracket: readonly [number, number] | null;
}

interface Dot extends ProbeStyle {
  readonly label: string;
  readonly rate: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const BOUND_DASH = [3, 3];
/** What axes and padding take of a chart, about: enough to know which labels would touch. */
const MARGIN = { x: 52, y: 44 };

/** What one clause was judged by, in every probe, against its bound: rate across, probes numbered in their order. */
export function clauseChart({ id, text, probes, bracket }: ClauseProbes): Chart | undefined {
  const judged = probes.flatMap(({ number, probe }) => {
    const clause = probe.clauses.find((candidate) => candidate.text === text);
    return clause && probe.rate !== null ? [{ number, probe, clause, rate: probe.rate }] : [];
  });
  const dots = judged.flatMap(({ number, probe, clause, rate: at }): Dot[] => {
    const { estimate, low, high } = clause.tested;
    if (estimate === null) return [];
    const style = probeStyle({ ...probe, verdict: clause.verdict });
    return [
      {
        label: String(number),
        rate: at,
        value: estimate,
        low: low ?? estimate,
        high: high ?? estimate,
        ...style,
      },
    ];
  });
  const sample = judged[0]?.clause;
  if (!sample || dots.length === 0) return undefined;
  const write = testedWriter(sample);
  const allowed = allowedBy(sample);
  const styled = judged.map(({ probe, clause }) => ({ ...probe, verdict: clause.verdict }));
  return {
    id,
    title: isOfQuantile(sample) ? `${text}: arrivals ${testedName(sample)}` : text,
    description: `What ${text} was judged by at ${dots.length} probes, with 95 % intervals; allowed is ${allowed}. ${bracket ? `The capacity, ${rates(bracket)} requests a second, is shaded. ` : ''}${dots.map((dot) => `Probe ${dot.label} at ${rate(dot.rate)} a second: ${write(dot.value)}`).join('; ')}.`,
    legend: [
      ...probeLegend(styled),
      { label: allowed, colour: COLOUR.ink, mark: 'line', dash: BOUND_DASH },
      ...(bracket ? [{ label: 'capacity', colour: COLOUR.green, mark: 'area' as const, opacity: 0.3 }] : []),
    ],
    spec: (frame) => spec(sample, dots, { bracket, frame }),
    table: {
      columns: ['Probe', 'Rate (/s)', 'Judged', '95 % interval', 'Allowed', 'Verdict'],
      rows: judged.map(({ number, clause, rate: at }) => [
        String(number),
        rate(at),
        write(clause.tested.estimate),
        clause.tested.low === null || clause.tested.high === null
          ? MISSING
          : interval([clause.tested.low, clause.tested.high], write),
        allowed,
        clause.verdict,
      ]),
    },
  };
}

interface Setting {
  readonly bracket: readonly [number, number] | null;
  readonly frame: Frame;
}

function spec(clause: ClauseRecord, dots: readonly Dot[], { bracket, frame }: Setting): Spec {
  const { narrow, width } = frame;
  const height = narrow ? 230 : 250;
  const across = rateDomain([...dots.map((dot) => dot.rate), ...(bracket ?? [])]);
  const up = valueScale(clause, dots);
  const xScale = { domain: across, nice: false };
  const x = {
    field: 'rate',
    type: 'quantitative',
    scale: xScale,
    axis: { title: 'offered requests per second', grid: false, tickCount: narrow ? 5 : 10 },
  };
  const yScale = { ...up.scale, domain: up.domain, nice: false };
  const y = { type: 'quantitative', scale: yScale, axis: { title: null, tickCount: 5, ...up.axis } };
  const inner = { x: width - MARGIN.x, y: height - MARGIN.y };
  const places = dots.map((dot) => ({
    x: (inner.x * (dot.rate - across[0])) / (across[1] - across[0]),
    y: inner.y * (1 - up.at(dot.value)),
  }));
  return {
    height,
    layer: [
      ...(bracket ? bracketLayers(bracket, 'x', xScale) : []),
      {
        data: { values: [{ bound: clause.testedBound }] },
        mark: { type: 'rule', stroke: COLOUR.ink, strokeWidth: 1.5, strokeDash: BOUND_DASH },
        encoding: { y: { ...y, field: 'bound' } },
      },
      {
        data: { values: dots },
        mark: { type: 'rule', strokeWidth: 5, strokeOpacity: 0.3, strokeCap: 'round' },
        encoding: {
          x,
          y: { ...y, field: 'low' },
          y2: { field: 'high' },
          stroke: { field: 'colour', type: 'nominal', scale: null },
        },
      },
      {
        data: { values: dots },
        mark: PROBE_MARK,
        encoding: { x, y: { ...y, field: 'value' }, ...PROBE_CHANNELS },
      },
      ...labelLayers(dots, places, { x, y, area: { width: inner.x, height: inner.y } }),
    ],
  };
}

/** One layer a label: where a label stands is a matter of its mark, not of its data. */
function labelLayers(
  dots: readonly Dot[],
  places: readonly Place[],
  { x, y, area }: { x: Spec; y: Spec; area: { width: number; height: number } },
): Spec[] {
  const labels = placeLabels(places, { width: 15, height: 12, point: 6, area });
  return dots.map((dot, index) => ({
    data: { values: [dot] },
    mark: {
      type: 'text',
      fontSize: 10.5,
      fill: COLOUR.soft,
      baseline: 'middle',
      dx: Math.round(labels[index]!.x - places[index]!.x),
      dy: Math.round(labels[index]!.y - places[index]!.y),
    },
    encoding: { x, y: { ...y, field: 'value' }, text: { field: 'label', type: 'nominal' } },
  }));
}

interface ValueScale {
  readonly scale: Spec;
  readonly axis: Spec;
  readonly domain: readonly [number, number];
  /** Height of a value, from 0 to 1. */
  readonly at: (value: number) => number;
}

/**
 * Shares that should be small stand on a scale of square roots: a bound of 1 % and a probe of 60 % are both to be seen.
 * All else is linear, around what there is.
 */
function valueScale(clause: ClauseRecord, dots: readonly Dot[]): ValueScale {
  const values = [...dots.flatMap(({ value, low, high }) => [value, low, high]), clause.testedBound];
  const isShare = isOfQuantile(clause) || clause.unit === 'share';
  if (isShare && isLowerBetter(clause)) {
    const high = Math.min(1, Math.max(...values) * 1.05);
    const ticks = [0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1].filter((tick) => tick <= high);
    const fine = high < 0.02 ? [0, high / 16, high / 4, high / 2, high] : ticks;
    return {
      scale: { type: 'sqrt' },
      axis: { labelExpr: SHARE_LABEL, values: fine.map((tick) => Number(tick.toPrecision(2))) },
      domain: [0, high],
      at: (value) => Math.sqrt(Math.max(0, value) / high),
    };
  }
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((most - least) * 0.12, Math.abs(most) * 0.01);
  const ceiling = isShare ? Math.min(1, most + margin) : most + margin;
  const domain = [Math.max(0, least - margin), ceiling] as const;
  const labels = {
    ms: DURATION_LABEL,
    share: SHARE_LABEL,
    'per-second': "datum.label + ' /s'",
    usd: "'$' + datum.label",
  };
  return {
    scale: {},
    axis: clause.unit === 'score' ? {} : { labelExpr: labels[clause.unit] },
    domain,
    at: (value) => (value - domain[0]) / (domain[1] - domain[0]),
  };
}
