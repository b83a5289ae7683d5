import { duration, MISSING, ms } from '../format.ts';
import { oneLine } from '../plain.ts';
import { type PlacedSlowRequest, waterfall } from '../slowest.ts';
import { type Chart, COLOUR, ROW_HEIGHT, ROWS, rowLabels } from './chart.ts';
import { inOrder, stageColours } from './stages.ts';

/** The slowest requests as bars over time, a colour for each part. Undefined where no stage was told. */
export function waterfallChart(requests: readonly PlacedSlowRequest[]): Chart | undefined {
  if (requests.every(({ stagesMs }) => stagesMs === null)) return undefined;
  const drawn = requests.map((request) => ({ request, bars: waterfall(request) }));
  const used = inOrder(new Set(drawn.flatMap(({ bars }) => bars.map(({ name }) => name))));
  const colours = stageColours(used);
  const label = ({ id, latencyMs }: PlacedSlowRequest): string => `${oneLine(id)} · ${duration(latencyMs)}`;
  return {
    id: 'slowest-waterfall',
    title: 'The slowest requests, part by part',
    description: `Milliseconds from when each was due. ${drawn.map(({ request, bars }) => `${label(request)}: mostly ${oneLine(longest(bars))}`).join('; ')}.`,
    legend: used.map((part) => ({ label: oneLine(part), colour: colours.get(part)!, mark: 'area' as const })),
    spec: ({ narrow }) => ({
      height: drawn.length * ROW_HEIGHT + 24,
      layer: [
        {
          data: {
            values: drawn.flatMap(({ bars }, row) =>
              bars.map(({ name, start, end }) => ({
                row: String(row),
                start,
                end,
                colour: colours.get(name)!,
              })),
            ),
          },
          mark: { type: 'bar', height: 16, yOffset: 8, stroke: COLOUR.paper, strokeWidth: 1 },
          encoding: {
            y: ROWS,
            x: {
              field: 'start',
              type: 'quantitative',
              axis: { title: 'ms since due', tickCount: narrow ? 4 : 10 },
            },
            x2: { field: 'end' },
            fill: { field: 'colour', type: 'nominal', scale: null },
          },
        },
        rowLabels(drawn.map(({ request }, row) => ({ row: String(row), label: label(request) }))),
      ],
    }),
    table: {
      columns: ['Request', 'All (ms)', ...used.map((part) => `${oneLine(part)} (ms)`)],
      rows: drawn.map(({ request, bars }) => [
        oneLine(request.id),
        ms(request.latencyMs),
        ...used.map((part) => {
          const bar = bars.find(({ name }) => name === part);
          return bar ? ms(bar.end - bar.start) : MISSING;
        }),
      ]),
    },
  };
}

function longest(bars: ReturnType<typeof waterfall>): string {
  return bars.reduce((best, bar) => (bar.end - bar.start > best.end - best.start ? bar : best)).name;
}
