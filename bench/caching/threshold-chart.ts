import type { TopLevelSpec } from 'vega-lite';
import type { Measured } from './semantic-threshold.ts';

const HIT = '#0072b2';
const FALSE_HIT = '#d55e00';

/** Hits and false hits over the threshold, with guards (solid) and without (dashed), with their intervals, as SVG. */
export async function drawCurve(measured: Measured): Promise<string> {
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new View(parse(compile(curveSpec(measured) as unknown as TopLevelSpec).spec), {
    renderer: 'none',
  });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

/** A Vega-Lite specification with its data in it. */
export function curveSpec({ bare, guarded, chosen }: Measured): object {
  const values = [
    { points: guarded, guards: 'with guards' },
    { points: bare, guards: 'without guards' },
  ].flatMap(({ points, guards }) =>
    points.flatMap(({ threshold, hits, falseHits }) =>
      (
        [
          ['hits, same meaning', hits],
          ['false hits, other meaning', falseHits],
        ] as const
      ).map(
        ([
          what,
          {
            count,
            of,
            interval: [low, high],
          },
        ]) => ({ threshold, guards, what, share: count / of, low, high }),
      ),
    ),
  );
  const x = {
    field: 'threshold',
    type: 'quantitative',
    title: 'threshold (cosine similarity)',
    scale: { zero: false },
  };
  const y = { type: 'quantitative', axis: { format: '.0%' }, scale: { domain: [0, 1] } };
  const color = {
    field: 'what',
    type: 'nominal',
    title: null,
    legend: { labelLimit: 240, symbolOpacity: 1 },
    scale: { domain: ['hits, same meaning', 'false hits, other meaning'], range: [HIT, FALSE_HIT] },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: 'Semantic cache: hits and false hits by threshold',
    background: 'white',
    width: 640,
    height: 320,
    data: { values },
    layer: [
      {
        transform: [{ filter: "datum.guards === 'with guards'" }],
        mark: { type: 'area', opacity: 0.15 },
        encoding: { x, y: { ...y, field: 'low', title: 'share of pairs' }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x,
          y: { ...y, field: 'share', title: 'share of pairs' },
          color,
          strokeDash: {
            field: 'guards',
            type: 'nominal',
            title: null,
            scale: {
              range: [
                [1, 0],
                [5, 4],
              ],
            },
          },
        },
      },
      ...(chosen === undefined
        ? []
        : [
            {
              data: { values: [{ threshold: chosen.threshold }] },
              mark: { type: 'rule', strokeDash: [2, 2], color: '#555555' },
              encoding: { x: { field: 'threshold', type: 'quantitative' } },
            },
          ]),
    ],
  };
}
