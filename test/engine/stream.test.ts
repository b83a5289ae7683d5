import { describe, expect, it } from 'vitest';
import { type AnswerEvent, streamAnswer } from '../../src/engine/stream.ts';
import { bench } from './fakes.ts';

const streamed = (engine: ReturnType<typeof bench>, options = {}) =>
  streamAnswer((given) => engine.pipeline.ask('Is it so?', given), options);

describe('streamAnswer', () => {
  it('gives the pieces as they come, then the answer that they make', async () => {
    const seen: AnswerEvent[] = [];
    for await (const event of streamed(bench())) seen.push(event);
    expect(seen.map(({ type }) => type)).toEqual(['text', 'text', 'done']);
    const texts = seen.flatMap((event) => (event.type === 'text' ? event.text : []));
    const last = seen.at(-1)!;
    expect(last.type === 'done' && last.answer.text).toBe(texts.join(''));
  });

  it('withdraws the question when nobody reads on', async () => {
    const engine = bench();
    for await (const _ of streamed(engine)) break;
    expect(engine.calls.generate[0]!.signal!.aborted).toBe(true);
  });

  it('throws what the question failed with, after the pieces before it', async () => {
    const engine = bench();
    engine.generate = async function* () {
      yield { type: 'text', text: 'It ' };
      throw new Error('broke off');
    };
    const seen: AnswerEvent[] = [];
    const reading = (async () => {
      for await (const event of streamed(engine)) seen.push(event);
    })();
    await expect(reading).rejects.toThrow('broke off');
    expect(seen).toEqual([{ type: 'text', text: 'It ' }]);
  });

  it('heeds the caller’s own signal', async () => {
    const reading = streamed(bench(), { signal: AbortSignal.abort() }).next();
    await expect(reading).rejects.toMatchObject({ code: 'query.aborted' });
  });
});
