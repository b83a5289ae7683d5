import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { systemClock } from '../../src/system/clock.ts';
import { readMachine } from '../../src/system/machine-readings.ts';
import type { ThreadFigures } from '../../src/system/machine-spans.ts';
import {
  type Meter,
  machineMeter,
  processMeter,
  SpanRecorder,
  threadMeter,
  watchSpans,
} from '../../src/system/machine-watch.ts';

/** Tells the length of each lap as its delay. */
function lapMeter() {
  const laps: number[] = [];
  let stopped = 0;
  const meter: Meter<ThreadFigures> = {
    lap(seconds) {
      laps.push(seconds);
      return { loopUtilisation: 0.5, loopDelayMs: seconds, gcShare: 0, gcLongestMs: null };
    },
    stop() {
      stopped += 1;
    },
  };
  return { meter, laps, stopped: () => stopped };
}

describe('a recorder of spans', () => {
  it('takes a span with each look, as long as it was, counted from the beginning of the phase', async () => {
    const clock = new ManualClock(500);
    const { meter, stopped } = lapMeter();
    const recorder = new SpanRecorder(meter, clock);
    for (const passed of [1000, 1700, 400]) {
      await clock.advance(passed);
      if (passed > 400) recorder.look();
    }
    const spans = recorder.end(550);
    // The last look was 400 ms ago, which is less than a quarter of the span before: they are one.
    expect(spans.map(({ from, to }) => [from, to])).toEqual([
      [-50, 950],
      [950, 3050],
    ]);
    expect(spans[1]!.figures.loopDelayMs).toBe(1.7);
    expect(stopped()).toBe(1);
  });

  it('keeps a short phase as one span, and has none of no time', async () => {
    const clock = new ManualClock();
    const short = new SpanRecorder(lapMeter().meter, clock);
    await clock.advance(3);
    expect(short.end(0)).toMatchObject([{ from: 0, to: 3 }]);
    const none = new SpanRecorder(lapMeter().meter, clock);
    none.look();
    expect(none.end(0)).toEqual([]);
  });

  it('has at most 600 spans however long it takes, without a gap', async () => {
    const clock = new ManualClock();
    const { meter } = lapMeter();
    const recorder = new SpanRecorder(meter, clock);
    for (let second = 0; second < 5000; second += 1) {
      await clock.advance(1000);
      recorder.look();
    }
    const spans = recorder.end(0);
    expect(spans.length).toBeLessThanOrEqual(601);
    expect(spans.length).toBeGreaterThan(250);
    expect(spans[0]!.from).toBe(0);
    expect(spans.at(-1)!.to).toBe(5_000_000);
    for (const [index, span] of spans.entries()) if (index > 0) expect(span.from).toBe(spans[index - 1]!.to);
    const lengths = new Set(spans.slice(0, -1).map(({ from, to }) => to - from));
    expect([...lengths]).toEqual([16_000]);
  });

  it('has no span by a clock that was set back', () => {
    let now = 1000;
    const clock = {
      ...new ManualClock(),
      now: () => milliseconds(now),
      epoch: () => 0,
      sleep: async () => {},
    };
    const recorder = new SpanRecorder(lapMeter().meter, clock);
    now = 400;
    recorder.look();
    expect(recorder.end(0)).toEqual([]);
  });
});

describe('a watch of this process', () => {
  it('tells a busy loop from an idle one, by thread and by process', async () => {
    const meter = machineMeter();
    await systemClock.sleep(milliseconds(120));
    const idle = meter.lap(0.12);
    const end = performance.now() + 120;
    while (performance.now() < end);
    await systemClock.sleep(milliseconds(15));
    const busy = meter.lap(0.135);
    meter.stop();
    expect(busy.loopUtilisation!).toBeGreaterThan(0.5);
    expect(busy.loopDelayMs!).toBeGreaterThan(100);
    expect(busy.loopDelayMs!).toBeGreaterThan(idle.loopDelayMs!);
    expect(busy.cpuCores!).toBeGreaterThan(0);
    expect(busy.residentBytes!).toBeGreaterThan(1e6);
  });

  it('knows of a delay that has not ended when it is asked, once', async () => {
    const meter = threadMeter();
    await systemClock.sleep(milliseconds(30));
    meter.lap(0.03);
    const end = performance.now() + 80;
    while (performance.now() < end);
    const first = meter.lap(0.08).loopDelayMs!;
    await systemClock.sleep(milliseconds(1));
    const second = meter.lap(0.001).loopDelayMs!;
    meter.stop();
    expect(first).toBeGreaterThan(60);
    expect(second).toBeLessThan(first);
  });

  it('hears of garbage collections', async () => {
    const meter = threadMeter();
    let kept: unknown[] = [];
    for (let round = 0; round < 40; round += 1) {
      kept = Array.from({ length: 50_000 }, (_, index) => ({ index }));
      await systemClock.sleep(milliseconds(1));
    }
    await systemClock.sleep(milliseconds(20));
    const { gcShare, gcLongestMs } = meter.lap(1);
    meter.stop();
    expect(kept).toHaveLength(50_000);
    expect(gcShare).toBeGreaterThan(0);
    expect(gcLongestMs).toBeGreaterThan(0);
  });

  it('stops once, and keeps what it saw', async () => {
    const began = systemClock.now();
    const watch = watchSpans(processMeter(), systemClock);
    await systemClock.sleep(milliseconds(30));
    const spans = watch.stop(began);
    expect(spans).toHaveLength(1);
    expect(spans[0]!.to).toBeGreaterThan(25);
    expect(watch.stop(began)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('reads on Linux what Linux tells', () => {
    const { processors, disk, network } = readMachine();
    expect(processors!.busy + processors!.idle).toBeGreaterThan(0);
    expect(disk).toBeDefined();
    expect(network!.loopback.sentBytes).toBe(network!.loopback.receivedBytes);
  });
});
