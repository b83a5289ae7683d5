import type { CheckedQuestion, CheckedSet, PooledRun } from '../../datasets/checks/check.ts';
import { isRetrievalMeasure, type RetrievalMeasure } from '../../measures/measure.ts';
import { parseMeasures } from '../../measures/registry.ts';
import { leastMeanDifference, leastShareDifference } from '../../statistics/power.ts';
import { mean } from '../../statistics/quantiles.ts';
import { ASSUMED } from './set-power.ts';

/** What two runs' own scores say, in place of assumptions, of how small a difference between them shows. */
export interface MeasuredPower {
  readonly runs: readonly [string, string];
  /** Those of the compared split with a relevant document. */
  readonly questions: number;
  readonly ndcg10: {
    /** Of the means, second run less first. */
    readonly difference: number;
    /** Standard deviation of the differences per question. */
    readonly sd: number;
    readonly least: number | null;
  };
  readonly success5: {
    readonly difference: number;
    /** Share of the questions for which one of the two finds a relevant document and the other does not. */
    readonly discordance: number;
    readonly least: number | null;
  };
}

/** Beyond so many pairs nobody reads on. */
const MOST_PAIRS = 6;

/** Every pair of the pool's runs, up to six; empty with fewer than two runs, or two questions. */
export function measuredPower(
  set: Pick<CheckedSet, 'pool'>,
  compared: readonly CheckedQuestion[],
): MeasuredPower[] {
  const pool = set.pool ?? [];
  const questions = compared.filter(
    ({ question }) => question.answerable && [...question.relevant.values()].some((grade) => grade > 0),
  );
  if (questions.length < 2) return [];
  const [ndcg, success] = parseMeasures(['ndcg@10', 'success@5']).filter(isRetrievalMeasure);
  const scored = pool.map((run) => ({
    name: run.name,
    ndcg: scoresOf(run, questions, ndcg!),
    success: scoresOf(run, questions, success!),
  }));
  const pairs = scored.flatMap((a, at) => scored.slice(at + 1).map((b) => [a, b] as const));
  const n = questions.length;
  return pairs.slice(0, MOST_PAIRS).map(([a, b]) => {
    const gains = b.ndcg.map((score, at) => score - a.ndcg[at]!);
    const flips = b.success.map((score, at) => score - a.success[at]!);
    const sd = deviation(gains);
    const discordance = flips.filter((flip) => flip !== 0).length / n;
    return {
      runs: [a.name, b.name],
      questions: n,
      ndcg10: { difference: mean(gains), sd, least: leastMeanDifference({ n, sd }, ASSUMED) },
      success5: {
        difference: mean(flips),
        discordance,
        least: leastShareDifference({ n, discordance }, ASSUMED),
      },
    };
  });
}

/** A question that a run does not rank for scores 0, as in `trec_eval -c`. */
function scoresOf(
  { rankings }: PooledRun,
  questions: readonly CheckedQuestion[],
  { family, k }: RetrievalMeasure,
): number[] {
  return questions.map(({ question }) => family.score(rankings.get(question.id) ?? [], question.relevant, k));
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}
