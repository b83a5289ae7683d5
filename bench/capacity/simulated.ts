import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { type Bound, fixed, type Report, type Table } from '../harness/report.ts';
import { queuesOf } from './queues.ts';
import { jointSetting, latencySetting, type Outcome, type Setting, searchOnce } from './searches.ts';

/** The search for capacity against queues whose true capacity is known, on a simulated clock. */
export const simulated: BenchProgram = {
  usage: '[--searches N]',
  options: { searches: '200' },
  async run(args, context) {
    const searches = countOf(args, 'searches');
    return report(await searchAll(searches, context), searches);
  },
};

/** Every search draws the utilisation at which its target just holds. */
const UTILISATIONS = { from: 0.75, to: 0.92 };

/** Saturations of the targets, in requests per second. */
const RATES = [100, 1000];

/** The widest interval that a search may print, as a share of its lower end. */
const WIDEST = 0.1;

/** The lower end exceeds the truth for all purposes from here on. */
const EXCEEDED = 1.02;

export interface Series {
  readonly setting: Setting;
  readonly perSecond: number;
  /** Whether the recipe's bounds are promised for it. */
  readonly promised: boolean;
  readonly outcomes: readonly Outcome[];
}

export async function searchAll(
  searches: number,
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Promise<Series[]> {
  const done: Series[] = [];
  for (const perSecond of RATES) {
    for (const { setting, promised } of settingsAt(perSecond)) {
      const outcomes: Outcome[] = [];
      for (let search = 0; search < searches; search += 1) {
        if (search % 50 === 0) progress(`${setting.name}, ${perSecond}/s: ${search} of ${searches} searches`);
        outcomes.push(await searchOnce(setting, `${seed}/${perSecond}/${search}`));
      }
      done.push({ setting, perSecond, promised, outcomes });
    }
  }
  return done;
}

function settingsAt(perSecond: number): { setting: Setting; promised: boolean }[] {
  const queues = queuesOf(perSecond);
  const joint = jointSetting(queues[0]!, UTILISATIONS);
  return [
    ...queues.map((queue) => ({ setting: latencySetting(queue, UTILISATIONS), promised: true })),
    { setting: joint, promised: false },
  ];
}

/** One search that ended with an interval. */
interface Found {
  readonly truth: number;
  readonly low: number;
  readonly high: number;
}

const foundIn = (outcomes: readonly Outcome[]): Found[] =>
  outcomes.flatMap(({ truth, result: { capacity } }) => (capacity === null ? [] : [{ truth, ...capacity }]));

const holdsTruth = ({ truth, low, high }: Found): boolean => low <= truth && truth <= high;
const exceeds = ({ truth, low }: Found): boolean => low > EXCEEDED * truth;
const widthOf = ({ low, high }: Found): number => high / low - 1;
const isWide = (found: Found): boolean => widthOf(found) > WIDEST;

/** Of all searches, those without an interval included. */
function shareOf({ outcomes }: Series, holds: (found: Found) => boolean): number {
  return foundIn(outcomes).filter(holds).length / outcomes.length;
}

/** The value that a share `p` of the values does not exceed. */
function quantileOf(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

function report(series: readonly Series[], searches: number): Report {
  return {
    title: 'The search for capacity, simulated',
    about: `${fixed(searches, 0)} seeded searches of each kind, each against a queue whose latency limit T is drawn such that \`p95 < T\` just holds at a utilisation between ${UTILISATIONS.from} and ${UTILISATIONS.to}: so the true capacity is known (M/M/c in closed form, M/D/1 by Franx's formula), and no search knows it. "Attainment and errors": one answer in ten is wrong, 85.5 % must be right within a deadline, and fewer than 1 % may time out; deadline and timeout are drawn so that either may break first. The queues are simulated request by request, and judged by the very code that judges a real search. Seconds are those of load that a real search would take, warm-ups and drains included.`,
    tables: [accuracy(series), effort(series)],
    bounds: series.filter(({ promised }) => promised).flatMap(boundsOf),
  };
}

const percent = (share: number): string => `${fixed(100 * share, 1)} %`;

function accuracy(series: readonly Series[]): Table {
  return {
    caption: 'What was found',
    columns: [
      'target',
      'saturation',
      'holds the truth',
      'low > truth',
      'low > truth + 2 %',
      'high < truth',
      'width, median',
      'width, largest',
      'wider than 10 %',
      'nothing found',
    ],
    rows: series.map((one) => {
      const found = foundIn(one.outcomes);
      const widths = found.map(widthOf);
      return [
        one.setting.name,
        `${one.perSecond}/s`,
        percent(shareOf(one, holdsTruth)),
        percent(shareOf(one, ({ low, truth }) => low > truth)),
        percent(shareOf(one, exceeds)),
        percent(shareOf(one, ({ high, truth }) => high < truth)),
        percent(quantileOf(widths, 0.5)),
        percent(quantileOf(widths, 1)),
        percent(shareOf(one, isWide)),
        fixed(one.outcomes.length - found.length, 0),
      ];
    }),
  };
}

function effort(series: readonly Series[]): Table {
  return {
    caption: 'What it took',
    columns: ['target', 'saturation', 'requests, median', 'runs, median', 'seconds, median', 'seconds, p95'],
    rows: series.map(({ setting, perSecond, outcomes }) => {
      const of = (figure: (outcome: Outcome) => number, p: number): string =>
        fixed(quantileOf(outcomes.map(figure), p), 0);
      return [
        setting.name,
        `${perSecond}/s`,
        of(({ result }) => result.arrivals, 0.5),
        of(({ result }) => result.probes.reduce((sum, { runs }) => sum + runs.length, 0), 0.5),
        of(({ result }) => result.elapsedSeconds, 0.5),
        of(({ result }) => result.elapsedSeconds, 0.95),
      ];
    }),
  };
}

/** What the recipe asks for; a search that finds nothing holds no truth. */
function boundsOf(series: Series): Bound[] {
  const name = `${series.setting.name}, ${series.perSecond}/s`;
  const covered = shareOf(series, holdsTruth);
  const above = shareOf(series, exceeds);
  const widest = quantileOf(foundIn(series.outcomes).map(widthOf), 1);
  return [
    {
      what: `${name}: the interval holds the truth`,
      must: '≥ 90 %',
      found: percent(covered),
      met: covered >= 0.9,
    },
    {
      what: `${name}: its width`,
      must: '≤ 10 %',
      found: `${percent(widest)} at most`,
      met: widest <= WIDEST,
    },
    {
      what: `${name}: its lower end exceeds the truth by more than 2 %`,
      must: '≤ 1 %',
      found: percent(above),
      met: above <= 0.01,
    },
  ];
}
