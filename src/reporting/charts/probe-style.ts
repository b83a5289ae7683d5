import type { Probe } from '../phases.ts';
import { STEPS } from '../words.ts';
import { COLOUR, type DotShape, type LegendEntry, type Spec } from './chart.ts';

/** How a probe looks wherever it is drawn: verdict by colour and by how much is filled, step by shape. */

export interface ProbeStyle {
  readonly colour: string;
  /** What it is filled with, and how densely. */
  readonly ground: string;
  readonly fill: number;
  readonly shape: DotShape;
}

type Verdict = Probe['verdict'];

const VERDICT_LOOK = {
  PASS: { label: 'held', colour: COLOUR.green, fill: 1 },
  FAIL: { label: 'did not hold', colour: COLOUR.vermilion, fill: 0 },
  INCONCLUSIVE: { label: 'undecided', colour: COLOUR.orange, fill: 0.35 },
  none: { label: 'not judged', colour: COLOUR.grey, fill: 1 },
} as const;

const STEP_SHAPES: Readonly<Record<Probe['step'], DotShape>> = {
  closed: 'square',
  climb: 'triangle-up',
  bisect: 'diamond',
  narrow: 'triangle-down',
  confirm: 'circle',
  sweep: 'circle',
};

const lookOf = (verdict: Verdict) => VERDICT_LOOK[verdict ?? 'none'];

export function probeStyle({ verdict, step }: Probe): ProbeStyle {
  const { colour, fill } = lookOf(verdict);
  // A hollow one hides the line behind it.
  const inside = fill === 0 ? { ground: COLOUR.paper, fill: 1 } : { ground: colour, fill };
  return { colour, ...inside, shape: STEP_SHAPES[step] };
}

/** The verdicts and the steps that occur. */
export function probeLegend(probes: readonly Probe[]): LegendEntry[] {
  const verdicts = [...new Set(probes.map(({ verdict }) => verdict))];
  const steps = [...new Set(probes.map(({ step }) => step))];
  return [
    ...verdicts.map((verdict) => ({ ...lookOf(verdict), mark: 'dot' as const })),
    ...(steps.length < 2
      ? []
      : steps.map((step) => ({
          label: STEPS[step],
          mark: 'dot' as const,
          shape: STEP_SHAPES[step],
          colour: COLOUR.soft,
          fill: 0,
        }))),
  ];
}

export const PROBE_MARK: Spec = { type: 'point', size: 78, strokeWidth: 2, opacity: 1 };

/** Channels of a point whose datum holds a `ProbeStyle`. */
export const PROBE_CHANNELS: Spec = {
  stroke: { field: 'colour', type: 'nominal', scale: null },
  fill: { field: 'ground', type: 'nominal', scale: null },
  fillOpacity: { field: 'fill', type: 'quantitative', scale: null },
  shape: { field: 'shape', type: 'nominal', scale: null },
};
