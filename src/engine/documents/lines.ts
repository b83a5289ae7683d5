import { createReadStream } from 'node:fs';

/** One line of a file, from 1, without its line feed; its bytes are undefined when it is longer than was allowed. */
export interface Line {
  readonly number: number;
  readonly bytes: Uint8Array | undefined;
}

const LINE_FEED = 0x0a;

/** Streams a file line by line, so that memory holds one line and one block, however large the file. */
export async function* readLines(path: string, maxBytes: number): AsyncGenerator<Line> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const keep = (part: Uint8Array): void => {
    length += part.length;
    if (length > maxBytes) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  const take = (): Line => {
    const line = { number, bytes: length > maxBytes ? undefined : joined(parts) };
    number += 1;
    parts = [];
    length = 0;
    return line;
  };

  const blocks: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: 1 << 18 });
  for await (const block of blocks) {
    let start = 0;
    for (let end = block.indexOf(LINE_FEED); end >= 0; end = block.indexOf(LINE_FEED, start)) {
      keep(block.subarray(start, end));
      yield take();
      start = end + 1;
    }
    keep(block.subarray(start));
  }
  if (length > 0) yield take();
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
