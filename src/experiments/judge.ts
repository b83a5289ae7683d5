import type { GoldenQuestion, GoldenSet } from '../datasets/golden.ts';
import { type Classification, classify } from '../judging/funnel.ts';
import { FUNNEL, type Returned, type Right } from '../judging/returned.ts';
import { judgeRight } from '../judging/right.ts';
import type { PhaseRecorder } from '../load/recorder.ts';
import type { ResponseTable } from '../load/responses.ts';
import type { PhaseVerdicts } from '../load/summary.ts';
import { NO_RESPONSE, OUTCOMES, RIGHT_CODES } from '../records/columns.ts';

export interface Verdict {
  readonly right: Right;
  /** As it is when the answer is in time. */
  readonly classification: Classification;
}

/** Judges responses against the golden set, each distinct one once, however many requests got it. */
export class Judge {
  readonly #golden: GoldenSet;
  readonly #k: number;
  readonly #texts: ReadonlyMap<string, string> | undefined;
  readonly #verdicts: Verdict[] = [];

  constructor(golden: GoldenSet, k: number) {
    this.#golden = golden;
    this.#k = k;
    this.#texts = golden.corpus && new Map(golden.corpus.map(({ id, text }) => [id, text]));
  }

  readonly documentText = (id: string): string | undefined => this.#texts?.get(id);

  readonly #inCorpus = (id: string): boolean | undefined => this.#texts?.has(id);

  judge(question: GoldenQuestion, returned: Returned): Verdict {
    const k = this.#k;
    const right = judgeRight({ question, returned, k, documentText: this.documentText });
    return {
      right,
      classification: classify({
        question,
        returned,
        right,
        k,
        outcome: 'completed',
        inTime: true,
        documentText: this.documentText,
        inCorpus: this.#inCorpus,
      }),
    };
  }

  /** The verdict on a response of the table. Responses only ever get added, so verdicts are kept by their number. */
  verdictOn(responses: ResponseTable, id: number): Verdict {
    const known = this.#verdicts[id];
    if (known !== undefined) return known;
    const verdict = this.judge(this.#golden.questions[responses.question(id)]!, responses.response(id));
    this.#verdicts[id] = verdict;
    return verdict;
  }

  /**
   * What became of each request of a phase. A failed request is wrong where its question can be scored at all, which a
   * response to the same question tells: then every class of the funnel but `unscored` counts against attainment.
   */
  verdictsOf(rows: PhaseRecorder, responses: ResponseTable, deadline: number): PhaseVerdicts {
    const right = new Uint8Array(rows.rows);
    const funnel = new Uint8Array(rows.rows);
    const unscorable = new Set<number>();
    for (let id = 0; id < responses.size; id += 1) {
      if (this.verdictOn(responses, id).right === 'unscored') unscorable.add(responses.question(id));
    }
    for (let row = 0; row < rows.rows; row += 1) {
      const response = rows.response[row]!;
      if (response === NO_RESPONSE) {
        right[row] = RIGHT_CODES.indexOf(unscorable.has(rows.question[row]!) ? 'unscored' : 'wrong');
        funnel[row] = FUNNEL.indexOf(OUTCOMES[rows.outcome[row]!] as 'error' | 'timeout' | 'dropped');
        continue;
      }
      const verdict = this.verdictOn(responses, response);
      const late = rows.end[row]! - rows.due[row]! > deadline;
      const inTime = verdict.classification.class;
      right[row] = RIGHT_CODES.indexOf(verdict.right);
      funnel[row] = FUNNEL.indexOf(late && inTime === 'right-in-time' ? 'right-late' : inTime);
    }
    return { right, funnel, classes: FUNNEL };
  }
}
