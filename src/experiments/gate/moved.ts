import type { BlockRecord } from '../../records/schema.ts';
import { hodgesLehmann } from '../../statistics/hodges-lehmann.ts';
import { mean } from '../../statistics/quantiles.ts';
import type { BlockPair } from '../paired/block-pairs.ts';
import { medianOf, type PairedValues, valuesOf } from '../paired/differences.ts';
import type { QuestionPair } from './common-questions.ts';
import { percent, score } from './gate-row.ts';
import type { MeasureRule } from './policy.ts';
import { scoreOf } from './question-score.ts';

/** Stages and kinds that are named, at most, and questions. */
const NAMED = 3;
const QUESTIONS = 5;

/** A stage that moved by less than this share of what the stages moved together is not why. */
const LEAST_SHARE = 0.15;

/**
 * The stages that became slower, from their medians block by block, the one that moved most milliseconds first: "generate 12.0 → 18.4
 * ms (+53.3 %)". `outside the stages` where most of the median's own change lies in none. Empty where blocks tell of no stage.
 */
export function movedStages(pairs: readonly BlockPair[]): string[] {
  const names = [
    ...new Set(pairs.flatMap(({ a, b }) => [a, b].flatMap(({ stagesMs }) => Object.keys(stagesMs)))),
  ];
  if (names.length === 0) return [];
  const stages = names
    .map((name) =>
      movement(
        name,
        valuesOf(pairs, ({ stagesMs }) => stagesMs[name] ?? null),
      ),
    )
    .filter((one) => one !== null)
    .sort((a, b) => b.moved - a.moved);
  const risen = stages.filter(({ moved }) => moved > 0);
  const sum = risen.reduce((total, { moved }) => total + moved, 0);
  const named = risen.filter(({ moved }) => moved >= LEAST_SHARE * sum).slice(0, NAMED);
  return [...outside(pairs, sum), ...named.map(stageWords)];
}

interface Movement {
  readonly name: string;
  /** Milliseconds, Hodges–Lehmann. */
  readonly moved: number;
  readonly before: number;
  readonly after: number;
}

function movement(name: string, values: PairedValues): Movement | null {
  const { a, b } = values;
  const moved = hodgesLehmann(a.map((before, index) => b[index]! - before));
  return moved === null ? null : { name, moved, before: medianOf(a)!, after: medianOf(b)! };
}

/** What the stages do not account for: waiting for a turn, the network, or a stage that the target does not tell. */
function outside(pairs: readonly BlockPair[], inStages: number): string[] {
  const p50 = (block: BlockRecord): number | null => block.indicators.p50 ?? null;
  const whole = movement('p50', valuesOf(pairs, p50));
  if (whole === null || whole.moved <= 0 || inStages >= whole.moved / 2) return [];
  return [
    `outside the stages (lag, network): ${(whole.moved - inStages).toFixed(2)} ms of ${whole.moved.toFixed(2)} ms`,
  ];
}

function stageWords({ name, before, after }: Movement): string {
  const change =
    before > 0 ? ` (${after >= before ? '+' : '−'}${percent(Math.abs(after / before - 1))})` : '';
  return `${name} ${before.toFixed(2)} → ${after.toFixed(2)} ms${change}`;
}

/**
 * Where a loss of quality lies: the kinds of question with most of it, where those questions end now (the class of the
 * funnel), and the questions that lost most: "numeric: lost 0.080 over 60 questions, 71.0 % of the loss".
 */
export function movedQuestions(pairs: readonly QuestionPair[], { name, direction }: MeasureRule): string[] {
  const sign = direction === 'higher' ? 1 : -1;
  const losses = pairs.flatMap((pair) => {
    const [before, after] = [scoreOf(pair.before, name), scoreOf(pair.after, name)];
    return before === null || after === null ? [] : [{ pair, before, after, loss: sign * (before - after) }];
  });
  const losers = losses.filter(({ loss }) => loss > 0);
  const total = losers.reduce((sum, { loss }) => sum + loss, 0);
  if (total === 0) return [];
  const kinds = [...grouped(losses, ({ pair }) => pair.before.kind ?? '')]
    .filter(([kind]) => kind !== '')
    .map(([kind, own]) => ({
      kind,
      n: own.length,
      average: mean(own.map(({ loss }) => loss)),
      lost: own.reduce((sum, { loss }) => sum + Math.max(0, loss), 0),
    }))
    .filter(({ lost }) => lost > 0)
    .sort((a, b) => b.lost - a.lost || (a.kind < b.kind ? -1 : 1))
    .slice(0, NAMED)
    .map(
      ({ kind, n, average, lost }) =>
        `${kind}: lost ${score(average)} on average over ${n} questions, ${percent(lost / total)} of all that was lost`,
    );
  const worst = losers
    .sort((a, b) => b.loss - a.loss || (a.pair.before.id < b.pair.before.id ? -1 : 1))
    .slice(0, QUESTIONS)
    .map(({ pair, before, after }) => `${pair.before.id} (${short(before)} → ${short(after)})`);
  const more = losers.length - worst.length;
  const questions = `questions: ${worst.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [...kinds, ...endings(losers.map(({ pair }) => pair)), questions];
}

/** "end now as: below k (12), not in the top 100 (6)", where the class of the funnel changed. */
function endings(losers: readonly QuestionPair[]): string[] {
  const changed = losers.filter(({ before, after }) => before.funnel !== after.funnel);
  const classes = [...grouped(changed, ({ after }) => after.funnel)]
    .map(([name, own]) => ({ name, count: own.length }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, NAMED);
  if (classes.length === 0) return [];
  return [`end now as: ${classes.map(({ name, count }) => `${name} (${count})`).join(', ')}`];
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

const short = (value: number): string => String(Number(value.toFixed(2)));
