import { type Random, seededRandom } from '../../src/kernel/random.ts';
import type { Verdict } from '../../src/objectives/slo.ts';
import { wilsonInterval } from '../../src/statistics/proportions.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { type Bound, fixed, type Report, type Table } from '../harness/report.ts';
import { failures, judgeLoss, QUALITY_RULE } from './quality-rule.ts';
import { FLIPPED, GRADED, type QuestionShape, STEPPED } from './question-losses.ts';

/** How often the quality gate cries wolf, and which losses it sees, by simulation. */
export const qualityGate: BenchProgram = {
  usage: '[--trials N] [--verdict-trials N]',
  options: { trials: '4000', 'verdict-trials': '500' },
  async run(args, context) {
    const trials = countOf(args, 'trials');
    const verdictTrials = countOf(args, 'verdict-trials');
    return report(simulate({ trials, verdictTrials }, context), { trials, verdictTrials });
  },
};

const SHAPES: readonly QuestionShape[] = [GRADED, STEPPED, FLIPPED];
const SIZES = [50, 200, 500];
const ROWS = [1, 4];
/** Comparisons of several rows take so much longer. */
const FEWER = 4;
/** Questions, where losses are looked for: what the statistics page recommends, and more. */
const POWER_SIZES = [200, 500];
const LOSSES = [0, 0.02, 0.03, 0.05];

export interface AlarmCell {
  readonly shape: string;
  readonly questions: number;
  readonly rows: number;
  readonly trials: number;
  readonly alarms: number;
}

export interface VerdictCell {
  readonly shape: string;
  readonly questions: number;
  readonly loss: number;
  readonly trials: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
}

export interface QualityResult {
  readonly alarms: readonly AlarmCell[];
  readonly verdicts: readonly VerdictCell[];
}

export function simulate(
  { trials, verdictTrials }: { readonly trials: number; readonly verdictTrials: number },
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): QualityResult {
  const root = seededRandom(seed);
  const alarms = SHAPES.flatMap((shape) =>
    SIZES.flatMap((questions) =>
      ROWS.map((rows): AlarmCell => {
        progress(`A/A, ${questions} questions, ${rows} rows, ${shape.name}`);
        const random = root.fork(`alike/${shape.name}/${questions}/${rows}`);
        const own = rows === 1 ? trials : Math.ceil(trials / FEWER);
        const found = countAlarms({ shape, questions, rows, trials: own }, random);
        return { shape: shape.name, questions, rows, trials: own, alarms: found };
      }),
    ),
  );
  const verdicts = [GRADED, FLIPPED].flatMap((shape) =>
    POWER_SIZES.flatMap((questions) =>
      LOSSES.map((loss): VerdictCell => {
        progress(`loss of ${loss}, ${questions} questions, ${shape.name}`);
        const random = root.fork(`loss/${shape.name}/${questions}/${loss}`);
        const counts = countVerdicts({ shape, questions, loss, trials: verdictTrials }, random);
        return { shape: shape.name, questions, loss, trials: verdictTrials, verdicts: counts };
      }),
    ),
  );
  return { alarms, verdicts };
}

interface Alike {
  readonly shape: QuestionShape;
  readonly questions: number;
  /** Measures and kinds, as if independent: the worst that Holm has to hold. */
  readonly rows: number;
  readonly trials: number;
}

/** Comparisons of two alike in which some row failed. */
export function countAlarms({ shape, questions, rows, trials }: Alike, random: Random): number {
  let alarms = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const losses = Array.from({ length: rows }, () => draw(shape, { questions, loss: 0 }, random));
    if (failures(losses, random).includes(true)) alarms += 1;
  }
  return alarms;
}

interface Lossy {
  readonly shape: QuestionShape;
  readonly questions: number;
  readonly loss: number;
  readonly trials: number;
}

export function countVerdicts(
  { shape, questions, loss, trials }: Lossy,
  random: Random,
): Record<Verdict, number> {
  const counts: Record<Verdict, number> = { PASS: 0, FAIL: 0, INCONCLUSIVE: 0 };
  for (let trial = 0; trial < trials; trial += 1)
    counts[judgeLoss(draw(shape, { questions, loss }, random), random)] += 1;
  return counts;
}

function draw(
  shape: QuestionShape,
  { questions, loss }: { readonly questions: number; readonly loss: number },
  random: Random,
): Float64Array {
  return Float64Array.from({ length: questions }, () => shape.draw(loss, random));
}

const percent = (value: number, digits: number): string => fixed(100 * value, digits);

/** `1.02 % (0.75–1.38)`: with Wilson's interval. */
function share(times: number, trials: number, digits: number): string {
  const [low, high] = wilsonInterval(times, trials)!;
  return `${percent(times / trials, digits)} % (${percent(low, digits)}–${percent(high, digits)})`;
}

function report(
  { alarms, verdicts }: QualityResult,
  { trials, verdictTrials }: { readonly trials: number; readonly verdictTrials: number },
): Report {
  const { alpha, leastLoss, delta } = QUALITY_RULE;
  return {
    title: 'The quality gate: false alarms and power',
    about: `Whole comparisons, simulated: the loss of each question is drawn, and judged as the gate judges it: paired randomisation, one-sided at ${alpha}, Holm over the rows, FAIL from a loss of ${leastLoss} on; PASS where the 99 % bootstrap bound of the loss is under ${delta}. In brackets Wilson's 95 % interval of the simulation. A/A: ${fixed(trials, 0)} comparisons a cell, of several rows ${fixed(Math.ceil(trials / FEWER), 0)}, of answers that differ from run to run (where they don't, nothing ever fails); losses: ${fixed(verdictTrials, 0)}.`,
    tables: [alarmTable(alarms), verdictTable(verdicts)],
    bounds: [alarmBound(alarms)],
  };
}

function alarmTable(alarms: readonly AlarmCell[]): Table {
  return {
    caption: 'False alarms: FAIL of two that are alike',
    columns: ['questions differ by', 'rows', ...SIZES.map((size) => `${size} questions`)],
    rows: SHAPES.flatMap(({ name }) =>
      ROWS.map((rows) => [
        name,
        fixed(rows, 0),
        ...alarms
          .filter((cell) => cell.shape === name && cell.rows === rows)
          .map((cell) => share(cell.alarms, cell.trials, 2)),
      ]),
    ),
  };
}

function verdictTable(verdicts: readonly VerdictCell[]): Table {
  return {
    caption: 'Verdicts by the loss that is there, one row',
    columns: ['questions differ by', 'questions', 'loss', 'FAIL', 'INCONCLUSIVE', 'PASS'],
    rows: verdicts.map(({ shape, questions, loss, trials, verdicts: { FAIL, INCONCLUSIVE, PASS } }) => [
      shape,
      fixed(questions, 0),
      fixed(loss, 2),
      ...[FAIL, INCONCLUSIVE, PASS].map((count) => share(count, trials, 1)),
    ]),
  };
}

/**
 * The test is exact, and its α is 1 %: half of such simulations find a little more. All cells together are held against
 * it, and missed is what cannot be chance.
 */
function alarmBound(alarms: readonly AlarmCell[]): Bound {
  const found = alarms.reduce((sum, cell) => sum + cell.alarms, 0);
  const trials = alarms.reduce((sum, cell) => sum + cell.trials, 0);
  const [low] = wilsonInterval(found, trials)!;
  return {
    what: 'false alarms, all cells together',
    must: `≤ ${percent(QUALITY_RULE.alpha, 0)} %`,
    found: share(found, trials, 2),
    met: low <= QUALITY_RULE.alpha,
  };
}
