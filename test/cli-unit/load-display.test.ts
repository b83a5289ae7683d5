import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { cellWidth, withoutColours } from '../../src/cli/cell-width.ts';
import { loadBlock } from '../../src/cli/load-display.ts';
import { LoadPhase } from '../../src/cli/load-display-phase.ts';
import { essentials, plainText } from '../../src/cli/load-display-text.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import type { LoadTick } from '../../src/load/events.ts';
import { memoryOutput } from './memory-world.ts';
import { Terminal } from './terminal.ts';
import { tick, ticksUpTo } from './ticks.ts';

/** Groups of digits are parted by a narrow space, which is hard to tell from another in a test. */
const spaced = (text: string): string => text.replaceAll('\u202f', ' ');

function phaseOf(ticks: readonly LoadTick[]): LoadPhase {
  const phase = new LoadPhase(ticks[0]!);
  for (const each of ticks.slice(1)) phase.add(each);
  return phase;
}

function block(
  ticks: readonly LoadTick[],
  { width = 79, height = 23, colour = false, step = '' } = {},
): string[] {
  return loadBlock(phaseOf(ticks), step, { width, height, colours: pc.createColors(colour) }).map(spaced);
}

describe('the live block of a load phase', () => {
  it('shows where the phase is, and every figure at its place', () => {
    expect(block([tick()], { step: '[2/3] ' }).map((line) => line.trimEnd())).toEqual([
      '[2/3] steady  open loop · 12 034 arrivals',
      '  time  ━━━━━━━━━━━━━━━━━━━━━━────────────────────────────────       18 s left',
      '  p95   ██████████████████████                                    peak 8.41 ms',
      '  offered    1 000 /s   p50   2.10 ms   errors         0   in flight        12',
      '  achieved     998 /s   p95   8.41 ms   timeouts       0   lag p99    0.412 ms',
      '  goodput      931 /s   p99   12.0 ms   drops          0   failing       0.0 %',
    ]);
  });

  it('writes what is not known as a dash, never as 0', () => {
    const unknown = { offeredRate: null, latencyMs: null, lagP99Ms: null, errorShare: null, goodput: null };
    const text = block([tick({ ...unknown, loop: 'closed' })]).join('\n');
    for (const label of ['offered', 'goodput', 'p50', 'p95', 'p99', 'lag p99', 'failing']) {
      expect(text).toMatch(new RegExp(`${label} +–`));
    }
    expect(text).toContain('peak –');
    expect(text).toContain('closed loop');
  });

  it('draws p95 from zero to its peak, below the time at which it was seen', () => {
    const ticks = ticksUpTo(15).map((each, index) => ({
      ...each,
      latencyMs: index === 4 ? null : { p50: 1, p95: index === 9 ? 80 : 10, p99: 100 },
    }));
    const [, time, p95] = block(ticks);
    const start = time!.indexOf('━');
    const end = time!.indexOf('─');
    const drawn = p95!.slice(start, end);
    expect(drawn).toMatch(/^▁+ +▁+█+▁+$/);
    expect(drawn.indexOf('█') / drawn.length).toBeCloseTo(9 / 15, 1);
    expect(p95).toContain('peak 80.0 ms');
    expect(p95!.slice(end, -16)).toMatch(/^ *$/);
  });

  it('paints failures red and a lag above 5 ms yellow, and nothing else', () => {
    const painted = block([tick({ errors: 3, dropped: 1, lagP99Ms: 5.2 })], { colour: true }).join('\n');
    const colours = pc.createColors(true);
    expect(painted).toContain(colours.bold(colours.red('      3')));
    expect(painted).toContain(colours.bold(colours.red('      1')));
    expect(painted).toContain(colours.bold(colours.yellow('  5.20 ms')));
    expect(painted).toContain(`${colours.dim('timeouts')}       0`);
    expect(block([tick({ lagP99Ms: 5 })], { colour: true }).join('')).not.toContain('\u001b[33m');
  });

  it('says what it waits for when the time is over', () => {
    expect(block([tick({ at: 30_100, inFlight: 7 })])[1]).toContain('7 to come');
    expect(block([tick({ at: 30_100, inFlight: 0 })])[1]).toContain('ending');
  });

  it('puts fewer groups of figures beside each other on a narrow terminal', () => {
    const heights = [79, 78, 77, 60, 43, 42, 20].map((width) => block([tick()], { width }).length);
    expect(heights).toEqual([6, 6, 9, 9, 9, 15, 15]);
  });

  it('is told in two lines, or one, on a terminal that is too low', () => {
    expect(block([tick()], { height: 5 })).toEqual([
      'steady 18 s left',
      '  offered 1 000 /s, achieved 998 /s, goodput 931 /s · p50 2.10 ms, p95 8.41 ms…',
    ]);
    expect(block([tick()], { height: 1 })).toEqual(['steady 18 s left']);
  });

  it('is never wider than it may be, nor higher', () => {
    const number = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }));
    const ticks = fc.record({
      phase: fc.string({ unit: fc.constantFrom('a', ' ', 'e\u0301', '速', '🚀', '\n', '\u001b', '\u202e') }),
      at: number,
      duration: number,
      offeredRate: fc.option(number),
      achievedRate: number,
      inFlight: fc.nat(),
      arrivals: fc.nat(),
      errors: fc.nat(),
      latencyMs: fc.option(fc.record({ p50: number, p95: number, p99: number })),
      lagP99Ms: fc.option(number),
      goodput: fc.option(number),
    });
    const room = { width: fc.integer({ min: 1, max: 200 }), height: fc.integer({ min: 1, max: 40 }) };
    fc.assert(
      fc.property(ticks, room.width, room.height, (changes, width, height) => {
        const terminal = new Terminal({ columns: width + 1, rows: height + 1 });
        const progress = createProgress({
          output: terminal.stream,
          clock: new ManualClock(),
          colour: true,
          quiet: false,
        });
        progress.onEvent(tick(changes));
        expect(terminal.widest).toBeLessThanOrEqual(width);
        expect(terminal.lines.length).toBeLessThanOrEqual(Math.max(1, height));
      }),
    );
  });

  it('has lines of one width from tick to tick, so that no figure moves', () => {
    const widths = (changes: Partial<LoadTick>): number[] =>
      block([tick(changes)], { colour: true })
        .slice(3)
        .map((line) => cellWidth(line));
    expect(widths({ offeredRate: 9.5, inFlight: 100_000, latencyMs: null })).toEqual(widths({}));
    expect(withoutColours(block([tick()], { colour: true }).join('\n'))).toBe(block([tick()]).join('\n'));
  });
});

describe('what is kept of a load phase', () => {
  it('is its length, its arrivals and the range of p95, not a p95 that nobody measured', () => {
    const ticks = ticksUpTo(30).map((each, index) => ({
      ...each,
      latencyMs: { p50: 1, p95: 2 + index, p99: 90 },
    }));
    const found = essentials(phaseOf(ticks));
    expect(found).toEqual({
      isCutShort: false,
      text: expect.any(String),
      failures: undefined,
      lag: undefined,
    });
    expect(spaced(found.text)).toBe(
      '30 s · 30 000 arrivals · 1 000 /s · p95 2.00 ms–31.0 ms · no failures'.replace(' ms–', '–'),
    );
  });

  it('names failures, and the worst lag where it was large', () => {
    const ticks = [
      tick({ at: 29_900, errors: 3, timeouts: 1, dropped: 2000, lagP99Ms: 7.5 }),
      tick({ at: 30_000, errors: 3, timeouts: 1, dropped: 2000 }),
    ];
    const { failures, lag } = essentials(phaseOf(ticks));
    expect(spaced(failures!)).toBe('3 errors, 1 timeout, 2 000 drops');
    expect(lag).toBe('lag p99 up to 7.50 ms');
  });

  it('says so where it was stopped', () => {
    const { isCutShort, text } = essentials(phaseOf(ticksUpTo(12)));
    expect(isCutShort).toBe(true);
    expect(text).toMatch(/^stopped after 12 s of 30 s · /);
    expect(essentials(phaseOf(ticksUpTo(30))).isCutShort).toBe(false);
  });

  it('counts what was dropped as arrived, but not as sent', () => {
    expect(spaced(essentials(phaseOf([tick({ at: 10_000, arrivals: 1000, dropped: 400 })])).text)).toContain(
      '1 000 arrivals · 60.0 /s',
    );
  });

  it('has no rate before any time is over', () => {
    expect(essentials(phaseOf([tick({ at: 0, latencyMs: null })])).text).toContain('– · p95 –');
  });
});

describe('a load phase on a terminal', () => {
  function display(options: { columns?: number; resizing?: 'wrap' | 'cut' } = {}) {
    const terminal = new Terminal(options);
    const clock = new ManualClock();
    const progress = createProgress({ output: terminal.stream, clock, colour: false, quiet: false });
    const tell = async (...ticks: LoadTick[]): Promise<void> => {
      for (const each of ticks) {
        await clock.advance(250);
        progress.onEvent(each);
      }
    };
    return { terminal, clock, progress, tell };
  }

  it('is a block while it runs and one line when the next begins, or the part is done', async () => {
    const { terminal, progress, tell } = display();
    progress.onEvent({ type: 'part.started', name: 'load', step: 2, steps: 3 });
    await tell(...ticksUpTo(30));
    expect(terminal.lines).toHaveLength(6);
    expect(terminal.lines[0]).toMatch(/^\[2\/3\] steady {2}open loop/);
    await tell(tick({ phase: 'spike', at: 250 }));
    expect(terminal.lines).toHaveLength(7);
    expect(terminal.lines[0]).toMatch(/^✓ steady {2}30 s · /);
    await tell(tick({ phase: 'spike', at: 30_000 }));
    progress.onEvent({ type: 'part.finished', name: 'load', summary: '2 phases' });
    expect(terminal.lines).toHaveLength(3);
    expect(terminal.lines.slice(1)).toEqual([expect.stringMatching(/^✓ spike {2}30 s/), '✓ load  2 phases']);
  });

  it('has one line, not two, where the part is the phase', async () => {
    const { terminal, progress, tell } = display();
    progress.onEvent({ type: 'part.started', name: 'steady', step: 1, steps: 1 });
    await tell(...ticksUpTo(30));
    progress.onEvent({ type: 'part.finished', name: 'steady', summary: '30 s' });
    expect(terminal.lines.map(spaced)).toEqual([
      '✓ steady  30 s · 30 000 arrivals · 1 000 /s · p95 8.41–8.41 ms · no failures',
    ]);
    await tell(...ticksUpTo(30));
    progress.onEvent({ type: 'part.finished', name: 'steady', summary: 'right within 2 s: 93.1 %' });
    expect(terminal.lines.slice(1).join('')).toContain('no failures · right within 2 s: 93.1 %');
  });

  it('begins anew where a phase of the same name does', async () => {
    const { terminal, tell } = display();
    await tell(...ticksUpTo(30), ...ticksUpTo(2));
    expect(terminal.lines[0]).toMatch(/^✓ steady {2}30 s/);
    expect(terminal.lines[1]).toContain('2');
  });

  it('hides what counts its seconds, and gives way to what counts anything else', async () => {
    const { terminal, progress, tell } = display();
    await tell(tick());
    const counting = { type: 'part.progress', name: 'steady', done: 12, total: 30 } as const;
    progress.onEvent({ ...counting, unit: 'seconds' });
    expect(terminal.lines).toHaveLength(6);
    await tell(tick({ at: 30_000 }));
    progress.onEvent({ ...counting, name: 'preheat', unit: 'questions' });
    expect(terminal.lines).toEqual([
      expect.stringMatching(/^✓ steady/),
      expect.stringContaining('12/30 questions'),
    ]);
  });

  it('keeps warnings above the block, and says what was stopped when it is taken away', async () => {
    const { terminal, progress, tell } = display();
    await tell(...ticksUpTo(12));
    progress.onEvent({ type: 'warning', message: 'the target is slow' });
    expect(terminal.lines[0]).toBe('warning: the target is slow');
    expect(terminal.lines).toHaveLength(7);
    progress.end();
    expect(terminal.lines).toHaveLength(2);
    expect(terminal.lines[1]).toMatch(/^■ steady {2}stopped after 12 s of 30 s · /);
  });

  it.each(['wrap', 'cut'] as const)(
    'stays whole while the terminal is made wider and narrower (%s)',
    async (resizing) => {
      const { terminal, tell } = display({ resizing });
      terminal.stream.write('$ groundspeed load\n');
      for (const [index, columns] of [100, 60, 44, 90, 30, 79].entries()) {
        terminal.resize({ columns });
        await tell(tick({ at: 12_000 + index }));
        expect(terminal.lines[0]).toBe('$ groundspeed load');
        expect(terminal.lines.filter((line) => line.startsWith('steady'))).toHaveLength(1);
        expect(terminal.lines).toHaveLength(1 + (columns < 44 ? 15 : columns < 79 ? 9 : 6));
      }
    },
  );
});

describe('a load phase in a log', () => {
  async function logged(view: { quiet?: boolean } = {}): Promise<string[]> {
    const output = memoryOutput();
    const clock = new ManualClock();
    const progress = createProgress({ output: output.stream, clock, colour: false, quiet: false, ...view });
    progress.onEvent({ type: 'part.started', name: 'load', step: 2, steps: 3 });
    for (const each of ticksUpTo(12)) {
      await clock.advance(1000);
      progress.onEvent(each);
    }
    progress.end();
    return spaced(output.text()).split('\n').filter(Boolean);
  }

  it('is a line every five seconds, with the same figures', async () => {
    const lines = await logged();
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(
      '[2/3] steady: 5 s of 30 s · 25 s left · offered 1 000 /s, achieved 998 /s, goodput 931 /s · p50 2.10 ms, p95 8.41 ms, p99 12.0 ms · errors 0, timeouts 0, drops 0 · in flight 12 · lag p99 0.412 ms',
    );
    expect(lines[2]).toMatch(/^\[2\/3\] steady: stopped after 12 s of 30 s · /);
  });

  it('is not told with --quiet', async () => {
    expect(await logged({ quiet: true })).toEqual([]);
  });

  it('is all that a terminal gets which moves no cursor', () => {
    const terminal = new Terminal();
    const clock = new ManualClock();
    const progress = createProgress({
      output: terminal.stream,
      clock,
      colour: false,
      quiet: false,
      dumb: true,
    });
    progress.onEvent(tick());
    progress.end();
    expect(terminal.writes.join('')).not.toContain('\u001b');
  });

  it('writes what is not known as a dash', () => {
    expect(plainText(phaseOf([tick({ latencyMs: null, goodput: null })]))).toContain(
      'goodput – · p50 –, p95 –, p99 –',
    );
  });
});
