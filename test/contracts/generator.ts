import { describe, expect, it } from 'vitest';
import type { GeneratedAnswer, GenerationRequest, Generator, Passage } from '../../src/engine/ports.ts';

export interface GeneratorUnderTest {
  readonly name: string;
  /** A generator that can answer from `contractPassages`, and what must stand in its answer to `contractQuestion`. */
  create(): Promise<Generator>;
  readonly expected: string;
}

export const contractQuestion = 'How much does a bicycle cost on the morning crossing?';

export const contractPassages: readonly Passage[] = [
  passage(1, 'Bicycles', 'Bicycles are welcome. A bicycle costs 6.50 on the morning crossing.'),
  passage(2, 'Dogs', 'Dogs travel on a lead. The kennel deck is heated in winter.'),
];

export function passage(key: number, title: string, text: string, more: Partial<Passage> = {}): Passage {
  return {
    key,
    documentId: `d${key}`,
    title,
    text,
    start: 0,
    end: text.length,
    score: 1 / key,
    rank: key,
    metadata: {},
    ...more,
  };
}

/** Everything a generator says, and whether its stream kept to the port. */
export async function collect(
  generator: Generator,
  request: GenerationRequest,
): Promise<{ pieces: string[]; answer: GeneratedAnswer }> {
  const pieces: string[] = [];
  let answer: GeneratedAnswer | undefined;
  for await (const event of generator.generate(request)) {
    expect(answer, 'nothing follows done').toBeUndefined();
    if (event.type === 'text') pieces.push(event.text);
    else answer = event.answer;
  }
  if (answer === undefined) throw new Error('the stream ended without done');
  return { pieces, answer };
}

/** What every adapter of the port `Generator` must do. */
export function generatorContract({ name, create, expected }: GeneratorUnderTest): void {
  describe(`${name} as a Generator`, () => {
    it('streams texts that join to the whole answer, then is done once', async () => {
      const { pieces, answer } = await collect(await create(), {
        question: contractQuestion,
        passages: contractPassages,
      });
      expect(pieces.join('')).toBe(answer.text);
      expect(pieces.every((piece) => piece.length > 0)).toBe(true);
      expect(answer.text).toContain(expected);
      expect(answer.abstained).toBe(false);
    });

    it('cites passages that were given, each once', async () => {
      const { answer } = await collect(await create(), {
        question: contractQuestion,
        passages: contractPassages,
      });
      expect(answer.citations).toContain(0);
      expect(new Set(answer.citations).size).toBe(answer.citations.length);
      for (const index of answer.citations) expect(contractPassages[index]).toBeDefined();
    });

    it('states a confidence from 0 to 1 and counts its tokens', async () => {
      const { answer } = await collect(await create(), {
        question: contractQuestion,
        passages: contractPassages,
      });
      expect(answer.confidence).toBeGreaterThanOrEqual(0);
      expect(answer.confidence).toBeLessThanOrEqual(1);
      expect(answer.usage.inputTokens).toBeGreaterThan(0);
      expect(answer.usage.outputTokens).toBeGreaterThan(0);
    });

    it('stops with the reason of the signal', async () => {
      const reason = new Error('no longer wanted');
      const generator = await create();
      const request = {
        question: contractQuestion,
        passages: contractPassages,
        signal: AbortSignal.abort(reason),
      };
      await expect(collect(generator, request)).rejects.toBe(reason);
    });

    it('answers questions that overlap, each for itself', async () => {
      const generator = await create();
      const request = { question: contractQuestion, passages: contractPassages };
      const answers = await Promise.all([1, 2, 3].map(() => collect(generator, request)));
      for (const { pieces, answer } of answers) expect(pieces.join('')).toBe(answer.text);
    });

    it('leaves the passages as they were', async () => {
      const before = structuredClone(contractPassages);
      await collect(await create(), { question: contractQuestion, passages: contractPassages });
      expect(contractPassages).toEqual(before);
    });
  });
}
