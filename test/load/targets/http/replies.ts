import type { TargetResponse } from '../../../../src/load/target.ts';
import type { TargetQuestion } from '../../../../src/load/targets/http/passage-ids.ts';
import { ReplyReader } from '../../../../src/load/targets/http/reply-reader.ts';
import { described } from './described.ts';

export const bytesOf = (reply: unknown): Uint8Array =>
  new TextEncoder().encode(typeof reply === 'string' ? reply : JSON.stringify(reply));

/** Reads a reply as the described target would. */
export function read(
  written: Readonly<Record<string, unknown>>,
  reply: unknown,
  questions: readonly TargetQuestion[] = [{ id: 'q', text: 'Q?' }],
): TargetResponse {
  return new ReplyReader(described(written), questions).read(bytesOf(reply), 0);
}

/** The failure of reading a reply: its code and message. */
export function failureOf(written: Readonly<Record<string, unknown>>, reply: unknown): [string, string] {
  try {
    read(written, reply);
  } catch (thrown) {
    return [(thrown as { code: string }).code, (thrown as Error).message];
  }
  return ['none', 'it was read'];
}

/** Server-sent events, as a service writes them. */
export const sse = (...events: readonly (readonly [name: string | undefined, data?: unknown])[]): string =>
  events
    .map(([name, data]) => {
      const text =
        data === undefined ? '' : `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n`;
      return `${name === undefined ? '' : `event: ${name}\n`}${text}\n`;
    })
    .join('');
