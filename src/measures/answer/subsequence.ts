/** The bits of one 32-bit word of the row at which a token stands. */
interface Mask {
  readonly word: number;
  bits: number;
}

const WORD = 32;
const WORD_RANGE = 2 ** WORD;

/**
 * The length of the longest common subsequence of two lists, by bit-parallel rows (Hyyrö, “Bit-parallel LCS-length
 * computation revisited”, AWOCA 2004): a bit of the row is 0 where the subsequence grows. Only words in which the token
 * stands are touched, and those that a carry reaches, so that two long texts of mostly different words are quick.
 */
export function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const masks = masksOf(a);
  const row = new Uint32Array(Math.ceil(a.length / WORD)).fill(0xffffffff);
  for (const token of b) advance(row, masks.get(token) ?? []);
  let grown = 0;
  for (let index = 0; index < a.length; index += 1) {
    if (((row[index >>> 5]! >>> (index & 31)) & 1) === 0) grown += 1;
  }
  return grown;
}

function masksOf(tokens: readonly string[]): Map<string, Mask[]> {
  const masks = new Map<string, Mask[]>();
  for (const [index, token] of tokens.entries()) {
    const word = index >>> 5;
    const known = masks.get(token) ?? [];
    const last = known.at(-1);
    if (last?.word === word) last.bits |= 1 << (index & 31);
    else known.push({ word, bits: 1 << (index & 31) });
    masks.set(token, known);
  }
  return masks;
}

/** One step: V ← (V + (V & M)) | (V & ~M), where the carry of the sum runs on through the words. */
function advance(row: Uint32Array, masks: readonly Mask[]): void {
  let carry = 0;
  let next = 0;
  for (let word = masks[0]?.word ?? row.length; word < row.length; ) {
    const mask = masks[next]?.word === word ? masks[next++]!.bits : 0;
    const value = row[word]!;
    const common = (value & mask) >>> 0;
    const sum = value + common + carry;
    carry = sum >= WORD_RANGE ? 1 : 0;
    row[word] = (sum % WORD_RANGE) | 0 | (value & ~mask);
    word = carry === 1 ? word + 1 : (masks[next]?.word ?? row.length);
  }
}
