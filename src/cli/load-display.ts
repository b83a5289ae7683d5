import type pc from 'picocolors';
import { count, duration, perSecond, share } from '../reporting/format.ts';
import { oneLine } from '../reporting/plain.ts';
import { cellWidth, clipCells } from './cell-width.ts';
import type { LoadPhase } from './load-display-phase.ts';
import { figuresText, LAG_TO_MIND_MS, timeText } from './load-display-text.ts';
import { barOf } from './progress-text.ts';

/**
 * A load phase that is under way, as a few lines for a terminal. Every figure keeps its place from one drawing to the
 * next, so that the eye can rest on it.
 */

export type Colours = ReturnType<typeof pc.createColors>;

export interface BlockRoom {
  /** Cells that a line may fill. */
  readonly width: number;
  /** Lines that there are at most. */
  readonly height: number;
  readonly colours: Colours;
}

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly paint?: ((text: string) => string) | undefined;
}

/** Three figures under each other, their labels and values in columns. */
interface Group {
  readonly labelWidth: number;
  readonly valueWidth: number;
  readonly figures: readonly Figure[];
}

const WIDEST = 78;
const INDENT = '  ';
const GAP = '   ';
/** Before the bar and the sparkline, which share one time axis. */
const LABEL_WIDTH = 6;
/** Behind them; below that width the words go and the lines stay. */
const ASIDE_WIDTH = 16;
const LEAST_COURSE = 12;
/** Groups side by side: four where they fit, else two or one. */
const BESIDE_EACH_OTHER = [4, 2, 1];

export function loadBlock(phase: LoadPhase, step: string, { width, height, colours }: BlockRoom): string[] {
  const columns = Math.min(width, WIDEST);
  const lines = [heading(phase, step, columns, colours), ...course(phase, columns, colours)];
  lines.push(...grid(groups(phase, colours), columns, colours));
  if (lines.length <= height) return lines;
  const short = [`${step}${oneLine(phase.name)} ${timeText(phase)}`, `${INDENT}${figuresText(phase)}`];
  return short.slice(0, Math.max(1, height)).map((line) => clipCells(line, width));
}

function heading(phase: LoadPhase, step: string, width: number, colours: Colours): string {
  const { loop, arrivals, warmup } = phase.latest;
  const name = clipCells(`${step}${oneLine(phase.name)}`, width);
  const notes = [
    `${loop} loop`,
    ...(warmup ? ['warm-up: not in the results'] : []),
    `${count(arrivals)} arrivals`,
  ];
  const detail = clipCells(notes.join(' · '), Math.max(0, width - cellWidth(name) - 2));
  return detail === '' ? colours.bold(name) : `${colours.bold(name)}  ${colours.dim(detail)}`;
}

const HEIGHTS = '▁▂▃▄▅▆▇█';

/** The time that is over and, below it on the same axis, the course of p95, from zero to its peak. */
function course(phase: LoadPhase, columns: number, colours: Colours): string[] {
  const room = columns - INDENT.length - LABEL_WIDTH;
  const hasAside = room - ASIDE_WIDTH >= LEAST_COURSE;
  const width = Math.max(1, hasAside ? room - ASIDE_WIDTH : room);
  const peak = phase.p95Range?.[1] ?? null;
  const steps = phase.p95Course(width).map((p95) => (p95 === null ? ' ' : heightOf(p95, peak)));
  const [filled, rest] = barOf(phase.share, width);
  const line = (label: string, drawing: string, aside: string): string => {
    const words = hasAside ? clipCells(aside, ASIDE_WIDTH - GAP.length).padStart(ASIDE_WIDTH) : '';
    return `${INDENT}${colours.dim(label.padEnd(LABEL_WIDTH))}${drawing}${colours.dim(words)}`;
  };
  return [
    line('time', `${colours.cyan(filled)}${colours.dim(rest)}`, timeText(phase)),
    line('p95', colours.cyan(steps.join('')), `peak ${duration(peak)}`),
  ];
}

function heightOf(value: number, peak: number | null): string {
  const height = peak === null || peak <= 0 ? 0 : Math.ceil((value / peak) * HEIGHTS.length) - 1;
  return HEIGHTS[Math.min(HEIGHTS.length - 1, Math.max(0, height))]!;
}

function groups({ latest }: LoadPhase, { red, yellow, bold }: Colours): Group[] {
  const { latencyMs, lagP99Ms, errorShare } = latest;
  const failures = (label: string, number: number): Figure => ({
    label,
    value: count(number),
    paint: number > 0 ? (text) => bold(red(text)) : undefined,
  });
  return [
    {
      labelWidth: 8,
      valueWidth: 10,
      figures: [
        { label: 'offered', value: perSecond(latest.offeredRate) },
        { label: 'achieved', value: perSecond(latest.achievedRate) },
        { label: 'goodput', value: perSecond(latest.goodput) },
      ],
    },
    {
      labelWidth: 3,
      valueWidth: 9,
      figures: [
        { label: 'p50', value: duration(latencyMs?.p50) },
        { label: 'p95', value: duration(latencyMs?.p95) },
        { label: 'p99', value: duration(latencyMs?.p99) },
      ],
    },
    {
      labelWidth: 8,
      valueWidth: 7,
      figures: [
        failures('errors', latest.errors),
        failures('timeouts', latest.timeouts),
        failures('drops', latest.dropped),
      ],
    },
    {
      labelWidth: 9,
      valueWidth: 9,
      figures: [
        { label: 'in flight', value: count(latest.inFlight) },
        {
          label: 'lag p99',
          value: duration(lagP99Ms),
          paint: lagP99Ms !== null && lagP99Ms > LAG_TO_MIND_MS ? (text) => bold(yellow(text)) : undefined,
        },
        { label: 'failing', value: share(errorShare), paint: (errorShare ?? 0) > 0 ? red : undefined },
      ],
    },
  ];
}

/** As many groups beside each other as fit, the rest below them; what stands below each other is equally wide. */
function grid(all: readonly Group[], columns: number, colours: Colours): string[] {
  for (const beside of BESIDE_EACH_OTHER) {
    const widths = Array.from({ length: beside }, (_, column) => {
      const below = all.filter((_group, index) => index % beside === column);
      return {
        labelWidth: Math.max(...below.map(({ labelWidth }) => labelWidth)),
        valueWidth: Math.max(...below.map(({ valueWidth }) => valueWidth)),
      };
    });
    const width = widths.reduce(
      (sum, each) => sum + each.labelWidth + 1 + each.valueWidth + GAP.length,
      -GAP.length,
    );
    if (width + INDENT.length > columns && beside > 1) continue;
    const lines: string[] = [];
    for (let first = 0; first < all.length; first += beside) {
      const row = all.slice(first, first + beside).map((group, column) => ({ ...group, ...widths[column]! }));
      for (let line = 0; line < 3; line += 1) {
        lines.push(INDENT + row.map((group) => written(group, line, colours)).join(GAP));
      }
    }
    return lines;
  }
  return [];
}

function written({ figures, labelWidth, valueWidth }: Group, line: number, { dim }: Colours): string {
  const { label, value, paint } = figures[line]!;
  return `${dim(label.padEnd(labelWidth))} ${(paint ?? String)(value.padStart(valueWidth))}`;
}
