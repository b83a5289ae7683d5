import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../../src/load/targets/http/expressions.ts';
import { FirstTokenWatch } from '../../../../src/load/targets/http/first-token.ts';
import { eventReader, eventView, readEvents } from '../../../../src/load/targets/http/stream-events.ts';
import { OWN_API } from './described.ts';
import { failureOf, read, sse } from './replies.ts';

describe('eventView', () => {
  it.each([
    [
      { name: 'token', data: '{"text":"Hi"}' },
      { text: 'Hi', event: 'token' },
    ],
    [{ name: 'token', data: '{"event":"own"}' }, { event: 'own' }],
    [{ name: undefined, data: '{"a":1}' }, { a: 1 }],
    [{ name: undefined, data: '"Hi"' }, { data: 'Hi' }],
    [
      { name: 'data', data: '[1]' },
      { data: [1], event: 'data' },
    ],
    [{ name: undefined, data: ' 1.0' }, { data: ' 1.0' }],
    [{ name: undefined, data: 'true' }, { data: 'true' }],
    [{ name: undefined, data: '{"cut' }, { data: '{"cut' }],
  ])('shows %j as %j', (event, view) => {
    expect(eventView(event)).toEqual(view);
  });
});

/** Text with signs of one to four bytes, and with what streams are made of. */
const texts = fc.string({ unit: fc.constantFrom('a', 'é', '€', '𝄞', ' ', '"', ':', '{', '\\', '\u2028') });
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

/** Cuts bytes at any places, also within a sign. */
function cutUp(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index]!, end));
}

describe('reading events', () => {
  it('finds the same events wherever the stream is cut into pieces', () => {
    const event = fc.record({
      name: fc.option(fc.constantFrom('token', 'done'), { nil: undefined }),
      data: texts,
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        lineEnd,
        fc.array(fc.nat(500), { maxLength: 12 }),
        (events, newline, places) => {
          const text = events
            .map(
              ({ name, data }) =>
                `${name === undefined ? '' : `event: ${name}${newline}`}data: ${data}${newline}: ping${newline}${newline}`,
            )
            .join('');
          const found: unknown[] = [];
          const decoder = new TextDecoder();
          const reader = eventReader('sse', (one) => found.push(one));
          for (const piece of cutUp(new TextEncoder().encode(text), places)) {
            reader.feed(decoder.decode(piece, { stream: true }));
          }
          reader.end();
          expect(found).toEqual(events);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds the same lines wherever the stream is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(texts, { maxLength: 6 }),
        fc.boolean(),
        fc.array(fc.nat(500), { maxLength: 12 }),
        (values, endsWithBreak, places) => {
          const lines = values.map((text) => JSON.stringify({ text }));
          const whole = lines.join('\r\n\n') + (endsWithBreak ? '\n' : '');
          const found: string[] = [];
          const decoder = new TextDecoder();
          const reader = eventReader('ndjson', ({ data }) => found.push(data.trim()));
          for (const piece of cutUp(new TextEncoder().encode(whole), places)) {
            reader.feed(decoder.decode(piece, { stream: true }));
          }
          reader.end();
          expect(found).toEqual(lines);
        },
      ),
    );
  });

  it('counts an event at the end though no empty line follows it', () => {
    expect(readEvents('data: a\n\ndata: b', 'sse').map(({ data }) => data)).toEqual(['a', 'b']);
    expect(readEvents('\uFEFFdata: a\r\n\r\n', 'sse').map(({ data }) => data)).toEqual(['a']);
  });

  it('joins the lines of one event', () => {
    expect(readEvents('data: a\ndata: b\n\n', 'sse')).toEqual([{ name: undefined, data: 'a\nb' }]);
  });

  it('reads any bytes without failing itself', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('sse' as const, 'ndjson' as const),
        (bytes, stream) => {
          for (const event of readEvents(new TextDecoder().decode(bytes), stream)) eventView(event);
          const watch = new FirstTokenWatch(stream, compileExpression('data'));
          watch.feed(bytes);
        },
      ),
    );
  });
});

describe('FirstTokenWatch', () => {
  const token = compileExpression('choices[0].delta.content');
  const chunk = (content: string): string => sse([undefined, { choices: [{ delta: { content } }] }]);

  it('sees the first event that bears text, and no earlier one', () => {
    const watch = new FirstTokenWatch('sse', token);
    const feed = (text: string): boolean => watch.feed(new TextEncoder().encode(text));
    expect(feed(': ping\n\n')).toBe(false);
    expect(feed(chunk(''))).toBe(false);
    expect(feed(sse([undefined, { usage: { total: 3 } }]))).toBe(false);
    expect(feed(chunk('Hé').slice(0, -1))).toBe(false);
    expect(feed('\n')).toBe(true);
  });

  it('waits for the byte that makes the event whole, wherever it is cut', () => {
    const bytes = new TextEncoder().encode(chunk('€𝄞'));
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const watch = new FirstTokenWatch('sse', token);
      expect(watch.feed(bytes.subarray(0, cut))).toBe(false);
      expect(watch.feed(bytes.subarray(cut))).toBe(true);
    }
  });
});

describe('reading a whole stream', () => {
  const own = {
    ...OWN_API,
    stream: 'sse',
    response: { passages: 'sources', passageId: 'id', error: 'problem' },
    events: { token: 'delta', final: "event == 'sources' && @", done: '[DONE]' },
  };
  const whole = sse(
    ['start', {}],
    [undefined, { delta: 'It costs ' }],
    [undefined, { delta: '6.50.' }],
    ['sources', { sources: [{ id: 'fares' }] }],
    [undefined, '[DONE]'],
  );

  it('joins the pieces, and finds the rest in the final event', () => {
    expect(read(own, whole)).toMatchObject({ answer: 'It costs 6.50.', passages: [{ documentId: 'fares' }] });
  });

  it('merges several final events', () => {
    const events = { token: 'delta', final: '(sources || usage) && @' };
    const response = { passages: 'sources', passageId: 'id', outputTokens: 'usage.out' };
    const text = sse(
      [undefined, { delta: 'x' }],
      [undefined, { sources: [{ id: 'a' }] }],
      [undefined, { usage: { out: 3 } }],
    );
    expect(read({ ...own, events, response }, text)).toMatchObject({
      passages: [{ documentId: 'a' }],
      outputTokens: 3,
    });
  });

  it('calls a stream cut that ends anywhere before its end', () => {
    const end = whole.indexOf('[DONE]') + '[DONE]'.length;
    for (let cut = 0; cut < end; cut += 1)
      expect(failureOf(own, `${whole.slice(0, cut)}`)[0], `at ${cut}`).not.toBe('none');
    expect(failureOf(own, whole.slice(0, end))[0]).toBe('none');
    expect(failureOf(own, whole.slice(0, end - 20))).toEqual([
      'target.cut',
      expect.stringContaining(
        'The stream ended without its last event, [DONE] (target.events.done); it had 4, the last being',
      ),
    ]);
  });

  it('needs the final event where no end is named', () => {
    const { done: _, ...events } = own.events;
    expect(failureOf({ ...own, events }, sse([undefined, { delta: 'x' }]))).toEqual([
      'target.cut',
      expect.stringContaining('without the event of target.events.final'),
    ]);
  });

  it('takes an error event for a cut, whatever came before', () => {
    const told = (event: string): [string, string] =>
      failureOf(own, whole.replace('data: [DONE]', `${event}\n\ndata: [DONE]`));
    expect(told('event: error\ndata: {"message": "overloaded"}')).toEqual([
      'target.cut',
      'The stream told of an error: {"message": "overloaded"}',
    ]);
    expect(told('data: {"problem": "out of tokens"}')).toEqual([
      'target.cut',
      'The stream told of an error: out of tokens',
    ]);
  });

  it('refuses a stream without a piece of the answer', () => {
    expect(failureOf(own, sse([undefined, { text: 'x' }], [undefined, '[DONE]']))).toEqual([
      'target.malformed',
      expect.stringContaining(
        'No event of the stream holds a piece of the answer by target.events.token (`delta`)',
      ),
    ]);
  });

  it('ends with the bare name of an event, which is none by the standard', () => {
    const events = { token: 'data', done: 'end' };
    const written = { ...OWN_API, stream: 'sse', response: {}, events };
    expect(read(written, sse(['data', '"Hi"'], ['end'])).answer).toBe('Hi');
    expect(failureOf(written, sse(['data', '"end of day"']))[0]).toBe('target.cut');
  });

  it('reads plain text events as they are, numbers too', () => {
    const written = { ...OWN_API, stream: 'sse', response: {}, events: { token: 'data' } };
    expect(read(written, 'data: It costs\n\ndata:  1.0\n\ndata:  or 2\n\n').answer).toBe('It costs 1.0 or 2');
  });

  it('reads objects a line', () => {
    const written = {
      ...OWN_API,
      stream: 'ndjson',
      response: { outputTokens: 'eval_count', error: 'error' },
      events: { token: 'message.content', final: 'done && @' },
    };
    const lines = '{"message":{"content":"Hi "}}\n{"message":{"content":"there"}}\n';
    expect(read(written, `${lines}{"done":true,"eval_count":2}\n`)).toMatchObject({
      answer: 'Hi there',
      outputTokens: 2,
    });
    expect(failureOf(written, lines)[0]).toBe('target.cut');
    expect(failureOf(written, '{"error":"model not found"}\n')).toEqual([
      'target.cut',
      'The stream told of an error: model not found',
    ]);
  });
});
