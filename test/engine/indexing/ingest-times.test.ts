import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SourceItem } from '../../../src/engine/documents/source.ts';
import { type Engine, openEngine } from '../../../src/engine/engine.ts';
import { ingestTimes, noteIngest, wentWell } from '../../../src/engine/indexing/ingest-times.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { DocumentStore } from '../../../src/engine/ports.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';

const START = Date.UTC(2026, 0, 1);
const options = engineSchema.parse({ embedding: { dimensions: 4 } });
const items = (text: string): SourceItem[] => [
  { document: { id: 'kayak', title: 'A kayak', text: `A kayak crosses for £3. ${text}`, metadata: {} } },
  { document: { id: 'dog', title: 'A dog', text: 'A dog crosses for nothing.', metadata: {} } },
];

function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-times-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function opened(folder: string, clock: ManualClock, readOnly = false): Promise<Engine> {
  const engine = await openEngine({ options, folder, clock, seed: 1, readOnly });
  onTestFinished(() => engine.close());
  return engine;
}

describe('the times of an index', () => {
  it('are not those of an ingest of which nothing could be taken', async () => {
    const clock = new ManualClock(0, START);
    const engine = await opened(workFolder(), clock);
    await engine.ingest(items(''));
    await clock.advance(3_600_000);
    const failure = { id: 'dog', code: 'document.tooLarge', message: 'too large' } as const;
    await engine.ingest([{ failure }]);
    expect(ingestTimes(engine.store)).toEqual({ succeeded: START, newest: START });
    await engine.ingest([{ failure }, items('')[0]!]);
    expect(ingestTimes(engine.store)?.succeeded).toBe(START + 3_600_000);
  });

  it.each([
    [{ indexed: 1, unchanged: 0, failed: [{}], skipped: [] }, true],
    [{ indexed: 0, unchanged: 0, failed: [], skipped: [] }, true],
    [{ indexed: 0, unchanged: 0, failed: [{}], skipped: [] }, false],
    [{ indexed: 9, unchanged: 0, failed: [], skipped: [{}] }, false],
  ])('%j went well: %s', (outcome, well) => expect(wentWell(outcome)).toBe(well));

  it('are those of its ingests: of the last, and of the last that brought something', async () => {
    const folder = workFolder();
    const clock = new ManualClock(0, START);
    const engine = await opened(folder, clock);
    expect(ingestTimes(engine.store)).toBeUndefined();
    await clock.advance(1000);
    await engine.ingest(items(''));
    expect(ingestTimes(engine.store)).toEqual({ succeeded: START + 1000, newest: START + 1000 });
    await clock.advance(3_600_000);
    await engine.ingest(items(''));
    expect(ingestTimes(engine.store)).toEqual({ succeeded: START + 3_601_000, newest: START + 1000 });
    await clock.advance(1000);
    await engine.ingest(items('And back.'));
    const last = { succeeded: START + 3_602_000, newest: START + 3_602_000 };
    expect(ingestTimes(engine.store)).toEqual(last);
    // What finds nothing new is noted once a minute: each note makes the log of the store longer.
    await clock.advance(1000);
    await engine.ingest(items('And back.'));
    expect(ingestTimes(engine.store)).toEqual(last);

    await engine.close();
    const copy = workFolder();
    cpSync(folder, copy, { recursive: true });
    const reader = await opened(copy, clock, true);
    expect(ingestTimes(reader.store)).toEqual(last);
  });

  it('stay as they were where an ingest does not run to its end', async () => {
    const clock = new ManualClock(0, START);
    const engine = await opened(workFolder(), clock);
    await engine.ingest(items(''));
    const before = ingestTimes(engine.store);
    await clock.advance(3_600_000);
    const called = AbortSignal.abort();
    await expect(engine.ingest(items('And back.'), { signal: called })).rejects.toMatchObject({
      code: 'run.interrupted',
    });
    expect(ingestTimes(engine.store)).toEqual(before);
  });

  it('fail no ingest where they cannot be written', () => {
    const full = {
      fact: () => undefined,
      setFact: () => {
        throw new Error('the disk is full');
      },
    } as unknown as DocumentStore;
    expect(() => noteIngest(full, { at: 1, indexed: 1 })).not.toThrow();
  });

  it('are not known of an index whose note is no note', () => {
    expect(ingestTimes({ fact: () => '{}' })).toBeUndefined();
    expect(ingestTimes({ fact: () => '{"succeeded":5}' })).toEqual({ succeeded: 5, newest: null });
  });
});
