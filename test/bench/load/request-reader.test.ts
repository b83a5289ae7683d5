import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestReader } from '../../../bench/load/servers/request-reader.ts';

const requestOf = (body: string): string =>
  body === ''
    ? 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'
    : `POST / HTTP/1.1\r\nhost: a\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('reading requests from a connection', () => {
  it('counts each once, in whatever pieces they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (bodies, cuts) => {
          const bytes = Buffer.from(bodies.map(requestOf).join(''));
          const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
          const reader = new RequestReader();
          let from = 0;
          let count = 0;
          for (const end of ends) {
            count += reader.take(Buffer.from(bytes.subarray(from, end)));
            from = end;
          }
          expect(count).toBe(bodies.length);
        },
      ),
    );
  });

  it('knows that a body without a length is beyond it', () => {
    const reader = new RequestReader();
    expect(() =>
      reader.take(Buffer.from('POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n')),
    ).toThrow('chunks');
  });
});
