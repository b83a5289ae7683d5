import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportGoldenSet } from '../../../src/datasets/export/export.ts';
import { EXPORTERS } from '../../../src/datasets/export/registry.ts';
import type { GoldenQuestion } from '../../../src/datasets/golden.ts';
import { hashCorpus, hashQuestions } from '../../../src/datasets/hashes.ts';
import type { ImportResult } from '../../../src/datasets/import/import.ts';
import type { Content } from '../../../src/datasets/write.ts';
import type { WrittenSet } from '../../../src/datasets/written-set.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { importFrom, lossCounts } from '../import/importing.ts';
import { asInCells, goldenSet } from './arbitrary-set.ts';

const RUNS = { numRuns: 150 };

function textsOf(files: Readonly<Record<string, Content>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [
      name,
      typeof content === 'string' ? content : [...content].join(''),
    ]),
  );
}

async function journey(format: string, set: WrittenSet): Promise<ImportResult> {
  return importFrom(format, textsOf(exportGoldenSet(format, set).files));
}

function expectSame(after: WrittenSet, before: WrittenSet): void {
  expect(after.questions.map(({ id }) => id).toSorted()).toEqual(
    before.questions.map(({ id }) => id).toSorted(),
  );
  expect(after.questions).toEqual(before.questions);
  expect(hashQuestions(after.questions)).toBe(hashQuestions(before.questions));
  expect(after.corpus && hashCorpus(after.corpus)).toBe(before.corpus && hashCorpus(before.corpus));
}

describe('a journey there and back', () => {
  it.each(['groundspeed', 'jsonl', 'ragas'])('%s holds everything', async (format) => {
    await fc.assert(
      fc.asyncProperty(goldenSet({ names: 'any', corpus: 'sometimes' }), async (set) => {
        expect(exportGoldenSet(format, set).losses).toEqual([]);
        const after = await journey(format, set);
        expectSame(after.set, set);
        expect(after.losses).toEqual([]);
      }),
      RUNS,
    );
  });

  it.each(['csv', 'promptfoo'])('%s holds everything that a cell can show', async (format) => {
    await fc.assert(
      fc.asyncProperty(goldenSet({ names: 'any', corpus: 'sometimes' }), async (any) => {
        const set = asInCells(any);
        const kinds = Object.keys(lossCounts(exportGoldenSet(format, set)));
        expect(kinds.filter((kind) => kind !== 'detail alias')).toEqual([]);
        const after = await journey(format, set);
        expectSame(after.set, set);
        expect(after.losses).toEqual([]);
      }),
      RUNS,
    );
  });

  it('beir holds everything but judgements whose ids no TSV file can hold', async () => {
    await fc.assert(
      fc.asyncProperty(goldenSet({ names: 'any', corpus: 'sometimes' }), async (set) => {
        const { losses } = exportGoldenSet('beir', set);
        const after = await journey('beir', set);
        if (losses.length === 0) return expectSame(after.set, set);
        const bare = ({ questions, corpus }: WrittenSet) => ({
          corpus,
          questions: questions.map((question) => ({ ...question, relevant: new Map() })),
        });
        expect(bare(after.set)).toEqual(bare(set));
      }),
      RUNS,
    );
  });

  it('trec holds questions with judgements, grades that are whole, and documents', async () => {
    await fc.assert(
      fc.asyncProperty(goldenSet({ names: 'plain', corpus: 'always' }), async (any) => {
        const questions = any.questions.map((question, index) => ({
          ...question,
          split: ['dev', 'test'][index % 2],
          answerable: index === 0 || question.answerable,
          relevant: new Map([
            ...question.relevant,
            ...(index === 0 ? [[any.corpus![0]!.id, 1] as const] : []),
          ]),
        }));
        const kept = questions.filter(({ answerable, relevant }) => answerable && relevant.size > 0);
        const set = { ...any, questions };
        const exported = exportGoldenSet('trec', set);
        expect(exported.kept.questions).toBe(kept.length);
        const after = await importFrom('trec', textsOf(exported.files));
        const bare = ({ id, split, relevant }: GoldenQuestion, round: (grade: number) => number) => ({
          id,
          split,
          relevant: new Map([...relevant].map(([document, grade]) => [document, round(grade)])),
        });
        const rounded = (grade: number): number =>
          grade > 0 ? Math.max(1, Math.round(grade)) : Math.round(grade);
        expect(after.set.questions.map((question) => bare(question, (grade) => grade))).toEqual(
          kept.map((question) => bare(question, rounded)),
        );
        expect(hashCorpus(after.set.corpus!)).toBe(hashCorpus(set.corpus!));
        expect(after.losses).toEqual([]);
      }),
      RUNS,
    );
  });

  it('squad holds questions whose answers stand in a document, and documents', async () => {
    await fc.assert(
      fc.asyncProperty(goldenSet({ names: 'any', corpus: 'always' }), async (set) => {
        const exported = exportGoldenSet('squad', set);
        if (exported.kept.questions === 0) return;
        const after = await importFrom('squad', textsOf(exported.files));
        expect(hashCorpus(after.set.corpus!)).toBe(hashCorpus(set.corpus!));
        expect(after.set.questions).toHaveLength(exported.kept.questions);
        const before = new Map(set.questions.map((question) => [question.id, question]));
        for (const { id, question, answers, answerable } of after.set.questions) {
          const original = before.get(id)!;
          expect({ question, answerable }).toEqual({
            question: original.question,
            answerable: original.answerable,
          });
          for (const answer of answers) expect(original.answers).toContain(answer);
        }
        // What has come from SQuAD once goes there and comes back whole.
        const again = exportGoldenSet('squad', after.set);
        expect(again.losses).toEqual([]);
        const settled = await importFrom('squad', textsOf(again.files));
        expect(settled.set.questions.toSorted(byId)).toEqual(after.set.questions.toSorted(byId));
      }),
      RUNS,
    );
  });
});

const byId = (a: GoldenQuestion, b: GoldenQuestion): number => (a.id < b.id ? -1 : 1);

describe('every exporter', () => {
  it.each(EXPORTERS.map(({ name }) => name))(
    '%s keeps or reports all, and what it wrote is read again whole',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(goldenSet({ names: 'any', corpus: 'sometimes' }), async (set) => {
          try {
            const { kept, losses, held, files } = exportGoldenSet(format, set);
            for (const of of ['question', 'document', 'judgement'] as const) {
              const lost = losses.filter((loss) => loss.of === of).reduce((sum, { count }) => sum + count, 0);
              expect(kept[`${of}s`] + lost).toBe(held[`${of}s`]);
            }
            if (kept.questions === 0) return;
            const after = await importFrom(format, textsOf(files));
            expect(after.taken.questions).toBe(kept.questions);
            expect(after.taken.documents).toBe(kept.documents);
          } catch (error) {
            expect(error).toBeInstanceOf(GroundspeedError);
            expect((error as GroundspeedError).code).toMatch(/^dataset\.(duplicate|missing|empty)$/);
          }
        }),
        RUNS,
      );
    },
  );
});
