import type { QualityRecord, QuestionRecord, SliceRecord } from '../records/schema.ts';
import { wilsonInterval } from '../statistics/proportions.ts';
import { mean } from '../statistics/quantiles.ts';
import { answerChanged, rankingChanged, rightChanged } from './gate/changes.ts';
import { meanOf, slicesOf } from './slices.ts';

/** All golden questions, asked once each: in the same order each time. */
export interface Asking {
  readonly quality: QualityRecord;
  readonly questions: readonly QuestionRecord[];
}

/** What sampled answers come to, question by question. */
export interface ClusteredAnswers {
  /** Of each question the mean over its askings, 1 for right; null where none of them says anything. */
  readonly right: readonly (number | null)[];
  /** Each question with its mean scores, and as it came out most often. */
  readonly questions: readonly QuestionRecord[];
  readonly quality: QualityRecord;
  /** Questions that did not come out the same each time. */
  readonly differing: number;
}

/**
 * Questions that were asked several times, each as one: its mean over the askings is the unit of every mean, interval and
 * test. Answers to one question resemble each other; counted one by one they would feign more questions than there are.
 */
export function clustered(askings: readonly [Asking, ...Asking[]], seed: number): ClusteredAnswers {
  const [first, ...others] = askings;
  const each = first.questions.map((question, index) => [
    question,
    ...others.map(({ questions }) => questions[index]!),
  ]);
  const right = each.map((times) => meanOrNull(times.map(rightness)));
  if (others.length === 0) return { ...first, right, differing: 0 };
  const questions = each.map((times): QuestionRecord => ({ ...usual(times), scores: meanScores(times) }));
  return {
    right,
    questions,
    quality: clusteredQuality(askings, questions, seed),
    differing: each.filter(differs).length,
  };
}

const rightness = ({ right }: QuestionRecord): number | null =>
  right === 'unscored' ? null : Number(right === 'right');

function meanOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

/** The first asking that came out as most of them did. */
function usual(times: readonly QuestionRecord[]): QuestionRecord {
  const like = (one: QuestionRecord): number => times.filter(({ right }) => right === one.right).length;
  return times.reduce((best, one) => (like(one) > like(best) ? one : best));
}

const meanScores = (times: readonly QuestionRecord[]): QuestionRecord['scores'] =>
  Object.fromEntries(
    Object.keys(times[0]!.scores).map((name) => [
      name,
      meanOrNull(times.map(({ scores }) => scores[name] ?? null)),
    ]),
  );

const differs = ([before, ...others]: readonly QuestionRecord[]): boolean =>
  others
    .map((after) => ({ before: before!, after }))
    .some((pair) => answerChanged(pair) || rankingChanged(pair) || rightChanged(pair));

type Share = QualityRecord['right'];

function clusteredQuality(
  askings: readonly Asking[],
  questions: readonly QuestionRecord[],
  seed: number,
): QualityRecord {
  const all = askings.map(({ quality }) => quality);
  const [first] = all;
  const names = first!.slices[0]?.measures.map(({ name }) => name) ?? [];
  const sliced = slicesOf(questions, names, seed);
  return {
    ...first!,
    measures: first!.measures.map(({ name }) => meanOf(name, questions, seed)),
    retrievalAccuracy: meanShare(all.map(({ retrievalAccuracy }) => retrievalAccuracy)),
    right: meanShare(all.map(({ right }) => right)),
    unscoredShare: mean(all.map(({ unscoredShare }) => unscoredShare)),
    slices: first!.slices.map((slice) => ({
      ...slice,
      right: meanShare(all.flatMap(({ slices }) => sliceLike(slice, slices)?.right ?? [])),
      measures: sliceLike(slice, sliced)?.measures ?? slice.measures,
    })),
  };
}

const sliceLike = ({ by, value }: SliceRecord, slices: readonly SliceRecord[]): SliceRecord | undefined =>
  slices.find((other) => other.by === by && other.value === value);

/** The mean of shares of the same questions. Its interval is as if each were asked once: no narrower than it may be. */
function meanShare(shares: readonly Share[]): Share {
  const known = shares.filter((share) => share.mean !== null);
  if (known.length === 0) return shares[0]!;
  const n = Math.max(...known.map((share) => share.n));
  const centre = mean(known.map((share) => share.mean!));
  return { mean: centre, ci95: wilsonInterval(centre * n, n), n };
}
