/** Numbers of rows, in their order: four bytes each, since a phase may have a million. */
export type Rows = Uint32Array;

/** Those of the rows that are wanted. */
export function chosen(among: Rows, isWanted: (row: number) => boolean): Rows {
  // A look at each, then a copy: a list that grows would need room for twice as many, and for pointers.
  const kept = new Uint32Array(among.length);
  let count = 0;
  for (let index = 0; index < among.length; index += 1) {
    const row = among[index]!;
    if (isWanted(row)) kept[count++] = row;
  }
  return kept.slice(0, count);
}

/** How many distinct values rows have. */
export function distinct(among: Rows, valueIn: (row: number) => number): number {
  const seen = new Set<number>();
  for (let index = 0; index < among.length; index += 1) seen.add(valueIn(among[index]!));
  return seen.size;
}

/** Ones for the rows of which something is so, zeros for the others. */
export function onesFor(among: Rows, isSo: (row: number) => boolean): Uint8Array {
  const ones = new Uint8Array(among.length);
  for (let index = 0; index < among.length; index += 1) if (isSo(among[index]!)) ones[index] = 1;
  return ones;
}

export function countOnes(ones: Uint8Array): number {
  let count = 0;
  for (let index = 0; index < ones.length; index += 1) count += ones[index]!;
  return count;
}
