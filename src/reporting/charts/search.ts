import { probeLoad, rates } from '../capacity.ts';
import { perSecond, seconds } from '../format.ts';
import type { Probe } from '../phases.ts';
import { STEPS } from '../words.ts';
import { bracketLayers, type Chart, COLOUR, type Spec } from './chart.ts';
import { PROBE_CHANNELS, PROBE_MARK, probeLegend, probeStyle } from './probe-style.ts';

export interface NumberedProbe {
  /** From 1, in the order in which probes were made. */
  readonly number: number;
  readonly probe: Probe;
}

/** Every probe in the order in which it was made: how the search closed in on its answer. */
export function searchChart(
  probes: readonly NumberedProbe[],
  bracket: readonly [number, number] | null,
): Chart | undefined {
  if (probes.length === 0) return undefined;
  const dots = probes.map(({ number, probe }) => ({
    number,
    rate: probe.rate ?? probe.achievedRate,
    isOpen: probe.rate !== null,
    ...probeStyle(probe),
  }));
  const only = probes.map(({ probe }) => probe);
  return {
    id: 'search-path',
    title: 'The search, probe by probe',
    description: `The rate of ${probes.length} probes in the order in which they were made. ${bracket ? `The capacity found, ${rates(bracket)} requests a second, is shaded. ` : ''}${probes.map(({ number, probe }) => `${number}: ${probeLoad(probe)}, ${outcome(probe)}`).join('; ')}.`,
    legend: [
      ...probeLegend(only),
      ...(bracket ? [{ label: 'capacity', colour: COLOUR.green, mark: 'area' as const, opacity: 0.3 }] : []),
    ],
    spec: ({ narrow }) => {
      const most = Math.max(...dots.map((dot) => dot.rate), ...(bracket ?? []));
      const scale = { domain: [0, most * 1.08], nice: false };
      const x = {
        field: 'number',
        type: 'quantitative',
        scale: { domain: [0.4, Math.max(...dots.map(({ number }) => number)) + 0.6], nice: false },
        axis: { title: 'probe', grid: false, tickMinStep: 1, tickCount: narrow ? 6 : 20, format: 'd' },
      };
      const y = {
        field: 'rate',
        type: 'quantitative',
        scale,
        axis: { title: null, tickCount: 5, labelExpr: "datum.label + ' /s'" },
      };
      const layer: Spec[] = [
        ...(bracket ? bracketLayers(bracket, 'y', scale) : []),
        {
          data: { values: dots.filter(({ isOpen }) => isOpen) },
          mark: { type: 'line', stroke: COLOUR.grey, strokeWidth: 1, strokeOpacity: 0.7 },
          encoding: { x, y },
        },
        { data: { values: dots }, mark: PROBE_MARK, encoding: { x, y, ...PROBE_CHANNELS } },
      ];
      return { height: narrow ? 210 : 230, layer };
    },
    table: {
      columns: ['Probe', 'Step', 'Load', 'Achieved', 'Verdict', 'Lasted'],
      rows: probes.map(({ number, probe }) => [
        String(number),
        STEPS[probe.step],
        probeLoad(probe),
        perSecond(probe.achievedRate),
        outcome(probe),
        seconds(probe.seconds),
      ]),
    },
  };
}

function outcome({ verdict }: Probe): string {
  return verdict ?? 'not judged';
}
