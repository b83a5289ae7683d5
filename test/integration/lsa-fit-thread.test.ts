import { describe, expect, it } from 'vitest';
import { fitLsa } from '../../src/engine/embedding/lsa/fit.ts';
import { encodeModel } from '../../src/engine/embedding/lsa/model.ts';
import { seededRandom } from '../../src/kernel/random.ts';

// The built module: a thread cannot start from TypeScript.
const { fitInThread } = (await import(
  new URL('../../dist/engine/embedding/lsa/fit-thread.js', import.meta.url).href
)) as typeof import('../../src/engine/embedding/lsa/fit-thread.ts');

/** Texts of made-up words, as many as keep a thread busy for a while. */
function corpus(count: number): string[] {
  const random = seededRandom('corpus');
  const word = () => `w${Math.floor(2000 * random.next() ** 3)}x`;
  return Array.from({ length: count }, () => Array.from({ length: 60 }, word).join(' '));
}

describe('fitting in a thread', () => {
  it('gives the same model as fitting here, and tells its progress', async () => {
    const texts = corpus(60);
    const progress: [number, number][] = [];
    const bytes = await fitInThread(
      { texts, dimensions: 8 },
      { onProgress: (...step) => progress.push(step) },
    );
    expect(Buffer.from(bytes).equals(encodeModel(fitLsa(texts, { dimensions: 8 })))).toBe(true);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-1)![0]).toBe(progress.at(-1)![1]);
  });

  it('leaves the calling thread free', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await fitInThread({ texts: corpus(600), dimensions: 64 }, {});
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it('ends the thread when it is told to stop', async () => {
    const stop = new AbortController();
    const fitting = fitInThread(
      { texts: corpus(3000), dimensions: 256 },
      { signal: stop.signal, onProgress: () => stop.abort(new Error('withdrawn')) },
    );
    await expect(fitting).rejects.toThrow('withdrawn');
    const before = fitInThread({ texts: [], dimensions: 2 }, { signal: stop.signal });
    await expect(before).rejects.toThrow('withdrawn');
  });

  it('passes on what goes wrong in the thread', async () => {
    const texts = [null] as unknown as string[];
    await expect(fitInThread({ texts, dimensions: 2 }, {})).rejects.toThrow(TypeError);
  });
});
