import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/load/targets/http/expressions.ts';
import {
  fillTemplate,
  fillText,
  type Placeholder,
  placeholderProblems,
  placeholdersIn,
  type Values,
} from '../../../../src/load/targets/http/template.ts';

const values: Values = {
  question: 'Is "this" a {{question}}?\n',
  question_id: 'q-1',
  top_k: 5,
  model: undefined,
  nonce: 'n1',
};
const all = new Set<Placeholder>(['question', 'question_id', 'top_k', 'model', 'nonce']);

describe('fillTemplate', () => {
  it('fills in texts wherever they stand, and leaves everything else alone', () => {
    const template: Json = {
      query: '{{question}}',
      note: 'asked as {{ question_id }} ({{nonce}})',
      options: [{ k: '{{top_k}}' }, true, null, 3],
    };
    expect(fillTemplate(template, values)).toEqual({
      query: 'Is "this" a {{question}}?\n',
      note: 'asked as q-1 (n1)',
      options: [{ k: 5 }, true, null, 3],
    });
  });

  it('leaves out a field or an item that is nothing but a placeholder without a value', () => {
    expect(fillTemplate({ model: '{{model}}', list: ['{{model}}', 'x'] }, values)).toEqual({ list: ['x'] });
  });

  it('keeps any question whole, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (question) => {
        const filled = fillTemplate({ a: ['{{question}}'], b: '<{{question}}>' }, { ...values, question });
        expect(JSON.parse(JSON.stringify(filled))).toEqual({ a: [question], b: `<${question}>` });
      }),
    );
  });

  it('does not take signs of a replacement pattern for more than they are', () => {
    expect(fillText('{{question}}', { ...values, question: '$& costs $1' })).toBe('$& costs $1');
  });
});

describe('placeholderProblems', () => {
  it('names where an unknown placeholder stands, and which one is meant', () => {
    const template: Json = { messages: [{ content: 'Q: {{questoin}}' }], other: '{{nonsense}}' };
    expect(placeholderProblems(template, 'target.body', all)).toEqual([
      'target.body.messages[0].content: {{questoin}} is no placeholder; did you mean {{question}}?',
      'target.body.other: {{nonsense}} is no placeholder; there are {{question}}, {{question_id}}, {{top_k}}, {{model}}, {{nonce}}',
    ]);
  });

  it('refuses a placeholder without value within a text, where it would leave a hole', () => {
    const given = new Set<Placeholder>(['question']);
    expect(placeholderProblems({ k: '{{top_k}}' }, 'target.body', given)).toEqual([]);
    expect(placeholderProblems({ k: 'top {{top_k}}' }, 'target.body', given)).toEqual([
      'target.body.k: {{top_k}} stands for nothing; set target.topK',
    ]);
  });

  it('finds the placeholders that are used', () => {
    expect(placeholdersIn({ a: ['{{nonce}} {{question}}'], b: 1 })).toEqual(new Set(['nonce', 'question']));
  });
});
