import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type WatchedWindow, watchLoopWindow } from '../../src/system/loop-window.ts';

const windows: WatchedWindow[] = [];
afterEach(() => {
  for (const window of windows.splice(0)) window.stop();
});

function watched(spanMs?: number): WatchedWindow {
  const window = watchLoopWindow(spanMs);
  windows.push(window);
  return window;
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('the event loop over a window', () => {
  it('tells nothing of delays before it has measured any', () => {
    expect(watched().read().delays).toBeUndefined();
  });

  it('tells of a stall every reader, however often it is read', async () => {
    const window = watched();
    await sleep(50);
    block(150);
    await sleep(50);
    for (let reading = 0; reading < 100; reading += 1) {
      const { delays, utilisation } = window.read();
      expect(delays!.max).toBeGreaterThan(100);
      expect(delays!.p99).toBeGreaterThan(100);
      expect(delays!.p50).toBeLessThan(100);
      for (const figure of Object.values(delays!)) expect(Number.isFinite(figure)).toBe(true);
      expect(utilisation).toBeGreaterThan(0);
      expect(utilisation).toBeLessThanOrEqual(1);
    }
  });

  it('forgets a stall once its window has passed', async () => {
    const window = watched(200);
    await sleep(20);
    block(150);
    await sleep(700);
    expect(window.read().delays!.max).toBeLessThan(140);
  });
});
