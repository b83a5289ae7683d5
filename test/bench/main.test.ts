import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../bench/main.ts';
import { PROGRAMS } from '../../bench/programs.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

async function complaintOf(...argv: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  return { code: await main(argv, '.'), said };
}

describe('the command line of the programs', () => {
  it('names every program, with its arguments, when it is told none', async () => {
    const { code, said } = await complaintOf();
    expect(code).toBe(2);
    for (const name of Object.keys(PROGRAMS)) expect(said).toContain(`  ${name} `);
  });

  it('refuses what a program does not take', async () => {
    expect(await complaintOf('quality')).toMatchObject({
      code: 2,
      said: expect.stringContaining('COLLECTION'),
    });
    expect(await complaintOf('startup', '--passages', '3')).toMatchObject({ code: 2 });
    expect((await complaintOf('startup', '--processes', 'many')).said).toContain(
      '--processes takes a whole number',
    );
    expect((await complaintOf('startup', '--seed', 'x')).said).toContain('--seed takes a whole number');
  });

  it('has a file for every program, under its name', () => {
    for (const name of Object.keys(PROGRAMS)) {
      expect(existsSync(new URL(`../../bench/${name}.ts`, import.meta.url)), name).toBe(true);
    }
  });
});
