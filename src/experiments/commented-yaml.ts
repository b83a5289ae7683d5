import { stringify } from 'yaml';

/** A setting with the words that explain it; `value` may be further entries. */
export interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly comment?: string | undefined;
  /** Written down, but as a comment: an example that is not in force. */
  readonly off?: boolean;
}

/** Entries below a key. */
export class Group {
  readonly entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.entries = entries;
  }
}

const WIDTH = 100;

/** YAML in which every entry has its explanation above it. */
export function commentedYaml(entries: readonly Entry[], indent = ''): string {
  return entries
    .map(({ key, value, comment, off }) => {
      const lines = value instanceof Group ? groupLines(key, value) : plainLines(key, value);
      const shown = off ? lines.map((line) => `# ${line}`) : lines;
      const explained = comment === undefined ? [] : commentLines(comment, WIDTH - indent.length);
      return [...explained, ...shown].map((line) => (line === '' ? '' : `${indent}${line}`)).join('\n');
    })
    .join('\n');
}

function groupLines(key: string, { entries }: Group): string[] {
  return [`${key}:`, ...commentedYaml(entries, '  ').split('\n')];
}

/** Without block scalars, whose line breaks would be lost with the indentation: a text of several lines stands in quotes. */
const plainLines = (key: string, value: unknown): string[] =>
  stringify({ [key]: value }, { lineWidth: 0, blockQuote: false })
    .replace(/\n$/, '')
    .split('\n');

/**
 * Words as comment lines of at most `width`; what came over the network can't break out of them. A paragraph that begins
 * with blanks is a command, and stays as it is.
 */
export function commentLines(text: string, width = WIDTH): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const plain = paragraph.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd();
    return plain.startsWith(' ') ? [`# ${plain}`] : wrapped(plain, width);
  });
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line.length > 1 && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
