import { describe, expect, it } from 'vitest';
import { verdict } from '../../src/cli/experiment.ts';
import { tellFailures } from '../../src/cli/failures.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import type { RunRecord } from '../../src/records/schema.ts';
import { sampleRun } from '../reporting/sample-record.ts';
import { memoryOutput } from './memory-world.ts';

const { load: _, ...record } = sampleRun({ arrivalsAPhase: 200 }).record;

/** The record, whose questions failed with these messages, one each; the others did not. */
function failing(...messages: readonly string[]): RunRecord {
  const questions = record.questions!.map((question, index) => ({
    ...question,
    error: messages[index] ?? null,
  }));
  return { ...record, questions };
}

function told(run: RunRecord): string {
  const output = memoryOutput();
  tellFailures(
    run,
    createProgress({ output: output.stream, clock: new ManualClock(), colour: false, quiet: false }),
  );
  return output.text();
}

const asked = record.questions!.length;

describe('questions that failed', () => {
  it('are told, the most frequent failure first', () => {
    expect(asked).toBeGreaterThan(6);
    expect(told(failing('too long', 'refused', 'refused'))).toBe(
      `warning: 3 of ${asked} questions failed: refused (and 1 other failure)\n`,
    );
    expect(told(failing('refused'))).toBe(`warning: 1 of ${asked} questions failed: refused\n`);
    expect(told(failing())).toBe('');
  });

  it('are not told twice where they are most: the error that follows tells them', () => {
    const all = failing(...Array<string>(asked).fill('refused'));
    expect(told(all)).toBe('');
    expect(told({ ...all, complete: false })).toContain(`${asked} of ${asked} questions failed: refused`);
  });

  it('leave the exit code alone while they are few', () => {
    expect(verdict(failing('refused'))).toBe(0);
  });

  it('make the run one of a target that does not answer, when they are most', () => {
    const most = Array.from({ length: asked - 1 }, () => 'refused');
    expect(() => verdict(failing('too long', ...most))).toThrow(
      expect.objectContaining({
        code: 'target.unavailable',
        exitCode: 5,
        problems: [`${asked - 1} × refused`, '1 × too long'],
      }),
    );
  });

  it('count for nothing in a run that was interrupted', () => {
    expect(verdict({ ...failing(...Array<string>(asked).fill('refused')), complete: false })).toBe(130);
  });
});
