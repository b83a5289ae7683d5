import { search } from '@jmespath-community/jmespath';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileExpression,
  faultOf,
  type Json,
  plainSteps,
} from '../../../../src/load/targets/http/expressions.ts';

/** Names that need quotes, and names that a JavaScript object has by itself, among them. */
const name = fc.constantFrom('a', 'b', 'answer', 'length', 'constructor', '__proto__', 'x y', 'ü', '0');
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<Json>(null, true, false, 0, 1.5, '', 'text'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const path = fc
  .array(fc.oneof(name, fc.integer({ min: -4, max: 4 })), { minLength: 1, maxLength: 5 })
  .map((steps) =>
    steps
      .map((step, index) =>
        typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${JSON.stringify(step)}`,
      )
      .join(''),
  );

describe('compileExpression', () => {
  it('finds by a plain path just what the library finds', () => {
    fc.assert(
      fc.property(path, json, (expression, value) => {
        expect(plainSteps(expression)).toBeDefined();
        expect(compileExpression(expression)(value)).toEqual(search(value as never, expression));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds along a path that is there', () => {
    const value = { choices: [{ delta: { content: 'Hi' } }, { delta: { content: 'there' } }] };
    expect(compileExpression('choices[0].delta.content')(value)).toBe('Hi');
    expect(compileExpression('choices[-1].delta.content')(value)).toBe('there');
    expect(compileExpression('choices[2].delta.content')(value)).toBeNull();
    expect(compileExpression('@')(value)).toBe(value);
  });

  it.each([
    ['sources[].id', ['a', 'b']],
    ["sources[?kind=='x'].id | [0]", 'b'],
    ['length(sources)', 2],
    ['nothing || sources[0].id', 'a'],
    ["missing == 'x'", false],
  ])('leaves %s to the library', (expression, found) => {
    const value = { sources: [{ id: 'a' }, { id: 'b', kind: 'x' }] };
    expect(plainSteps(expression)).toBeUndefined();
    expect(compileExpression(expression)(value)).toEqual(found);
  });
});

describe('faultOf', () => {
  it.each(['answer', 'a.b[0]', "event == 'done' && @", 'join(`", "`, x[].y)', '"quoted name".b', "'a # b'"])(
    'finds none in %s',
    (expression) => {
      expect(faultOf(expression)).toBeUndefined();
    },
  );

  it.each([
    ['a..b', 2, 'unexpected .'],
    ['a b', 2, 'unexpected b'],
    ['sources[?x==', 12, 'ends too early'],
    ['foo(a', 5, 'ends too early'],
    ['a # b', 2, 'unknown character'],
    ['a."b', 2, 'not closed'],
    ['"x y".c."d', 8, 'not closed'],
    ['len(a)', 0, 'no function len'],
    ['a | lenght(@)', 4, 'did you mean length?'],
    ['  ', 0, 'empty'],
    ['a[0', 3, 'ends too early: ] is missing'],
  ])('names the fault of %j at character %i: %s', (expression, position, reason) => {
    const fault = faultOf(expression);
    expect(fault?.position).toBe(position);
    expect(fault?.reason).toContain(reason);
  });

  it('takes no function for unknown that is one, nor a word within a literal', () => {
    expect(faultOf('length(@) || `{"type": "Function", "name": "nonsense"}`')).toBeUndefined();
  });

  it('judges any text without failing itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab.[]()?*&|!=\'"`{}:,@#0- ') }), (text) => {
        const fault = faultOf(text);
        if (fault === undefined) compileExpression(text);
        else expect(fault.position).toBeGreaterThanOrEqual(0);
        expect(fault?.position ?? 0).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });
});
