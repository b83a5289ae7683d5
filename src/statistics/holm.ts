/**
 * p values adjusted for being read together (Holm, Scandinavian Journal of Statistics 6, 1979): where each is held against
 * α, the chance of even one false finding among them is at most α, however they depend on each other. In the order given.
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  for (const [rank, index] of ascending.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = highest;
  }
  return adjusted;
}
