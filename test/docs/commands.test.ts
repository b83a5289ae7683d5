import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import type { CanaryFlags } from '../../src/cli/canary.ts';
import type { LoadFlags } from '../../src/cli/load-flags.ts';
import { readSlo, shapeOf } from '../../src/cli/load-setup.ts';
import { runCli } from '../../src/cli/program.ts';
import { settingsSchema } from '../../src/config/settings.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';

/*
 * Every command line that the pages show, read by the program's own parser, and by what its commands ask for besides. None is
 * carried out.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const below = (folder: string): string[] =>
  readdirSync(`${root}${folder}`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const PAGES = ['README.md', 'dashboards/README.md', ...below('docs'), ...below('dashboards/runbooks')];

interface Shown {
  readonly page: string;
  /** As it stands there. */
  readonly line: string;
  /** Behind the program's name. */
  readonly words: readonly string[];
  /** Whether it names a command or an option, and is nothing to run. */
  readonly isMention: boolean;
}

const PROGRAM =
  /(?:^|[\s$;&|(=])(?:npm run (?:--silent )?groundspeed --|npx groundspeed|groundspeed)\s+(.*)$/;

interface Code {
  readonly text: string;
  /** Within a sentence, where it may just name a command or an option. */
  readonly inProse: boolean;
}

/** Lines of fenced and indented blocks, and spans of code. */
function codeIn(text: string): Code[] {
  const fence = /^( *)```\w*\n([\s\S]*?)^\1```$/gm;
  const blocks = [...text.matchAll(fence)].map(([, , block]) => block!.replaceAll(/\\\n\s*/g, ' '));
  const prose = text.replace(fence, '');
  const indented = [...prose.matchAll(/^ {4}(?! )(.*)$/gm)].map(([, line]) => line!);
  const spans = [...prose.matchAll(/(`+)([^`][\s\S]*?)\1/g)].map(([, , span]) => span!);
  return [
    ...[...blocks.flatMap((block) => block.split('\n')), ...indented].map((line) => ({
      text: line,
      inProse: false,
    })),
    ...spans.map((span) => ({ text: span.replaceAll(/\s+/g, ' '), inProse: true })),
  ];
}

/** Words as a shell splits them, as far as the command goes. */
function shellWords(text: string): string[] {
  const words: string[] = [];
  for (const [all, double, single] of text.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+(?:["'][^"']*["'])*/g)) {
    const bare = double === undefined && single === undefined;
    if (bare && /^(\|\|?|&&?|>>?|<|;|#.*|\\)$/.test(all)) break;
    words.push(double ?? single ?? all.replace(/;$/, ''));
    if (bare && all.endsWith(';')) break;
  }
  return words;
}

/** The program with commands that only tell how they were called. */
async function programOf(): Promise<Command> {
  let program: Command | undefined;
  const parsing = vi.spyOn(Command.prototype, 'parseAsync').mockImplementation(async function (
    this: Command,
  ) {
    program = this;
    return this;
  });
  await runCli(memoryWorld([]));
  parsing.mockRestore();
  return program!;
}

interface Called {
  readonly name: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
}

async function call(words: readonly string[]): Promise<Called> {
  const program = await programOf();
  let called: Called | undefined;
  const silence = (command: Command, path: readonly string[]): void => {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    for (const one of command.commands) silence(one, [...path, one.name()]);
    if (command.commands.length > 0) return;
    command.action(function (this: Command) {
      called = { name: path.join(' '), flags: this.opts(), operands: this.args };
    });
  };
  silence(program, []);
  await program.parseAsync(words, { from: 'user' }).catch((thrown: unknown) => {
    if (!(thrown instanceof CommanderError && thrown.exitCode === 0)) throw thrown; // --help is a call too
  });
  return called ?? { name: 'help', flags: {}, operands: [] };
}

async function shown(): Promise<Shown[]> {
  const program = await programOf();
  const names = program.commands.map((command) => command.name());
  return PAGES.flatMap((page) =>
    codeIn(readFileSync(`${root}${page}`, 'utf8')).flatMap(({ text, inProse }) => {
      const called = PROGRAM.exec(text)?.[1];
      // `drill --list`, after a whole command line, is one too.
      const words = shellWords(called ?? (inProse && /^[a-z]+ .*(--[a-z]|")/.test(text) ? text : ''));
      const known = names.includes(words[0]!) || words[0]?.startsWith('--');
      if (words.length === 0 || !(known || called !== undefined) || /COMMAND/.test(text) || words[0] === '…')
        return [];
      return [{ page, line: text, words, isMention: inProse && isNamed(text, words) }];
    }),
  );
}

/** `groundspeed compare` is the name of a command, and `load --shape` that of an option: nobody could run them so. */
function isNamed(text: string, words: readonly string[]): boolean {
  if (/npm run|npx/.test(text)) return false;
  if (words.length <= 2 && words.every((word) => /^[a-z]+$/.test(word))) return true;
  return !PROGRAM.test(text) && /^(--|…)/.test(words.at(-1)!);
}

/** The command and the options that a mention names, as far as there are such. */
async function named(words: readonly string[]): Promise<string[]> {
  let command = await programOf();
  return words.filter((word) => {
    if (word === '…') return true;
    if (word.startsWith('--')) return command.options.some(({ long }) => long === word);
    const below = command.commands.find((one) => one.name() === word);
    command = below ?? command;
    return below !== undefined;
  });
}

const settingsOf = (flags: Called['flags']): string[] => (flags.set as string[] | undefined) ?? [];

/** What commands ask for beyond what their parser does. */
async function refuseIncomplete({ name, flags, operands }: Called): Promise<void> {
  const names = new Set([...Object.keys(flags), ...settingsOf(flags).map((one) => one.split('=')[0]!)]);
  const needs = (what: string, ...any: string[]) =>
    expect(
      any.some((one) => names.has(one)),
      `${name} needs ${what}`,
    ).toBe(true);
  if (typeof flags.slo === 'string') readSlo(flags.slo);
  if (name === 'load') {
    const { replay, ...rest } = flags as unknown as LoadFlags;
    if (replay === undefined) await shapeOf(rest, { warn: () => undefined });
  }
  if (flags.offline !== true) {
    const { target, allowTarget = [] } = flags as unknown as CanaryFlags;
    if (target !== undefined && URL.canParse(target)) {
      const { hostname } = new URL(target);
      if (!/^(127\.|localhost)/.test(hostname))
        expect(allowTarget, `${name} --allow-target`).toContain(hostname);
    }
  }
  if (name === 'canary') needs('a target', 'target', 'target.url', 'targetFile', 'config');
  if (name === 'capacity') needs('an SLO', 'slo');
  if (name === 'measure') needs('answers, or qrels', 'answers', 'qrels');
  if (name === 'ingest' && operands.length === 0) needs('paths', 'retryFailed', 'listFailed');
  for (const setting of settingsOf(flags)) refuseUnknown(setting);
}

/** Whether there is such a setting, and it takes such a value. */
function refuseUnknown(setting: string): void {
  const [path = '', ...value] = setting.split('=');
  const nested = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value.join('='));
  const issues = settingsSchema.safeParse(nested).error?.issues ?? [];
  expect(
    issues.map(({ message }) => message),
    setting,
  ).toEqual([]);
}

describe('command lines in the pages', async () => {
  const all = await shown();
  const calls = all.filter(({ isMention }) => !isMention);

  it('are found, on many pages', () => {
    expect(calls.length).toBeGreaterThan(50);
    expect(new Set(calls.map(({ page }) => page)).size).toBeGreaterThan(6);
    expect(calls.map(({ page }) => page)).toContain('dashboards/runbooks/RagCanaryStale.md');
  });

  it.each(calls.map((one) => [one.page, one.line, one] as const))(
    '%s: %s',
    async (_page, _line, { words }) => {
      await refuseIncomplete(await call(words));
    },
  );

  it.each(all.filter(({ isMention }) => isMention).map((one) => [one.page, one.line, one] as const))(
    '%s names what there is: %s',
    async (_page, _line, { words }) => expect(await named(words)).toEqual(words),
  );

  it.each([
    ['an option that there is not', ['load', '--rat', '20']],
    ['a value that is none', ['load', '--rate', 'twenty']],
    ['no word of how much load', ['load', '--target', 'http://127.0.0.1:8080']],
    ['no service to ask', ['canary', '--every', '5m']],
    ['a setting that there is not', ['serve', '--set', 'server.prot=80']],
    ['a host that nobody allowed', ['load', '--rate', '1', '--target', 'https://rag.example.com/ask']],
    ['a command that there is not', ['lode']],
  ])('would be refused with %s', async (_what, words) => {
    await expect(call(words).then(refuseIncomplete)).rejects.toThrow();
  });
});
