import type { GoldenQuestion, GoldenSet } from '../datasets/golden.ts';
import type { Answer } from '../engine/answer.ts';
import type { Engine } from '../engine/engine.ts';
import type { Hits } from '../engine/ports.ts';
import type { FunnelClass, Right } from '../judging/returned.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { asResponse } from '../load/targets/in-process.ts';
import { coveredAt } from '../measures/evidence.ts';
import { nearest } from '../text/nearest.ts';
import { Judge } from './judge.ts';
import { type IndexedEngine, openIndexedEngine } from './open-index.ts';
import type { RunSetup } from './setup.ts';
import { withoutStandIns } from './without-stand-ins.ts';

/** A document's place in one ranked list, by its best chunk. */
export interface Place {
  readonly rank: number;
  readonly score: number;
}

/** One document on the question's way. Undefined where a retriever was not asked, null where it did not find it. */
export interface ExplainedDocument {
  readonly id: string;
  readonly title: string;
  readonly relevant: boolean;
  readonly keyword: Place | null | undefined;
  readonly vector: Place | null | undefined;
  readonly fused: Place | null;
  readonly reranked: Place | null | undefined;
  /** Rank of its best passage among those retrieved for the answer; null when it has none there. */
  readonly passageRank: number | null;
  readonly inContext: boolean;
  readonly cited: boolean;
}

/** A golden quote, and what became of it. */
export interface ExplainedEvidence {
  readonly document: string;
  readonly quote: string;
  /** Which AND group it belongs to, from 1: one quote of each group is needed. */
  readonly group: number;
  /** Rank of the passage that completed it; null when no passage did. */
  readonly coveredAt: number | null;
}

/** The question's way through the engine, from the retrievers to the verdict. Plain data. */
export interface Explanation {
  readonly id: string;
  readonly question: string;
  readonly kind: string | null;
  readonly answerable: boolean;
  readonly expected: { readonly answers: readonly string[]; readonly forbidden: readonly string[] };
  readonly answer: { readonly text: string; readonly abstained: boolean; readonly confidence: number };
  readonly settings: {
    readonly mode: string;
    readonly fusion: string;
    readonly topK: number;
    readonly contextSize: number;
  };
  /** Every document that was shown or is relevant, in the order of the final ranking, those not ranked last. */
  readonly documents: readonly ExplainedDocument[];
  readonly evidence: readonly ExplainedEvidence[];
  /** Milliseconds by stage, and in all. */
  readonly timings: Readonly<Record<string, number>>;
  readonly right: Right;
  readonly funnel: FunnelClass;
  readonly why: string;
}

/** Documents that are shown, at most, besides the relevant ones. */
const SHOWN = 10;

/** Asks one golden question past the caches, and follows it. Throws `question.unknown`, with the nearest id there is. */
export async function explainQuestion(setup: RunSetup, id: string): Promise<Explanation> {
  const question = findQuestion(setup.golden, id);
  const { engine, documents } = await openIndexedEngine(withoutStandIns(setup));
  const { signal } = setup;
  try {
    const answer = await engine.ask(question.question, {
      cache: false,
      trace: true,
      ...(signal && { signal }),
    });
    return explain({ setup, question, answer, engine, documents });
  } finally {
    await engine.close();
  }
}

interface Asked {
  readonly setup: RunSetup;
  readonly question: GoldenQuestion;
  readonly answer: Answer;
  readonly engine: Engine;
  readonly documents: IndexedEngine['documents'];
}

function explain({ setup, question, answer, engine, documents }: Asked): Explanation {
  const judge = new Judge(documents, setup.options.quality.k);
  const verdict = judge.judge(question, asResponse(answer));
  const { mode, fusion } = setup.engine.retrieval;
  return {
    id: question.id,
    question: question.question,
    kind: question.kind ?? null,
    answerable: question.answerable,
    expected: { answers: question.answers, forbidden: question.forbidden },
    answer: { text: answer.text, abstained: answer.abstained, confidence: answer.confidence },
    settings: { mode, fusion, topK: answer.passages.length, contextSize: answer.contextSize },
    documents: followDocuments(question, answer, engine),
    evidence: question.evidence.flatMap((group, index) =>
      group.map((quote) => ({
        ...quote,
        group: index + 1,
        coveredAt: coveredAt(quote, answer.passages, judge.documentText),
      })),
    ),
    timings: { ...answer.stages, total: answer.totalMs },
    right: verdict.right,
    funnel: verdict.classification.class,
    why: verdict.classification.why,
  };
}

function followDocuments(question: GoldenQuestion, answer: Answer, engine: Engine): ExplainedDocument[] {
  const { trace, passages, ranking, citations, contextSize } = answer;
  const keyword = trace?.keyword && placesOf(trace.keyword, engine);
  const vector = trace?.vector && placesOf(trace.vector, engine);
  const fused = trace ? placesOf(trace.fused, engine) : new Map<string, Place>();
  const reranked = trace?.reranked && placesOf(trace.reranked, engine);
  const relevant = new Set([...question.relevant].filter(([, grade]) => grade > 0).map(([id]) => id));
  const order = new Map(ranking.ids.map((id, index) => [id, index]));
  const placeOf = (id: string): number => order.get(id) ?? order.size;
  const shown = new Set([
    ...ranking.ids.slice(0, SHOWN),
    ...passages.map(({ documentId }) => documentId),
    ...relevant,
  ]);
  const cited = new Set(citations.map((index) => passages[index]?.documentId));
  return [...shown]
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map((id) => {
      const passage = passages.find(({ documentId }) => documentId === id);
      return {
        id,
        title: engine.store.document(id)?.title ?? '',
        relevant: relevant.has(id),
        keyword: keyword && (keyword.get(id) ?? null),
        vector: vector && (vector.get(id) ?? null),
        fused: fused.get(id) ?? null,
        reranked: reranked && (reranked.get(id) ?? null),
        passageRank: passage?.rank ?? null,
        inContext: passage !== undefined && passage.rank <= contextSize,
        cited: cited.has(id),
      };
    });
}

/** Documents in the order of their best chunk. */
function placesOf(hits: Hits, engine: Engine): Map<string, Place> {
  const places = new Map<string, Place>();
  const chunks = engine.store.chunks([...hits.keys]);
  for (const [index, chunk] of chunks.entries()) {
    if (chunk === undefined || places.has(chunk.documentId)) continue;
    places.set(chunk.documentId, { rank: places.size + 1, score: hits.scores[index]! });
  }
  return places;
}

function findQuestion(golden: GoldenSet, id: string): GoldenQuestion {
  const found = golden.questions.find((question) => question.id === id);
  if (found !== undefined) return found;
  const suggestion = nearest(
    id,
    golden.questions.map((question) => question.id),
  );
  const { name, split } = golden;
  const [within, elsewhere] =
    split === undefined ? ['', ''] : [` in its ${split} split`, ' --split chooses another split.'];
  const meant =
    suggestion === undefined ? 'questions.csv of a report lists the ids.' : `Did you mean ${suggestion}?`;
  throw new GroundspeedError('question.unknown', `${name} has no question ${JSON.stringify(id)}${within}`, {
    where: name,
    hint: `${meant}${elsewhere}`,
  });
}
