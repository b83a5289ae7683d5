import { LRUCache } from 'lru-cache';
import { countTokens } from '../../text/tokens.ts';
import type { EngineOptions } from '../options.ts';
import type { ChunkKey, GeneratedAnswer, GenerationEvent, Generator, Passage } from '../ports.ts';
import { ABSTENTION } from './abstention.ts';
import { analyseQuestion } from './asked.ts';
import { confidenceIn } from './confidence.ts';
import { gatherEvidence } from './evidence.ts';
import { type AnalysedPassage, analysePassage } from './passage-analysis.ts';
import { selectUnits } from './selection.ts';

/** Passages kept taken apart; one of 320 tokens takes some 60 kB. */
const ANALYSED = 500;

interface Analysis {
  readonly passage: Passage;
  readonly analysed: AnalysedPassage;
  readonly tokens: number;
}

/**
 * Answers with sentences of the passages, word for word: those that hold most of the question's rare terms and the
 * kind of thing that it asks for. No model, no network, deterministic. Below `abstainBelow` it says that it does not
 * know. `confidenceIn` says what its confidence is; nothing is billed, and its tokens are word tokens.
 */
export function createExtractiveGenerator({
  abstainBelow,
  sentences,
}: Pick<EngineOptions['generation'], 'abstainBelow' | 'sentences'>): Generator {
  const analyses = new LRUCache<ChunkKey, Analysis>({ max: ANALYSED });
  const analyse = (passage: Passage): Analysis => {
    const known = analyses.get(passage.key);
    if (known?.passage.text === passage.text && known.passage.title === passage.title) return known;
    const fresh = { passage, analysed: analysePassage(passage), tokens: countTokens(passage.text) };
    analyses.set(passage.key, fresh);
    return fresh;
  };

  function answer(
    question: string,
    passages: readonly Passage[],
  ): { texts: string[]; answer: GeneratedAnswer } {
    const asked = analyseQuestion(question);
    const taken = passages.map(analyse);
    const candidates = gatherEvidence(
      asked,
      taken.map(({ analysed }) => analysed),
    );
    const units = selectUnits(candidates, { asOf: asked.asOf, passages, limit: sentences });
    const best = units[0];
    const scores = passages.map(({ score }) => score);
    const confidence = best === undefined ? 0 : confidenceIn(best, scores);
    const abstained = best === undefined || confidence < abstainBelow;
    const texts = abstained
      ? [ABSTENTION]
      : units.map(({ unit }, index) => (index > 0 ? ' ' : '') + unit.text);
    const text = texts.join('');
    const inputTokens = taken.reduce((sum, { tokens }) => sum + tokens, countTokens(question));
    return {
      texts,
      answer: {
        text,
        citations: abstained ? [] : [...new Set(units.map(({ passage }) => passage))],
        confidence,
        abstained,
        usage: { inputTokens, outputTokens: countTokens(text) },
      },
    };
  }

  return {
    id: 'extractive',
    async *generate({ question, passages, signal }): AsyncGenerator<GenerationEvent> {
      signal?.throwIfAborted();
      const { texts, answer: whole } = answer(question, passages);
      for (const text of texts) yield { type: 'text', text };
      yield { type: 'done', answer: whole };
    },
  };
}
