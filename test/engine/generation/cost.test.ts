import { expect, it } from 'vitest';
import { costOf } from '../../../src/engine/generation/cost.ts';

const prices = { 'gpt-4o-mini': { input: 0.15, output: 0.6 } };
const tokens = { inputTokens: 2_000_000, outputTokens: 500_000 };

it('prices input and output tokens by the million', () => {
  expect(costOf(prices, 'gpt-4o-mini', tokens)).toBeCloseTo(0.6, 12);
});

it('bills nothing for a model that is not in the table, or for none', () => {
  expect(costOf(prices, 'other', tokens)).toBe(0);
  expect(costOf(prices, undefined, tokens)).toBe(0);
});
