import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { runCli } from '../../src/cli/program.ts';
import { addGateCommands } from '../../src/cli/program-gate.ts';
import { targetSchema } from '../../src/load/options.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

const GUIDE = read('docs/ci.md');
const WORKFLOW = read('.github/workflows/nightly.yml');
const ACTION = read('.github/actions/gate/action.yml');

/** The fenced blocks of a language. */
function blocks(language: string): string[] {
  return [...GUIDE.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text!);
}

/** Each call of the program in a text: its words behind the program's name, as far as the call goes. */
function calls(text: string): string[][] {
  const lines = text.replaceAll(/\\\n\s*/g, ' ').split('\n');
  const pattern =
    /(?:groundspeed|dist\/cli\/main\.js"?) ((?:gate|trend|bench|load|evaluate|report) [^`;|<>&)]*)/g;
  return lines.flatMap((line) => [...line.matchAll(pattern)].map(([, words]) => words!.trim().split(/\s+/)));
}

const flagsOf = (words: readonly string[]): string[] => words.filter((word) => /^--[a-z]/.test(word));

/** What a command says of itself, as the program would register it. */
async function helpOf(command: string): Promise<string> {
  const world = memoryWorld([command, '--help']);
  if (command === 'gate' || command === 'trend') {
    const program = new Command();
    addGateCommands(program, world, () => undefined);
    return program.commands.find((one) => one.name() === command)!.helpInformation();
  }
  expect(await runCli(world)).toBe(0);
  return world.out.text();
}

/** Words as a shell would split them, quotes taken off, as far as one command goes. */
function shellWords(line: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/g)].map(([all, double, single]) => ({
    text: double ?? single ?? all,
    isBare: double === undefined && single === undefined,
  }));
  const end = words.findIndex(({ text, isBare }) => isBare && /^(\|\|?|&&|>>?|<|;|#.*)$/.test(text));
  return (end < 0 ? words : words.slice(0, end)).map(({ text }) => text.replace(/;$/, ''));
}

/** The command lines of scripts that call the program: what stands behind its name. */
function commandLines(script: string): string[][] {
  return script.split('\n').flatMap((line) => {
    const [, rest] =
      /(?:npx groundspeed|^groundspeed|node dist\/cli\/main\.js) (.*)$/.exec(line.trim()) ?? [];
    return rest === undefined ? [] : [shellWords(rest)];
  });
}

/** What the program takes these words for. */
function parsed(words: readonly string[]): { unknown: string[]; operands: string[] } {
  const program = new Command();
  const world = memoryWorld([]);
  addGateCommands(program, world, () => undefined);
  const command = program.commands.find((one) => one.name() === words[0])!;
  return command.exitOverride().parseOptions(words.slice(1));
}

describe('every command line of gate and trend', () => {
  const scripts = [
    ...blocks('sh'),
    ...blocks('yaml'),
    ...(parse(WORKFLOW).jobs.bench.steps as { run?: string }[]).map(({ run = '' }) => run),
  ];
  const lines = scripts.flatMap(commandLines);

  it('is understood by the program, flags and values, with nothing left over', async () => {
    const own = lines.filter(([name]) => name === 'gate' || name === 'trend');
    expect(own.length).toBeGreaterThanOrEqual(8);
    for (const words of own) expect(parsed(words), words.join(' ')).toEqual({ unknown: [], operands: [] });
    for (const words of lines)
      expect(await runCli(memoryWorld([...words, '--help'])), words.join(' ')).toBe(0);
    expect(lines.find(([name]) => name === 'load')).toContain('p95 < 2s, error < 1%');
  });

  it('is one the action may build, whatever inputs are given', () => {
    const script: string = parse(ACTION).runs.steps.find(({ id = '' }: { id?: string }) => id === 'gate').run;
    const given = [...script.matchAll(/arguments\+?=\(([^)]*)\)/g)].flatMap(([, text]) => shellWords(text!));
    const words = given.map((word) => (word === '$BUDGET' ? '10m' : word));
    expect(words).toContain('--strict');
    expect(parsed(words)).toEqual({ unknown: [], operands: [] });
  });
});

describe('the guide to continuous integration', () => {
  it('names commands and flags that there are, as do the workflow and the action', async () => {
    const all = [GUIDE, WORKFLOW, ACTION].map(calls);
    expect(all[0]!.length).toBeGreaterThanOrEqual(7);
    expect(all[1]!.length).toBeGreaterThan(2);
    for (const words of all.flat()) {
      const help = await helpOf(words[0]!);
      for (const flag of flagsOf(words)) expect(help, words.join(' ')).toMatch(new RegExp(`${flag}[ ,\n]`));
    }
    const added = [...ACTION.matchAll(/(--[a-z-]+)/g)].map(([flag]) => flag!);
    const gate = await helpOf('gate');
    for (const flag of added.filter((one) => !['--no-audit', '--no-fund', '--silent'].includes(one)))
      expect(gate).toContain(`${flag} `);
  });

  it('has examples that are YAML, of ten lines or little more', () => {
    const examples = blocks('yaml');
    expect(examples).toHaveLength(3);
    for (const example of examples) {
      for (const document of parseAllDocuments(example))
        expect('errors' in document && document.errors).toEqual([]);
      expect(example.trim().split('\n').length).toBeLessThanOrEqual(11);
    }
    for (const script of blocks('sh')) expect(script.trim().split('\n').length).toBeLessThanOrEqual(10);
  });

  it('describes a target by settings that there are', () => {
    const described = blocks('yaml')
      .map((text) => parse(text))
      .find((one) => 'target' in one);
    expect(targetSchema.safeParse(described.target)).toMatchObject({ success: true });
  });

  it('says of each placeholder what to put in its place', () => {
    const [, repository, version] = /uses: ([A-Z-]+)\/\.github\/actions\/gate@([A-Z]+)/.exec(GUIDE)!;
    for (const name of [repository, version]) expect(GUIDE).toContain(`\`${name}\` by `);
    expect(GUIDE).not.toContain('OWNER/');
  });

  it('calls the action with inputs that it has', () => {
    const inputs = Object.keys(parse(ACTION).inputs);
    const example = blocks('yaml')
      .map((text) => parse(text))
      .find((one) => one.jobs !== undefined);
    const step = example.jobs.gate.steps.find(({ uses = '' }: { uses?: string }) =>
      uses.includes('actions/gate@'),
    );
    for (const name of Object.keys(step.with)) expect(inputs).toContain(name);
    const sentence = /Its inputs are the flags of `gate`: ([\s\S]*?)\. The output/.exec(GUIDE)![1]!;
    const told = [...sentence.matchAll(/`([a-z-]+)`/g)]
      .map(([, name]) => name)
      .filter((name) => name !== 'gate');
    expect(told.sort()).toEqual(inputs.sort());
  });
});

describe('the composite action', () => {
  it('gives every step of its own a shell, and no input to a script as text', () => {
    const { runs } = parse(ACTION);
    expect(runs.using).toBe('composite');
    for (const step of runs.steps) {
      if (step.run === undefined) continue;
      expect(step.shell).toBe('bash');
      expect(step.run).not.toContain('${{');
    }
  });

  it('uses every input that it declares', () => {
    for (const name of Object.keys(parse(ACTION).inputs)) expect(ACTION).toContain(`inputs.${name}`);
  });
});

describe('the nightly workflow', () => {
  const { on, permissions, jobs } = parse(WORKFLOW);

  it('runs at night and when it is asked for, with no more rights than it needs', () => {
    expect(Object.keys(on).sort()).toEqual(['schedule', 'workflow_dispatch']);
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs.bench.permissions).toEqual({ contents: 'write', issues: 'write' });
  });

  it('is not red for want of a baseline: it leaves one, and says what to do', () => {
    const { run } = jobs.bench.steps.find(({ id }: { id?: string }) => id === 'gate');
    const first = /if \[ ! -f reports\/baselines\/nightly\.json \]; then([\s\S]*?)\n\s*fi\n/.exec(run)![1]!;
    expect(first).toMatch(/gate --record reports\/latest --accept nightly --history nightly \|\| true/);
    expect(first).toContain('commit it');
    expect(first.trim()).toMatch(/exit 0$/);
  });

  it('comments only on FAIL, and keeps reports and history whatever happened', () => {
    const steps: { name?: string; uses?: string; if?: string; run?: string }[] = jobs.bench.steps;
    const comment = steps.find(({ run = '' }) => run.includes('gh issue'))!;
    expect(comment.if).toBe(
      "always() && (steps.gate.outputs.code == '4' || steps.drills.outputs.code == '4')",
    );
    expect(steps.find(({ uses = '' }) => uses.includes('upload-artifact'))!.if).toBe('always()');
    expect(steps.find(({ run = '' }) => run.includes('git push'))!.if).toBe('always()');
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});
