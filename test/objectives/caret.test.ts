import { describe, expect, it } from 'vitest';
import { renderError } from '../../src/cli/errors.ts';
import { errorOf, MEASURES } from './reading.ts';

describe('the caret', () => {
  it('stands below the character at fault when the error is printed', () => {
    const printed = renderError(errorOf('p95 < 200ms, error > 1%'), { colour: false, debug: false });
    expect(printed).toBe(
      [
        'error: "error > 1%" makes no sense as an objective: for error, lower is better.',
        '  in --slo',
        '  - p95 < 200ms, error > 1%',
        '                       ^',
        '  hint: Write error < 1%.',
        '  code: slo.syntax',
        '',
      ].join('\n'),
    );
  });

  it('is followed by a hint that repeats nothing a terminal would obey', () => {
    expect(errorOf('ttft < \u001b[2J').hint).toBe('Write ttft.p95 < \ufffd[2J.');
  });

  it('says where the text came from', () => {
    expect(errorOf('p95', { ...MEASURES, where: 'groundspeed.yaml: load.slo' }).where).toBe(
      'groundspeed.yaml: load.slo',
    );
  });

  it.each([
    ['the second of three', 'p95 < 1s\nerror > 1%\nright > .5', 'error > 1%\n          ^'],
    ['the last, after CRLF', 'p95 < 1s\r\nerror > 1%', 'error > 1%\n          ^'],
    ['one that ends too early', 'p95 <\nerror < 1%', 'p95 <\n         ^'],
    ['an indented one', 'p95 < 1s\n\terror > 1%', ' error > 1%\n           ^'],
  ])('stands below the line at fault alone: %s', (_, text, problem) => {
    expect(errorOf(text).problems).toEqual([problem]);
  });

  it.each([
    ['characters of two columns', 'right > .5, 速度 < 1s', 'right > .5, 速度 < 1s', 12],
    ['behind characters of two columns', '速度は', '速度は', 0],
    ['behind emoji outside the basic plane', 'p95 < 1s 🚀🚀 x', 'p95 < 1s 🚀🚀 x', 9],
    ['a mark without a letter', '\u0301p95 < 1s', '\u0301p95 < 1s', 0],
    ['a letter and its mark', 'e\u0301\u0301\u0301 < 1s', 'e\u0301\u0301\u0301 < 1s', 0],
    ['what would turn the line round', 'p95 < 1s, \u202ep50', 'p95 < 1s, \ufffdp50', 10],
    ['what a terminal would obey', 'p95 < 1s, \u001b[31m', 'p95 < 1s, \ufffd[31m', 10],
    ['half a character', 'p95 < \ud83d', 'p95 < \ufffd', 6],
    ['a zero-width space', '\u200bp95 < 1s', '\ufffdp95 < 1s', 0],
  ])('counts columns as a terminal does: %s', (_, text, line, column) => {
    expect(errorOf(text).problems).toEqual([`${line}\n    ${' '.repeat(column)}^`]);
  });

  it.each([
    ['速度@1 > 5', 9, 'two wide characters'],
    ['ｐ@1 > 5', 7, 'a full-width letter'],
    ['ﾊﾋ@1 > 5', 7, 'half-width letters'],
    ['e\u0301@1 > 5', 6, 'a letter with its mark'],
  ])('stands behind wide characters where they end: %s', (text, column) => {
    const isMeasure = (name: string) => name.endsWith('@1');
    const [line, caret] = errorOf(text, { isMeasure }).problems[0]!.split('\n');
    expect(line).toBe(text);
    expect(caret).toBe(`    ${' '.repeat(column)}^`);
  });

  it('keeps to 80 columns where the line is longer, and says what was left out', () => {
    const many = Array.from({ length: 40 }, (_, index) => `p${index + 1} < 1s`);
    const inTheMiddle = [...many.slice(0, 20), 'error > 1%', ...many.slice(20)].join(', ');
    const [line = '', caret = ''] = errorOf(inTheMiddle).problems[0]!.split('\n');
    expect(line).toMatch(/^….*p20 < 1s, error > 1%, p21 < 1s.*…$/);
    expect(line).toHaveLength(76);
    expect(caret).toBe(`${' '.repeat(4 + line.indexOf('> 1%'))}^`);
    const atTheStart = ['error > 1%', ...many].join(', ');
    expect(errorOf(atTheStart).problems[0]).toMatch(/^error > 1%, p1 < 1s, .{50,}…\n {10}\^$/);
    const atTheEnd = [...many, 'p95 <'].join(', ');
    expect(errorOf(atTheEnd).problems[0]).toMatch(/^….{50,}p40 < 1s, p95 <\n {40,}\^$/);
  });
});

describe('a line that just fits', () => {
  it('is cut where the caret behind its end would not fit', () => {
    const terms = `${Array.from({ length: 7 }, (_, index) => `p${index + 1} < 1s`).join(', ')}, p95 < 2`;
    const problems = (length: number) => errorOf(terms.padStart(length)).problems;
    expect(problems(75)).toEqual([`${terms.padStart(75)}\n${' '.repeat(79)}^`]);
    expect(problems(76)).toEqual([`…${terms.padStart(74)}\n${' '.repeat(79)}^`]);
  });

  it('is not longer for the marks on its letters', () => {
    const letter = `e${'\u0301'.repeat(1200)}`;
    const isMeasure = (name: string) => name.endsWith('@1');
    const [behind = '', caret] = errorOf(`${letter}@1 > 5`, { isMeasure }).problems[0]!.split('\n');
    expect(behind).toMatch(/^…\u0301{400,499}@1 > 5$/);
    expect(caret).toBe(`${' '.repeat(4 + 1 + 5)}^`);
    const [before = ''] = errorOf(`p95 < 1s, ${letter} < 5`).problems[0]!.split('\n');
    expect(before).toMatch(/^p95 < 1s, e\u0301{900,999}…$/);
  });
});
