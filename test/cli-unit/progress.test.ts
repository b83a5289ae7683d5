import { describe, expect, it } from 'vitest';
import { createProgress, progressOf } from '../../src/cli/progress.ts';
import type { Output } from '../../src/cli/world.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { memoryOutput, memoryWorld } from './memory-world.ts';
import { Terminal } from './terminal.ts';

function display({ output, quiet = false }: { output: Output; quiet?: boolean }) {
  const clock = new ManualClock();
  const progress = createProgress({ output, clock, colour: false, quiet });
  const report = (done: number, unit = 'documents', detail?: string): void =>
    progress.onEvent({
      type: 'part.progress',
      name: 'index',
      done,
      total: 400,
      unit,
      ...(detail && { detail }),
    });
  return { clock, progress, report };
}

const start = { type: 'part.started', name: 'index', step: 1, steps: 6 } as const;
const finish = { type: 'part.finished', name: 'index', summary: '400 documents in 4 s' } as const;
describe('progress in a log', () => {
  function inLog(options: { columns?: number; quiet?: boolean } = {}) {
    const output = memoryOutput(options.columns);
    return { output, ...display({ ...options, output: output.stream }) };
  }

  it('is a line every few seconds, with rate and time left', async () => {
    const { output, clock, progress, report } = inLog();
    progress.onEvent(start);
    for (let done = 0; done < 400; done += 1) {
      report(done);
      await clock.advance(30);
    }
    progress.onEvent(finish);
    const lines = output.text().trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('[1/6] index: 167/400 documents · 33.3/s · 7 s left');
    expect(lines[2]).toBe('[1/6] index: 400 documents in 4 s');
  });

  it('measures the rate anew when something else is counted', async () => {
    const { output, clock, progress, report } = inLog();
    progress.onEvent(start);
    report(0);
    await clock.advance(4000);
    report(400);
    report(0, 'chunks');
    await clock.advance(2000);
    report(20, 'chunks', 'embed');
    expect(output.text()).toBe('[1/6] index: 20/400 chunks · 10.0/s · 38 s left · embed\n');
  });

  it('is silent with --quiet, but for what answers the user', () => {
    for (const columns of [undefined, 80]) {
      const { output, progress } = inLog({ quiet: true, ...(columns && { columns }) });
      progress.onEvent(start);
      progress.onEvent(finish);
      progress.warn('odd');
      progress.say('stopping');
      progress.end();
      expect(output.text()).toBe('stopping\n');
    }
  });
});

describe('progress on a terminal', () => {
  function onTerminal(columns = 80) {
    const terminal = new Terminal({ columns });
    return { terminal, ...display({ output: terminal.stream }) };
  }

  it('is one live line, and a tick for what is done', async () => {
    const { terminal, clock, progress, report } = onTerminal();
    progress.onEvent(start);
    await clock.advance(100);
    report(200);
    expect(terminal.text).toBe('[1/6] index ━━━━━━━━━━────────── 200/400 documents');
    progress.onEvent(finish);
    expect(terminal.text).toBe('✓ index  400 documents in 4 s');
  });

  it('keeps the live line below a warning, and takes it away at the end', () => {
    const { terminal, progress } = onTerminal();
    progress.onEvent(start);
    progress.onEvent({ type: 'warning', message: 'document 7 is empty' });
    expect(terminal.text).toBe('warning: document 7 is empty\n[1/6] index …');
    progress.end();
    expect(terminal.text).toBe('warning: document 7 is empty');
  });

  it('keeps what is noted of a part', () => {
    const { terminal, progress } = onTerminal();
    progress.onEvent(start);
    progress.onEvent({ type: 'part.noted', name: 'index', text: '400 documents, about 4 s' });
    expect(terminal.lines).toEqual(['  index  400 documents, about 4 s', '[1/6] index …']);
  });

  it('can be taken apart', () => {
    const { terminal, progress } = onTerminal();
    const { warn, say } = { ...progress };
    warn('odd');
    say('so');
    expect(terminal.lines).toEqual(['warning: odd', 'so']);
  });

  it.each([30, 10, 2])(
    'never fills a line of %i columns, which could not be cleared if it wrapped',
    async (columns) => {
      const { terminal, clock, progress, report } = onTerminal(columns);
      progress.onEvent(start);
      await clock.advance(100);
      report(200, 'documents', 'a detail that is much too long for so narrow a terminal');
      expect(terminal.widest).toBeLessThan(columns);
      progress.end();
      expect(terminal.text).toBe('');
    },
  );

  it('is plain where TERM says that no cursor can be moved', () => {
    const terminal = new Terminal();
    const world = { ...memoryWorld([], { env: { TERM: 'dumb' } }), stderr: terminal.stream };
    const progress = progressOf(world, { color: true });
    progress.onEvent(start);
    progress.onEvent(finish);
    expect(terminal.writes).toEqual(['[1/6] index: 400 documents in 4 s\n']);
  });
});
