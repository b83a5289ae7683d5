import { describe, expect, it } from 'vitest';
import { withGrades, withJudgements } from '../../../src/datasets/labels/rewrite.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);

const NONE: ReadonlyMap<string, number> = new Map();

describe('grades written into questions.jsonl', () => {
  const FILE =
    '\ufeff{"id": "a", "relevant": {"20": 1, "3": 0.0}, "n": 1.0}\r\n\n{"id":"b","question":"é"}\n{"id":"c","relevant":["x"]}';

  it('change no byte of other lines, nor other fields of those lines', () => {
    const added = new Map([
      ['10', 0],
      ['2', 1],
    ]);
    const changed = withGrades(bytes(FILE), new Map([[3, { implied: NONE, added }]]));
    expect(text(changed)).toBe(FILE.replace('"question":"é"}', '"question":"é","relevant":{"10":0,"2":1}}'));
  });

  it('stand behind those that the line has, whose order and digits stay', () => {
    const added = new Map([['1', 2]]);
    const implied = new Map([
      ['3', 0],
      ['20', 1],
    ]);
    expect(text(withGrades(bytes(FILE), new Map([[1, { implied, added }]])))).toBe(
      FILE.replace('"3": 0.0}', '"3": 0.0, "1": 2}'),
    );
  });

  it('write out those that a list of ids implies; a last line needs no end', () => {
    const grades = { implied: new Map([['x', 1]]), added: new Map([['z', 0]]) };
    expect(text(withGrades(bytes(FILE), new Map([[4, grades]])))).toBe(
      FILE.replace('["x"]', '{"x":1,"z":0}'),
    );
  });

  it('are none where there are none', () => {
    expect(withGrades(bytes(FILE), new Map())).toEqual(bytes(FILE));
    expect(withGrades(bytes(''), new Map())).toEqual(bytes(''));
  });
});

describe('judgements written into a BEIR file', () => {
  const added = new Map([['q1', new Map([['d2', 1]])]]);

  it('stand at its end, in its kind of line ending', () => {
    const file = 'query-id\tcorpus-id\tscore\r\nq1\td1\t1\r\n';
    expect(text(withJudgements(bytes(file), added))).toBe(`${file}q1\td2\t1\r\n`);
    expect(text(withJudgements(bytes('q1\td1\t1'), added))).toBe('q1\td1\t1\nq1\td2\t1\n');
  });

  it('take the place of a grade below 0 of the same pair', () => {
    expect(text(withJudgements(bytes('q1\td2\t-1\nq2\td2\t-1\n'), added))).toBe('q2\td2\t-1\nq1\td2\t1\n');
  });
});
