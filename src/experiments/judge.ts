import type { CorpusDocument, GoldenQuestion } from '../datasets/golden.ts';
import { type Classification, classify } from '../judging/funnel.ts';
import type { Returned, Right } from '../judging/returned.ts';
import { judgeRight, ruleFor } from '../judging/right.ts';

export interface Verdict {
  readonly right: Right;
  /** As it is when the answer is in time. */
  readonly classification: Classification;
}

/** Judges what came back against the golden set: the one judge of the quality pass and of the load. */
export class Judge {
  readonly #k: number;
  readonly #texts: ReadonlyMap<string, string> | undefined;

  /** `documents` are those that the target searches; undefined where that is not known. */
  constructor(documents: readonly Pick<CorpusDocument, 'id' | 'text'>[] | undefined, k: number) {
    this.#k = k;
    this.#texts = documents && new Map(documents.map(({ id, text }) => [id, text]));
  }

  readonly documentText = (id: string): string | undefined => this.#texts?.get(id);

  readonly #inCorpus = (id: string): boolean | undefined => this.#texts?.has(id);

  judge(question: GoldenQuestion, returned: Returned): Verdict {
    const judgement = { question, returned, k: this.#k, documentText: this.documentText };
    const right = judgeRight(judgement);
    return {
      right,
      classification: classify({
        ...judgement,
        right,
        outcome: 'completed',
        inTime: true,
        inCorpus: this.#inCorpus,
      }),
    };
  }

  /**
   * A request that came to nothing is wrong, unless its question has nothing that this target returns anyway. What that
   * is, `sample` shows: any response of the target; undefined where none ever came.
   */
  judgeFailure(question: GoldenQuestion, sample: Returned | undefined): Right {
    if (sample === undefined) return 'wrong';
    const { documentText } = this;
    return ruleFor({ question, returned: sample, k: this.#k, documentText }) === 'none'
      ? 'unscored'
      : 'wrong';
  }
}
