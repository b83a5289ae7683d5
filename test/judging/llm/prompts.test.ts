import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame } from '../../../src/judging/llm/frame.ts';
import type { JudgeInput } from '../../../src/judging/llm/judged.ts';
import { promptFor, promptIdentity, replySchema } from '../../../src/judging/llm/prompts.ts';
import { JUDGEMENTS } from '../../../src/judging/options.ts';

const input: JudgeInput = {
  question: 'What does it cost?',
  answer: '4.50 euros',
  goldenAnswers: ['€4.50'],
  forbidden: ['€4.20'],
  passages: ['Adults pay 4.50 euros.', 'Dogs need a lead.'],
};

describe('the frame', () => {
  it('gives back exactly what was put in, and holds no mark of a turn', () => {
    const text = fc.string({
      unit: fc.constantFrom(
        ...'"\\{}[],:</>|\n\t`#-',
        'INST',
        'SYS',
        'a',
        'é',
        '\u2028',
        '\ud83d\ude00',
        '\u0000',
      ),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 4 }), (answer, passages) => {
        const framed = frame({ answer, passages });
        expect(JSON.parse(framed)).toEqual({ answer, passages });
        expect(framed).not.toMatch(/<|\[\/?[A-Z_]+\]|[\u2028\u2029]/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe.each(JUDGEMENTS)('the prompt for %s', (judgement) => {
  it('shows the model what it needs, once, apart from the rules', () => {
    const [system, user, ...more] = promptFor(judgement, input);
    expect(more).toEqual([]);
    expect([system?.role, user?.role]).toEqual(['system', 'user']);
    expect(system?.content).not.toContain('4.50 euros');
    const shown = Object.keys(JSON.parse(user!.content)).sort();
    expect(shown).toEqual(
      {
        faithfulness: ['answer', 'passages', 'question'],
        'answer-relevance': ['answer', 'question'],
        correctness: ['answer', 'forbidden', 'goldenAnswers', 'question'],
        'context-relevance': ['passages', 'question'],
      }[judgement],
    );
  });

  it('asks for a reply in a schema that strict services take: all required, nothing else', () => {
    const strict = (schema: Record<string, unknown>): void => {
      if (schema.type === 'object') {
        const properties = schema.properties as Record<string, Record<string, unknown>>;
        expect(schema.additionalProperties).toBe(false);
        expect(schema.required).toEqual(Object.keys(properties));
        for (const property of Object.values(properties)) strict(property);
      }
      if (schema.type === 'array') strict(schema.items as Record<string, unknown>);
      const unknown = ['$schema', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'format'];
      expect(Object.keys(schema).filter((key) => unknown.includes(key))).toEqual([]);
    };
    const { name, schema } = replySchema(judgement);
    expect(name).toMatch(/^[a-z_]+$/);
    expect(schema.type).toBe('object');
    strict(schema);
  });

  it('has a hash of its own, that does not depend on the input', () => {
    const { version, hash } = promptIdentity(judgement);
    expect(version).toBeGreaterThanOrEqual(1);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(promptIdentity(judgement).hash).toBe(hash);
    for (const other of JUDGEMENTS)
      if (other !== judgement) expect(promptIdentity(other).hash).not.toBe(hash);
  });
});

/** Who changes a prompt counts its version up, and writes the new hash here: scores of two versions are not alike. */
it('is what it was when its version was given', () => {
  expect(Object.fromEntries(JUDGEMENTS.map((name) => [name, promptIdentity(name)]))).toEqual(PINNED);
});
const PINNED = {
  faithfulness: { version: 1, hash: '33615a86ab84201ea42eb232390263fa223d4a8f4dc24a2c182c574e04bdc659' },
  'answer-relevance': {
    version: 1,
    hash: '99212258656fca6ff7d6cc67ac17445db5b83e37173f6d4ea7a209b8f271da4e',
  },
  correctness: { version: 1, hash: '8dcf4aef425a880844820a45269cbc605956bf86dbadf2cdf4dffaa70e25b6e0' },
  'context-relevance': {
    version: 1,
    hash: '6c06a453faf62a86377be3b7e7996da344d16c74bab6566833234740de99c224',
  },
};
