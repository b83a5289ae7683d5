import type { RequestColumns } from '../../records/columns.ts';
import type { RunRecord } from '../../records/schema.ts';
import { isSweep } from '../capacity.ts';
import { rateChart } from '../charts/against-rate.ts';
import { bound, perSecond, score, share } from '../format.ts';
import { answerCurves, type Ends, type LoadPoint, loadPoints, measureCurves } from '../load-curve.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section } from './section.ts';

/** Curves in one chart: there are four styles. */
const CURVES_A_CHART = 4;

/** The quality-against-load curve: do answers get worse as load rises, and before or after they get late? */
export async function curveSection(
  record: RunRecord,
  columns: RequestColumns | undefined,
  draw: Draw,
): Promise<Section | undefined> {
  const points = loadPoints(record, columns);
  const [first] = points;
  if (!first) return undefined;
  const bracket = record.capacity?.ratePerSecond ?? undefined;
  const x = record.capacity && isSweep(record.capacity) ? 'offered' : 'achieved';
  const deadline = bound(first.phase.deadlineMs);
  const answers = rateChart({
    id: 'answers-against-rate',
    title: `Right, right in time, and failed, against the ${x} rate`,
    points,
    curves: answerCurves(deadline),
    unit: 'share',
    x,
    write: share,
    bracket,
  });
  const curves = measureCurves(record);
  const charts: Markup[] = [];
  for (let from = 0; from < curves.length; from += CURVES_A_CHART) {
    const few = curves.slice(from, from + CURVES_A_CHART);
    const chart = rateChart({
      id: `measures-against-rate-${from / CURVES_A_CHART}`,
      title: `${few.map(({ name }) => name).join(', ')}, against the ${x} rate`,
      points,
      curves: few,
      unit: 'score',
      x,
      write: score,
      bracket,
    });
    charts.push(await figure(chart, draw));
  }
  return {
    id: 'curve',
    title: 'Quality against load',
    short: 'Quality and load',
    body: html`${lead(verdictOnQuality(points))}${await figure(answers, draw)}${charts}${
      charts.length > 0 && html`<p class="source">Means over all arrivals: one that failed scores 0.</p>`
    }`,
  };
}

/**
 * Whether answers got worse, got late, and which came first. Worse is a share of right answers whose interval lies wholly
 * below that of the lowest rate that has one; late is a share of right and timely ones wholly below that of right ones.
 */
export function verdictOnQuality(points: readonly LoadPoint[]): string {
  const first = points.find(({ phase }) => phase.rightCi95 !== null);
  const reference = first?.phase.rightCi95 ?? null;
  const worse = points.find(({ phase }) => isBelow(phase.rightCi95, reference));
  const late = points.find(({ phase }) => isBelow(phase.attainmentCi95, phase.rightCi95));
  const at = (point: LoadPoint): string => perSecond(point.achieved);
  if (!first) return 'Too few answers were scored at any rate to say whether they get worse under load.';
  if (!worse && !late) return 'Over these rates answers got neither worse nor late, beyond their intervals.';
  if (!worse) return `Answers got late from ${at(late!)} on, but no worse.`;
  const fall = `right answers fell from ${share(first?.phase.right)} to ${share(worse.phase.right)}`;
  if (!late) return `Answers got worse without getting late: at ${at(worse)} ${fall}.`;
  if (worse === late) return `Answers got worse and late together: at ${at(worse)} ${fall}.`;
  return worse.achieved < late.achieved
    ? `Answers got worse before they got late: at ${at(worse)} ${fall}; late ones came from ${at(late)} on.`
    : `Answers got late before they got worse: late from ${at(late)} on; at ${at(worse)} ${fall}.`;
}

function isBelow(one: Ends, other: Ends): boolean {
  return one !== null && other !== null && one[1] < other[0];
}
