/**
 * Changes one field of a JSON object without touching the rest of its text: numbers keep their digits, and white space
 * and the order of fields stay. `line` must be one whole JSON object (with white space around it, if need be); `value` is
 * JSON. Where the object names the field several times, the last, which is the one that readers take, is changed; where it
 * does not, the field is added at the end.
 */
export function setJsonField(line: string, name: string, value: string): string {
  const { fields, end } = fieldsOf(line);
  const known = fields.findLast((field) => field.name === name);
  if (known !== undefined) return line.slice(0, known.start) + value + line.slice(known.end);
  const last = fields.at(-1);
  const gap = isSpaced(line) ? ' ' : '';
  const before = last === undefined ? end : last.end;
  const comma = last === undefined ? '' : `,${gap}`;
  return `${line.slice(0, before)}${comma}${JSON.stringify(name)}:${gap}${value}${line.slice(before)}`;
}

/** The text of a field's value as it stands in the line; undefined where the field is not there. */
export function jsonFieldText(line: string, name: string): string | undefined {
  const field = fieldsOf(line).fields.findLast((one) => one.name === name);
  return field && line.slice(field.start, field.end);
}

/** Whether a line is written with blanks behind colons and commas, as Python writes it. */
export const isSpaced = (line: string): boolean => /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s/.test(line);

interface FieldSpan {
  readonly name: string;
  /** Where its value stands, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The fields of the outermost object, and where its closing brace stands. */
function fieldsOf(text: string): { fields: FieldSpan[]; end: number } {
  const fields: FieldSpan[] = [];
  let at = text.indexOf('{') + 1;
  for (;;) {
    at = skip(/[\s,]*/y, text, at);
    if (text[at] !== '"') return { fields, end: at };
    const colon = skip(STRING, text, at);
    const name = JSON.parse(text.slice(at, colon)) as string;
    const start = skip(/\s*:\s*/y, text, colon);
    const end = skipValue(text, start);
    fields.push({ name, start, end });
    at = end;
  }
}

const STRING = /"(?:[^"\\]|\\.)*"/y;

/** Objects and lists end where as many brackets are closed as were opened; brackets within strings do not count. */
function skipValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    at = skip(/[\s,:]*/y, text, at);
    const sign = text[at]!;
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    at = sign === '"' ? skip(STRING, text, at) : skip(/[[\]{}]|[^\s,:[\]{}"]+/y, text, at);
  } while (depth > 0 && at < text.length);
  return at;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? from : from + match[0].length;
}
