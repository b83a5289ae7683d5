import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { hasText, type SourceItem } from './source.ts';
import { unreadable } from './unreadable.ts';
import { decodeUtf8 } from './utf8.ts';
import type { FoundFile } from './walk.ts';

const MARKDOWN = ['.md', '.markdown'];

/** One file, one document: its name is its id; a Markdown file's title is its first heading, any other's its file name. */
export async function readTextFile(file: FoundFile, maxFileSize: number): Promise<SourceItem> {
  const fail = (
    code: 'document.tooLarge' | 'document.empty' | 'document.encoding',
    why: string,
  ): SourceItem => ({
    failure: { id: file.name, code, message: `${file.path}: ${why}` },
  });
  if (file.size > maxFileSize) {
    return fail(
      'document.tooLarge',
      `${file.size} bytes are more than documents.maxFileSize (${maxFileSize}); split it, or raise the setting`,
    );
  }
  if (file.size === 0) return fail('document.empty', 'the file is empty (0 bytes)');
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file.path);
  } catch (cause) {
    return { failure: unreadable(file.path, file.name, cause) };
  }
  const decoded = decodeUtf8(bytes);
  if ('invalidAt' in decoded) {
    const line = bytes.subarray(0, decoded.invalidAt).reduce((n, byte) => (byte === 0x0a ? n + 1 : n), 1);
    return fail(
      'document.encoding',
      `byte ${decoded.invalidAt} (on line ${line}) is not valid UTF-8; save the file as UTF-8`,
    );
  }
  const text = decoded.text;
  if (!hasText(text)) return fail('document.empty', 'the file holds nothing but white space');
  const heading = MARKDOWN.includes(file.extension) ? firstHeading(text) : undefined;
  const title = heading ?? basename(file.name, extname(file.name));
  return { document: { id: file.name, title, text, metadata: {} } };
}

/** The first ATX heading (`# Fares`) or underlined one (`===`) outside code fences, without its marks. */
export function firstHeading(markdown: string): string | undefined {
  let fence: string | undefined;
  let previous = '';
  for (const [line] of markdown.matchAll(/.+/gu)) {
    const mark = /^ {0,3}(```+|~~~+)/u.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
      continue;
    }
    fence = mark;
    const heading = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/u.exec(line)?.[1]?.trim();
    if (heading) return heading;
    if (/^ {0,3}=+[ \t]*$/u.test(line) && previous.trim() !== '') return previous.trim();
    previous = line;
  }
  return undefined;
}
