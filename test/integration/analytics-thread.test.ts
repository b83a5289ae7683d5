import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import type { AskedFact } from '../../src/server/analytics/fact.ts';
import { analyticsOptions } from '../../src/server/analytics/options.ts';

// The built module: a thread cannot start from TypeScript.
const BUILT = new URL('../../dist/server/analytics/analytics.js', import.meta.url);
const { openAnalytics, ANALYTICS_FILE } = (await import(
  BUILT.href
)) as typeof import('../../src/server/analytics/analytics.ts');

/** Counts question after question, and prints how many the file has been said to hold. */
const WRITES_FOR_EVER = `
  const { openAnalytics } = await import(process.env.ANALYTICS);
  const at = Date.UTC(2026, 0, 1);
  const clock = { now: () => 0, epoch: () => at, sleep: () => new Promise(() => undefined) };
  const options = { enabled: true, retentionDays: 30, clients: [], flushMs: 1000, maxPending: 4096, maxKeysPerDay: 1000 };
  const analytics = await openAnalytics({ options, folder: process.env.FOLDER, clock, content: false });
  for (let count = 1; ; count += 1) {
    analytics.asked({ at, ms: 1, question: 'question ' + count, outcome: 'answered' });
    if (await analytics.flush()) console.log(count);
  }`;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-thread-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function opened(folder: string) {
  const clock = new ManualClock();
  const options = analyticsOptions.analytics.parse({});
  const analytics = await openAnalytics({ options, folder, clock, content: false });
  ends.push(() => analytics.stop());
  const ask = (count: number): void => {
    for (let number = 0; number < count; number += 1) {
      const fact: AskedFact = {
        at: clock.epoch(),
        ms: 10,
        question: `question ${number}`,
        clientId: undefined,
        outcome: 'answered',
        answer: undefined,
      };
      analytics.asked(fact);
    }
  };
  const day = Math.floor(clock.epoch() / 86_400_000);
  const count = (): number => analytics.reads.counters({ from: day, to: day }).get('queries') ?? 0;
  return { analytics, ask, count };
}

/** Another process that writes for as long as it likes. */
function held(folder: string) {
  const other = new Sqlite(join(folder, ANALYTICS_FILE));
  ends.push(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  return other;
}

describe('the thread that writes analytics', () => {
  it('writes what it is told, for the reads of this one to see', async () => {
    const { analytics, ask, count } = await opened(workFolder());
    ask(10);
    expect(await analytics.flush()).toBe(true);
    expect(count()).toBe(10);
    const { minutes } = analytics.reads.alive({ from: 0, to: 100_000 });
    expect(minutes).toBe(1);
  });

  it('writes all that waits when it is closed, and nothing twice', async () => {
    const folder = workFolder();
    const { analytics, ask } = await opened(folder);
    ask(1000);
    void analytics.flush();
    void analytics.flush();
    await analytics.stop();
    await analytics.stop();
    expect(await analytics.golden({} as never)).toBe(false);
    expect((await opened(folder)).count()).toBe(1000);
  });

  it('leaves this thread free while it waits for the disk, and keeps what the disk did not take', async () => {
    const folder = workFolder();
    const { analytics, ask, count } = await opened(folder);
    const other = held(folder);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    ask(10);
    expect(await analytics.flush()).toBe(false);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    other.exec('COMMIT');
    expect(await analytics.flush()).toBe(true);
    expect(count()).toBe(10);
  });

  it('is replaced where it has broken down, and what it did not take is written', async () => {
    const threads: Worker[] = [];
    const note = (thread: Worker): void => void threads.push(thread);
    process.on('worker', note);
    ends.push(() => process.off('worker', note));
    const { analytics, ask, count } = await opened(workFolder());
    ask(10);
    await threads[0]!.terminate();
    while (!(await analytics.flush())) ask(0);
    expect(threads).toHaveLength(2);
    expect(count()).toBe(10);
  });

  it('leaves a sound file, with all that it said was written, where its process is killed', async () => {
    const folder = workFolder();
    const program = join(workFolder(), 'writes.mjs');
    writeFileSync(program, WRITES_FOR_EVER);
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, ANALYTICS: BUILT.href, FOLDER: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    ends.push(() => child.kill('SIGKILL'));
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
      if (said.split('\n').length > 20) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const confirmed = Number(said.trimEnd().split('\n').at(-1));
    expect(confirmed).toBeGreaterThanOrEqual(20);
    const file = new Sqlite(join(folder, ANALYTICS_FILE));
    ends.push(() => file.close());
    expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
    const written = file.prepare("SELECT value FROM counters WHERE name = 'queries'").pluck().get();
    expect(written).toBeGreaterThanOrEqual(confirmed);
    expect((await opened(folder)).count()).toBe(written);
  });

  it('counts of two processes as one', async () => {
    const folder = workFolder();
    const [one, other] = [await opened(folder), await opened(folder)];
    one.ask(300);
    other.ask(200);
    await Promise.all([one.analytics.stop(), other.analytics.stop()]);
    expect((await opened(folder)).count()).toBe(500);
  });

  it('is refused, with the reason, where the file cannot be', async () => {
    const folder = workFolder();
    mkdirSync(join(folder, ANALYTICS_FILE));
    await expect(opened(folder)).rejects.toMatchObject({ code: 'store.unwritable' });
  });
});
