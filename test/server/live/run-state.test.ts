import { describe, expect, it } from 'vitest';
import { RunState } from '../../../src/server/live/run-state.ts';
import { tick } from './ticks.ts';

const progress = (done: number, unit = 'questions') =>
  ({ type: 'part.progress', name: 'quality', done, total: 40, unit }) as const;

describe('what the page knows of a run', () => {
  it('is the part that runs, until load begins', () => {
    const state = new RunState();
    state.take({ type: 'part.started', name: 'quality', step: 2, steps: 3 }, 0);
    state.take(progress(10), 1000);
    expect(state.snapshot().part).toEqual({
      name: 'quality',
      step: 2,
      steps: 3,
      done: 10,
      total: 40,
      unit: 'questions',
    });
    const message = state.take(tick(), 2000);
    expect(message).toMatchObject(['point', { phase: { name: 'steady' }, point: { p95: 8.41 } }]);
    expect(state.snapshot()).toMatchObject({ part: null, phases: [{ id: 0 }], points: [{ phase: 0 }] });
  });

  it('tells of a phase with its first point only', () => {
    const state = new RunState();
    state.take(tick({ at: 250 }), 250);
    expect(state.take(tick({ at: 500 }), 500)).toMatchObject(['point', { phase: null }]);
  });

  it('does not tell faster than an eye can follow, nor of seconds while ticks come', () => {
    const state = new RunState();
    state.take({ type: 'part.started', name: 'quality', step: 1, steps: 1 }, 0);
    expect(state.take(progress(1), 100)).toBeUndefined();
    expect(state.take(progress(2), 300)).toBeDefined();
    state.take(tick(), 1000);
    expect(state.take(progress(3, 'seconds'), 2000)).toBeUndefined();
    expect(state.take(progress(3), 2000)).toBeDefined();
  });

  it('keeps notes and warnings for who comes late, but not without end', () => {
    const state = new RunState();
    state.take({ type: 'part.noted', name: 'load', text: '30 000 requests in 33 s' }, 0);
    for (let index = 0; index < 500; index += 1) state.take({ type: 'warning', message: `w${index}` }, 0);
    const { note, warnings } = state.snapshot();
    expect(note).toBe('30 000 requests in 33 s');
    expect(warnings).toHaveLength(100);
    expect(warnings[0]).toBe('w0');
  });

  it('sends everything anew when its history was thinned', () => {
    const state = new RunState();
    let snapshots = 0;
    for (let index = 1; index <= 3000; index += 1) {
      const message = state.take(tick({ at: index * 250 }), index * 250);
      if (message?.[0] === 'snapshot') snapshots += 1;
    }
    expect(snapshots).toBeGreaterThan(0);
    expect(snapshots).toBeLessThan(10);
  });

  it('ends with a verdict', () => {
    const state = new RunState();
    expect(state.isFinished).toBe(false);
    expect(state.finish({ verdict: 'PASS', reportPath: 'reports/latest/report.html' })[0]).toBe('finish');
    expect(state.isFinished).toBe(true);
    expect(state.snapshot().finish).toEqual({ verdict: 'PASS', reportPath: 'reports/latest/report.html' });
  });
});
