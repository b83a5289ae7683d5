import type { GoldenQuestion } from '../datasets/golden.ts';
import { FUNNEL, type FunnelClass, type Right } from '../judging/returned.ts';
import { type Deadlines, isInTime } from '../load/in-time.ts';
import type { PhaseVerdicts } from '../load/phase-setting.ts';
import type { PhaseRecorder } from '../load/recorder.ts';
import type { ResponseTable } from '../load/responses.ts';
import { type Scores, scoreQuestions } from '../measures/golden-scores.ts';
import type { Measure } from '../measures/measure.ts';
import { NO_RESPONSE, OUTCOMES, RIGHT_CODES } from '../records/columns.ts';
import type { Judge } from './judge.ts';

const rightCode = (right: Right): number => RIGHT_CODES.indexOf(right);
const funnelCode = (name: FunnelClass): number => FUNNEL.indexOf(name);
const RIGHT_IN_TIME = funnelCode('right-in-time');
const RIGHT_LATE = funnelCode('right-late');

/** Responses that are looked at to know what a target shows: one may by chance lack what others have. */
const SHOWN = 100;

/** Funnel code by outcome code, of a request that has no response. */
const FUNNEL_OF_OUTCOME = OUTCOMES.map((name) => funnelCode(name === 'completed' ? 'unknown' : name));

/**
 * Joins verdicts to requests: each distinct response is judged once, however many requests got it, and however often
 * phases are judged while more responses come.
 */
export class LoadVerdicts {
  readonly #judge: Judge;
  readonly #questions: readonly GoldenQuestion[];
  readonly #responses: ResponseTable;
  readonly #measures: readonly Measure[];
  /** Responses that have been judged: the first ones. By their number, the code of right and of the funnel. */
  #judged = 0;
  #right = new Uint8Array(0);
  #funnel = new Uint8Array(0);
  /** By measure, the score of each response; NaN where the measure says nothing of it. */
  #scores: Float64Array[];
  /** The same of each question as if it had failed. */
  #failed: readonly Float64Array[] | undefined;

  constructor(
    judge: Judge,
    questions: readonly GoldenQuestion[],
    responses: ResponseTable,
    measures: readonly Measure[] = [],
  ) {
    this.#measures = measures;
    this.#judge = judge;
    this.#questions = questions;
    this.#responses = responses;
    this.#scores = measures.map(() => new Float64Array(0));
  }

  rightOf(response: number): Right {
    this.#judgeNew();
    return RIGHT_CODES[this.#right[response]!]!;
  }

  /** The measures of one response, by name. */
  scoresOf(response: number): Scores {
    this.#judgeNew();
    return Object.fromEntries(
      this.#measures.map(({ name }, measure) => {
        const score = this.#scores[measure]![response]!;
        return [name, Number.isNaN(score) ? null : score];
      }),
    );
  }

  /** What became of each request of a phase. */
  of(rows: PhaseRecorder, deadlines: Deadlines): PhaseVerdicts {
    this.#judgeNew();
    const right = new Uint8Array(rows.rows);
    const funnel = new Uint8Array(rows.rows);
    const failed = this.#failures();
    for (let row = 0; row < rows.rows; row += 1) {
      const response = rows.response[row]!;
      if (response === NO_RESPONSE) {
        right[row] = failed(rows.question[row]!);
        funnel[row] = FUNNEL_OF_OUTCOME[rows.outcome[row]!]!;
        continue;
      }
      const inTime = this.#funnel[response]!;
      const late = inTime === RIGHT_IN_TIME && !isInTime(rows, row, deadlines);
      right[row] = this.#right[response]!;
      funnel[row] = late ? RIGHT_LATE : inTime;
    }
    return {
      right,
      funnel,
      classes: FUNNEL,
      measures: this.#measures.map((measure, index) => this.#measureOf(measure, index, rows)),
    };
  }

  /** Judges the responses that came since the last time. */
  #judgeNew(): void {
    const from = this.#judged;
    const size = this.#responses.size;
    if (from === size) return;
    this.#right = grown(this.#right, size);
    this.#funnel = grown(this.#funnel, size);
    this.#scores = this.#scores.map((scores) => grown(scores, size));
    for (let id = from; id < size; id += 1) {
      const question = this.#questions[this.#responses.question(id)]!;
      const returned = this.#responses.response(id);
      const verdict = this.#judge.judge(question, returned);
      this.#right[id] = rightCode(verdict.right);
      this.#funnel[id] = funnelCode(verdict.classification.class);
      if (this.#measures.length === 0) continue;
      const { documentText } = this.#judge;
      const [scores] = scoreQuestions(this.#measures, [{ question, returned, documentText }]);
      for (const [index, { name }] of this.#measures.entries()) {
        this.#scores[index]![id] = scores![name] ?? Number.NaN;
      }
    }
    this.#judged = size;
  }

  #measureOf({ name }: Measure, index: number, rows: PhaseRecorder) {
    const scores = this.#scores[index]!;
    this.#failed ??= this.#scoreFailures();
    const failed = this.#failed[index]!;
    const ofRow = (row: number): number => {
      const response = rows.response[row]!;
      return response === NO_RESPONSE ? failed[rows.question[row]!]! : scores[response]!;
    };
    return { name, ofRow };
  }

  /** A failed request scores 0, but not on a measure of what this target never shows: any response tells what that is. */
  #scoreFailures(): Float64Array[] {
    const { documentText } = this.#judge;
    const failures = this.#questions.map((question) => ({ question, returned: undefined, documentText }));
    const shown = Array.from({ length: Math.min(this.#responses.size, SHOWN) }, (_, id) => ({
      question: this.#questions[this.#responses.question(id)]!,
      returned: this.#responses.response(id),
      documentText,
    }));
    const scores = scoreQuestions(this.#measures, [...shown, ...failures]).slice(shown.length);
    return this.#measures.map(({ name }) => Float64Array.from(scores, (one) => one[name] ?? Number.NaN));
  }

  /** The code of a failed request by its question, each found out once. */
  #failures(): (question: number) => number {
    const sample = this.#responses.size === 0 ? undefined : this.#responses.response(0);
    const known = new Map<number, number>();
    return (question) => {
      let code = known.get(question);
      if (code === undefined) {
        code = rightCode(this.#judge.judgeFailure(this.#questions[question]!, sample));
        known.set(question, code);
      }
      return code;
    };
  }
}

function grown<T extends Uint8Array | Float64Array>(from: T, size: number): T {
  const to = new (from.constructor as new (length: number) => T)(size);
  to.set(from);
  return to;
}
