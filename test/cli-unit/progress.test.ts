import { describe, expect, it } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { memoryOutput } from './memory-world.ts';

function display({ columns, quiet = false }: { columns?: number; quiet?: boolean } = {}) {
  const output = memoryOutput(columns);
  const clock = new ManualClock();
  const progress = createProgress({ output: output.stream, clock, colour: false, quiet });
  const report = (done: number, unit = 'documents', detail?: string): void =>
    progress.onEvent({
      type: 'part.progress',
      name: 'index',
      done,
      total: 400,
      unit,
      ...(detail && { detail }),
    });
  return { output, clock, progress, report };
}

const start = { type: 'part.started', name: 'index', step: 1, steps: 6 } as const;
const finish = { type: 'part.finished', name: 'index', summary: '400 documents in 4 s' } as const;
/** What a terminal shows of a text whose lines are cleared and written anew. */
const shown = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.split('\r\u001b[2K').at(-1))
    .join('\n');

describe('progress in a log', () => {
  it('is a line every few seconds, with rate and time left', async () => {
    const { output, clock, progress, report } = display();
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
    const { output, clock, progress, report } = display();
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
      const { output, progress } = display({ quiet: true, ...(columns && { columns }) });
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
  it('is one live line, and a tick for what is done', async () => {
    const { output, clock, progress, report } = display({ columns: 80 });
    progress.onEvent(start);
    await clock.advance(100);
    report(200);
    expect(shown(output.text())).toBe('[1/6] index ━━━━━━━━━━────────── 200/400 documents');
    progress.onEvent(finish);
    expect(shown(output.text())).toBe('✓ index  400 documents in 4 s\n');
  });

  it('keeps the live line below a warning, and takes it away at the end', () => {
    const { output, progress } = display({ columns: 80 });
    progress.onEvent(start);
    progress.onEvent({ type: 'warning', message: 'document 7 is empty' });
    expect(shown(output.text())).toBe('warning: document 7 is empty\n[1/6] index …');
    progress.end();
    expect(shown(output.text())).toBe('warning: document 7 is empty\n');
  });

  it('never fills the line, which could not be cleared if it wrapped', async () => {
    const { output, clock, progress, report } = display({ columns: 30 });
    progress.onEvent(start);
    await clock.advance(100);
    report(200, 'documents', 'a detail that is much too long for so narrow a terminal');
    expect(shown(output.text()).length).toBeLessThan(30);
  });
});
