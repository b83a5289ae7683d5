import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/records/schema.ts';
import { cli, type Ended, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { MADE_SET } from './made-set.ts';

const work = workFolder({
  ...MADE_SET,
  'docs/lamp.txt': 'The lighthouse keeper is called Ada Brown. She lights the lamp at dusk.',
  'docs/boats/red.md': '# Boats\n\nThe red boat costs 40 crowns a day.\n',
  'docs/more.jsonl': '{"_id":"soup","text":"Fish soup is served at noon."}\nthis is no JSON\n',
  'docs/empty.txt': '',
  'docs/latin1.txt': Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x20, 0xff),
  'bad/empty.txt': '',
  'many/corpus.jsonl': `${'no JSON\n'.repeat(25)}{"_id":"one","text":"Some text."}\n`,
  'none/picture.png': 'not read',
});
interface Options {
  readonly input?: string;
  readonly env?: Record<string, string>;
}
const run = (argv: readonly string[], options: Options = {}) => cliHere(argv, { cwd: work.path, ...options });
const runProcess = (argv: readonly string[], options: Options = {}) =>
  cli(argv, { cwd: work.path, ...options });
/** A service that nobody runs; neither its key nor the password in its address may be seen again. */
const env = {
  OPENAI_API_KEY: 'sk-magpie-key-0123',
  OPENAI_BASE_URL: 'http://me:magpie-password@127.0.0.1:1/v1',
};
const ask = ['ask', '--index', 'mine'];

afterAll(() => work.remove());

describe('ingest', () => {
  let first: Ended;

  beforeAll(async () => {
    first = await runProcess(['ingest', 'docs', '--index', 'mine']);
  });

  it('takes in what it can, and lists what failed and why', () => {
    expect(first.code, first.err).toBe(0);
    expect(first.out).toMatch(/^3 indexed, 0 unchanged, 3 failed, in .*s/);
    expect(first.out).toMatch(/empty\.txt +document\.empty/);
    expect(first.out).toMatch(/latin1\.txt +document\.encoding/);
    expect(first.out).toMatch(/more\.jsonl:2 +document\.line/);
    expect(first.out).toContain('groundspeed ask --index mine');
  });

  it('passes over what has not changed, and prints its record with --json', async () => {
    const { code, out } = await run(['ingest', 'docs', '--index', 'mine', '--json']);
    const { kind, ingest, dataset } = recordSchema.parse(JSON.parse(out));
    expect({ code, kind, dataset }).toEqual({ code: 0, kind: 'ingest', dataset: null });
    expect(ingest).toMatchObject({ indexed: 0, unchanged: 3 });
    expect(ingest!.failed).toHaveLength(3);
  });

  it.each([
    ['bad', 'bad/empty.txt: the file is empty', 'code: document.unreadable'],
    ['none', 'No document was found in none', 'code: dataset.empty'],
    ['nowhere', 'nowhere: could not be read: there is no such file or folder', 'code: document.unreadable'],
  ])('of %s, where nothing can be taken in, exits with 3', async (folder, why, code) => {
    const ended = await run(['ingest', folder, '--index', 'other']);
    expect(ended).toMatchObject({ code: 3, out: '' });
    expect(ended.err).toContain(why);
    expect(ended.err).toContain(code);
  });

  it('lists no more failures than a person would read, and all of them with --json', async () => {
    const { out } = await run(['ingest', 'many', '--index', 'other']);
    expect(out).toMatch(/^1 indexed, 0 unchanged, 25 failed/);
    expect(out.match(/document\.line/g)).toHaveLength(20);
    expect(out).toContain('… and 5 more, which --json lists');
    expect(out).toContain('holds 1 document in 1 chunk.');
    const again = await run(['ingest', 'many', '--index', 'other', '--json']);
    expect(recordSchema.parse(JSON.parse(again.out)).ingest!.failed).toHaveLength(25);
  });
});

describe("an index of documents of one's own", () => {
  it('is not taken for that of a golden set, whose runs would remove them, nor the other way round', async () => {
    const evaluated = await run(['evaluate', '--index', 'mine']);
    expect(evaluated).toMatchObject({ code: 2, out: '' });
    expect(evaluated.err).toContain('code: store.incompatible');
    expect((await run([...ask, 'How much does the red boat cost?'])).out).toContain('40 crowns');

    for (const _ of ['built', 'reused']) {
      expect((await run(['evaluate', '--dataset', 'islands', '--index', 'golden', '--quiet'])).code).toBe(0);
    }
    const ingested = await run(['ingest', 'docs', '--index', 'golden']);
    expect(ingested).toMatchObject({ code: 2, out: '' });
    expect(ingested.err).toContain('golden set islands');
  });
});

describe('ask', () => {
  it('answers, with sources, scores and timings', async () => {
    const { code, out } = await run([...ask, 'How much does the red boat cost?']);
    expect(code).toBe(0);
    expect(out).toMatch(/^The red boat costs 40 crowns a day\.\n/);
    expect(out).toMatch(/ 1 {2}\d\.\d{3} {2}cited +boats\/red\.md +Boats/);
    expect(out).toMatch(/Timings .*retrieve .*total/);
  });

  it('prints the answer alone with --quiet', async () => {
    const { out, err } = await run([...ask, '--quiet', 'How much does the red boat cost?']);
    expect({ out, err }).toEqual({ out: 'The red boat costs 40 crowns a day.\n', err: '' });
  });

  it('prints one document with --json', async () => {
    const { out } = await run([...ask, '--json', 'When is fish soup served?']);
    const answer = JSON.parse(out);
    expect(answer.answer).toContain('at noon');
    expect(answer.passages[answer.citations[0]].documentId).toBe('soup');
  });

  it('takes a script of questions and settings on stdin', async () => {
    const input = 'Who keeps the lighthouse?\n:set retrieval.mode=keyword\n:set retrieval.topK=1\n:quit\n';
    const { code, out, err } = await runProcess(ask, { input });
    expect(code, err).toBe(0);
    expect(out.match(/^› Who keeps the lighthouse\?$/gm)).toHaveLength(3);
    expect(out).toContain('embedding off');
  });

  it('refuses an index that is not there, and a question without text', async () => {
    expect(await run(['ask', '--index', 'missing', 'hello'])).toMatchObject({ code: 3, out: '' });
    const empty = await run([...ask, '']);
    expect(empty).toMatchObject({ code: 2, out: '' });
    expect(empty.err).toContain('code: query.empty');
  });

  it('answers by sentences when the model does not, says so, and keeps its secrets', async () => {
    const argv = [...ask, '--set', 'generation.provider=openai', 'Who keeps the lamp?'];
    const { code, out, err } = await run(argv, { env });
    expect(code, err).toBe(0);
    expect(out).toContain('degraded: extractive (generator: error)');
    expect(out + err).not.toContain('magpie');
  });

  it('exits with 5 when a service does not answer and nothing may stand in, and keeps its secrets', async () => {
    const sets = ['--set', 'generation.provider=openai', '--set', 'degradation.enabled=false'];
    const { code, err } = await runProcess([...ask, ...sets, 'Who keeps the lamp?'], { env });
    expect(code).toBe(5);
    expect(err).toContain('code: generation.failed');
    expect(err).not.toContain('magpie');
  });

  it('keeps secrets out of the record of a run whose every answer failed', async () => {
    const argv = ['evaluate', '--dataset', 'islands', '--set', 'generation.provider=openai', '--json'];
    const { code, out, err } = await runProcess(argv, { env });
    expect(code).toBe(5);
    const { questions } = recordSchema.parse(JSON.parse(out));
    expect(questions!.filter(({ error }) => error !== null).length).toBe(60);
    expect(out + err).not.toContain('magpie');
  });
});
