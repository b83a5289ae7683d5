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

/** Characters of the passages that are kept taken apart: some 25 MB, or 4,000 passages of 320 tokens. */
const KEPT = 8_000_000;

/**
 * Answers with sentences of the passages, word for word: those that hold most of the question's rare terms and the
 * kind of thing that it asks for. No model, no network, deterministic. Below `abstainBelow` it says that it does not
 * know. `confidenceIn` says what its confidence is; nothing is billed, and its tokens are word tokens.
 */
export function createExtractiveGenerator({
  abstainBelow,
  sentences,
}: Pick<EngineOptions['generation'], 'abstainBelow' | 'sentences'>): Generator {
  const analyses = new LRUCache<ChunkKey, AnalysedPassage>({
    maxSize: KEPT,
    sizeCalculation: ({ title, text }) => title.length + text.length + 1,
  });
  const analysisOf = (passage: Passage): AnalysedPassage => {
    const known = analyses.get(passage.key);
    if (known?.text === passage.text && known.title === passage.title) return known;
    const fresh = analysePassage(passage);
    analyses.set(passage.key, fresh);
    return fresh;
  };

  function answer(
    question: string,
    passages: readonly Passage[],
  ): { texts: string[]; answer: GeneratedAnswer } {
    const asked = analyseQuestion(question);
    const analysed = passages.map(analysisOf);
    const candidates = gatherEvidence(asked, analysed);
    const units = selectUnits(candidates, { asOf: asked.asOf, passages, limit: sentences });
    const best = units[0];
    const scores = passages.map(({ score }) => score);
    const confidence = best === undefined ? 0 : confidenceIn(best, scores);
    const abstained = best === undefined || confidence < abstainBelow;
    const texts = abstained
      ? [ABSTENTION]
      : units.map(({ unit }, index) => (index > 0 ? ' ' : '') + unit.text);
    const text = texts.join('');
    const inputTokens = analysed.reduce((sum, { tokens }) => sum + tokens, countTokens(question));
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
