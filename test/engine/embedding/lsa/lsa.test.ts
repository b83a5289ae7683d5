import { describe, expect, it } from 'vitest';
import { createLsaEmbedder } from '../../../../src/engine/embedding/lsa/embedder.ts';
import { fitLsa } from '../../../../src/engine/embedding/lsa/fit.ts';
import { decodeModel, encodeModel, modelId } from '../../../../src/engine/embedding/lsa/model.ts';
import { termMatrix } from '../../../../src/engine/embedding/lsa/term-matrix.ts';
import { embedderContract } from '../../../contracts/embedder.ts';

const CORPUS = [
  'The ferry crosses the harbour at dawn, and the captain watches the tide.',
  'A captain steers the vessel through the harbour when the tide is high.',
  'Refunds are paid when a crossing is cancelled by the operator.',
  'The operator pays a refund for each cancelled ticket within a week.',
  'Bread needs flour, water and salt; the dough must rest.',
  'Dough of flour and water is baked into bread.',
  'Salt and flour keep for a year in a dry kitchen.',
];

function embedderOf(texts: readonly string[], dimensions = 256) {
  const bytes = encodeModel(fitLsa(texts, { dimensions }));
  const id = modelId(bytes);
  return createLsaEmbedder(id, decodeModel(id, bytes));
}

async function embed(texts: readonly string[], embedder = embedderOf(CORPUS)) {
  return (await embedder.embed(texts, { purpose: 'query' })).vectors;
}

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let product = 0;
  for (let index = 0; index < a.length; index += 1) product += a[index]! * b[index]!;
  return product;
};

describe('the LSA embedder', () => {
  embedderContract(
    async () => embedderOf(CORPUS, 4),
    ['the captain of the vessel', 'a refund for a ticket', 'flour for bread'],
  );

  it('gives a text of unknown words, or of stop words only, a zero vector', async () => {
    const zero = new Float32Array(6);
    expect(await embed(['zeppelin xylophone', 'and the of it'])).toEqual([zero, zero]);
  });

  it('brings together texts that share no word but keep the same company', async () => {
    const [question, ship, kitchen] = await embed(['dawn', 'vessel', 'dough'], embedderOf(CORPUS, 3));
    expect(cosine(question!, ship!)).toBeGreaterThan(0.7);
    expect(cosine(question!, kitchen!)).toBeLessThan(0.2);
  });

  it('keeps the cosines of TF–IDF where nothing is cut off', async () => {
    // A text twice, so that one dimension less than texts still holds everything.
    const texts = [...CORPUS, CORPUS[0]!];
    const { matrix } = termMatrix(texts, { mostTerms: 1000 });
    const dense = texts.map((_, row) => {
      const values = new Float64Array(matrix.columnCount);
      for (let entry = matrix.starts[row]!; entry < matrix.starts[row + 1]!; entry += 1) {
        values[matrix.columns[entry]!] = matrix.values[entry]!;
      }
      return values;
    });
    const vectors = await embed(texts, embedderOf(texts));
    for (const [i, a] of vectors.entries()) {
      for (const [j, b] of vectors.entries())
        expect(cosine(a, b)).toBeCloseTo(cosine(dense[i]!, dense[j]!), 5);
    }
  });
});

describe('termMatrix', () => {
  it('weighs terms by sublinear frequency and smoothed idf, and makes rows of unit length', () => {
    const { vocabulary, matrix } = termMatrix(['tide tide ferry', 'ferry', 'the'], { mostTerms: 10 });
    expect(vocabulary.terms).toEqual([expect.stringMatching(/^ferri/), 'tide']);
    const [ferry, tide] = [Math.log(4 / 3) + 1, Math.log(4 / 2) + 1];
    expect([...vocabulary.idf]).toEqual([Math.fround(ferry), Math.fround(tide)]);
    const weight = (1 + Math.LN2) * tide;
    const length = Math.hypot(weight, ferry);
    expect([...matrix.starts]).toEqual([0, 2, 3, 3]);
    expect([...matrix.columns]).toEqual([1, 0, 0]);
    expect(matrix.values[0]).toBeCloseTo(weight / length, 6);
    expect(matrix.values[1]).toBeCloseTo(ferry / length, 6);
    expect(matrix.values[2]).toBe(1);
  });

  it('keeps the terms of most texts where there are too many', () => {
    const { vocabulary, matrix } = termMatrix(['alpha beta', 'beta gamma', 'beta alpha'], { mostTerms: 2 });
    expect(vocabulary.terms).toEqual(['beta', 'alpha']);
    expect([...matrix.starts]).toEqual([0, 2, 3, 5]);
  });
});

describe('fitLsa', () => {
  it('has one dimension less than texts where they are few, and at least one', () => {
    expect(fitLsa(CORPUS, { dimensions: 256 }).dimensions).toBe(6);
    expect(fitLsa(CORPUS, { dimensions: 3 }).dimensions).toBe(3);
    expect(fitLsa(['a lone ferry'], { dimensions: 256 }).dimensions).toBe(1);
  });

  it('fits texts in which there is nothing to know', async () => {
    expect(await embed(['ferry'], embedderOf(['the', 'of']))).toEqual([Float32Array.of(0)]);
  });

  it('is the same for the same texts', () => {
    const ids = [1, 2].map(() => modelId(encodeModel(fitLsa(CORPUS, { dimensions: 4 }))));
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toMatch(/^lsa\/4@[0-9a-f]{12}$/);
    expect(modelId(encodeModel(fitLsa(CORPUS, { dimensions: 3 })))).not.toBe(ids[0]);
  });

  it('tells its progress, up to the end, and ends when that throws', () => {
    const progress: [number, number][] = [];
    fitLsa(CORPUS, { dimensions: 4, onProgress: (...step) => progress.push(step) });
    expect(progress.map(([done]) => done)).toEqual(progress.map(([done]) => done).sort((a, b) => a - b));
    expect(progress.at(-1)![0]).toBe(progress.at(-1)![1]);
    const stop = () => {
      throw new Error('enough');
    };
    expect(() => fitLsa(CORPUS, { dimensions: 4, onProgress: stop })).toThrow('enough');
  });
});

describe('a model as bytes', () => {
  const model = fitLsa([...CORPUS, 'naïve Überfahrt 渡し船'], { dimensions: 5 });
  const bytes = encodeModel(model);

  it('comes back as it was, wherever the bytes lie', () => {
    const apart = new Uint8Array(bytes.length + 1);
    apart.set(bytes, 1);
    expect(decodeModel(modelId(bytes), bytes)).toEqual(model);
    expect(decodeModel(modelId(bytes), apart.subarray(1))).toEqual(model);
  });

  it.each([
    ['altered', Uint8Array.from(bytes, (byte, place) => (place === bytes.length - 9 ? byte ^ 1 : byte))],
    ['cut', bytes.slice(0, 100)],
    ['empty', new Uint8Array()],
    ['foreign', Buffer.from('{"format":"other"}\n')],
  ])('is refused when %s', (_, damaged) => {
    expect(() => decodeModel(modelId(bytes), damaged)).toThrow(
      expect.objectContaining({ code: 'store.corrupt', hint: expect.stringContaining('--index') }),
    );
  });
});
