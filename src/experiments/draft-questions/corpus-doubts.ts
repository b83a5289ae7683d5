import type { CheckedSet } from '../../datasets/checks/check.ts';
import type { Draft } from '../../datasets/draft/draft.ts';
import type { CorpusDocument, GoldenQuestion } from '../../datasets/golden.ts';
import { CorpusSearch } from '../dataset-check/corpus-search.ts';
import { unanswerableMatch } from '../dataset-check/unanswerable-match.ts';
import { unlistedAnswer } from '../dataset-check/unlisted-answer.ts';

/** What the rest of the corpus says against a draft, by the checks of golden sets; undefined where that is nothing. */
export async function strongMatch(draft: Draft, search: CorpusSearch): Promise<string | undefined> {
  const [found] = await unanswerableMatch(async () => search).run(setOf(draft));
  return found && withoutId(found.message);
}

export async function answerElsewhere(draft: Draft, search: CorpusSearch): Promise<string | undefined> {
  const [found] = await unlistedAnswer(async () => search).run(setOf(draft));
  return found && `Is it also answered elsewhere? It seems that ${withoutId(found.message)}.`;
}

/** The drafts, each with a doubt where another document seems to answer it as well. A signal ends it with an error. */
export async function doubtAnswersElsewhere(
  drafts: readonly Draft[],
  documents: readonly CorpusDocument[],
  signal: AbortSignal,
): Promise<Draft[]> {
  if (drafts.length === 0) return [];
  const search = await CorpusSearch.open(documents);
  const doubted: Draft[] = [];
  for (const draft of drafts) {
    signal.throwIfAborted();
    const elsewhere = await answerElsewhere(draft, search);
    doubted.push(elsewhere === undefined ? draft : { ...draft, doubts: [...draft.doubts, elsewhere] });
  }
  return doubted;
}

const ID = 'draft';
const withoutId = (message: string): string => message.replace(new RegExp(`^${ID}: `), '');

/** A golden set of this one question, as the checks take it. */
function setOf({ question, answers, evidence, answerable, kind, difficulty, derived }: Draft): CheckedSet {
  const golden: GoldenQuestion = {
    id: ID,
    question,
    answers,
    forbidden: [],
    evidence: evidence.map((quote) => [quote]),
    relevant: new Map(evidence.map(({ document }) => [document, 1])),
    answerable,
    kind,
    difficulty,
    split: undefined,
    derived,
    tags: [],
    must: false,
  };
  return {
    name: ID,
    questions: [{ question: golden, where: ID, splits: [] }],
    documents: undefined,
    manifest: undefined,
    oddities: [],
    strays: [],
    baseline: undefined,
    pool: undefined,
    depth: 0,
  };
}
