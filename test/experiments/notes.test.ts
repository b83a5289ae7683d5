import { describe, expect, it } from 'vitest';
import { notesOn, notesOnLoad } from '../../src/experiments/notes.ts';
import { sampleCaches } from '../reporting/sample-caches.ts';
import { MADE_SET, setupOf } from './made-set.ts';

const phase = (cpuShare: number, cacheStates: Record<string, number> = { miss: 10 }) => ({
  name: 'open 50 % cached',
  loop: 'open' as const,
  cacheMode: 'cached' as const,
  cacheStates,
  generator: {
    cpuShare,
    eventLoopUtilisation: 0.98,
    eventLoopDelayP99Ms: 1,
    maxInFlight: 1,
    residentBytes: 1e8,
    threads: 1,
  },
});

describe('notes', () => {
  it('warn of a machine that others kept busy, by name of the phase', () => {
    expect(notesOnLoad([phase(1.02)])).toEqual([]);
    const [note, ...others] = notesOnLoad([phase(1.02), phase(0.6)]);
    expect(others).toEqual([]);
    expect(note).toContain('open 50 % cached');
    expect(note).toContain('60 %');
    const idle = phase(0.1);
    expect(notesOnLoad([{ ...idle, generator: { ...idle.generator, eventLoopUtilisation: 0.2 } }])).toEqual(
      [],
    );
  });

  it('say when cached phases had no cache', () => {
    expect(notesOnLoad([phase(1, { off: 10 })])).toEqual([
      expect.stringContaining('Every cache is switched off'),
    ]);
  });

  it('say where the semantic cache answered falsely, and nothing where it did not', () => {
    const caches = sampleCaches();
    const semantic = caches.semantic!;
    const notes = notesOnLoad([{ ...phase(1), caches }]);
    expect(notes).toEqual([
      expect.stringMatching(/^In open 50 % cached the semantic cache answered 1 of 4 questions falsely/),
    ]);
    const harmless = { ...semantic, false: { ...semantic.false, count: 0, questions: 0 } };
    expect(notesOnLoad([{ ...phase(1), caches: { ...caches, semantic: harmless } }])).toEqual([]);
    expect(notesOnLoad([{ ...phase(1), caches: { ...caches, semantic: null } }])).toEqual([]);
  });

  it('warn of few questions, and of simulated answers', () => {
    const many = { ...MADE_SET, questions: Array.from({ length: 60 }, () => MADE_SET.questions[0]!) };
    expect(notesOn(setupOf({ indexFolder: '', golden: many }))).toEqual([]);
    const simulated = setupOf({ indexFolder: '', engine: { generation: { provider: 'simulated' } } });
    expect(notesOn(simulated)).toEqual([
      expect.stringContaining('Only 20'),
      expect.stringContaining('simulated'),
    ]);
  });
});
