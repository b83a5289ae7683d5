import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLabels } from '../../../src/judging/llm/labels.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

const read = (text: string, file = 'labels.csv') => parseLabels(new TextEncoder().encode(text), file);
const values = (text: string, file?: string) =>
  read(text, file).map(({ id, judgement, label }) => [id, judgement, label]);

describe('human labels', () => {
  it('are read from CSV, in any order of columns and case, and those left empty are left out', () => {
    const text =
      '\ufeffNote,Label,ID,judgement\r\n"a, b",1,q1,correctness\r\n,,q2,correctness\r\n,No,q3,Faithfulness\r\n';
    expect(values(text)).toEqual([
      ['q1', 'correctness', 1],
      ['q3', 'faithfulness', 0],
    ]);
  });

  it('are read from JSON lines', () => {
    const lines = [
      { id: 7, judgement: 'answer-relevance', label: 0.75 },
      { id: 'q2', judgement: 'correctness', label: true },
      { id: 'q3', judgement: 'correctness', label: null },
      { id: 'q3', judgement: 'context-relevance', label: 'irrelevant' },
    ];
    expect(values(lines.map((line) => JSON.stringify(line)).join('\n'), 'labels.jsonl')).toEqual([
      ['7', 'answer-relevance', 0.75],
      ['q2', 'correctness', 1],
      ['q3', 'context-relevance', 0],
    ]);
  });

  it.each([
    ['a grade beyond 1', 'id,judgement,label\nq1,correctness,5', 'labels.csv:2', 'label'],
    ['a word that is none', 'id,judgement,label\nq1,correctness,maybe', 'labels.csv:2', 'label'],
    ['an unknown judgement', 'id,judgement,label\nq1,truth,1', 'labels.csv:2', 'judgement'],
    ['no id', 'id,judgement,label\n,correctness,1', 'labels.csv:2', 'id'],
    ['a missing column', 'id,label\nq1,1', 'labels.csv:1', 'judgement'],
    ['a row of another length', 'id,judgement,label\nq1,correctness,1,x', 'labels.csv:2', ''],
    ['one label twice', 'id,judgement,label\nq1,correctness,1\nq1,correctness,0', 'labels.csv:3', 'twice'],
  ])('are refused with %s, naming the line and the field', (_what, text, where, part) => {
    const error = refusal(() => read(text));
    expect(error).toMatchObject({ code: 'dataset.labels', where });
    expect(error.message).toContain(part);
  });

  it('are read or refused, whatever the file holds', () => {
    const cell = fc.constantFrom(
      'id',
      'judgement',
      'label',
      'q1',
      'correctness',
      '1',
      '0.5',
      '"',
      ',',
      '\n',
      '\r',
      '{',
      '}',
      ':',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: cell, maxLength: 40 }),
        fc.constantFrom('l.csv', 'l.jsonl'),
        (text, file) => {
          try {
            for (const { label } of read(text, file)) expect(label).toBeLessThanOrEqual(1);
          } catch (error) {
            if (!(error instanceof GroundspeedError)) throw error;
            expect(error.code).toBe('dataset.labels');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function refusal(read: () => unknown): GroundspeedError {
  try {
    read();
  } catch (error) {
    if (error instanceof GroundspeedError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
