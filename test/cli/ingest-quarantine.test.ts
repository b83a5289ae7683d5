import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Poison, type PoisonCorpus, writePoisonCorpus } from '../../bench/crash/poison-corpus.ts';
import {
  type EmbeddingsReply,
  type EmbeddingsRequest,
  type EmbeddingsServer,
  startEmbeddingsServer,
} from '../servers/openai-embeddings.ts';
import { poisonedReply } from '../servers/poisoned-embeddings.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';

const MAX_FILE_SIZE = 20_000;
const RESET_SECONDS = 1;
const KEY = 'sk-magpie-key-0123';

const SETTINGS = {
  embedding: { provider: 'openai', dimensions: 8 },
  documents: { maxFileSize: MAX_FILE_SIZE },
  resilience: {
    ingest: { baseMs: 1 },
    dependencies: { embedder: { breaker: { resetSeconds: RESET_SECONDS } } },
  },
};
const work = workFolder({ 'settings.json': JSON.stringify(SETTINGS) });
afterAll(() => work.remove());

let service: EmbeddingsServer;
let reply: (request: EmbeddingsRequest) => EmbeddingsReply;
beforeAll(async () => {
  service = await startEmbeddingsServer((request) => reply(request));
});
afterAll(() => service.close());
afterEach(() => {
  reply = poisonedReply;
});
reply = poisonedReply;

interface Outcome {
  readonly indexed: number;
  readonly unchanged: number;
  readonly failed: readonly { readonly id: string; readonly code: string }[];
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  readonly quarantined: readonly { readonly id: string; readonly attempts: number }[];
}

const run = (argv: readonly string[], runs = cliHere) =>
  runs(['ingest', ...argv, '--config', 'settings.json'], {
    cwd: work.path,
    env: { OPENAI_BASE_URL: service.baseUrl, OPENAI_API_KEY: KEY },
  });

const ingested = async (argv: readonly string[]): Promise<Outcome> => {
  const { code, out, err } = await run([...argv, '--json']);
  expect(code, err).toBe(0);
  expect(out + err).not.toContain('magpie');
  return (JSON.parse(out) as { ingest: Outcome }).ingest;
};

const listed = async (index: string) => {
  const { code, out, err } = await run(['--list-failed', '--json', '--index', index]);
  expect(code, err).toBe(0);
  return (JSON.parse(out) as { quarantined: { id: string; code: string; attempts: number }[] }).quarantined;
};

const corpus = (name: string, kinds?: readonly Poison[]): PoisonCorpus =>
  writePoisonCorpus(join(work.path, name), {
    documents: 150,
    ofEach: 1,
    ...(kinds && { kinds }),
    maxFileSize: MAX_FILE_SIZE,
    seed: 1,
  });

const idsOf = (documents: readonly { id: string }[]) => documents.map(({ id }) => id).sort();

describe('poison among the documents', () => {
  let made: PoisonCorpus;
  beforeAll(() => {
    made = corpus('poison');
  });

  it('fails alone, each with its code, and the sound documents are indexed', async () => {
    const first = await ingested(['poison', '--index', 'mine']);
    expect(first).toMatchObject({ indexed: made.sound.length, skipped: [], quarantined: [] });
    const found = first.failed.map(({ id, code }) => ({ id, code }));
    const wanted = made.poisoned.map(({ id, code }) => ({ id, code }));
    expect(found).toHaveLength(wanted.length);
    expect(found).toEqual(expect.arrayContaining(wanted));
  });

  it('is not sent to the embedder again while it stays as it is, and that is said', async () => {
    const before = service.requests.length;
    const again = await ingested(['poison', '--index', 'mine']);
    expect(service.requests).toHaveLength(before);
    expect(again).toMatchObject({ indexed: 0, unchanged: made.sound.length });
    const embedders = made.poisoned.filter(({ code }) => code.startsWith('embedding.'));
    expect(idsOf(again.quarantined)).toEqual(idsOf(embedders));
    const { out } = await run(['poison', '--index', 'mine']);
    expect(out).toMatch(/^0 indexed, 150 unchanged, 4 failed, 3 in quarantine, in /);
    expect(out).toContain('--retry-failed tries them again');
  });

  it('is listed with its error, attempts and times', async () => {
    const list = await listed('mine');
    expect(list).toHaveLength(3);
    expect(list.every(({ attempts }) => attempts === 1)).toBe(true);
    const { out } = await run(['--list-failed', '--index', 'mine']);
    expect(out).toMatch(/^3 documents of mine in quarantine:/);
    expect(out).toMatch(/embedding\.notFinite +1 attempt +\d{4}-\d\d-\d\dT/);
    expect(out).toContain('groundspeed ingest --retry-failed --index mine');
  });

  it('is tried again by --retry-failed, from the index alone, and is in once the service is mended', async () => {
    const still = await run(['--retry-failed', '--index', 'mine']);
    expect(still).toMatchObject({ code: 3, out: '' });
    expect(still.err).toContain('Nothing could be ingested: 3 failed');
    expect((await listed('mine')).map(({ attempts }) => attempts)).toEqual([2, 2, 2]);

    reply = () => ({});
    expect(await ingested(['--retry-failed', '--index', 'mine'])).toMatchObject({ indexed: 3, failed: [] });
    expect(await listed('mine')).toEqual([]);
    expect((await run(['--retry-failed', '--index', 'mine'])).code).toBe(0);
  });
});

describe('an embedding service that is down', () => {
  it('has its documents skipped and named, and the next ingest takes them up', async () => {
    const made = corpus('down', []);
    reply = () => ({ status: 503, message: 'overloaded' });
    const down = await run(['down', '--index', 'down-index'], cli);
    expect(down).toMatchObject({ code: 5, out: '' });
    expect(down.err).toContain('150 documents wait for the embedder');
    expect(down.err).toContain('code: dependency.open');
    reply = poisonedReply;
    const up = await ingested(['down', '--index', 'down-index']);
    expect(up).toMatchObject({ indexed: made.sound.length, skipped: [], failed: [] });
    expect(await listed('down-index')).toEqual([]);
  });

  it('is waited for, and said to be, where it comes back in time', async () => {
    const made = corpus('back', []);
    let failures = 0;
    reply = (request) => {
      failures += 1;
      return failures <= 3 ? { status: 503, message: 'overloaded' } : poisonedReply(request);
    };
    const { code, out, err } = await run(['back', '--index', 'back-index']);
    expect(code, err).toBe(0);
    expect(out).toMatch(new RegExp(`^${made.sound.length} indexed, 0 unchanged, 0 failed, in `));
    expect(err).toMatch(/embedder: it keeps failing: waiting for it\n.*embedder: it works again/);
  });
});

it('refuses to ingest nothing', async () => {
  const ended = await run(['--index', 'mine']);
  expect(ended).toMatchObject({ code: 2, out: '' });
  expect(ended.err).toContain('No document is named');
});
