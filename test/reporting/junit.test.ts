import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeXml, type JUnitCase, renderJUnit } from '../../src/reporting/junit.ts';
import { HOSTILE } from './sample-questions.ts';
import { parseXml } from './xml.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE, 'a\nb\tc', ']]>', '&amp;'));

const cases: fc.Arbitrary<JUnitCase> = fc
  .record({
    name: text,
    classname: text,
    seconds: fc.double({ min: 0, max: 1e5, noNaN: true }),
    failure: fc.option(fc.record({ message: text, details: text }), { nil: undefined }),
    skipped: fc.option(text, { nil: undefined }),
  })
  .map(({ failure, skipped, ...rest }) => ({
    ...rest,
    ...(failure && { failure }),
    ...(skipped !== undefined && { skipped }),
  }));

/** What may stand in XML 1.0, stated apart from the code under test. */
function isAllowed(code: number): boolean {
  return (
    [9, 10, 13].includes(code) ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    code >= 0x10000
  );
}

describe('JUnit XML', () => {
  it('is well formed and counts right, whatever its texts say', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name: text, cases: fc.array(cases, { maxLength: 6 }) })), (suites) => {
        const written = renderJUnit(suites);
        expect([...written].every((character) => isAllowed(character.codePointAt(0)!))).toBe(true);
        const root = parseXml(written);
        const all = suites.flatMap((suite) => suite.cases);
        expect(root.name).toBe('testsuites');
        expect(root.attributes.tests).toBe(String(all.length));
        expect(root.attributes.failures).toBe(String(all.filter(({ failure }) => failure).length));
        expect(root.children).toHaveLength(suites.length);
        root.children.forEach((suite, index) => {
          expect(suite.children).toHaveLength(suites[index]!.cases.length);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every character that XML allows, line breaks in attributes too', () => {
    const allowed = fc.string({ unit: 'binary' }).filter((candidate) => !candidate.includes('\u001b'));
    fc.assert(
      fc.property(allowed, (wanted) => {
        const kept = [...wanted].filter((character) => isAllowed(character.codePointAt(0)!)).join('');
        const one = { name: wanted, classname: 'c', seconds: 0, failure: { message: 'm', details: wanted } };
        const test = parseXml(renderJUnit([{ name: 's', cases: [one] }])).children[0]!.children[0]!;
        expect(test.attributes.name).toBe(kept);
        expect(test.children[0]!.text).toBe(kept);
      }),
    );
  });

  it('takes escape sequences out whole', () => {
    expect(escapeXml('\u001b[31mred\u001b[0m \u0007<b> & "c"')).toBe('red &#60;b&#62; &#38; &#34;c&#34;');
  });

  it('tells failures from what was skipped, and counts a failing case once', () => {
    const written = renderJUnit([
      {
        name: 'slo',
        cases: [
          { name: 'a', classname: 'load', seconds: 1.5 },
          { name: 'b', classname: 'load', seconds: 1, skipped: 'inconclusive' },
          {
            name: 'c',
            classname: 'load',
            seconds: 0.5,
            failure: { message: 'missed', details: 'p95 300 ms' },
            skipped: 'too',
          },
        ],
      },
    ]);
    const suite = parseXml(written).children[0]!;
    expect(suite.attributes).toMatchObject({
      tests: '3',
      failures: '1',
      skipped: '1',
      errors: '0',
      time: '3.000',
    });
    expect(suite.children.map(({ children }) => children.map(({ name }) => name))).toEqual([
      [],
      ['skipped'],
      ['failure'],
    ]);
  });
});
