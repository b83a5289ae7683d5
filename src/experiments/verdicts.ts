import type { GoldenQuestion } from '../datasets/golden.ts';
import { FUNNEL, type FunnelClass, type Right } from '../judging/returned.ts';
import type { PhaseRecorder } from '../load/recorder.ts';
import type { ResponseTable } from '../load/responses.ts';
import type { PhaseVerdicts } from '../load/summary.ts';
import { NO_RESPONSE, OUTCOMES, RIGHT_CODES } from '../records/columns.ts';
import type { Judge } from './judge.ts';

const rightCode = (right: Right): number => RIGHT_CODES.indexOf(right);
const funnelCode = (name: FunnelClass): number => FUNNEL.indexOf(name);
const RIGHT_IN_TIME = funnelCode('right-in-time');
const RIGHT_LATE = funnelCode('right-late');

/** Funnel code by outcome code, of a request that has no response. */
const FUNNEL_OF_OUTCOME = OUTCOMES.map((name) => funnelCode(name === 'completed' ? 'unknown' : name));

/** Joins verdicts to requests: each distinct response is judged once, however many requests got it. */
export class LoadVerdicts {
  readonly #judge: Judge;
  readonly #questions: readonly GoldenQuestion[];
  readonly #responses: ResponseTable;
  /** By the number of the response. */
  readonly #right: Uint8Array;
  readonly #funnel: Uint8Array;

  /** Judges all responses of a load that is over. */
  constructor(judge: Judge, questions: readonly GoldenQuestion[], responses: ResponseTable) {
    this.#judge = judge;
    this.#questions = questions;
    this.#responses = responses;
    this.#right = new Uint8Array(responses.size);
    this.#funnel = new Uint8Array(responses.size);
    for (let id = 0; id < responses.size; id += 1) {
      const verdict = judge.judge(questions[responses.question(id)]!, responses.response(id));
      this.#right[id] = rightCode(verdict.right);
      this.#funnel[id] = funnelCode(verdict.classification.class);
    }
  }

  rightOf(response: number): Right {
    return RIGHT_CODES[this.#right[response]!]!;
  }

  /** What became of each request of a phase. */
  of(rows: PhaseRecorder, deadline: number): PhaseVerdicts {
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
      const late = rows.end[row]! - rows.due[row]! > deadline;
      const inTime = this.#funnel[response]!;
      right[row] = this.#right[response]!;
      funnel[row] = late && inTime === RIGHT_IN_TIME ? RIGHT_LATE : inTime;
    }
    return { right, funnel, classes: FUNNEL };
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
