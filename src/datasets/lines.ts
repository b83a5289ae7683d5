import { GroundspeedError, messageOf } from '../kernel/errors.ts';

/** A line that is not blank, and its number in the file, from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

const NEWLINE = 0x0a;

const strictDecoder = () => new TextDecoder('utf-8', { fatal: true });

/**
 * The lines of a UTF-8 file that are not blank. A byte order mark and carriage returns are dropped. Decoding line by
 * line keeps memory at one line beyond the bytes, and names the line at fault: invalid UTF-8 is `dataset.line`.
 */
export function* decodeLines(bytes: Uint8Array, file: string): Generator<Line> {
  const decoder = strictDecoder();
  let number = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    number += 1;
    const text = decode(decoder, bytes.subarray(start, end), `${file}:${number}`);
    if (text.trim() !== '') yield { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
    start = end + 1;
  }
}

/** The whole text of a UTF-8 file, for formats whose records may span lines. Invalid UTF-8 is `dataset.line`. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return strictDecoder().decode(bytes);
  } catch (cause) {
    for (const _line of decodeLines(bytes, file));
    throw corruptLine(file, 'is not valid UTF-8', { cause });
  }
}

function decode(decoder: ReturnType<typeof strictDecoder>, bytes: Uint8Array, where: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw corruptLine(where, 'is not valid UTF-8', {
      cause,
      hint: utf16
        ? 'The file looks like UTF-16. Save it as UTF-8.'
        : 'Save the file as UTF-8, or mend that line.',
    });
  }
}

/** One JSON object from one line; anything else is `dataset.line`, with what is wrong and an excerpt. */
export function parseJsonLine(line: Line, file: string): Record<string, unknown> {
  const where = `${file}:${line.number}`;
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (cause) {
    const reason = messageOf(cause).replace(/,? ?(\.\.\.)?".*is not valid JSON$/, '');
    const position = Number(/position (\d+)/.exec(reason)?.[1] ?? 0);
    throw corruptLine(where, `is not JSON: ${reason}, near ${excerpt(line.text, position)}`, {
      cause,
      hint: 'Each line must be one whole JSON object. A last line that breaks off means that the file was cut short.',
    });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw corruptLine(where, `is not a JSON object: ${excerpt(line.text)}`, {
      hint: 'Each line must be one JSON object; a file that holds one JSON array has to be split into lines.',
    });
  }
  return value as Record<string, unknown>;
}

/** The error for a line that cannot be used. `problem` continues "the line …". */
export function corruptLine(
  where: string,
  problem: string,
  details: { hint?: string; cause?: unknown } = {},
): GroundspeedError {
  return new GroundspeedError('dataset.line', `${where} ${problem}.`, { where, ...details });
}

/** Up to 60 characters around `position`, quoted, with control characters escaped. */
export function excerpt(text: string, position = 0): string {
  const start = Math.max(0, position - 30);
  const end = start + 60;
  return `${start > 0 ? '…' : ''}${JSON.stringify(text.slice(start, end))}${end < text.length ? '…' : ''}`;
}
