import type { TopLevelSpec } from 'vega-lite';
import { type Chart, COLOUR, type Spec } from './chart.ts';

/** One chart as SVG text, once for wide and once for narrow screens: shrunk letters cannot be read. */
export interface Drawing {
  readonly wide: string;
  readonly narrow: string;
}

const WIDE = 840;
const NARROW = 340;

const CONFIG: Spec = {
  aria: false,
  font: 'inherit',
  view: { stroke: null },
  axis: {
    labelColor: COLOUR.soft,
    titleColor: COLOUR.soft,
    gridColor: COLOUR.line,
    domain: false,
    ticks: false,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelPadding: 6,
  },
};

/** Loads Vega (heavy, hence only when something is drawn) and gives back what draws a chart. */
export async function createRenderer(): Promise<(chart: Chart) => Promise<Drawing>> {
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const draw = async (chart: Chart, width: number): Promise<string> => {
    const spec = {
      background: 'transparent',
      padding: 2,
      autosize: { type: 'fit', contains: 'padding' },
      config: CONFIG,
      width,
      ...chart.spec({ width, narrow: width === NARROW }),
    };
    const view = new View(parse(compile(spec as unknown as TopLevelSpec).spec), { renderer: 'none' });
    try {
      return tidy(await view.toSVG());
    } finally {
      view.finalize();
    }
  };
  return async (chart) => ({ wide: await draw(chart, WIDE), narrow: await draw(chart, NARROW) });
}

/** What an SVG inside HTML does not need. Specifications carry no user text but in text nodes, so no tag holds any. */
const NEEDLESS_ATTRIBUTES =
  / (?:role|aria-[a-z]+|class|pointer-events|xmlns(?::xlink)?|version)="[^"]*"| opacity="1"/g;
const LONG_FRACTIONS = /(\d+\.\d\d)\d+/g;
const INVISIBLE_PATHS = /<path(?: [a-z-]+="[^"]*")* d="(?:M0,0h0v0h0Z)?"(?: [a-z-]+="[^"]*")*\/>/g;

/** The drawing smaller by half, sized by its box, and silent: the figure around it speaks for it. */
function tidy(svg: string): string {
  return svg
    .replace(/<[^>]*>/g, (tag) => tag.replace(NEEDLESS_ATTRIBUTES, '').replace(LONG_FRACTIONS, '$1'))
    .replace(INVISIBLE_PATHS, '')
    .replace(/<g>(?:<\/g>)?(?=<\/g>)/g, (empty) => (empty.endsWith('</g>') ? '' : empty))
    .replace(/^<svg width="[^"]*" height="[^"]*"/, '<svg aria-hidden="true" focusable="false"');
}
