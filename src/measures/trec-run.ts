import type { Qrels, TrecResult, TrecRun } from '../datasets/trec.ts';
import type { RetrievalMeasure } from './measure.ts';

export interface RunScores {
  /** Mean by measure name, over every judged question. */
  readonly means: Readonly<Record<string, number>>;
  /** By question id, then by measure name. */
  readonly perQuestion: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Scores a run as `trec_eval -c` does: every judged question counts, as 0 where nothing is relevant or the run lacks
 * it; a question that nobody judged is left out. Without any judged question the means are 0.
 */
export function measureRun({
  qrels,
  run,
  measures,
}: {
  qrels: Qrels;
  run: TrecRun;
  measures: readonly RetrievalMeasure[];
}): RunScores {
  const sums = new Map(measures.map(({ name }) => [name, 0]));
  const perQuestion: [string, Record<string, number>][] = [];
  for (const [question, grades] of qrels) {
    const ranking = rankResults(run.get(question) ?? []);
    const scores: Record<string, number> = {};
    for (const { name, family, k } of measures) {
      const score = family.score(ranking, grades, k);
      scores[name] = score;
      sums.set(name, sums.get(name)! + score);
    }
    perQuestion.push([question, scores]);
  }
  return {
    means: Object.fromEntries(
      [...sums].map(([name, sum]) => [name, qrels.size === 0 ? 0 : sum / qrels.size]),
    ),
    perQuestion: Object.fromEntries(perQuestion),
  };
}

/** Document ids in trec_eval's order: score descending, ties by id descending. The rank column is ignored. */
export function rankResults(results: readonly TrecResult[]): string[] {
  return results.toSorted((a, b) => b.score - a.score || compareBytes(b.id, a.id)).map(({ id }) => id);
}

/**
 * The order of two texts' UTF-8 bytes, which is that of their code points. UTF-16 units sort otherwise: surrogates,
 * which stand for the highest code points, come before U+E000 to U+FFFF.
 */
function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = a.charCodeAt(index) - b.charCodeAt(index);
    if (difference !== 0) return weight(a.charCodeAt(index)) - weight(b.charCodeAt(index));
  }
  return a.length - b.length;
}

const weight = (unit: number): number =>
  unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
