import { describe, expect, it } from 'vitest';
import { explainQuestion } from '../../src/experiments/explain.ts';
import { temporaryFolders } from './folders.ts';
import { setupOf } from './made-set.ts';

const newFolder = temporaryFolders();

describe('explaining a question', () => {
  it('follows the relevant document from the retrievers to the answer', async () => {
    const explanation = await explainQuestion(setupOf({ indexFolder: newFolder() }), 'q5');
    expect(explanation).toMatchObject({
      right: 'right',
      funnel: 'right-in-time',
      expected: { answers: ['1785'] },
    });
    const relevant = explanation.documents.filter((document) => document.relevant);
    expect(relevant).toMatchObject([
      { id: 'iona', keyword: { rank: 1 }, fused: { rank: 1 }, inContext: true, cited: true },
    ]);
    expect(explanation.evidence).toMatchObject([{ document: 'iona', group: 1, coveredAt: 1 }]);
    expect(explanation.timings.total).toBeGreaterThan(0);
  });

  it('says nothing of a retriever that was not asked', async () => {
    const setup = setupOf({ indexFolder: newFolder(), engine: { retrieval: { mode: 'keyword' } } });
    const { documents } = await explainQuestion(setup, 'q5');
    expect(documents.every(({ vector }) => vector === undefined)).toBe(true);
    expect(documents[0]!.keyword).not.toBeUndefined();
  });

  it('suggests the nearest id there is, before anything is indexed', async () => {
    const unknown = explainQuestion(setupOf({ indexFolder: newFolder() }), 'q55');
    await expect(unknown).rejects.toMatchObject({
      code: 'question.unknown',
      hint: expect.stringContaining('q5'),
    });
  });
});
