import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { memoryWorld } from './memory-world.ts';

const COMMANDS = ['bench', 'evaluate', 'ingest', 'ask', 'explain', 'measure', 'report', 'config'];

async function run(argv: readonly string[], env: Record<string, string> = {}) {
  const world = memoryWorld(argv, { env });
  const code = await runCli(world);
  return { code, out: world.out.text(), err: world.err.text() };
}

describe('help', () => {
  it('names every command and every exit code on stdout', async () => {
    const { code, out, err } = await run(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(out).toMatch(/0 done.*130 interrupted/s);
  });

  it.each(COMMANDS)('of %s says what its flags are', async (command) => {
    const { code, out } = await run([command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: groundspeed ${command}`);
  });

  it('goes to stderr, as an error, when no command is given', async () => {
    const { code, out, err } = await run([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('error: No command is given.');
  });
});

describe('wrong usage', () => {
  it.each([
    [['bnch'], "unknown command 'bnch'", 'Did you mean bench?'],
    [['bench', '--sed', '1'], "unknown option '--sed'", '--seed'],
    [['bench', '--seed', '1.5'], 'Give a whole number', 'groundspeed --help'],
    [['measure', '--run', 'x'], "required option '--qrels <file>' not specified", 'groundspeed --help'],
    [['report', 'x', '--format', 'pdf'], 'Allowed choices are html, md, csv, json', 'groundspeed --help'],
    [['evaluate', '--target', 'somewhere'], 'That target is not known', 'in-process'],
    [['evaluate', 'cranfield'], 'too many arguments', 'groundspeed --help'],
    [['ask', '--json'], 'There is no question to answer in JSON', 'groundspeed ask --json'],
  ])('%j exits with 2 and a hint', async (argv, message, hint) => {
    const { code, out, err } = await run(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).toContain(hint);
    expect(err).toContain('code: usage.argument');
  });

  it('refuses a URL as a target for now, without repeating its password', async () => {
    const { code, err } = await run(['bench', '--target', 'http://me:hunter2secret@rag.example.com/ask']);
    expect(code).toBe(2);
    expect(err).toContain('only in-process is supported in this version');
    expect(err).toContain('code: target.unsupported');
    expect(err).not.toContain('hunter2secret');
  });
});

describe('config', () => {
  it('prints the settings in force and where each comes from, without secrets', async () => {
    const { code, out } = await run(['config', 'print', '--set', 'retrieval.topK=7'], {
      OPENAI_API_KEY: 'canary-key-1',
      CHUNK_SIZE: '200',
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}topK: 7 # from the flag$/m);
    expect(out).toMatch(/^ {2}size: 200 # from the environment$/m);
    expect(out).toMatch(/^ {2}overlap: 40$/m);
    expect(out).toMatch(/^ {2}apiKey: "\*\*\*"/m);
    expect(out).not.toContain('canary');
  });

  it('takes the file that --config or RAG_CONFIG_PATH names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'groundspeed-config-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'rag.yaml');
    writeFileSync(file, 'retrieval:\n  mode: keyword\n');
    const expected = { retrieval: { mode: 'keyword' } };
    const byFlag = await run(['config', 'print', '--json', '--config', file]);
    expect(JSON.parse(byFlag.out)).toMatchObject(expected);
    const byVariable = await run(['config', 'print', '--json'], { RAG_CONFIG_PATH: file });
    expect(JSON.parse(byVariable.out)).toMatchObject(expected);
  });

  it('says which file cannot be read', async () => {
    const { code, err } = await run(['config', 'print', '--config', '/nowhere/rag.yaml']);
    expect(code).toBe(2);
    expect(err).toMatch(/Cannot read \/nowhere\/rag\.yaml[\s\S]*--config[\s\S]*code: config\.unreadable/);
  });

  it('lists everything that is wrong at once', async () => {
    const argv = ['config', 'print', '--set', 'retrieval.mode=magic', '--set', 'no.such=1'];
    const { code, out, err } = await run(argv, { CHUNK_SIZE: 'big', VECTOR_DB_URL: 'http://elsewhere' });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const path of ['retrieval.mode', 'no.such', 'chunking.size', 'VECTOR_DB_URL'])
      expect(err).toContain(path);
  });

  it('prints a JSON Schema', async () => {
    const { out } = await run(['config', 'schema']);
    expect(JSON.parse(out)).toMatchObject({ properties: { retrieval: { type: 'object' } } });
  });
});
