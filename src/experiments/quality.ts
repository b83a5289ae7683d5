import type { GoldenQuestion } from '../datasets/golden.ts';
import type { JudgedCase } from '../judging/llm/judged.ts';
import { JUDGEMENTS } from '../judging/options.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import type { Target, TargetResponse } from '../load/target.ts';
import { scoreQuestions } from '../measures/golden-scores.ts';
import { DEFAULT_MEASURES, parseMeasures } from '../measures/registry.ts';
import type { JudgeRecord, QualityRecord, QuestionRecord } from '../records/schema.ts';
import { carriedQuantile, sortSamples } from '../statistics/quantiles.ts';
import { type AskedQuestion, askAll } from './ask-all.ts';
import type { Judge } from './judge.ts';
import { type JudgedAnswers, judgeScores } from './llm-judge/judge-answers.ts';
import { type Judged, questionRecords } from './question-records.ts';
import type { QuestionRanking, RunSetup } from './setup.ts';
import { meanOf, shareOf, shareRight, slicesOf } from './slices.ts';

/** The one number for retrieval is this measure over answerable questions, whichever measures are printed. */
const RETRIEVAL_ACCURACY = 'success@5';

export interface QualityResult {
  readonly quality: QualityRecord;
  readonly questions: QuestionRecord[];
  /** What came back for each question, in order; undefined where it failed. */
  readonly responses: readonly (TargetResponse | undefined)[];
  readonly rankings: readonly QuestionRanking[];
  /** Of the model that judged; undefined where none was asked. */
  readonly judged: JudgeRecord | undefined;
}

/** Has a model judge what came back for golden questions. */
export type AskModel = (cases: readonly JudgedCase[]) => Promise<JudgedAnswers>;

export interface Judging {
  /** By the rules for right, and the funnel. */
  readonly judge: Judge;
  readonly askModel?: AskModel | undefined;
}

/**
 * Asks every golden question once, one after the other, past the caches, and scores what came. An interrupted pass
 * scores the questions that were asked; where that is none, it rejects with `run.interrupted`.
 */
export async function runQualityPass(
  setup: RunSetup,
  target: Target,
  { judge, askModel }: Judging,
): Promise<QualityResult> {
  const { golden, clock, options, seed, signal, onEvent } = setup;
  const asked = await askAll(
    golden.questions.map(({ question }) => question),
    target,
    { name: 'quality', clock, timeoutMs: options.bench.timeoutMs, cache: false, signal, onEvent },
  );
  if (asked.length === 0 && signal?.aborted) {
    throw new GroundspeedError('run.interrupted', 'The run was interrupted before anything was measured');
  }
  const questions = golden.questions.slice(0, asked.length);
  const responses = asked.map((one) => (one.asked.outcome === 'completed' ? one.asked.response : undefined));
  const printed = parseMeasures(options.quality.measures ?? DEFAULT_MEASURES).map(({ name }) => name);
  const { documentText } = judge;
  const cases = questions.map((question, index) => ({ question, returned: responses[index], documentText }));
  const scores = scoreQuestions(parseMeasures([...printed, RETRIEVAL_ACCURACY]), cases);
  const byModel = await askModel?.(cases);
  const modelScores = byModel && judgeScores(byModel);
  const sample = responses.find((response) => response !== undefined);
  const judged = questions.map((question, index): Judged => {
    const kept = printed.map((name) => [name, scores[index]![name] ?? null]);
    return {
      question,
      scores: { ...Object.fromEntries(kept), ...modelScores?.[index] },
      judgements: byModel?.questions[index],
      ...verdictOn(question, asked[index]!, judge, sample),
    };
  });
  const accuracy = scores.map((score) => score[RETRIEVAL_ACCURACY] ?? null);
  const records = questionRecords(judged);
  const measures = [...printed, ...Object.keys(modelScores?.[0] ?? {})];
  return {
    questions: records,
    quality: summarise({ questions: records, outcomes: asked, measures, accuracy, seed }),
    responses,
    judged: byModel?.record,
    rankings: judged.flatMap(({ question, response }) =>
      response?.ranking === undefined ? [] : [{ question: question.id, ...response.ranking }],
    ),
  };
}

/** The very rule by which requests under load are judged. */
function verdictOn(
  question: GoldenQuestion,
  { asked, latency }: AskedQuestion,
  judge: Judge,
  sample: TargetResponse | undefined,
): Omit<Judged, 'question' | 'scores' | 'judgements'> {
  if (asked.outcome === 'completed') {
    const { response } = asked;
    const { right, classification } = judge.judge(question, response);
    const { class: funnel, firstRelevantRank } = classification;
    return { response, error: null, latency, right, funnel, firstRelevantRank };
  }
  return {
    response: undefined,
    error: messageOf(asked.error),
    latency,
    right: judge.judgeFailure(question, sample),
    funnel: asked.outcome === 'timeout' ? 'timeout' : 'error',
    firstRelevantRank: null,
  };
}

interface Scored {
  readonly questions: readonly QuestionRecord[];
  /** How the asking of each ended. */
  readonly outcomes: readonly AskedQuestion[];
  /** Names. */
  readonly measures: readonly string[];
  readonly accuracy: readonly (number | null)[];
  readonly seed: number;
}

function summarise({ questions, outcomes, measures, accuracy, seed }: Scored): QualityRecord {
  // As under load: errors have no latency that means anything, and timeouts count at their value.
  const latencies = sortSamples(
    outcomes.map(({ asked, latency }) => (asked.outcome === 'error' ? Number.NaN : latency)),
  );
  const unscored = questions.filter(({ right }) => right === 'unscored').length;
  const funnel: Record<string, number> = {};
  for (const question of questions) funnel[question.funnel] = (funnel[question.funnel] ?? 0) + 1;
  return {
    measures: measures.map((name) => meanOf(name, questions, seed)),
    retrievalAccuracy: shareOf(accuracy.filter((score) => score !== null).map((score) => score > 0)),
    right: shareRight(questions),
    unscoredShare: questions.length === 0 ? 0 : unscored / questions.length,
    funnel,
    slices: slicesOf(
      questions,
      measures.filter((name) => SLICE_MEASURES.includes(name)),
      seed,
    ),
    latencyMs: {
      p50: carriedQuantile(latencies, 0.5),
      p95: carriedQuantile(latencies, 0.95),
      p99: carriedQuantile(latencies, 0.99),
      max: latencies.length === 0 ? null : latencies[latencies.length - 1]!,
    },
  };
}

/** Measures that a slice shows: all of them for every kind would be a wall of numbers. */
const SLICE_MEASURES = [
  'ndcg@10',
  'success@5',
  'recall@100',
  'answer-containment',
  'f1',
  ...JUDGEMENTS.map((judgement) => `llm-${judgement}`),
];
