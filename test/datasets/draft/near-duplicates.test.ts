import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateQuestions } from '../../../src/datasets/checks/duplicate-questions.ts';
import { NearDuplicates } from '../../../src/datasets/draft/near-duplicates.ts';
import type { GoldenQuestion } from '../../../src/datasets/golden.ts';

interface Asked {
  readonly question: string;
  readonly answers: readonly string[];
  readonly answerable: boolean;
  readonly evidence: readonly { readonly document: string; readonly quote: string }[];
}

const golden = (id: string, asked: Asked): GoldenQuestion => ({
  id,
  question: asked.question,
  answers: asked.answers,
  forbidden: [],
  evidence: asked.evidence.map((quote) => [quote]),
  relevant: new Map(asked.evidence.map(({ document }) => [document, 1])),
  answerable: asked.answerable,
  kind: undefined,
  difficulty: undefined,
  split: undefined,
  derived: false,
  tags: [],
  must: false,
});

/** What the check of golden sets says of two questions. */
async function areDuplicates(a: Asked, b: Asked): Promise<boolean> {
  const questions = [golden('a', a), golden('b', b)].map((question) => ({ question, where: '', splits: [] }));
  const found = await duplicateQuestions.run({ questions } as unknown as Parameters<
    typeof duplicateQuestions.run
  >[0]);
  return found.length > 0;
}

describe('near duplicates', () => {
  it('are what the check of golden sets takes for such', async () => {
    const word = fc.constantFrom(
      'the',
      'adult',
      'fare',
      'fares',
      'in',
      '2024',
      '2025',
      'to',
      'Skarrow',
      'what',
      'is',
    );
    const asked = fc
      .record({
        words: fc.array(word, { minLength: 3, maxLength: 9 }),
        answers: fc.subarray(['4.50', 'five', 'the five']),
        documents: fc.subarray(['d1', 'd2'], { minLength: 1 }),
        answerable: fc.boolean(),
      })
      .map(({ words, answers, documents, answerable }) => ({
        question: `${words.join(' ')}?`,
        answers: answerable ? answers : [],
        answerable,
        evidence: answerable ? documents.map((document) => ({ document, quote: 'q' })) : [],
      }));
    const alike = asked.chain((one) =>
      fc.tuple(fc.constant(one), asked, fc.boolean(), fc.nat(8)).map(([first, other, near, at]) => {
        const words = first.question.split(' ').filter((_, index) => index !== at);
        return [first, near ? { ...other, question: words.join(' ') } : other] as const;
      }),
    );
    await fc.assert(
      fc.asyncProperty(alike, async ([first, second]) => {
        const known = new NearDuplicates();
        known.add(first);
        expect(known.find(second) !== undefined).toBe(await areDuplicates(first, second));
      }),
      { numRuns: 400 },
    );
  });
});
