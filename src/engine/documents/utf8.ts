/** Decodes UTF-8 strictly (a byte order mark is dropped), or gives the offset of the first byte that is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): { text: string } | { invalidAt: number } {
  const text = decoded(bytes, { partial: false });
  return text === undefined ? { invalidAt: firstInvalidByte(bytes) } : { text };
}

function decoded(bytes: Uint8Array, { partial }: { partial: boolean }): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: partial });
  } catch {
    return undefined;
  }
}

/**
 * The decoder does not say where it failed. A beginning that holds the fault fails however it goes on, and a shorter
 * one does not: halving finds the byte with which it fails. The character that this byte breaks begins up to three
 * bytes before, where the longest beginning of whole characters ends.
 */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1;
    if (decoded(bytes.subarray(0, middle), { partial: true }) === undefined) invalid = middle;
    else valid = middle;
  }
  let whole = Math.min(invalid - 1, bytes.length);
  while (decoded(bytes.subarray(0, whole), { partial: false }) === undefined) whole -= 1;
  return whole;
}
