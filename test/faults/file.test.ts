import { describe, expect, it } from 'vitest';
import { readFaultFile, readFaultList } from '../../src/faults/file.ts';
import { printFaults } from '../../src/faults/print.ts';
import { errorOf, READING } from './reading.ts';

const read = (text: string) => readFaultFile({ path: 'outage.yaml', text }, READING);

describe('a file of faults', () => {
  it.each([
    ['a list of texts', '- "embedder: timeout 30% from 10s to 25s"\n- "cache: empty; keywords: empty"\n'],
    ['a list of targets', '- embedder: timeout 30% from 10s to 25s\n- cache: empty\n- keywords: empty\n'],
    [
      'one entry for several targets',
      '- embedder: timeout 30% from 10s to 25s\n- cache: empty\n  keywords: empty\n',
    ],
    [
      'a list below "faults"',
      'faults:\n  - embedder: timeout 30% from 10s to 25s\n  - cache: empty\n  - keywords: empty',
    ],
    ['JSON', '{"faults": ["embedder: timeout 30% from 10s to 25s", "cache: empty", {"keywords": "empty"}]}'],
  ])('may be %s', (_, text) => {
    expect(printFaults(read(text))).toBe(
      'embedder: timeout 30% from 10s to 25s; cache: empty; keywords: empty',
    );
  });

  it('may name a kind that YAML takes for a number', () => {
    expect(printFaults(read('- http: 429'))).toBe('http: 429');
  });

  it('with a mistake is refused with its line, and the character', () => {
    const error = errorOf(() => read('faults:\n  - cache: empty\n\n  - embedder: timout 30%\n'));
    expect(error).toMatchObject({
      code: 'fault.syntax',
      where: 'outage.yaml:4',
      hint: 'Did you mean timeout?',
      problems: [`embedder: timout 30%\n${' '.repeat(14)}^`],
    });
  });

  it.each([
    ['', 'outage.yaml', 'There is no list of faults.'],
    ['faults: 3', 'outage.yaml', 'There is no list of faults.'],
    ['cache: empty', 'outage.yaml', 'There is no list of faults.'],
    ['[]', 'outage.yaml', 'The list of faults is empty.'],
    ['- 3', 'outage.yaml:1', 'An entry is no text of a fault.'],
    ['- cache: empty\n- cache: [empty]', 'outage.yaml:2', 'An entry is no text of a fault.'],
    ['- {}', 'outage.yaml:1', 'An entry is no text of a fault.'],
    ['- *none', 'outage.yaml', 'An alias (*…) has no anchor'],
    ['- "cache', 'outage.yaml:1:9', 'That is no YAML'],
  ])('%j is refused', (text, where, message) => {
    const error = errorOf(() => read(text));
    expect(error).toMatchObject({ code: 'fault.syntax', where });
    expect(error.message).toContain(message);
    expect(error.hint).toContain('Write a list');
  });
});

describe('a list of faults within another file', () => {
  it('names its place with the words of whoever reads that file', () => {
    const where = (index: number) => `drill.yaml: faults[${index}]`;
    expect(readFaultList(['cache: empty'], { ...READING, where })).toHaveLength(1);
    const error = errorOf(() => readFaultList(['cache: empty', 'cache: full'], { ...READING, where }));
    expect(error).toMatchObject({ where: 'drill.yaml: faults[1]' });
  });
});
