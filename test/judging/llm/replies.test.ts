import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReply } from '../../../src/judging/llm/replies.ts';
import { JUDGEMENTS } from '../../../src/judging/options.ts';

const read = (judgement: (typeof JUDGEMENTS)[number], value: unknown, passages = 2) =>
  readReply(judgement, typeof value === 'string' ? value : JSON.stringify(value), { passages });

describe('faithfulness', () => {
  const claim = (supported: boolean) => ({ claim: 'It costs 4.50.', reason: 'Not said.', supported });

  it('is supported claims over all claims', () => {
    expect(read('faithfulness', { claims: [claim(true), claim(true), claim(false), claim(true)] })).toEqual({
      score: 0.75,
      reason: 'Not supported: It costs 4.50. – Not said.',
      counts: { yes: 3, of: 4 },
    });
    expect(read('faithfulness', { claims: [claim(true)] })).toMatchObject({ score: 1 });
    expect(read('faithfulness', { claims: [claim(false)] })).toMatchObject({ score: 0 });
  });

  it('has no score where nothing is claimed', () => {
    expect(read('faithfulness', { claims: [] })).toMatchObject({ score: null, counts: { yes: 0, of: 0 } });
  });
});

describe('context relevance', () => {
  const passage = (number: number, relevant: boolean) => ({ number, reason: 'So.', relevant });

  it('is relevant passages over all passages, each judged once', () => {
    expect(read('context-relevance', { passages: [passage(2, true), passage(1, false)] })).toEqual({
      score: 0.5,
      reason: 'Passage 1: So.',
      counts: { yes: 1, of: 2 },
    });
  });

  it.each([
    ['one is missing', [passage(1, true)]],
    ['one is judged twice', [passage(1, true), passage(1, true)]],
    ['there is one too many', [passage(1, true), passage(2, true), passage(3, true)]],
    ['none is judged', []],
  ])('is malformed where %s', (_what, passages) => {
    expect(read('context-relevance', { passages })).toContain('not each of the 2 once');
  });
});

describe.each(['answer-relevance', 'correctness'] as const)('%s', (judgement) => {
  it.each([0, 1, 2, 3, 4])('is a grade over four: %d', (grade) => {
    expect(read(judgement, { reason: ' Two\n lines ', grade })).toEqual({
      score: grade / 4,
      reason: 'Two lines',
      counts: undefined,
    });
  });

  it.each([5, -1, 2.5, '4', null, 1e308])('takes no grade of %j', (grade) => {
    expect(read(judgement, { reason: 'x', grade })).toContain('schema at grade');
  });

  it('keeps reasons short', () => {
    const verdict = read(judgement, { reason: 'word '.repeat(500), grade: 1 });
    expect(typeof verdict === 'string' ? '' : verdict.reason.length).toBeLessThan(245);
  });
});

describe('a reply', () => {
  it('may stand in a fence', () => {
    expect(read('correctness', '```json\n{"reason":"x","grade":4}\n```\n')).toMatchObject({ score: 1 });
    expect(read('correctness', ' {"reason":"x","grade":4} ')).toMatchObject({ score: 1 });
  });

  it('is malformed when it says anything else, or more', () => {
    expect(read('correctness', 'Sure! {"reason":"x","grade":4}')).toContain('not JSON');
    expect(read('correctness', { reason: 'x', grade: 4, score: 1 })).toContain('schema');
    expect(read('correctness', `{"reason":"${'x'.repeat(600_000)}","grade":4}`)).toContain('not JSON');
  });

  it('is a score from 0 to 1 or is malformed, whatever it holds', () => {
    const judgement = fc.constantFrom(...JUDGEMENTS);
    const value = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ reason: fc.jsonValue(), grade: fc.jsonValue() }).map((one) => JSON.stringify(one)),
      fc
        .array(fc.record({ claim: fc.string(), reason: fc.string(), supported: fc.boolean() }))
        .map((claims) => JSON.stringify({ claims })),
    );
    fc.assert(
      fc.property(judgement, value, fc.nat({ max: 3 }), (name, text, passages) => {
        const verdict = readReply(name, text, { passages });
        if (typeof verdict === 'string' || verdict.score === null) return;
        expect(verdict.score).toBeGreaterThanOrEqual(0);
        expect(verdict.score).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});
