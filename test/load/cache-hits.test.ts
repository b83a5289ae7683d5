import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFalseHit, isLost, type SemanticHit, semanticHits, staleHits } from '../../src/load/cache-hits.ts';
import { freshAnswers } from '../../src/load/fresh-answers.ts';
import { RIGHT_CODES } from '../../src/records/columns.ts';
import { type CachedRow, cachedPhase } from './cached-phase.ts';

const every = (rows: readonly unknown[]): Uint32Array => Uint32Array.from(rows, (_, row) => row);

function stale(rows: readonly CachedRow[]) {
  return staleHits(cachedPhase(rows).rows, every(rows));
}

/** By question, what the answer made anew is. */
function semantic(rows: readonly CachedRow[], fresh: readonly (typeof RIGHT_CODES)[number][] = []) {
  const codes = Uint8Array.from(fresh, (one) => RIGHT_CODES.indexOf(one));
  const phase = cachedPhase(rows, codes);
  return semanticHits(phase.rows, phase.verdicts, every(rows));
}

describe('stale hits', () => {
  it('are counted among what layers served, by request and by question, with intervals', () => {
    const found = stale([
      { question: 0, cache: 'response', stale: true },
      { question: 0, cache: 'response', stale: true },
      { question: 0, cache: 'response', stale: false },
      { question: 1, cache: 'response', stale: false },
      { question: 2, cache: 'retrieval', stale: false },
      { question: 3, cache: 'response' },
      { question: 4, cache: 'miss', stale: false },
    ]);
    expect(found).toMatchObject({ count: 2, of: 5, share: 0.4, questions: 1, ofQuestions: 3 });
    const [low, high] = found!.questionsCi95!;
    expect(low).toBeLessThan(1 / 3);
    expect(high).toBeGreaterThan(1 / 3);
  });

  it('are unknown where no hit tells its age', () => {
    expect(stale([{ question: 0, cache: 'response' }])).toBeNull();
    expect(stale([{ question: 0, cache: 'miss', stale: false }])).toBeNull();
  });
});

describe('a semantic hit', () => {
  const known = (hit: Partial<SemanticHit>) =>
    isFalseHit({ right: undefined, freshRight: undefined, crossed: undefined, ...hit });

  it.each<[string, Partial<SemanticHit>, boolean | undefined]>([
    ['wrong where the answer made anew is right', { right: false, freshRight: true }, true],
    ['the same, of a match with itself', { right: false, freshRight: true, crossed: false }, true],
    ["another question's answer, wrong", { right: false, freshRight: false, crossed: true }, true],
    ["another question's answer, unscored", { crossed: true }, true],
    ["another question's answer, and right", { right: true, freshRight: true, crossed: true }, false],
    ['right, of whom nothing else is known', { right: true }, false],
    ['its own answer, wrong', { right: false, crossed: false }, false],
    ['wrong, as is the answer made anew', { right: false, freshRight: false }, false],
    ['wrong, of whom nothing else is known', { right: false }, undefined],
    ['unscored, of whom nothing else is known', {}, undefined],
  ])('%s', (_, hit, expected) => {
    expect(known(hit)).toBe(expected);
  });

  it('that lost a right answer is always false, and a right one never', () => {
    const maybe = fc.constantFrom(true, false, undefined);
    fc.assert(
      fc.property(fc.record({ right: maybe, freshRight: maybe, crossed: maybe }), (hit) => {
        if (isLost(hit)) expect(isFalseHit(hit)).toBe(true);
        if (hit.right) expect(isFalseHit(hit)).toBe(false);
        if (isFalseHit(hit)) expect(hit.crossed || isLost(hit)).toBe(true);
      }),
    );
  });

  it('is joined by golden questions: crossed, false and lost, each among those that can be told', () => {
    const found = semantic(
      [
        { question: 0, cache: 'semantic', matched: 1, right: 'wrong' },
        { question: 0, cache: 'semantic', matched: 1, right: 'wrong' },
        { question: 2, cache: 'semantic', matched: 3, right: 'right' },
        { question: 4, cache: 'semantic', matched: 4, right: 'wrong' },
        { question: 5, cache: 'semantic', matched: 'none of them?', right: 'wrong' },
        { question: 6, cache: 'semantic', right: 'unscored' },
        { question: 7, cache: 'response', right: 'right' },
      ],
      ['right', 'right', 'right', 'right', 'wrong', 'right', 'right', 'right'],
    );
    expect(found).toMatchObject({
      crossed: { count: 3, of: 4, questions: 2, ofQuestions: 3 },
      false: { count: 3, of: 5, questions: 2, ofQuestions: 4 },
      lost: { count: 3, of: 5, questions: 2, ofQuestions: 4 },
      unjudged: 1,
    });
  });

  it('gives intervals over questions, which thousands of requests for one of them do not narrow', () => {
    const once = semantic([{ question: 0, cache: 'semantic', matched: 1, right: 'wrong' }]);
    const often = semantic(
      Array.from({ length: 3000 }, () => ({
        question: 0,
        cache: 'semantic' as const,
        matched: 1,
        right: 'wrong' as const,
      })),
    );
    expect(often!.false.questionsCi95).toEqual(once!.false.questionsCi95);
    expect(often!.false.count).toBe(3000);
  });

  it('is none where no answer came of the semantic cache', () => {
    expect(semantic([{ question: 0, cache: 'response' }])).toBeNull();
  });
});

describe('answers made anew', () => {
  const fresh = (...phases: (readonly CachedRow[])[]) =>
    Array.from(freshAnswers(phases.map((rows) => cachedPhase(rows))), (code) => RIGHT_CODES[code]);

  it('are right where most of them were, over all phases of a run', () => {
    expect(
      fresh(
        [
          { question: 0, cache: 'off', right: 'right' },
          { question: 1, cache: 'off', right: 'right' },
          { question: 2, cache: 'miss', right: 'wrong' },
        ],
        [
          { question: 0, cache: 'retrieval', right: 'right' },
          { question: 0, cache: 'miss', right: 'wrong' },
          { question: 1, cache: 'miss', right: 'wrong' },
        ],
      ),
    ).toEqual(['right', 'wrong', 'wrong']);
  });

  it('do not count what came from a cache, degraded, not at all, or cannot be scored', () => {
    expect(
      fresh([
        { question: 0, cache: 'response', right: 'right' },
        { question: 1, cache: 'semantic', right: 'right' },
        { question: 2, cache: 'unknown', right: 'right' },
        { question: 3, cache: 'miss', right: 'wrong', outcome: 'error' },
        { question: 4, cache: 'miss', right: 'wrong', degraded: 'keyword' },
        { question: 5, cache: 'miss', right: 'unscored' },
      ]),
    ).toEqual(Array(6).fill('unscored'));
  });
});
