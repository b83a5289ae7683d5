import { createServer } from 'node:net';
import { madeAnswer } from './answer.ts';
import { type ListeningServer, listen } from './listen.ts';
import { RequestReader } from './request-reader.ts';

export interface EchoOptions {
  /** Each answer has a request id of its own, as services do: no two are the same bytes. */
  readonly distinct: boolean;
}

const ID = 'r000000000000';

/**
 * Answers at once, always the same (or with an id of its own): the whole of a request is read, but nothing of it is
 * understood. Below node:http, which would take more of a core than the load generator that is to be measured.
 */
export function startEchoServer({ distinct }: EchoOptions): Promise<ListeningServer> {
  const reply = replyBytes();
  const idAt = reply.lastIndexOf(ID) + 1;
  let served = 0;
  const next = (): Buffer => {
    if (!distinct) return reply;
    const own = Buffer.from(reply);
    served += 1;
    own.write(String(served).padStart(ID.length - 1, '0'), idAt, 'latin1');
    return own;
  };
  const server = createServer({ noDelay: true }, (socket) => {
    const reader = new RequestReader();
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece) => {
      try {
        for (let count = reader.take(piece); count > 0; count -= 1) socket.write(next());
      } catch {
        socket.end('HTTP/1.1 411 Length Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      }
    });
  });
  return listen(server);
}

function replyBytes(): Buffer {
  const body = JSON.stringify(madeAnswer(ID));
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
