/** Server-sent events, as the HTML standard has them (section 9.2, "Server-sent events"). */

/** How long a browser waits before it asks again, in milliseconds. */
const RETRY_MS = 1000;

/** One event, its data as JSON. Neither can end the line that it stands on: JSON writes line ends as \\n and \\r. */
export function encodeEvent(name: string, data: unknown): string {
  return `event: ${name.replaceAll(/[\r\n]/g, ' ')}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** What a stream begins with. */
export const STREAM_HEAD = `retry: ${RETRY_MS}\n\n`;

/** Says nothing, but lets both sides find out that the other is gone. */
export const KEEP_ALIVE = ': still here\n\n';
