import { describe, expect, it } from 'vitest';
import { createFts5Index } from '../../../src/engine/indexing/fts5-index.ts';
import { keywordIndexContract } from '../../contracts/keyword-index.ts';

keywordIndexContract('fts5', () => createFts5Index({ k1: 1.2, b: 0.75 }));

describe('FTS5', () => {
  it('refuses other parameters than its own, naming the setting', async () => {
    await expect(createFts5Index({ k1: 0.9, b: 0.75 })).rejects.toMatchObject({
      code: 'config.unsupported',
      where: 'index.k1',
    });
    await expect(createFts5Index({ k1: 1.2, b: 0.4 })).rejects.toMatchObject({ where: 'index.b' });
  });
});
