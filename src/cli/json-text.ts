/**
 * JSON with a line a field, as far as it goes: a text that was cut is indented up to the cut. Anything but JSON stays as
 * it is.
 */
export function indentJson(text: string): string {
  const compact = text.trim();
  if (!/^[[{]/.test(compact)) return text.trimEnd();
  let shown = '';
  let depth = 0;
  for (const [piece] of compact.matchAll(PIECES)) {
    const [sign] = piece;
    if (sign === '{' || sign === '[') {
      const isEmpty = piece.length > 1;
      if (!isEmpty) depth += 1;
      shown += isEmpty ? `${sign}${piece.at(-1)}` : `${sign}${lineAt(depth)}`;
    } else if (sign === '}' || sign === ']') {
      depth = Math.max(0, depth - 1);
      shown += `${lineAt(depth)}${sign}`;
    } else if (sign === ',') shown += `,${lineAt(depth)}`;
    else shown += sign === ':' ? ': ' : piece;
  }
  return shown;
}

/** An empty object or list, a sign, a string (perhaps cut), or anything else up to the next sign. White space is left out. */
const PIECES = /\{\s*\}|\[\s*\]|[{}[\],:]|"(?:[^"\\]|\\.)*(?:"|\\?$)|[^\s{}[\],:"]+/gs;

const lineAt = (depth: number): string => `\n${'  '.repeat(depth)}`;
