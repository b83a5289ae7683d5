import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KillResult, killAgainAndAgain } from '../../bench/crash/kill.ts';
import { seededRandom } from '../../src/kernel/random.ts';

/* The short form of bench/crash/kill.ts: the built program, by its command line and by its service. */

const CLI = process.env.GROUNDSPEED_CLI ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const KILLS = 6;

describe('kill -9 during ingest and serve', () => {
  let folder: string;
  let found: KillResult;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kill-short-'));
    const random = seededRandom('kill -9, short');
    found = await killAgainAndAgain({ cli: CLI, folder, documents: 80, random, progress: () => {} }, KILLS);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves every acknowledged document there once, and shows whole documents only', () => {
    expect(found.figures.problems).toEqual([]);
    expect(found.figures.total).toBeGreaterThanOrEqual(KILLS - 1);
    expect(found.figures.during).toBeGreaterThan(0);
  });

  it('leaves indexes that equal ones built cleanly, once all is ingested', () => {
    expect(found.ingest.problems).toEqual([]);
    expect(found.serve.problems).toEqual([]);
    expect(found.ingest.documents).toBeGreaterThanOrEqual(80);
    expect(found.serve.searches).toBeGreaterThan(0);
  });
});
