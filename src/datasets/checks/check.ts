import type { CorpusDocument, DatasetWarning, GoldenQuestion } from '../golden.ts';

/** An error makes the numbers wrong that are measured on the set. A warning asks for a look by its maker. */
export type Severity = 'error' | 'warning';

/** What a check cannot do without. */
export type Need = 'corpus' | 'answers' | 'evidence' | 'unanswerable' | 'manifest' | 'baseline' | 'pool';

/** One thing that a check has found. */
export interface Finding {
  /** The check's name. */
  readonly check: string;
  readonly severity: Severity;
  readonly message: string;
  /** `questions.jsonl:17` where a line is at fault, else a document's id or a file. */
  readonly where: string;
  /** What to do about it. */
  readonly hint: string;
  /** Ids of the questions concerned; empty where it is not about questions. */
  readonly questions: readonly string[];
}

/** What a check writes of a finding; the runner adds whose it is. */
export type Found = Omit<Finding, 'check' | 'severity' | 'questions'> & {
  readonly questions?: readonly string[];
};

export interface CheckedQuestion {
  readonly question: GoldenQuestion;
  /** File and line. */
  readonly where: string;
  /** The splits that it belongs to: several where several BEIR judgement files judge it; empty without splits. */
  readonly splits: readonly string[];
}

/** A golden set as the checks see it: all splits, or the one that was asked for. */
export interface CheckedSet {
  readonly name: string;
  readonly questions: readonly CheckedQuestion[];
  /** By id; undefined where the set brings no corpus. */
  readonly documents: ReadonlyMap<string, CorpusDocument> | undefined;
  /** What the manifest says that the files do not bear out; undefined without a manifest. */
  readonly manifest: readonly DatasetWarning[] | undefined;
  /** What reading the set warned of, and no check of its own tells better. */
  readonly oddities: readonly DatasetWarning[];
  /** Judgements of questions that are not there. */
  readonly strays: readonly DatasetWarning[];
  /** What the set was before; undefined where nobody says. */
  readonly baseline: Baseline | undefined;
  /** Rankings of several variants; undefined where none are given. */
  readonly pool: readonly PooledRun[] | undefined;
  /** How many of each ranking's documents are looked at. */
  readonly depth: number;
}

/** An older copy of the set; of one that only its manifest is left of, only which files have changed can be told. */
export type Baseline =
  | { readonly path: string; readonly documents: ReadonlyMap<string, CorpusDocument> }
  | { readonly path: string; readonly changedFiles: readonly string[] };

/** One variant's rankings: document ids, best first, by question id. */
export interface PooledRun {
  readonly name: string;
  readonly rankings: ReadonlyMap<string, readonly string[]>;
}

/** One check. It describes itself: help, reports and the list of what was skipped read these fields. */
export interface DatasetCheck {
  /** Lower case with hyphens. */
  readonly name: string;
  readonly severity: Severity;
  /** What holds of a sound set, as a sentence without a full stop. */
  readonly about: string;
  readonly needs: readonly Need[];
  run(set: CheckedSet): readonly Found[] | Promise<readonly Found[]>;
}

export interface CheckResult {
  readonly name: string;
  readonly severity: Severity;
  readonly about: string;
  readonly status: 'passed' | 'found' | 'skipped';
  /** Why it was skipped, and what would make it run; undefined where it ran. */
  readonly skipped: string | undefined;
  readonly findings: readonly Finding[];
}

const MISSING: Readonly<Record<Need, (set: CheckedSet) => string | undefined>> = {
  corpus: ({ documents }) => (documents === undefined ? 'the set brings no corpus' : undefined),
  answers: ({ questions }) =>
    questions.some(({ question }) => question.answers.length > 0) ? undefined : 'no question has an answer',
  evidence: ({ questions }) =>
    questions.some(({ question }) => question.evidence.length > 0)
      ? undefined
      : 'no question has evidence quotes',
  unanswerable: ({ questions }) =>
    questions.some(({ question }) => !question.answerable) ? undefined : 'every question can be answered',
  manifest: ({ manifest }) => (manifest === undefined ? 'the set has no manifest.json' : undefined),
  baseline: ({ baseline }) =>
    baseline === undefined ? 'there is nothing older to compare with: --against' : undefined,
  pool: ({ pool }) => (pool === undefined ? 'no rankings are given: --pool' : undefined),
};

/** Runs the checks one after the other. One whose needs are not met is skipped, by name, and says what it lacks. */
export async function runChecks(checks: readonly DatasetCheck[], set: CheckedSet): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const { name, severity, about } = check;
    const skipped = check.needs.map((need) => MISSING[need](set)).find((reason) => reason !== undefined);
    const found = skipped === undefined ? await check.run(set) : [];
    results.push({
      name,
      severity,
      about,
      status: skipped !== undefined ? 'skipped' : found.length > 0 ? 'found' : 'passed',
      skipped,
      findings: found.map(({ questions = [], ...finding }) => ({
        check: name,
        severity,
        ...finding,
        questions,
      })),
    });
  }
  return results;
}
