import { describe, expect, it } from 'vitest';
import { createSimulatedGenerator } from '../../../src/engine/generation/simulated.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import type { Milliseconds } from '../../../src/kernel/units.ts';
import { countTokens } from '../../../src/text/tokens.ts';
import {
  collect,
  contractPassages,
  contractQuestion,
  generatorContract,
  passage,
} from '../../contracts/generator.ts';

/** Time goes by as soon as someone waits for it. */
class ImpatientClock extends ManualClock {
  override sleep(duration: Milliseconds): Promise<void> {
    return this.advance(duration);
  }
}

const simulated = (settings: object, clock: ManualClock = new ImpatientClock(), seed = 1) =>
  createSimulatedGenerator(engineSchema.parse({ generation: { simulated: settings } }), {
    clock,
    random: seededRandom(seed),
  });

/** When the first token of one answer came, and when it was whole. */
async function timed(
  generator: ReturnType<typeof simulated>,
  clock: ManualClock,
  question = contractQuestion,
): Promise<{ first: number; last: number }> {
  const start = clock.now();
  let first = Number.NaN;
  for await (const event of generator.generate({ question, passages: contractPassages })) {
    if (event.type === 'text' && Number.isNaN(first)) first = clock.now() - start;
  }
  return { first, last: clock.now() - start };
}

generatorContract({
  name: 'the simulated generator',
  create: async () => simulated({ answerTokens: 400 }),
  expected: '6.50',
});

describe('the simulated generator', () => {
  it('keeps to its medians when nothing spreads', async () => {
    const clock = new ImpatientClock();
    const generator = simulated(
      {
        firstTokenMs: 200,
        firstTokenSigma: 0,
        tokensPerSecond: 50,
        tokensPerSecondSigma: 0,
        answerTokens: 11,
      },
      clock,
    );
    const { first, last } = await timed(generator, clock);
    expect(first).toBeCloseTo(200, 9);
    expect(last).toBeCloseTo(200 + 10 * 20, 9);
  });

  it('spreads times to the first token as a log-normal of the given median and sigma', async () => {
    const clock = new ImpatientClock();
    const generator = simulated(
      { firstTokenMs: 100, firstTokenSigma: 0.5, tokensPerSecond: 1e9, answerTokens: 1 },
      clock,
    );
    const logs: number[] = [];
    for (let n = 0; n < 400; n += 1) logs.push(Math.log((await timed(generator, clock, `q${n}`)).first));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const sigma = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1));
    expect(Math.exp(mean)).toBeGreaterThan(100 * 0.9);
    expect(Math.exp(mean)).toBeLessThan(100 * 1.1);
    expect(sigma).toBeGreaterThan(0.43);
    expect(sigma).toBeLessThan(0.57);
  });

  it('repeats itself for the same seed whatever the order of questions, and varies between askings', async () => {
    const run = async (questions: string[]) => {
      const clock = new ImpatientClock();
      const generator = simulated({}, clock, 7);
      const times = new Map<string, number[]>();
      for (const question of questions) {
        times.set(question, [
          ...(times.get(question) ?? []),
          (await timed(generator, clock, question)).first,
        ]);
      }
      return times;
    };
    const one = await run(['a', 'b', 'a']);
    const two = await run(['b', 'a', 'a']);
    const [first, second] = one.get('a')!;
    expect(first).not.toBeCloseTo(second!, 3);
    for (const question of ['a', 'b']) {
      one.get(question)!.forEach((time, index) => {
        expect(two.get(question)![index]).toBeCloseTo(time, 6);
      });
    }
  });

  it('fails its share of answers, when the first token is due', async () => {
    const generator = simulated({ errorRate: 0.3 });
    let failures = 0;
    for (let n = 0; n < 400; n += 1) {
      await collect(generator, { question: `q${n}`, passages: contractPassages }).catch((error) => {
        expect(error).toMatchObject({ code: 'generation.failed' });
        failures += 1;
      });
    }
    expect(failures).toBeGreaterThan(85);
    expect(failures).toBeLessThan(155);
  });

  it('answers with as many tokens as it was told to, from the first passages, and cites those', async () => {
    const { answer } = await collect(simulated({ answerTokens: 16 }), {
      question: 'q',
      passages: [
        passage(1, 'A', 'one two three. '),
        passage(2, 'B', `x${' y'.repeat(50)}`),
        passage(3, 'C', 'z'),
      ],
    });
    expect(countTokens(answer.text)).toBe(16);
    expect(answer.text.startsWith('one two three. x y')).toBe(true);
    expect(answer.citations).toEqual([0, 1]);
    expect(answer.usage.outputTokens).toBe(16);
    expect(answer.model).toBe('simulated');
  });

  it('abstains without passages', async () => {
    const { answer } = await collect(simulated({}), { question: 'q', passages: [] });
    expect(answer).toMatchObject({ abstained: true, citations: [], confidence: 0 });
  });

  it('stops waiting when the question is withdrawn', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const running = collect(simulated({}, clock), {
      question: 'q',
      passages: contractPassages,
      signal: controller.signal,
    });
    controller.abort(new Error('gone'));
    await expect(running).rejects.toThrow('gone');
    expect(clock.sleeping).toBe(0);
  });
});
