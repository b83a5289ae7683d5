import { describe, expect, it } from 'vitest';
import { degradationOf, isRefusal, reasonOf } from '../../../src/engine/resilience/degradation.ts';
import { Ladder } from '../../../src/engine/resilience/ladder.ts';
import { LastAnswers } from '../../../src/engine/resilience/last-answers.ts';
import { lastResortText } from '../../../src/engine/resilience/last-resort.ts';
import { DEGRADATION_LEVELS, degradationOptions } from '../../../src/engine/resilience/options.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { DEGRADATION_CODES } from '../../../src/records/columns.ts';

const ladder = (settings: object) =>
  new Ladder({ options: degradationOptions.parse(settings), canned: undefined });

describe('the ladder', () => {
  it('takes the first layer that has something, in the configured order, each once', async () => {
    const asked: string[] = [];
    const rung = (name: string, result: string | undefined) => () => {
      asked.push(name);
      return result;
    };
    const step = await ladder({ layers: 'canned, cached, canned, extractive' }).descend({
      extractive: rung('extractive', 'e'),
      cached: rung('cached', undefined),
      canned: rung('canned', undefined),
      keyword: rung('keyword', 'k'),
    });
    expect(step).toEqual({ level: 'extractive', result: 'e' });
    expect(asked).toEqual(['canned', 'cached', 'extractive']);
  });

  it('goes past a layer that fails, and stops at a refusal', async () => {
    const fails = () => Promise.reject(new TypeError('no'));
    expect(
      await ladder({ layers: ['extractive', 'canned'] }).descend({ extractive: fails, canned: () => 'c' }),
    ).toEqual({
      level: 'canned',
      result: 'c',
    });
    const refuses = () => Promise.reject(new GroundspeedError('query.aborted', 'gone'));
    const refused = ladder({ layers: ['extractive', 'canned'] }).descend({
      extractive: refuses,
      canned: () => 'c',
    });
    await expect(refused).rejects.toMatchObject({ code: 'query.aborted' });
  });

  it('has no layer where degradation is off', async () => {
    const off = ladder({ enabled: false, layers: [...DEGRADATION_LEVELS] });
    expect(off.any).toBe(false);
    expect(await off.descend({ 'last-resort': () => 'x' })).toBeUndefined();
  });
});

describe('what is told of a degraded answer', () => {
  it('is the worst of its steps, and all of them', () => {
    const steps = [
      { level: 'keyword', reason: 'embedder: open' },
      { level: 'extractive', reason: 'generator: timeout' },
      { level: 'keyword', reason: 'reranker: error' },
    ] as const;
    expect(degradationOf(steps)).toEqual({ level: 'extractive', reason: 'generator: timeout', steps });
    expect(degradationOf([])).toBeUndefined();
  });

  it.each([
    [new GroundspeedError('dependency.open', ''), 'embedder: open'],
    [new GroundspeedError('dependency.busy', ''), 'embedder: busy'],
    [new GroundspeedError('dependency.timeout', ''), 'embedder: timeout'],
    [new Error('sk-secret'), 'embedder: error'],
    ['thrown text', 'embedder: error'],
    [undefined, 'embedder: error'],
  ])('names who failed and how, and no more: %s', (error, reason) => {
    expect(reasonOf({ source: 'embedder', error })).toBe(reason);
  });

  it('names the question itself where its time was up', () => {
    const error = new GroundspeedError('dependency.timeout', '');
    expect(reasonOf({ source: 'question', error })).toBe('question: deadline');
  });

  it('has a code for every level in the columns of a record', () => {
    expect(DEGRADATION_CODES).toEqual(['unknown', 'none', ...DEGRADATION_LEVELS]);
  });
});

it.each(['query.aborted', 'query.empty', 'engine.overloaded', 'store.empty', 'store.incompatible'] as const)(
  'what is refused with %s has nothing stand in',
  (code) => {
    expect(isRefusal(new GroundspeedError(code, ''))).toBe(true);
  },
);

it.each(['store.corrupt', 'embedding.failed', 'dependency.timeout', 'internal.bug'] as const)(
  'what fails with %s may have something stand in',
  (code) => {
    expect(isRefusal(new GroundspeedError(code, ''))).toBe(false);
    expect(isRefusal(new TypeError('no'))).toBe(false);
  },
);

describe('the last resort', () => {
  it.each(['en', 'de', 'fr', 'es'] as const)(
    'says in %s that there is no answer, and whom to turn to',
    (language) => {
      const alone = lastResortText({ language });
      const named = lastResortText({ language, contact: 'help@example.com' });
      expect(alone.length).toBeGreaterThan(20);
      expect(named.startsWith(alone)).toBe(true);
      expect(named).toContain('help@example.com');
    },
  );
});

describe('the last good answers', () => {
  const asked = { question: 'q', topK: 5, filter: undefined };

  it('are found by what was asked, whatever the order of the filter’s fields', () => {
    const answers = new LastAnswers<string>({ clock: new ManualClock(), seconds: 10 });
    answers.keep({ ...asked, filter: { a: 1, b: [2] } }, 'filtered');
    expect(answers.find({ ...asked, filter: { b: [2], a: 1 } })).toBe('filtered');
    expect(answers.find(asked)).toBeUndefined();
  });

  it('are as many as a thousand, the latest', () => {
    const answers = new LastAnswers<number>({ clock: new ManualClock(), seconds: 10 });
    for (let index = 0; index < 1500; index += 1) answers.keep({ ...asked, question: `q${index}` }, index);
    expect(answers.find({ ...asked, question: 'q0' })).toBeUndefined();
    expect(answers.find({ ...asked, question: 'q1499' })).toBe(1499);
  });
});
