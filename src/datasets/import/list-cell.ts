/**
 * The texts of a list that stands in one cell of a spreadsheet: JSON, or as Python prints a list of strings
 * (`['a', "b's"]`, which is what pandas writes). Undefined where the cell is no such list.
 */
export function listIn(cell: string): string[] | undefined {
  const text = cell.trim();
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  return jsonList(text) ?? pythonList(text);
}

function jsonList(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const fits = Array.isArray(value) && value.every((item) => ['string', 'number'].includes(typeof item));
    return fits ? value.map(String) : undefined;
  } catch {
    return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gis;

function pythonList(text: string): string[] | undefined {
  const items: string[] = [];
  let at = skip(text, 1);
  while (at < text.length - 1) {
    const quote = text[at];
    if (quote !== "'" && quote !== '"') return undefined;
    let end = at + 1;
    while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) return undefined;
    items.push(text.slice(at + 1, end).replace(ESCAPE, unescaped));
    at = skip(text, end + 1);
    if (at === text.length - 1) break;
    // numpy prints its arrays without commas.
    if (text[at] === ',') at = skip(text, at + 1);
  }
  return at === text.length - 1 ? items : undefined;
}

function unescaped(whole: string, x?: string, u?: string, long?: string, character?: string): string {
  const code = x ?? u ?? long;
  if (code === undefined) return ESCAPES[character ?? ''] ?? whole;
  const point = Number.parseInt(code, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
}

function skip(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text.charAt(at))) at += 1;
  return at;
}
