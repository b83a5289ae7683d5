/** A way into a JSON value: names of fields and places in lists. */
export type JsonPath = readonly (string | number)[];

/**
 * The line, from 1, on which the value at `path` begins in a text that JSON.parse has accepted. Found by walking the
 * text: JSON.parse tells no places, and only errors and examples ask for them. What is not there has its parent's line.
 */
export function lineOf(text: string, path: JsonPath): number {
  let at = space(text, 0);
  for (const step of path) {
    const inner = typeof step === 'number' ? itemAt(text, at, step) : fieldAt(text, at, step);
    if (inner === undefined) break;
    at = inner;
  }
  let line = 1;
  for (
    let newline = text.indexOf('\n');
    newline >= 0 && newline < at;
    newline = text.indexOf('\n', newline + 1)
  ) {
    line += 1;
  }
  return line;
}

/** `data[3].qas[0].id`. */
export function pathText(path: JsonPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

const SPACE = new Set([' ', '\t', '\n', '\r', '\ufeff']);

function space(text: string, from: number): number {
  let at = from;
  while (SPACE.has(text.charAt(at))) at += 1;
  return at;
}

/** Behind the string that begins at `at`. */
function stringEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

/** Behind the value that begins at `at`. */
function valueEnd(text: string, from: number): number {
  let at = from;
  let depth = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') at = stringEnd(text, at);
    else {
      if (character === '{' || character === '[') depth += 1;
      else if (character === '}' || character === ']') {
        if (depth === 0) return at;
        depth -= 1;
      } else if (character === ',' && depth === 0) return at;
      at += 1;
    }
    if (depth === 0 && (character === '"' || character === '}' || character === ']')) return at;
  }
  return at;
}

function itemAt(text: string, list: number, index: number): number | undefined {
  if (text[list] !== '[') return undefined;
  let at = space(text, list + 1);
  for (let passed = 0; at < text.length && text[at] !== ']'; passed += 1) {
    if (passed === index) return at;
    at = space(text, valueEnd(text, at));
    if (text[at] === ',') at = space(text, at + 1);
  }
  return undefined;
}

function fieldAt(text: string, object: number, name: string): number | undefined {
  if (text[object] !== '{') return undefined;
  let at = space(text, object + 1);
  let found: number | undefined;
  while (text[at] === '"') {
    const end = stringEnd(text, at);
    const field: unknown = JSON.parse(text.slice(at, end));
    const value = space(text, space(text, end) + 1);
    // Of a name that stands twice, JSON.parse takes the last.
    if (field === name) found = value;
    at = space(text, valueEnd(text, value));
    if (text[at] === ',') at = space(text, at + 1);
  }
  return found;
}
