import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { memoryWorld } from './memory-world.ts';

const COMMANDS = [
  'bench',
  'evaluate',
  'load',
  'capacity',
  'init',
  'target',
  'ingest',
  'serve',
  'ask',
  'explain',
  'measure',
  'report',
  'config',
];

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
    [['measure', '--run', 'x'], 'A run needs judgements', '--qrels, or a golden set with --dataset'],
    [['report', 'x', '--format', 'pdf'], 'Allowed choices are html, md, csv, json', 'groundspeed --help'],
    [['bench', '--target', 'somewhere'], 'That target is not known', 'in-process'],
    [['evaluate', '--target', 'somewhere'], 'neither in-process nor a URL', 'http://127.0.0.1:8080'],
    [['load'], 'Nothing says how much load to send', '--rate 20'],
    [['load', '--rate', '10', '--concurrency', '2'], 'two kinds of load', 'Give one of them'],
    [['load', '--rate', '-1'], 'Give a number above 0', 'groundspeed --help'],
    [['load', '--rate', '0'], 'Give a number above 0', 'groundspeed --help'],
    [['load', '--rate', '5', '--duration', '30'], 'with its unit', 'groundspeed --help'],
    [['load', '--rate', '5', '--duration', '0s'], 'duration above 0', 'groundspeed --help'],
    [['load', '--rate', '5', '--think-time', '1s'], 'Only the users of a closed loop think', '--concurrency'],
    [['load', '--rate', '5', '--speed', '2'], 'Only a replay has a speed', '--replay'],
    [['load', '--rate', '5', '--engine', 'autocannon'], 'autocannon is for closed loops', '--concurrency'],
    [['load', '--rate', '5', '--order', 'zip'], 'did you mean zipf', 'uniform'],
    [['load', '--rate', '5', '--max-requests', '0'], 'Give a number above 0', 'groundspeed --help'],
    [['load', '--rate', '5', '--generators', '2'], 'Generator threads drive deployments only', '--target'],
    [['evaluate', 'cranfield'], 'too many arguments', 'groundspeed --help'],
    [['report', 'x'], 'Nothing says which report to make', '--format html, md, csv, json'],
    [['report', 'x', '--json', '--format', 'md'], '--json and --format md', 'Leave one of them out'],
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
    expect(err).toContain('takes no deployment');
    expect(err).toContain('code: target.unsupported');
    expect(err).not.toContain('hunter2secret');
  });
});

describe('config', () => {
  it('prints the settings in force and where each comes from, without secrets', async () => {
    const { code, out } = await run(['config', 'print', '--set', 'retrieval.topK=7'], {
      OPENAI_API_KEY: 'magpie-key-1',
      CHUNK_SIZE: '200',
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}topK: 7 # from the flag$/m);
    expect(out).toMatch(/^ {2}size: 200 # from the environment$/m);
    expect(out).toMatch(/^ {2}overlap: 40$/m);
    expect(out).toMatch(/^ {2}apiKey: "\*\*\*"/m);
    expect(out).not.toContain('magpie-key');
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

  it.each([[[]], [['--json']]])('prints a JSON Schema, with the flags %j', async (flags) => {
    const { out } = await run(['config', 'schema', ...flags]);
    expect(JSON.parse(out)).toMatchObject({ properties: { retrieval: { type: 'object' } } });
  });
});

describe('what is wrong with a golden set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-set-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const evaluate = (dataset: string, ...flags: string[]) =>
    run(['evaluate', '--dataset', dataset, '--output', join(folder, 'reports'), ...flags]);
  const setOf = (name: string, questions: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, 'corpus.jsonl'), '{"id":"a b","text":"Some text."}\n');
    writeFileSync(join(path, 'questions.jsonl'), questions);
    return path;
  };

  it('is told with the path of the file, to be opened', async () => {
    const path = setOf('corrupt', '{"id": broken\n');
    const { code, err } = await evaluate(path);
    expect(code).toBe(3);
    expect(err).toContain(`  in ${join(path, 'questions.jsonl')}:1\n`);
  });

  it('is told with the path of the set, where no one file is at fault', async () => {
    const path = setOf('empty', '');
    expect((await evaluate(path)).err).toContain(`  in ${path}\n`);
  });

  it('and keeps a run from being written in TREC format, is told before the run', async () => {
    const path = setOf('blank', '{"id":"q","question":"What?","relevant":["a b"]}\n');
    const { code, out, err } = await evaluate(path, '--run-file', join(folder, 'run.txt'));
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('error: document "a b": the id is empty or holds white space');
    expect(err).not.toContain('[1/2]');
  });

  it('does not keep the place of the run file from being looked at before the run', async () => {
    const path = setOf('fine', '{"id":"q","question":"What?","answers":["text"]}\n');
    writeFileSync(join(path, 'corpus.jsonl'), '{"id":"a","text":"Some text."}\n');
    const { code, err } = await evaluate(path, '--run-file', join(path, 'corpus.jsonl', 'run.txt'));
    expect(code).toBe(1);
    expect(err).toMatch(/Nothing can be written to .*corpus\.jsonl: a file stands.*\n.*--run-file/);
  });
});

describe('measuring TREC files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-trec-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const line = 'q1 Q0 d1 1 2.0 t\n';
  const measure = (qrels: string, ranking: string) =>
    run(['measure', '--qrels', qrels, '--run', ranking, '--measures', 'mrr']);

  it('counts a judged question without results as 0, and says so', async () => {
    const { code, out, err } = await measure(file('two', 'q1 0 d1 1\nq2 0 d1 1\n'), file('one', line));
    expect({ code, out }).toEqual({ code: 0, out: 'mrr  0.5000\n' });
    expect(err).toContain('has no results for 1 of the 2 judged questions: it counts as 0');
  });

  it('refuses judgements that are none', async () => {
    const { code, out, err } = await measure(file('none', '\n'), file('run', line));
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/none holds no judgement[\s\S]*code: dataset\.empty/);
  });

  it('refuses a file that is not UTF-8, naming the line: ids could not be told apart', async () => {
    const latin = Buffer.from('q1 0 d1 1\nq1 0 caf\u00e9 1\n', 'latin1');
    const { code, err } = await measure(file('latin', latin), file('run', line));
    expect(code).toBe(3);
    expect(err).toMatch(/latin:2 is not valid UTF-8/);
  });

  it('says plainly that a file is not there', async () => {
    const { code, err } = await measure('/nowhere/qrels', file('run', line));
    expect(code).toBe(3);
    expect(err).toContain('Cannot read /nowhere/qrels: there is no such file or folder\n');
  });
});
