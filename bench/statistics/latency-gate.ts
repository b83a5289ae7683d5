import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { wilsonInterval } from '../../src/statistics/proportions.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, atMost, type Bound, fixed, type Report, type Table } from '../harness/report.ts';
import { drawRatios, NOISES, NORMAL, type Noise, type Plan } from './latency-noise.ts';
import { judgeRatios, LATENCY_ROWS, wordsOf } from './latency-rows.ts';

/** How often the latency gate cries wolf, and how often it sees a wolf, by simulation. */
export const latencyGate: BenchProgram = {
  usage: '[--trials N] [--power-trials N]',
  options: { trials: '40000', 'power-trials': '4000' },
  async run(args, context) {
    const trials = countOf(args, 'trials');
    const powerTrials = countOf(args, 'power-trials');
    return report(simulate({ trials, powerTrials }, context), { trials, powerTrials });
  },
};

/** Ten launches of three pairs are the recipe; the others show why. */
const RECIPE: Plan = { launches: 10, pairs: 3 };
const PLANS: readonly Plan[] = [{ launches: 5, pairs: 6 }, RECIPE, { launches: 15, pairs: 2 }];
const SLOWDOWNS = [1, 1.5, 2];
const NAMES = LATENCY_ROWS.map(({ name }) => name);
const WHOLE = 'whole gate';
/** Words are told by so many comparisons fewer: they are not as rare. */
const FEWER = 4;

/** Of so many comparisons; each count by row, and for the gate as a whole. */
export interface GateTally {
  trials: number;
  /** In the first batch. */
  readonly failed: Record<string, number>;
  /** In the first batch and in a second, fresh one. */
  readonly confirmed: Record<string, number>;
  /** A failure that was not repeated, too. */
  readonly inconclusive: Record<string, number>;
}

export interface Scenario {
  readonly plan: Plan;
  readonly noise: Noise;
  /** What is added to the log ratios of each row. */
  readonly shifts: readonly number[];
}

/** What `compare` said of two identical variants, over so many comparisons. */
export interface WordTally {
  readonly scenario: Scenario;
  readonly trials: number;
  /** Some indicator was called better or worse. */
  readonly wrong: number;
  /** Every indicator was called the same. */
  readonly same: number;
}

export interface LatencyResult {
  readonly words: readonly WordTally[];
  readonly alike: readonly { readonly scenario: Scenario; readonly tally: GateTally }[];
  readonly slower: readonly { readonly name: string; readonly times: number; readonly tally: GateTally }[];
  readonly everywhere: GateTally;
}

const NO_SHIFTS = LATENCY_ROWS.map(() => 0);
/** What the project promises to find, end to end. */
const EVERYWHERE = Math.log(1.15);

export function simulate(
  { trials, powerTrials }: { readonly trials: number; readonly powerTrials: number },
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): LatencyResult {
  const root = seededRandom(seed);
  const scenarios = [
    ...NOISES.map((noise) => ({ plan: RECIPE, noise, shifts: NO_SHIFTS })),
    ...PLANS.filter((plan) => plan !== RECIPE).map((plan) => ({ plan, noise: NORMAL, shifts: NO_SHIFTS })),
  ];
  const alike = scenarios.map((scenario) => {
    const name = `${planned(scenario.plan)}, ${scenario.noise.name}`;
    progress(`A/A, ${name}`);
    return { scenario, tally: tallyGate(scenario, trials, root.fork(`alike/${name}`)) };
  });
  const slower = LATENCY_ROWS.flatMap(({ name, delta }, row) =>
    SLOWDOWNS.map((times) => {
      progress(`${name} slower by ${times} δ`);
      const shifts = NO_SHIFTS.map((_, index) => (index === row ? Math.log1p(times * delta) : 0));
      const scenario = { plan: RECIPE, noise: NORMAL, shifts };
      return { name, times, tally: tallyGate(scenario, powerTrials, root.fork(`slower/${name}/${times}`)) };
    }),
  );
  const shifts = NO_SHIFTS.map(() => EVERYWHERE);
  const everywhere = tallyGate({ plan: RECIPE, noise: NORMAL, shifts }, powerTrials, root.fork('everywhere'));
  const words = scenarios.map((scenario) => {
    const name = `${planned(scenario.plan)}, ${scenario.noise.name}`;
    progress(`words, ${name}`);
    return tallyWords(scenario, Math.ceil(trials / FEWER), root.fork(`words/${name}`));
  });
  return { alike, slower, everywhere, words };
}

export function tallyWords(scenario: Scenario, trials: number, random: Random): WordTally {
  let wrong = 0;
  let same = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const words = wordsOf(drawBatch(scenario, random));
    if (words.includes('better') || words.includes('worse')) wrong += 1;
    if (words.every((word) => word === 'same')) same += 1;
  }
  return { scenario, trials, wrong, same };
}

function drawBatch({ plan, noise, shifts }: Scenario, random: Random): Float64Array[] {
  const sds = LATENCY_ROWS.map(({ sd }) => sd);
  return drawRatios(sds, plan, { noise, random }).map((ratios, row) =>
    ratios.map((ratio) => ratio + shifts[row]!),
  );
}

/** Judges so many comparisons; a second batch is drawn where the first one failed, as the gate runs one. */
export function tallyGate(scenario: Scenario, trials: number, random: Random): GateTally {
  const tally: GateTally = { trials, failed: none(), confirmed: none(), inconclusive: none() };
  for (let trial = 0; trial < trials; trial += 1) {
    const first = drawBatch(scenario, random);
    const alone = judgeRatios([first]);
    // What failed once is not yet confirmed; nothing is told of what did not fail.
    const isFailed = alone.map(({ confirmed }) => confirmed !== null);
    const rows = isFailed.includes(true) ? judgeRatios([first, drawBatch(scenario, random)]) : alone;
    const isConfirmed = rows.map(({ verdict }) => verdict === 'FAIL');
    const isOpen = rows.map(({ verdict }) => verdict === 'INCONCLUSIVE');
    count(tally.failed, isFailed);
    count(tally.confirmed, isConfirmed);
    // One failure decides for the whole gate.
    count(tally.inconclusive, isOpen, !isConfirmed.includes(true));
  }
  return tally;
}

const none = (): Record<string, number> => Object.fromEntries([...NAMES, WHOLE].map((name) => [name, 0]));

function count(into: Record<string, number>, rows: readonly boolean[], forWhole = true): void {
  for (const [row, name] of NAMES.entries()) if (rows[row]) into[name]! += 1;
  if (forWhole && rows.includes(true)) into[WHOLE]! += 1;
}

const planned = ({ launches, pairs }: Plan): string => `${launches} × ${pairs}`;

/** `0.52 % (0.43–0.63)`: with Wilson's interval. */
function share(times: number, trials: number, digits = 2): string {
  const [low, high] = wilsonInterval(times, trials)!;
  const write = (value: number): string => fixed(100 * value, digits);
  return `${write(times / trials)} % (${write(low)}–${write(high)})`;
}

function report(
  { alike, slower, everywhere, words }: LatencyResult,
  { trials, powerTrials }: { readonly trials: number; readonly powerTrials: number },
): Report {
  return {
    title: 'The latency gate: false alarms and power',
    about: `Whole comparisons, simulated: paired log ratios with standard deviations of ${LATENCY_ROWS.map(({ name, sd }) => `${fixed(100 * sd, 0)} % (${name})`).join(', ')}, as measured of identical processes on two shared cores, a fifth of the variance between launches. Judged by the gate's own code: δ ${LATENCY_ROWS.map(({ name, delta }) => `${100 * delta} % (${name})`).join(', ')}, p50 primary, the others by Holm; a FAIL is confirmed by a second, fresh batch. In brackets Wilson's 95 % interval of the simulation. A/A: ${fixed(trials, 0)} comparisons a line; slowdowns: ${fixed(powerTrials, 0)}; words of compare: ${fixed(Math.ceil(trials / FEWER), 0)}.`,
    tables: [alarms(alike), undecided(alike), power(slower, everywhere), wordTable(words)],
    bounds: [...bounds(alike[0]!.tally, slower, everywhere), wordBound(words[0]!)],
  };
}

function alarms(alike: LatencyResult['alike']): Table {
  return {
    caption: 'False alarms: FAIL of two identical variants',
    columns: ['launches × pairs', 'noise', ...NAMES, WHOLE, `${WHOLE}, confirmed`],
    words: 2,
    rows: alike.map(({ scenario, tally }) => [
      planned(scenario.plan),
      scenario.noise.name,
      ...[...NAMES, WHOLE].map((name) => share(tally.failed[name]!, tally.trials)),
      share(tally.confirmed[WHOLE]!, tally.trials, 3),
    ]),
  };
}

function undecided(alike: LatencyResult['alike']): Table {
  return {
    caption: 'INCONCLUSIVE of two identical variants',
    columns: ['launches × pairs', 'noise', ...NAMES, WHOLE],
    words: 2,
    rows: alike.map(({ scenario, tally }) => [
      planned(scenario.plan),
      scenario.noise.name,
      ...[...NAMES, WHOLE].map((name) => share(tally.inconclusive[name]!, tally.trials, 1)),
    ]),
  };
}

function power(slower: LatencyResult['slower'], everywhere: GateTally): Table {
  const line = (
    what: string,
    name: string,
    by: string,
    { failed, confirmed, trials }: GateTally,
  ): string[] => [what, by, share(failed[name]!, trials, 1), share(confirmed[name]!, trials, 1)];
  return {
    caption: 'Slowdowns that are found, 10 × 3',
    columns: ['slower is', 'by', 'FAIL of a batch', 'FAIL, confirmed'],
    words: 2,
    rows: [
      ...slower.map(({ name, times, tally }) =>
        line(`${name} alone`, name, `${times} δ = ${fixed(100 * times * deltaOf(name), 1)} %`, tally),
      ),
      line('everything', WHOLE, '15 %', everywhere),
    ],
  };
}

function wordTable(words: readonly WordTally[]): Table {
  return {
    caption: 'What compare says of two identical variants, p50, p95 and p99 together',
    columns: ['launches × pairs', 'noise', 'one better or worse', 'all the same'],
    words: 2,
    rows: words.map(({ scenario, trials, wrong, same }) => [
      planned(scenario.plan),
      scenario.noise.name,
      share(wrong, trials),
      share(same, trials, 1),
    ]),
  };
}

const wordBound = ({ wrong, trials }: WordTally): Bound =>
  atMost({
    what: 'two identical variants called better or worse by compare',
    found: (100 * wrong) / trials,
    limit: 0.5,
    unit: '%',
    digits: 2,
  });

const deltaOf = (name: string): number => LATENCY_ROWS.find((row) => row.name === name)!.delta;

function bounds(alike: GateTally, slower: LatencyResult['slower'], everywhere: GateTally): Bound[] {
  const percent = (counts: Record<string, number>, name: string, trials: number): number =>
    (100 * counts[name]!) / trials;
  const unit = '%';
  return [
    atMost({
      what: 'false alarms of the whole gate, without confirmation',
      found: percent(alike.failed, WHOLE, alike.trials),
      limit: 0.7,
      unit,
      digits: 2,
    }),
    atMost({
      what: 'false alarms of the whole gate, with confirmation',
      found: percent(alike.confirmed, WHOLE, alike.trials),
      limit: 0.1,
      unit,
      digits: 3,
    }),
    ...slower
      .filter(({ times }) => times === 2)
      .map(({ name, tally }) =>
        atLeast({
          what: `${name} slower by 2 δ: found, confirmed`,
          found: percent(tally.confirmed, name, tally.trials),
          limit: 95,
          unit,
          digits: 1,
        }),
      ),
    atLeast({
      what: 'everything slower by 15 %: found, confirmed',
      found: percent(everywhere.confirmed, WHOLE, everywhere.trials),
      limit: 95,
      unit,
      digits: 1,
    }),
  ];
}
