import { createHash } from 'node:crypto';

/** SHA-256 of texts (as UTF-8) or bytes, one after the other, in lower-case hexadecimal. */
export function sha256(...content: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const piece of content) hash.update(piece);
  return hash.digest('hex');
}

/** JSON with object keys in code-unit order at every depth, so that equal values have equal texts and equal hashes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
