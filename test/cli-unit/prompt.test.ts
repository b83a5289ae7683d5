import { describe, expect, it } from 'vitest';
import { runPrompt } from '../../src/cli/prompt.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { memoryWorld } from './memory-world.ts';

/** Types these lines at a prompt whose engine answers with the settings that it was given. */
async function type(lines: readonly string[]) {
  const world = memoryWorld([], { input: lines.map((line) => `${line}\n`).join('') });
  const sets: string[] = [];
  const asked: string[] = [];
  const code = await runPrompt({
    world,
    flags: { color: false, seed: 42, target: 'in-process' },
    session: {
      sets,
      set: async (assignment) => {
        if (!assignment.includes('=')) throw new GroundspeedError('config.invalid', 'One setting is wrong');
        sets.push(assignment);
      },
    },
    signal: new AbortController().signal,
    answer: async (question) => {
      if (question === 'fail')
        throw new GroundspeedError('generation.failed', 'The generation service failed');
      asked.push(question);
      world.stdout.write(`answer with ${sets.join(' ') || 'defaults'}\n`);
    },
  });
  return { code, asked, out: world.out.text(), err: world.err.text() };
}

describe('the prompt', () => {
  it('answers each line, and passes over empty ones', async () => {
    const { code, asked, out } = await type(['first?', '', '  second?  ']);
    expect({ code, asked }).toEqual({ code: 0, asked: ['first?', 'second?'] });
    expect(out).toBe('› first?\nanswer with defaults\n\n› second?\nanswer with defaults\n\n');
  });

  it('asks the last question again when a setting is changed', async () => {
    const { asked, out } = await type(['q?', ':set retrieval.mode=keyword']);
    expect(asked).toEqual(['q?', 'q?']);
    expect(out).toContain('answer with retrieval.mode=keyword');
  });

  it('lists what was changed', async () => {
    const { err } = await type([':set', ':set a=1', ':set b=2', ':set']);
    expect(err).toBe('Nothing was changed.\na=1\nb=2\n');
  });

  it('goes on after an error, which decides the exit code of a script', async () => {
    const { code, asked, err } = await type(['fail', ':set nonsense', 'q?']);
    expect({ code, asked }).toEqual({ code: 5, asked: ['q?'] });
    expect(err).toMatch(/The generation service failed[\s\S]*One setting is wrong/);
  });

  it('leaves at :quit, and helps', async () => {
    const { asked, err } = await type([':help', ':nonsense', ':quit', 'never asked']);
    expect(asked).toEqual([]);
    expect(err).toMatch(/:set path=value[\s\S]*There is no :nonsense/);
  });
});
