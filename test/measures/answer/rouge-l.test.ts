import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestCommonSubsequence } from '../../../src/measures/answer/subsequence.ts';
import { question, returned, scoresOf } from '../golden-cases.ts';

const scored = (golden: readonly string[], answer: string) =>
  scoresOf('rouge-l', [{ question: question({ answers: golden }), returned: returned({ answer }) }])[0];

/** The recurrence of the textbook, in full. */
function byTable(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      table[i]![j] =
        a[i - 1] === b[j - 1] ? table[i - 1]![j - 1]! + 1 : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
    }
  }
  return table[a.length]![b.length]!;
}

describe('rouge-l', () => {
  // Lin 2004, §3.1: S1 is the reference; with β = 1, S2 scores 3/4 and S3 2/4; S4 shows that one subsequence counts.
  it.each([
    ['police killed the gunman', 'police kill the gunman', 3 / 4],
    ['police killed the gunman', 'the gunman kill police', 2 / 4],
    ['police killed the gunman', 'the gunman police killed', 2 / 4],
    // P = 2/2, R = 2/4: F = 2 · 1 · ½ / 1½.
    ['police killed the gunman', 'Police: gunman', 2 / 3],
    ['police killed the gunman', 'police killed the gunman', 1],
    ['l’horaire d’été', "L'HORAIRE d'été", 1],
    ['north', 'south', 0],
  ])('of %j for %j is %d', (golden, answer, expected) => {
    expect(scored([golden], answer)).toBeCloseTo(expected, 12);
  });

  it('takes the best golden answer', () => {
    expect(scored(['south', 'the north pier'], 'the pier')).toBeCloseTo(4 / 5, 12);
  });

  it('says nothing of a target that gives passages only, and takes an abstention as SQuAD does', () => {
    const fare = question({ answers: ['4.50 euros'] });
    const abstention = returned({ answer: '', abstained: true });
    expect(scoresOf('rouge-l', [{ question: fare, returned: returned({ passages: [] }) }])).toEqual([null]);
    expect(
      scoresOf('rouge-l', [
        { question: question({ answerable: false }), returned: abstention },
        { question: fare, returned: abstention },
        { question: fare, returned: undefined },
      ]),
    ).toEqual([1, 0, 0]);
  });
});

describe('the longest common subsequence', () => {
  const tokens = (maxLength: number) =>
    fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength, size: 'max' });

  it('is what the table of the textbook gives, whatever the lengths', () => {
    fc.assert(
      fc.property(tokens(150), tokens(150), (a, b) => {
        const length = longestCommonSubsequence(a, b);
        expect(length).toBe(byTable(a, b));
        expect(longestCommonSubsequence(b, a)).toBe(length);
      }),
      { numRuns: 300 },
    );
  });

  it('carries through words that hold none of the tokens', () => {
    const long = Array.from({ length: 200 }, (_, index) =>
      index === 3 || index === 170 ? 'x' : `t${index}`,
    );
    expect(longestCommonSubsequence(long, ['x', 'x', 'x'])).toBe(2);
    expect(longestCommonSubsequence(long, long)).toBe(200);
    expect(longestCommonSubsequence([], ['x'])).toBe(0);
  });

  it('takes two long texts in its stride', () => {
    const words = (offset: number) =>
      Array.from({ length: 60_000 }, (_, index) => `w${(index * 7 + offset) % 5000}`);
    expect(longestCommonSubsequence(words(0), words(3))).toBeGreaterThan(50_000);
  });
});
