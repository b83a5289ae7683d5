import { describe, expect, it } from 'vitest';
import type { Answer, AskOptions } from '../../../src/engine/answer.ts';
import { milliseconds } from '../../../src/kernel/units.ts';
import { askOnce } from '../../../src/load/ask-once.ts';
import { inProcessTarget, type TracedAsk } from '../../../src/load/targets/in-process.ts';
import { systemClock } from '../../../src/system/clock.ts';

const ANSWER = {
  text: 'yes',
  passages: [],
  citations: [],
  cache: {},
  stages: { embed: 1, retrieve: 2, rerank: 0, prompt: 0, generate: 3 },
  usage: { inputTokens: 1, outputTokens: 1 },
} as unknown as Answer;
const PARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

function asked() {
  const plain: AskOptions[] = [];
  const below: [string, AskOptions][] = [];
  const engine = {
    ask: async (_: string, options: AskOptions = {}) => {
      plain.push(options);
      return ANSWER;
    },
  };
  const traced: TracedAsk = async (traceparent, _, options) => {
    below.push([traceparent, options]);
    return ANSWER;
  };
  return { engine, traced, plain, below };
}

const once = (target: ReturnType<typeof inProcessTarget>, traceparent?: string) =>
  askOnce(
    target,
    { question: 0, text: '?', cache: false, ...(traceparent !== undefined && { traceparent }) },
    { clock: systemClock, timeout: milliseconds(1000) },
  );

describe('the engine of this process as a target', () => {
  it('is asked below the trace that a request began, with all else as ever', async () => {
    const { engine, traced, plain, below } = asked();
    await once(inProcessTarget(engine, traced), PARENT);
    expect(plain).toEqual([]);
    expect(below).toEqual([[PARENT, expect.objectContaining({ cache: false })]]);
  });

  it('is asked plainly by a request without a trace, and where nobody traces', async () => {
    const { engine, traced, plain, below } = asked();
    await once(inProcessTarget(engine, traced));
    await once(inProcessTarget(engine), PARENT);
    expect(below).toEqual([]);
    expect(plain).toHaveLength(2);
    for (const options of plain) expect(options).not.toHaveProperty('tag');
  });
});
