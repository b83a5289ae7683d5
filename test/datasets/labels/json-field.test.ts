import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setJsonField } from '../../../src/datasets/labels/json-field.ts';

describe('setting one field of a JSON object', () => {
  it('replaces its value and leaves every other character', () => {
    const line = '{ "n":1.50, "relevant" : {"a": 1} ,"big":12345678901234567890}\r';
    expect(setJsonField(line, 'relevant', '{"b":2}')).toBe(
      '{ "n":1.50, "relevant" : {"b":2} ,"big":12345678901234567890}\r',
    );
  });

  it('is not deceived by names within texts and other objects', () => {
    const line = '{"a":"\\"relevant\\": {}","m":{"relevant":[1,{"relevant":"}"}]},"relevant":[]}';
    expect(setJsonField(line, 'relevant', '7')).toBe(line.replace('"relevant":[]}', '"relevant":7}'));
  });

  it('adds a field that is not there, spaced like the others', () => {
    expect(setJsonField('{"id":"q1"}', 'x', '1')).toBe('{"id":"q1","x":1}');
    expect(setJsonField('{"id": "q1"}\r\n', 'x', '1')).toBe('{"id": "q1", "x": 1}\r\n');
    expect(setJsonField('{}', 'x', '1')).toBe('{"x":1}');
    expect(setJsonField(' { } ', 'x', '1')).toBe(' { "x":1} ');
  });

  it('changes the last of several fields of the name, the one that counts', () => {
    expect(setJsonField('{"x":1,"x":2}', 'x', '3')).toBe('{"x":1,"x":3}');
    expect(setJsonField('{"\\u0078":1}', 'x', '3')).toBe('{"\\u0078":3}');
  });

  it('makes of any object the same object with that field', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(
        object,
        fc.constantFrom('relevant', 'a', '__proto__', '"', '\\'),
        fc.jsonValue(),
        fc.constantFrom(undefined, 1, '\t'),
        (before, name, value, indent) => {
          const text = JSON.stringify(before, null, indent);
          const changed = JSON.parse(setJsonField(text, name, JSON.stringify(value)));
          const entries = Object.entries(JSON.parse(text) as object).filter(([key]) => key !== name);
          const expected = [...entries, [name, JSON.parse(JSON.stringify(value))]];
          expect(new Map(Object.entries(changed))).toEqual(new Map(expected as [string, unknown][]));
        },
      ),
      { numRuns: 500 },
    );
  });
});
