import { describe, expect, it } from 'vitest';
import {
  compareRecords,
  configDifferences,
  savedNotes,
} from '../../../src/experiments/gate/compare-saved.ts';
import { comparisonSchema } from '../../../src/records/schema.ts';
import { questions, record } from './made-records.ts';

const SEED = 3;
const expectCode = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ code }));

describe('saved runs, compared', () => {
  const plain = record(
    questions(200, (index) => (index % 2 === 0 ? { right: 'wrong', ndcg: 0.4 } : {})),
    { id: 'plain' },
  );
  const tuned = record(
    questions(200, (index) => (index % 4 === 0 ? { right: 'wrong', ndcg: 0.4 } : {})),
    {
      id: 'tuned',
      config: { retrieval: { mode: 'hybrid', topK: 10 } },
    },
  );

  it('are compared as variants are, with what each was configured otherwise', () => {
    const comparison = compareRecords([plain, tuned], SEED);
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    expect(comparison.overall.map(({ a, b, compared, word }) => [a, b, compared, word])).toEqual([
      ['plain', 'tuned', 'right', 'better'],
      ['plain', 'tuned', 'ndcg@10', 'better'],
    ]);
    expect(comparison.variants.map(({ settings }) => settings)).toEqual([[], ['retrieval.topK=10']]);
  });

  it('are compared on the questions that all of them share, whatever their order', () => {
    const fewer = { ...tuned, id: 'fewer', questions: [...tuned.questions!].reverse().slice(5) };
    const comparison = compareRecords([plain, tuned, fewer], SEED, ['a', 'b', 'b']);
    expect(comparison.variants.map(({ name }) => name)).toEqual(['a', 'b', 'b (2)']);
    for (const { scores } of comparison.variants) expect(scores.right).toHaveLength(195);
    expect(comparison.overall.find(({ a, b }) => a === 'b' && b === 'b (2)')).toMatchObject({
      mean: 0,
      n: 195,
    });
    expect(savedNotes([plain, tuned, fewer]).join()).toMatch(/195 questions that are in both/);
  });

  it('are refused where they cannot be: one alone, without quality, of other questions or another version', () => {
    expectCode(() => compareRecords([plain], SEED), 'usage.argument');
    const { quality: _, ...bare } = plain;
    expectCode(() => compareRecords([plain, bare], SEED), 'gate.incomparable');
    expectCode(() => compareRecords([plain, record(questions(100))], SEED), 'gate.incomparable');
    const cutAt = (from: number) => ({
      ...plain,
      questions: plain.questions!.filter((_, index) => index < from || index >= from + 15),
    });
    expectCode(() => compareRecords([plain, cutAt(0), cutAt(100)], SEED), 'gate.incomparable');
    expectCode(
      () => compareRecords([plain, { ...tuned, schema: 'groundspeed.record/9' as never }], SEED),
      'record.version',
    );
  });

  it('differ by the leaves of their configurations', () => {
    const base = { a: { b: 1, c: ['x'] }, gone: true };
    expect(configDifferences(base, { a: { b: 2, c: ['x'] }, added: 'here' })).toEqual([
      'a.b=2',
      'added=here',
      'gone=(unset)',
    ]);
    expect(configDifferences(base, base)).toEqual([]);
  });
});
