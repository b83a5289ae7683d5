import type { EngineOptions } from '../options.ts';

export type PriceTable = EngineOptions['generation']['prices'];

/** US dollars for tokens of `model`; 0 when the model is not in the price table, or nothing is billed. */
export function costOf(
  prices: PriceTable,
  model: string | undefined,
  tokens: { readonly inputTokens: number; readonly outputTokens: number },
): number {
  const price = model === undefined ? undefined : prices[model];
  if (price === undefined) return 0;
  return (tokens.inputTokens * price.input + tokens.outputTokens * price.output) / 1_000_000;
}
