import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askAfter, auditStore, passageProblems } from '../../../bench/crash/audit.ts';
import { compareWithClean } from '../../../bench/crash/clean-build.ts';
import { Expectation, edition } from '../../../bench/crash/editions.ts';
import { OPTIONS } from '../../../bench/crash/settings.ts';
import { openEngine } from '../../../src/engine/engine.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { systemClock } from '../../../src/system/clock.ts';

let folder: string;
let expected: Expectation;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  expected = new Expectation();
  const documents = Array.from({ length: 30 }, (_, number) => edition(number, 1));
  const engine = await openEngine({ options: OPTIONS, folder, clock: systemClock, seed: 1 });
  await engine.ingest(documents.map((document) => ({ document })));
  await engine.close();
  for (const document of documents) {
    expected.sent(document);
    expected.acknowledged(document);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Damages the store as no sound program would. */
const spoil = (sql: string): void => {
  const database = new Sqlite(join(folder, 'store.sqlite'));
  database.pragma('foreign_keys = ON');
  database.exec(sql);
  database.close();
};

describe('the audit after a kill', () => {
  it('finds nothing wrong with an index that is whole', async () => {
    expect(await auditStore(folder, expected)).toEqual([]);
    const random = seededRandom(1);
    expect(await askAfter(folder, { expected, random, questions: 5 })).toEqual([]);
    expect(await compareWithClean(folder, expected)).toMatchObject({ documents: 30, problems: [] });
  });

  it.each([
    [
      'an acknowledged document that is gone',
      "DELETE FROM documents WHERE id = 'd3'",
      'd3 was acknowledged and is gone',
    ],
    ['half a document', 'DELETE FROM chunks WHERE key = 5', /^d\d+ has \d+ chunks, not the \d+ of its text$/],
    ['a chunk without a vector', 'DELETE FROM vectors WHERE chunk = 5', /^d\d+ lacks 1 vectors$/],
    [
      'a text that was changed',
      "UPDATE texts SET text = text || 'x' WHERE document = 2",
      /^d\d+ is not as it was sent$/,
    ],
    [
      'an edition that was never sent',
      `UPDATE documents SET metadata = '{"edition":2}' WHERE id = 'd4'`,
      'd4 is shown in edition 2',
    ],
  ])('finds %s', async (_what, sql, problem) => {
    spoil(sql);
    const problems = await auditStore(folder, expected);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('finds an edition older than the acknowledged one', async () => {
    expected.sent(edition(7, 2));
    expect(await auditStore(folder, expected)).toEqual([]);
    expected.acknowledged(edition(7, 2));
    expect(await auditStore(folder, expected)).toEqual(['d7 is shown in edition 1']);
  });

  it('says so of a store that does not open, and of one that cannot be asked', async () => {
    rmSync(join(folder, 'store.sqlite'));
    spoil('CREATE TABLE other (x)');
    expect(await auditStore(folder, expected)).toEqual([expect.stringMatching(/^the store does not open/)]);
    const random = seededRandom(1);
    expect(await askAfter(folder, { expected, random, questions: 1 })).toEqual([
      expect.stringMatching(/^the index cannot be asked/),
    ]);
  });
});

describe('the comparison with a clean build', () => {
  it('finds a vector, an offset and a document that differ', async () => {
    spoil('UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE chunk = 6) WHERE chunk = 5');
    spoil('UPDATE chunks SET "end" = "end" + 1 WHERE key = 9');
    expected.sent(edition(30, 1));
    const { problems } = await compareWithClean(folder, expected);
    expect(
      problems.filter((one) => /^chunk d\d+\/\d+ is not as in a clean build/.test(one)).length,
    ).toBeGreaterThan(1);
    expect(problems).toContain('document d30 is not as in a clean build');
    expect(problems.some((one) => one.startsWith('exact search differs'))).toBe(true);
  });
});

describe('an index that cannot even be compared', () => {
  it('is a problem, not the end of the drill', async () => {
    spoil('DELETE FROM texts WHERE document = 2');
    const { problems } = await compareWithClean(folder, expected);
    expect(problems).toEqual([expect.stringMatching(/^the index cannot be compared/)]);
  });
});

describe('the passages of an answer', () => {
  const passage = (number: number, version: number, start = 0, end = 20) => {
    const { id, text, metadata } = edition(number, version);
    return { documentId: id, text: text.slice(start, end), start, end, metadata };
  };
  const all = () => true;

  it('are sound where each is a stretch of its edition', () => {
    expect(passageProblems([passage(1, 1), passage(1, 1, 10, 30), passage(2, 3)], all)).toEqual([]);
  });

  it('are not where two editions of one document are mixed, a text is foreign, or an edition may not be shown', () => {
    expect(passageProblems([passage(1, 1), passage(1, 2)], all)).toEqual([
      'an answer mixes editions 1 and 2 of d1',
    ]);
    const foreign = { ...passage(1, 1), text: 'Something else.' };
    expect(passageProblems([foreign], all)).toHaveLength(1);
    expect(passageProblems([passage(1, 1)], () => false)).toEqual(['an answer shows d1 in edition 1']);
  });
});
