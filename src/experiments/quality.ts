import type { GoldenQuestion } from '../datasets/golden.ts';
import { messageOf } from '../kernel/errors.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Target, TargetResponse } from '../load/target.ts';
import { scoreQuestions } from '../measures/golden-scores.ts';
import type { Measure } from '../measures/measure.ts';
import { parseMeasures } from '../measures/registry.ts';
import type { MeasureRecord, QualityRecord, QuestionRecord, SliceRecord } from '../records/schema.ts';
import { bootstrapMeanInterval } from '../statistics/bootstrap.ts';
import { wilsonInterval } from '../statistics/proportions.ts';
import { carriedQuantile, mean, sortSamples } from '../statistics/quantiles.ts';
import { nextTurn } from '../system/clock.ts';
import type { Judge } from './judge.ts';
import type { RunSetup } from './setup.ts';

/** A bootstrap interval of fewer scores than this covers less than it says, and is labelled so. */
const LEAST_FOR_BOOTSTRAP = 200;

/** What came of asking one golden question once. */
interface Asked {
  readonly question: GoldenQuestion;
  readonly response: TargetResponse | undefined;
  readonly error: string | null;
  readonly latency: number;
}

export interface QualityResult {
  readonly quality: QualityRecord;
  readonly questions: QuestionRecord[];
}

/**
 * Asks every golden question once, one after the other, past the caches, and scores what came. An interrupted pass
 * scores the questions that were asked.
 */
export async function runQualityPass(
  setup: RunSetup,
  target: Target,
  { judge, measures }: { judge: Judge; measures: readonly string[] },
): Promise<QualityResult> {
  const asked = await askAll(setup, target);
  const parsed = parseMeasures(measures);
  const scores = scoreQuestions(
    parsed,
    asked.map(({ question, response }) => ({
      question,
      returned: response,
      documentText: judge.documentText,
    })),
  );
  // `success@5` is the one number for retrieval, whichever measures are printed.
  const [success] = parseMeasures(['success@5']);
  const accuracy = scoreQuestions(
    [success!],
    asked.map(({ question, response }) => ({
      question,
      returned: response,
      documentText: judge.documentText,
    })),
  ).map((score) => score['success@5'] ?? null);
  const questions = asked.map((one, index) => questionRecord(one, scores[index]!, judge));
  return { questions, quality: summarise({ questions, measures: parsed, accuracy, seed: setup.seed }) };
}

async function askAll({ golden, clock, signal, onEvent }: RunSetup, target: Target): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const [index, question] of golden.questions.entries()) {
    if (signal?.aborted) break;
    const start = clock.now();
    const one = await target
      .ask({ question: index, text: question.question, cache: false, ...(signal && { signal }) })
      .then((response) => ({ response, error: null }))
      .catch((thrown: unknown) => ({ response: undefined, error: messageOf(thrown) }));
    if (signal?.aborted) break;
    asked.push({ question, ...one, latency: clock.now() - start });
    if (index % 8 === 7) {
      onEvent({
        type: 'part.progress',
        name: 'quality',
        done: index + 1,
        total: golden.questions.length,
        unit: 'questions',
      });
      await nextTurn();
    }
  }
  return asked;
}

function questionRecord(
  { question, response, error, latency }: Asked,
  scores: Readonly<Record<string, number | null>>,
  judge: Judge,
): QuestionRecord {
  const verdict = response && judge.judge(question, response);
  return {
    id: question.id,
    question: question.question,
    kind: question.kind ?? null,
    difficulty: question.difficulty ?? null,
    answerable: question.answerable,
    expected: {
      answers: [...question.answers],
      forbidden: [...question.forbidden],
      evidence: question.evidence.map((group) => group.map(({ document, quote }) => ({ document, quote }))),
      relevant: [...question.relevant].filter(([, grade]) => grade > 0).map(([id]) => id),
    },
    returned: response === undefined ? null : returnedRecord(response),
    error,
    right: verdict?.right ?? 'wrong',
    funnel: verdict?.classification.class ?? 'error',
    firstRelevantRank: verdict?.classification.firstRelevantRank ?? null,
    scores: { ...scores },
    latencyMs: latency,
  };
}

function returnedRecord(response: TargetResponse): NonNullable<QuestionRecord['returned']> {
  return {
    answer: response.answer ?? null,
    abstained: response.abstained,
    confidence: response.confidence ?? null,
    passages:
      response.passages?.map(({ documentId, title, text, score }) => ({
        documentId,
        title: title ?? null,
        text: text ?? null,
        score: score ?? null,
      })) ?? null,
    citations: response.citations ? [...response.citations] : null,
    ranking: response.ranking ? [...response.ranking.ids] : null,
  };
}

interface Scored {
  readonly questions: readonly QuestionRecord[];
  readonly measures: readonly Measure[];
  /** success@5 by question. */
  readonly accuracy: readonly (number | null)[];
  readonly seed: number;
}

function summarise({ questions, measures, accuracy, seed }: Scored): QualityRecord {
  const latencies = sortSamples(questions.map(({ latencyMs }) => latencyMs ?? Number.NaN));
  const funnel: Record<string, number> = {};
  for (const question of questions) funnel[question.funnel] = (funnel[question.funnel] ?? 0) + 1;
  return {
    measures: measures.map(({ name }) => meanOf(name, questions, seed)),
    retrievalAccuracy: share(accuracy.filter((score) => score !== null).map((score) => score > 0)),
    right: shareRight(questions),
    unscoredShare: questions.length === 0 ? 0 : (funnel['unscored'] ?? 0) / questions.length,
    funnel,
    slices: [
      ...slices('kind', questions, measures, seed),
      ...slices('difficulty', questions, measures, seed),
    ],
    latencyMs: {
      p50: carriedQuantile(latencies, 0.5),
      p95: carriedQuantile(latencies, 0.95),
      p99: carriedQuantile(latencies, 0.99),
      max: latencies.length === 0 ? null : latencies[latencies.length - 1]!,
    },
  };
}

/** Measures that a slice shows: all of them for every kind would be a wall of numbers. */
const SLICE_MEASURES = ['ndcg@10', 'success@5', 'recall@100', 'answer-containment', 'f1'];

function slices(
  by: SliceRecord['by'],
  questions: readonly QuestionRecord[],
  measures: readonly Measure[],
  seed: number,
): SliceRecord[] {
  const values = [...new Set(questions.map((question) => question[by]))].filter((value) => value !== null);
  if (values.length < 2) return [];
  return values.sort().map((value) => {
    const within = questions.filter((question) => question[by] === value);
    return {
      by,
      value,
      n: within.length,
      right: shareRight(within),
      measures: measures
        .filter(({ name }) => SLICE_MEASURES.includes(name))
        .map(({ name }) => meanOf(name, within, seed)),
    };
  });
}

function meanOf(name: string, questions: readonly QuestionRecord[], seed: number): MeasureRecord {
  const values = questions.map(({ scores }) => scores[name] ?? null).filter((score) => score !== null);
  if (values.length === 0) return { name, mean: null, ci95: null, n: 0 };
  return {
    name,
    mean: mean(values),
    ci95: bootstrapMeanInterval(values, { random: seededRandom(seed).fork(`bootstrap/${name}`) }),
    n: values.length,
    ...(values.length < LEAST_FOR_BOOTSTRAP && { approximate: true }),
  };
}

function shareRight(questions: readonly QuestionRecord[]): QualityRecord['right'] {
  return share(questions.filter(({ right }) => right !== 'unscored').map(({ right }) => right === 'right'));
}

/** Golden questions are independent of each other, so the interval is Wilson's. */
function share(trials: readonly boolean[]): QualityRecord['right'] {
  const successes = trials.filter(Boolean).length;
  const n = trials.length;
  return { mean: n === 0 ? null : successes / n, ci95: wilsonInterval(successes, n), n };
}
