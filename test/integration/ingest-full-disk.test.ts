import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { edition } from '../../bench/crash/editions.ts';
import { FLAGS, OPTIONS } from '../../bench/crash/settings.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { unsavedIndexes } from '../../src/engine/indexing/snapshots.ts';
import { systemClock } from '../../src/system/clock.ts';
import { cli } from '../cli/cli.ts';

/*
 * A disk of its own, so small that it can be filled: a tmpfs, which only root may mount. Where that cannot be done,
 * test/engine/indexing/ingest-crash.test.ts still fills the store by a limit of SQLite's, wherever that strikes.
 */

const MEGABYTE = 2 ** 20;
const DISK = 24 * MEGABYTE;

function mounted(): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk], { stdio: 'ignore' });
    return disk;
  } catch {
    rmSync(disk, { recursive: true });
    return undefined;
  }
}

const disk = process.getuid?.() === 0 ? mounted() : undefined;
afterAll(() => {
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

const editions = (from: number, to: number, version: number) =>
  Array.from({ length: to - from }, (_, index) => ({ document: edition(from + index, version) }));
const FIRST = editions(0, 200, 1);
/** Half of the first in another edition, and 300 more. */
const SECOND = [...editions(0, 100, 2), ...editions(200, 500, 1)];
const QUESTION = 'Which word1 of word2 is word3?';

describe.skipIf(disk === undefined)('a disk that fills up (needs root, to mount a small one)', () => {
  const index = join(disk ?? '', 'index');
  const filler = join(disk ?? '', 'filler');
  const open = (): Promise<Engine> =>
    openEngine({ options: OPTIONS, folder: index, clock: systemClock, seed: 1 });
  const fillUp = (leave: number): void => {
    const { bavail, bsize } = statfsSync(disk!);
    writeFileSync(filler, Buffer.alloc(bavail * bsize - leave));
  };

  let root: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'full-disk-'));
    const engine = await open();
    await engine.ingest(FIRST);
    await engine.close();
    cpSync(index, join(root, 'index'), { recursive: true });
    writeFileSync(
      join(root, 'second.jsonl'),
      SECOND.map(({ document }) => `${JSON.stringify(document)}\n`).join(''),
    );
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  beforeEach(() => {
    rmSync(index, { recursive: true, force: true });
    cpSync(join(root, 'index'), index, { recursive: true });
  });
  afterEach(() => rmSync(filler, { force: true }));

  it.each([0, 64, 512, 2048])(
    'with %i KB left ends the ingest, and the old index serves on',
    async (room) => {
      fillUp(room * 1024);
      const engine = await open();
      const before = await engine.ask(QUESTION, { cache: false });
      await expect(engine.ingest(SECOND)).rejects.toMatchObject({
        code: 'store.unwritable',
        message: expect.stringMatching(/disk is full/),
        hint: expect.stringMatching(/Free some space.*run the same command again/),
      });
      const after = await engine.ask(QUESTION, { cache: false });
      expect(after.passages).toEqual(before.passages);
      expect(after.text).toBe(before.text);
      await engine.close();

      // A process that starts now serves it too.
      const again = await open();
      again.store.check();
      expect(again.info().documents).toBe(200);
      expect((await again.ask(QUESTION)).passages).toEqual(before.passages);

      // Once there is room, it goes on from there.
      rmSync(filler);
      const { indexed, failed } = await again.ingest(SECOND);
      expect({ indexed, failed }).toEqual({ indexed: 400, failed: [] });
      expect(again.info().documents).toBe(500);
      expect(again.store.stagedIds()).toEqual([]);
      await again.close();
    },
  );

  it('while the indexes are saved loses nothing that was published, and they are saved later', async () => {
    const engine = await open();
    engine.events.listen((event) => {
      if (event.type === 'ingest.progress' && event.phase === 'publish' && event.done === 1) fillUp(0);
    });
    const { indexed } = await engine.ingest(SECOND);
    expect(indexed).toBe(400);
    const found = await engine.ask(QUESTION, { cache: false });
    expect(found.passages).toHaveLength(OPTIONS.retrieval.topK);
    expect(await unsavedIndexes(engine.store, index)).toEqual(['keywords', 'vectors']);
    await engine.close();

    const again = await open();
    expect(again.info().documents).toBe(500);
    expect((await again.ask(QUESTION)).passages).toEqual(found.passages);
    await again.close();
    rmSync(filler);
    const roomy = await open();
    expect(await unsavedIndexes(roomy.store, index)).toEqual([]);
    await roomy.close();
  });

  it('is said so on the command line, which goes on when it is run again', async () => {
    fillUp(512 * 1024);
    const argv = ['ingest', 'second.jsonl', '--index', index, ...FLAGS];
    const full = await cli(argv, { cwd: root });
    expect(full).toMatchObject({ code: 1, out: '' });
    expect(full.err).toContain('The index cannot be written: the disk is full');
    expect(full.err).toContain('code: store.unwritable');
    const asked = await cli(['ask', '--index', index, ...FLAGS, QUESTION], { cwd: root });
    expect(asked.code, asked.err).toBe(0);
    rmSync(filler);
    const { code, out, err } = await cli(argv, { cwd: root });
    expect(code, err).toBe(0);
    expect(out).toMatch(/^400 indexed, 0 unchanged, 0 failed/);
  });
});
