import type { MeasureRecord, RunRecord, SliceRecord } from '../../records/schema.ts';
import { sliceChart } from '../charts/slices.ts';
import { count, duration, interval, score, share } from '../format.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { lead, type Section } from './section.ts';
import { type Cell, intervalMark, table } from './table.ts';

/** Every measure with its interval, then right answers and measures by kind of question. */
export async function qualitySection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const { quality } = record;
  if (!quality) return undefined;
  const byKind = quality.slices.filter(({ by }) => by === 'kind');
  const byDifficulty = quality.slices.filter(({ by }) => by === 'difficulty');
  const byTag = quality.slices.filter(({ by }) => by === 'tag');
  const { latencyMs } = quality;
  return {
    id: 'quality',
    title: 'Quality',
    short: 'Quality',
    body: html`${lead(
      `Each golden question asked once, without load: p50 ${duration(latencyMs.p50)}, p95 ${duration(latencyMs.p95)}, slowest ${duration(latencyMs.max)}.`,
    )}${table({
      caption: 'Measures: means with 95 % intervals',
      columns: [
        { label: 'Measure' },
        { label: 'Mean', numeric: true },
        { label: '95 % interval', numeric: true },
        { label: 'n', numeric: true },
      ],
      rows: [
        shareRow('right answers', quality.right),
        shareRow('retrieval accuracy (success@5)', quality.retrievalAccuracy),
        ...quality.measures.map(measureRow),
      ],
      sortable: true,
    })}${quality.measures.some(({ approximate }) => approximate) && html`<p class="source">≈ At this n the interval is known to cover less than it says.</p>`}
${await sliceView(byKind, 'kind', draw)}${await sliceView(byDifficulty, 'difficulty', draw)}${await sliceView(byTag, 'tag', draw)}`,
  };
}

interface Proportion {
  readonly mean: number | null;
  readonly ci95: [number, number] | null;
  readonly n: number;
}

function shareRow(name: string, { mean, ci95, n }: Proportion): Cell[] {
  return [
    name,
    share(mean),
    html`${intervalMark(mean, ci95)}<span class="figure wide">${interval(ci95, share)}</span>`,
    count(n),
  ];
}

function measureRow({ name, mean, ci95, n, approximate }: MeasureRecord): Cell[] {
  const ends = `${ci95 && approximate ? '≈ ' : ''}${interval(ci95, score)}`;
  return [
    name,
    score(mean),
    html`${intervalMark(mean, ci95)}<span class="figure wide">${ends}</span>`,
    count(n),
  ];
}

const SLICED_BY: Readonly<Record<SliceRecord['by'], string>> = {
  kind: 'Kind',
  difficulty: 'Difficulty',
  tag: 'Tag',
};

async function sliceView(slices: readonly SliceRecord[], by: SliceRecord['by'], draw: Draw): Promise<Markup> {
  if (slices.length === 0) return NOTHING;
  const names = [...new Set(slices.flatMap(({ measures }) => measures.map(({ name }) => name)))];
  const meanOf = (slice: SliceRecord, name: string): Cell => {
    const measure = slice.measures.find((candidate) => candidate.name === name);
    const ends = interval(measure?.ci95, score);
    return measure?.ci95 ? html`${score(measure.mean)}<span class="ci">${ends}</span>` : score(measure?.mean);
  };
  return html`<h3>By ${by} of question</h3>${await figure(
    sliceChart(slices, `slices-${by}`, `Right answers by ${by}`),
    draw,
    { data: false },
  )}${table({
    caption: `Right answers and measures by ${by}, with 95 % intervals`,
    quietCaption: true,
    columns: [
      { label: SLICED_BY[by] },
      ...['Questions', 'Right', ...names].map((label) => ({ label, numeric: true })),
    ],
    rows: slices.map((slice) => [
      slice.value,
      count(slice.n),
      html`${share(slice.right.mean)}${slice.right.ci95 && html`<span class="ci">${interval(slice.right.ci95, share)}</span>`}`,
      ...names.map((name) => meanOf(slice, name)),
    ]),
    sortable: true,
  })}`;
}
