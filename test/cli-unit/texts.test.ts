import { describe, expect, it } from 'vitest';
import { answerDocument, renderDetails } from '../../src/cli/answer-text.ts';
import { renderExplanation } from '../../src/cli/explanation-text.ts';
import { shellWord } from '../../src/cli/shell.ts';
import { alignedRows } from '../../src/cli/table.ts';
import { widthOf } from '../../src/cli/world.ts';
import type { Answer } from '../../src/engine/answer.ts';
import type { Explanation } from '../../src/experiments/explain.ts';
import { memoryOutput } from './memory-world.ts';

const view = { colour: false, width: 100 };

const passage = (rank: number, documentId: string) => ({
  key: rank,
  documentId,
  title: `About ${documentId}`,
  text: 'Seven short blasts.\nThen a long one.',
  start: 0,
  end: 35,
  score: 1 / rank,
  rank,
  metadata: {},
});

const answer: Answer = {
  text: 'Seven short blasts.',
  abstained: false,
  confidence: 0.5,
  passages: [passage(1, 'muster'), passage(2, 'fares'), passage(3, 'bell\u0007')],
  contextSize: 2,
  citations: [0],
  ranking: { ids: ['muster', 'fares'], scores: Float64Array.of(1, 0.5) },
  stages: { embed: 0.2, retrieve: 1.5, rerank: 0, prompt: 0.1, generate: 3 },
  totalMs: 5,
  firstTokenMs: 4,
  cache: { embedding: 'miss', retrieval: 'hit', response: 'off', semantic: 'off' },
  usage: { inputTokens: 40, outputTokens: 5 },
  costUsd: 0,
};

describe('what stands under an answer', () => {
  const text = renderDetails(answer, view);

  it('is its confidence, and each source with its score and what became of it', () => {
    expect(text).toContain('answered with confidence 0.500 · 45 tokens');
    expect(text).toMatch(
      /1 {2}1\.000 {2}cited {2}muster +About muster\n {4}Seven short blasts\. Then a long one\./,
    );
    expect(text).toMatch(/2 {2}0\.500 {2}read +fares/);
    expect(text).toMatch(/3 {2}0\.333 {2}cut +bell/);
  });

  it('is its timings and caches', () => {
    expect(text).toContain('retrieve 1.50 ms');
    expect(text).toContain('embedding miss · retrieval hit · response off');
  });

  it('never sends what a document holds to the terminal as a control', () => {
    expect(text).not.toContain('\u0007');
  });

  it('is plain JSON for programs', () => {
    const document = JSON.parse(JSON.stringify(answerDocument('what?', answer)));
    expect(document.ranking).toEqual([
      { documentId: 'muster', score: 1 },
      { documentId: 'fares', score: 0.5 },
    ]);
    expect(document.passages[0]).not.toHaveProperty('key');
  });
});

const explanation: Explanation = {
  id: 'q1',
  question: 'What is the signal?',
  kind: 'lookup',
  answerable: true,
  expected: { answers: ['seven short blasts'], forbidden: ['five blasts'] },
  answer: { text: 'Five blasts.', abstained: false, confidence: 0.7 },
  settings: { mode: 'hybrid', fusion: 'convex', topK: 5, contextSize: 3 },
  documents: [
    {
      id: 'muster',
      title: 'Muster',
      relevant: true,
      keyword: { rank: 3, score: 12.4 },
      vector: null,
      fused: { rank: 6, score: 0.31 },
      reranked: undefined,
      passageRank: null,
      inContext: false,
      cited: false,
    },
  ],
  evidence: [{ document: 'muster', quote: 'seven short blasts', group: 1, coveredAt: null }],
  timings: { retrieve: 1.5, total: 2 },
  right: 'wrong',
  funnel: 'below-k',
  why: 'muster is at rank 6, below the top 5.',
};

describe('an explanation', () => {
  const text = renderExplanation(explanation, view);

  it('gives the verdict with its reason, and what was expected', () => {
    expect(text).toMatch(/^Expected +seven short blasts \(lookup\)$/m);
    expect(text).toMatch(/^Forbidden +five blasts$/m);
    expect(text).toMatch(/^Verdict +wrong: .*below/im);
    expect(text).toMatch(/^Why +muster is at rank 6/m);
  });

  it('follows each document through the retrievers, and the evidence', () => {
    expect(text).toMatch(/✓ +muster +3 \(12\.4\) +– +6 \(0\.310\) +– +Muster/);
    expect(text).not.toContain('reranked');
    expect(text).toMatch(/not retrieved +muster +“seven short blasts”/);
  });

  it('says how many of the quotes are needed', () => {
    const quote = (group: number) => ({ ...explanation.evidence[0]!, group });
    const headed = (...groups: number[]) =>
      renderExplanation({ ...explanation, evidence: groups.map(quote) }, view);
    expect(headed(1)).toMatch(/^Evidence$/m);
    expect(headed(1, 1)).toMatch(/^Evidence \(one is enough\)$/m);
    expect(headed(1, 2)).toMatch(/^Evidence \(one of each number is needed\)$/m);
  });
});

describe('a command that is shown to be copied', () => {
  it.each([
    ['.groundspeed/mine', '.groundspeed/mine'],
    ['my index', "'my index'"],
    ["o'clock $HOME", "'o'\\''clock $HOME'"],
  ])('takes %s as the word %s', (path, word) => {
    expect(shellWord(path)).toBe(word);
  });
});

describe('the width of what is written', () => {
  it('is that of the terminal, else what COLUMNS says, else a hundred', () => {
    expect(widthOf(memoryOutput(72).stream, { COLUMNS: '60' })).toBe(72);
    expect(widthOf(memoryOutput().stream, { COLUMNS: '60' })).toBe(60);
    expect(widthOf(memoryOutput().stream, { COLUMNS: 'wide' })).toBe(100);
    expect(widthOf(memoryOutput().stream, {})).toBe(100);
  });
});

describe('a table', () => {
  it('aligns all columns but the last, and leaves no blanks behind', () => {
    expect(
      alignedRows([
        ['a', 'bbb', 'long'],
        ['aa', 'b', ''],
      ]),
    ).toEqual(['a   bbb  long', 'aa  b']);
  });
});
