/** The words of a golden set. Readers make these; measures, judging and load read them. */

/** A verbatim stretch of a document that supports the answer. */
export interface EvidenceQuote {
  readonly document: string;
  readonly quote: string;
}

export interface GoldenQuestion {
  readonly id: string;
  readonly question: string;
  /** Accepted answers, each an alias of the others; empty where the set has none. */
  readonly answers: readonly string[];
  /** What must not stand in an answer: the superseded fare, say. */
  readonly forbidden: readonly string[];
  /** AND of ORs: every group must be covered, by any one of its quotes. Empty where the set has none. */
  readonly evidence: readonly (readonly EvidenceQuote[])[];
  /** Grade by document id: 1 and above is relevant, 0 is judged and not relevant; below 0 counts as unjudged, as in trec_eval. */
  readonly relevant: ReadonlyMap<string, number>;
  readonly answerable: boolean;
  /** lookup, paraphrase, multi-hop, numeric, superseded, unanswerable, noisy, other-language, or the set's own. */
  readonly kind: string | undefined;
  readonly difficulty: string | undefined;
  readonly split: string | undefined;
  /** The answers are computed from the evidence and stand nowhere in it. */
  readonly derived: boolean;
  /** Words of the set's own to slice results by; empty where it has none. */
  readonly tags: readonly string[];
  /** Pinned: a flip of this question fails a gate. */
  readonly must: boolean;
}

export interface CorpusDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Something odd that does not stop a run: counted, shown, and an error under `--strict`. */
export interface DatasetWarning {
  readonly code:
    | 'empty-document'
    | 'unknown-document'
    | 'unknown-question'
    | 'unknown-quote'
    | 'empty-question'
    | 'manifest'
    | 'unlabelled'
    | 'encoding';
  readonly message: string;
  /** File and line, or the id at fault. */
  readonly where: string;
}

export interface GoldenSet {
  readonly name: string;
  readonly format: 'groundspeed' | 'beir' | 'csv' | 'jsonl';
  /** As the manifest says; undefined without one. */
  readonly version: string | undefined;
  readonly licence: string | undefined;
  /** The split that was asked for; undefined where the set has no splits. */
  readonly split: string | undefined;
  readonly questions: readonly GoldenQuestion[];
  /** Undefined where the set brings no corpus (a spreadsheet of questions for a remote target). */
  readonly corpus: readonly CorpusDocument[] | undefined;
  readonly warnings: readonly DatasetWarning[];
  /** SHA-256 over the questions of this split, and over the corpus, as read. */
  readonly questionsHash: string;
  readonly corpusHash: string | undefined;
}

/** A question with what is not said of it left empty. */
export function goldenQuestion(
  fields: Partial<GoldenQuestion> & Pick<GoldenQuestion, 'id' | 'question'>,
): GoldenQuestion {
  return {
    answers: [],
    forbidden: [],
    evidence: [],
    relevant: new Map(),
    answerable: true,
    kind: undefined,
    difficulty: undefined,
    split: undefined,
    derived: false,
    tags: [],
    must: false,
    ...fields,
  };
}
