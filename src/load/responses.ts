import type { TargetResponse } from './target.ts';

/**
 * Responses of one question with which a new one is compared, latest first. A target that never answers twice alike
 * would otherwise make every request slower than the one before.
 */
const COMPARED = 8;

/**
 * The distinct responses of a run. Thousands of requests for one question mostly get the same response, which is kept,
 * and later judged, once. Requests refer to it by number.
 */
export class ResponseTable {
  readonly #responses: TargetResponse[] = [];
  readonly #questions: number[] = [];
  readonly #byQuestion = new Map<number, number[]>();

  get size(): number {
    return this.#responses.length;
  }

  response(id: number): TargetResponse {
    return this.#responses[id]!;
  }

  question(id: number): number {
    return this.#questions[id]!;
  }

  /** The number of this response, new or known. */
  intern(question: number, response: TargetResponse): number {
    let known = this.#byQuestion.get(question);
    if (known === undefined) {
      known = [];
      this.#byQuestion.set(question, known);
    }
    const stop = Math.max(0, known.length - COMPARED);
    for (let index = known.length - 1; index >= stop; index -= 1) {
      if (sameContent(this.#responses[known[index]!]!, response)) return known[index]!;
    }
    const latest = known.at(-1);
    const id = this.#responses.length;
    this.#responses.push(latest === undefined ? response : sharing(this.#responses[latest]!, response));
    this.#questions.push(question);
    known.push(id);
    return id;
  }
}

/** Equal in everything that judging reads. How it came about (cache, timings, cost) is each request's own. */
function sameContent(a: TargetResponse, b: TargetResponse): boolean {
  return (
    a === b ||
    (a.answer === b.answer &&
      a.abstained === b.abstained &&
      a.lastResort === b.lastResort &&
      a.contextSize === b.contextSize &&
      sameItems(a.citations, b.citations) &&
      samePassages(a.passages, b.passages) &&
      sameItems(a.ranking?.ids, b.ranking?.ids))
  );
}

/** A model that words each answer anew mostly does so over the same passages: those, the bulk of a response, are kept once. */
function sharing(known: TargetResponse, response: TargetResponse): TargetResponse {
  return {
    ...response,
    passages: samePassages(known.passages, response.passages) ? known.passages : response.passages,
    ranking: sameItems(known.ranking?.ids, response.ranking?.ids) ? known.ranking : response.ranking,
  };
}

function sameItems<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

function samePassages(a: TargetResponse['passages'], b: TargetResponse['passages']): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) {
    const one = a[index]!;
    const other = b[index]!;
    if (one.documentId !== other.documentId || one.start !== other.start || one.end !== other.end)
      return false;
    if (one.start === undefined && one.text !== other.text) return false;
  }
  return true;
}
