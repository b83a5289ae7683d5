const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Counts the requests of one connection as they become whole, head and body, whatever the pieces in which they come. It
 * understands no more of HTTP/1.1 than clients of a benchmark speak: bodies with a content-length, one after the other.
 */
export class RequestReader {
  #rest: Buffer | undefined;

  /** How many requests this piece completes. Throws where a body has no length. */
  take(piece: Buffer): number {
    const bytes = this.#rest === undefined ? piece : Buffer.concat([this.#rest, piece]);
    this.#rest = undefined;
    let complete = 0;
    let from = 0;
    while (from < bytes.length) {
      const headEnd = bytes.indexOf(HEAD_END, from);
      const end = headEnd === -1 ? undefined : headEnd + HEAD_END.length + bodyLength(bytes, from, headEnd);
      if (end === undefined || end > bytes.length) {
        this.#rest = bytes.subarray(from);
        break;
      }
      complete += 1;
      from = end;
    }
    return complete;
  }
}

function bodyLength(bytes: Buffer, from: number, headEnd: number): number {
  const head = bytes.toString('latin1', from, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return Number(length);
  if (/\r\ntransfer-encoding:/i.test(head)) throw new Error('a body in chunks is not understood');
  return 0;
}
