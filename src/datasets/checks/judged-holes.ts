import type { CheckedQuestion, CheckedSet, DatasetCheck, Found, PooledRun } from './check.ts';
import { counted, some } from './words.ts';

/** A document that some run ranks high for a question, and nobody has judged. */
export interface Hole {
  readonly question: CheckedQuestion;
  readonly document: string;
  /** Its rank, from 1, by run; runs that rank it deeper than was looked at are left out. */
  readonly ranks: ReadonlyMap<string, number>;
}

/** How much of what a run ranks is judged. */
export interface RunJudged {
  readonly run: string;
  /** Of its documents down to the depth, over the questions that are scored; null where it ranks none. */
  readonly judged: number | null;
  readonly holes: number;
}

/**
 * Measures count what nobody judged as not relevant, which is unfair to whichever variant finds what the others do not
 * (Spärck Jones and van Rijsbergen's pooling, 1975; trec_eval's Judged@k tells how much of it there is).
 */
export const judgedHoles: DatasetCheck = {
  name: 'judged-holes',
  severity: 'warning',
  about: 'Whatever a variant ranks high is judged',
  needs: ['pool'],
  run(set) {
    const { pool = [], depth } = set;
    return [
      ...unknownNames(set),
      ...pool
        .map((run) => judgedBy(set, run))
        .filter(({ holes }) => holes > 0)
        .map(({ run, judged, holes }) => ({
          message: `${counted(holes, 'document')} of its first ${depth} ${holes === 1 ? 'is' : 'are'} unjudged; judged@${depth} is ${(judged ?? 0).toFixed(3)}`,
          where: run,
          hint: 'Write a labelling sheet with --sheet FILE, fill in the grades, and take them in with `groundspeed dataset label`.',
        })),
    ];
  },
};

/** Questions whose retrieval is scored: those that can be answered. */
const scored = ({ question }: CheckedQuestion): boolean => question.answerable;

export function judgedBy({ questions, depth }: CheckedSet, run: PooledRun): RunJudged {
  let ranked = 0;
  let holes = 0;
  for (const one of questions.filter(scored)) {
    for (const id of (run.rankings.get(one.question.id) ?? []).slice(0, depth)) {
      ranked += 1;
      if (!isJudged(one, id)) holes += 1;
    }
  }
  return { run: run.name, judged: ranked === 0 ? null : 1 - holes / ranked, holes };
}

/** Every question's unjudged documents in the first `depth` of any run, each once, in the order of the set. */
export function findHoles({ questions, pool = [], depth, documents }: CheckedSet): Hole[] {
  return questions.filter(scored).flatMap((question) => {
    const ranks = new Map<string, Map<string, number>>();
    for (const run of pool) {
      const ranking = (run.rankings.get(question.question.id) ?? []).slice(0, depth);
      for (const [at, id] of ranking.entries()) {
        if (isJudged(question, id) || documents?.has(id) === false) continue;
        const known = ranks.get(id) ?? new Map<string, number>();
        ranks.set(id, known.set(run.name, at + 1));
      }
    }
    return [...ranks].map(([document, byRun]) => ({ question, document, ranks: byRun }));
  });
}

/** A grade below 0 counts as unjudged, as in trec_eval. */
const isJudged = ({ question }: CheckedQuestion, id: string): boolean =>
  (question.relevant.get(id) ?? -1) >= 0;

/** Runs of another set, or of another version of this one. */
function unknownNames({ questions, documents, pool = [], depth }: CheckedSet): Found[] {
  const known = new Set(questions.map(({ question }) => question.id));
  return pool.flatMap(({ name, rankings }) => {
    const strangers = [...rankings.keys()].filter((id) => !known.has(id));
    const answered = [...rankings].filter(([id]) => known.has(id));
    const ids = new Set(answered.flatMap(([, ranking]) => ranking.slice(0, depth)));
    const foreign = documents === undefined ? [] : [...ids].filter((id) => !documents.has(id));
    return [
      strangers.length > 0 && {
        message: `${counted(strangers.length, 'question')} that it ranks for ${strangers.length === 1 ? 'is' : 'are'} not among those looked at: ${some(strangers)}`,
        hint: 'A run of another split or set? --split chooses the questions.',
      },
      foreign.length > 0 && {
        message: `${counted(foreign.length, 'document')} that it ranks ${foreign.length === 1 ? 'is' : 'are'} not in the corpus: ${some(foreign)}`,
        hint: 'A run over another corpus, or with ids of passages? They are left out of the sheet.',
      },
    ]
      .filter((one) => one !== false)
      .map((one) => ({ ...one, where: name }));
  });
}
