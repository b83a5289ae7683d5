import type { CapacityRecord } from '../../records/schema.ts';
import { probeLoad, uslRate } from '../capacity.ts';
import { perSecond, rate, significant } from '../format.ts';
import { STEPS } from '../words.ts';
import { type Chart, COLOUR, type Spec } from './chart.ts';
import { PROBE_CHANNELS, PROBE_MARK, probeLegend, probeStyle } from './probe-style.ts';
import type { NumberedProbe } from './search.ts';

const CURVE_POINTS = 80;
const CURVE_DASH = [6, 3];
/** A knee further out than this, as a multiple of what was probed, is extrapolation and is only told of. */
const FURTHEST_KNEE = 1.6;

type Usl = NonNullable<CapacityRecord['usl']>;

/** Throughput against requests in flight, with the Universal Scalability Law fitted to it and its knee. */
export function scalabilityChart(probes: readonly NumberedProbe[], usl: Usl | null): Chart | undefined {
  if (probes.length < 2) return undefined;
  const dots = probes.map(({ probe }) => ({
    inFlight: probe.inFlightMean,
    rate: probe.achievedRate,
    ...probeStyle(probe),
  }));
  const most = Math.max(...dots.map(({ inFlight }) => inFlight));
  const knee = usl && drawnKnee(usl, most);
  const curve = usl ? curveOf(usl, Math.max(most * 1.05, (knee?.inFlight ?? 0) * 1.1)) : [];
  return {
    id: 'throughput-in-flight',
    title: 'Throughput against requests in flight',
    description: `Achieved requests a second of ${probes.length} probes against the mean number of requests in flight. ${usl ? kneeWords(usl) : 'No law was fitted.'}`,
    legend: [
      ...probeLegend(probes.map(({ probe }) => probe)),
      ...(usl ? [{ label: 'fitted law', colour: COLOUR.blue, mark: 'line' as const, dash: CURVE_DASH }] : []),
    ],
    spec: ({ narrow }) => ({
      height: narrow ? 230 : 270,
      layer: layers({ dots, curve, knee, narrow }),
    }),
    table: {
      columns: ['Probe', 'Step', 'Load', 'In flight', 'Achieved (/s)', ...(usl ? ['Fitted (/s)'] : [])],
      rows: probes.map(({ number, probe }) => [
        String(number),
        STEPS[probe.step],
        probeLoad(probe),
        significant(probe.inFlightMean),
        rate(probe.achievedRate),
        ...(usl ? [rate(uslRate(usl, probe.inFlightMean))] : []),
      ]),
    },
  };
}

/** "Fitted: γ 4.2, α 0.008, β 0.0003, R² .991; its knee lies at 57.5 requests in flight, 98 /s." */
export function kneeWords({ gamma, alpha, beta, r2, kneeInFlight, kneeRate }: Usl): string {
  const fit = `X(N) = γN / (1 + α(N − 1) + βN(N − 1)) with γ ${significant(gamma)}, α ${significant(alpha)}, β ${significant(beta)} (R² ${r2.toFixed(3)})`;
  return kneeInFlight === null || kneeRate === null
    ? `${fit}. It has no knee: throughput does not fall with more in flight.`
    : `${fit}. Its knee, where more in flight no longer helps, lies at ${significant(kneeInFlight)} in flight and ${perSecond(kneeRate)}.`;
}

interface Point {
  readonly inFlight: number;
  readonly rate: number;
}

function drawnKnee({ kneeInFlight, kneeRate }: Usl, most: number): (Point & { label: string }) | undefined {
  if (kneeInFlight === null || kneeRate === null || kneeInFlight > most * FURTHEST_KNEE) return undefined;
  return {
    inFlight: kneeInFlight,
    rate: kneeRate,
    label: `knee: ${significant(kneeInFlight)} in flight, ${perSecond(kneeRate)}`,
  };
}

function curveOf(usl: Usl, end: number): Point[] {
  return Array.from({ length: CURVE_POINTS + 1 }, (_, step) => {
    const inFlight = (end * step) / CURVE_POINTS;
    return { inFlight, rate: uslRate(usl, inFlight) };
  });
}

interface Layers {
  readonly dots: readonly Point[];
  readonly curve: readonly Point[];
  readonly knee: (Point & { label: string }) | null | undefined;
  readonly narrow: boolean;
}

function layers({ dots, curve, knee, narrow }: Layers): Spec[] {
  const all = [...dots, ...curve, ...(knee ? [knee] : [])];
  const [end, top] = [
    Math.max(...all.map(({ inFlight }) => inFlight)),
    Math.max(...all.map((one) => one.rate)),
  ];
  const x = {
    field: 'inFlight',
    type: 'quantitative',
    scale: { domain: [0, end * 1.03], nice: false },
    axis: { title: 'mean requests in flight', grid: false, tickCount: narrow ? 5 : 10 },
  };
  const y = {
    field: 'rate',
    type: 'quantitative',
    scale: { domain: [0, top * 1.14], nice: false },
    axis: { title: null, tickCount: 5, labelExpr: "datum.label + ' /s'" },
  };
  const line = { type: 'line', stroke: COLOUR.blue, strokeWidth: 2, strokeDash: CURVE_DASH };
  return [
    { data: { values: curve }, mark: line, encoding: { x, y } },
    { data: { values: dots }, mark: PROBE_MARK, encoding: { x, y, ...PROBE_CHANNELS } },
    ...(knee ? kneeLayers(knee, { x, y, end }) : []),
  ];
}

function kneeLayers(
  knee: Point & { readonly label: string },
  { x, y, end }: { x: Spec; y: Spec; end: number },
): Spec[] {
  // The label stands on the side that has more room.
  const right = knee.inFlight < end / 2;
  return [
    {
      data: { values: [knee] },
      mark: { type: 'rule', stroke: COLOUR.ink, strokeDash: [2, 3] },
      encoding: { x, y, y2: { datum: 0 } },
    },
    {
      data: { values: [knee] },
      mark: { type: 'text', align: right ? 'left' : 'right', dy: -12, fill: COLOUR.ink, fontSize: 12 },
      encoding: { x, y, text: { field: 'label', type: 'nominal' } },
    },
  ];
}
