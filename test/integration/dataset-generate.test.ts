import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { datasetGenerate } from '../../src/cli/dataset-generate.ts';
import type { GenerateFlags } from '../../src/cli/dataset-generate-flags.ts';
import { readGoldenSet } from '../../src/datasets/read.ts';
import { systemClock } from '../../src/system/clock.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { folderOf } from '../datasets/folders.ts';
import { askedOf, goodReply, ISLANDS } from '../experiments/draft-questions/drafting.ts';
import {
  type ChatReply,
  type ChatRequest,
  type ChatServer,
  startChatServer,
} from '../servers/openai-chat.ts';

const KEY = 'sk-test-0987654321';
const MODEL = 'drafter-1';
const USAGE = { prompt_tokens: 900, completion_tokens: 80 };
const servers: ChatServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

const good = (request: ChatRequest): ChatReply => ({
  pieces: [goodReply(askedOf(request.messages))],
  usage: USAGE,
});

/** A world whose settings name a chat server on this machine. */
async function withService(reply: (request: ChatRequest, call: number) => ChatReply, prices = true) {
  let calls = 0;
  const server = await startChatServer((request) => {
    calls += 1;
    return reply(request, calls);
  });
  servers.push(server);
  const folder = folderOf({ 'docs/corpus.jsonl': ISLANDS.map(({ metadata: _, ...document }) => document) });
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl };
  const world = { ...memoryWorld([], { env }), clock: systemClock };
  const set = [
    `generation.model=${MODEL}`,
    ...(prices ? [`generation.prices={"${MODEL}":{"input":1,"output":4}}`] : []),
  ];
  const output = join(folder, 'drafts');
  const run = (flags: Partial<GenerateFlags> = {}) =>
    datasetGenerate(world, [join(folder, 'docs')], {
      output,
      size: 10,
      seed: 5,
      color: false,
      set,
      ...flags,
    });
  const facts = () => JSON.parse(readFileSync(join(output, 'draft.json'), 'utf8'));
  return { server, world, folder, output, run, facts };
}

describe('dataset generate with a model', () => {
  it('drafts, writes a review, and after it a golden set that reads without warnings', async () => {
    const { server, world, folder, output, run, facts } = await withService(good);
    expect(await run()).toBe(0);
    expect(server.requests).toHaveLength(10);
    const { body, authorization } = server.requests[0]!;
    expect(authorization).toBe(`Bearer ${KEY}`);
    expect(body).toMatchObject({
      model: MODEL,
      response_format: { type: 'json_schema', json_schema: { name: 'draft', strict: true } },
    });
    expect(facts()).toMatchObject({
      method: 'model',
      seed: 5,
      drafted: 10,
      kinds: { lookup: 2, paraphrase: 2, numeric: 2, 'multi-hop': 2, unanswerable: 2 },
      documents: { read: 10, failed: 0 },
      model: {
        name: MODEL,
        service: server.baseUrl,
        prompt: { version: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        calls: { answered: 10, retried: 0, failed: {} },
        tokens: { inputTokens: 9000, outputTokens: 800 },
        stopped: null,
      },
    });
    expect(facts().model.costUsd).toBeCloseTo((9000 * 1 + 800 * 4) / 1e6, 9);
    expect(world.out.text()).toMatch(/10 questions drafted from 10 documents/);
    expect(world.err.text()).toContain(`${MODEL} at ${server.baseUrl}`);

    const review = join(output, 'review.csv');
    writeFileSync(review, readFileSync(review, 'utf8').replaceAll(/^(g\d+),/gm, '$1,accept'));
    const set = join(folder, 'set');
    expect(
      await datasetGenerate(world, [], { output: set, size: 30, seed: 42, color: false, accept: review }),
    ).toBe(0);
    const golden = await readGoldenSet(set);
    expect(golden.warnings).toEqual([]);
    expect(golden.questions).toHaveLength(10);
    expect(golden.corpus).toHaveLength(10);
    expect(golden.questions.filter(({ answerable }) => !answerable)).toHaveLength(2);
    expect(golden.questions.every(({ tags }) => tags.includes('generated'))).toBe(true);
    expect(readFileSync(join(set, 'README.md'), 'utf8')).toContain(`the language model ${MODEL}`);
    for (const file of ['review.csv', 'review.jsonl', 'draft.json', 'documents.jsonl']) {
      expect(readFileSync(join(output, file), 'utf8')).not.toContain(KEY);
    }
    expect(world.out.text() + world.err.text()).not.toContain(KEY);
  });

  it('refuses and counts invented quotes and malformed replies, and drafts anew for them', async () => {
    const invented = [{ passage: 1, quote: 'The moon is made of green cheese.' }];
    let said = false;
    const { world, run, facts } = await withService((request, call) => {
      const { kind } = askedOf(request.messages);
      if (kind === 'lookup' && !said) {
        said = true;
        return { pieces: [goodReply(askedOf(request.messages), { quotes: invented })], usage: USAGE };
      }
      if (call === 3) return { pieces: ['{"question": "What'], usage: USAGE };
      return good(request);
    });
    expect(await run({ json: true })).toBe(0);
    const printed = JSON.parse(world.out.text());
    expect(printed).toMatchObject({ drafted: 10, model: { calls: { answered: 12 } } });
    expect(printed).toMatchObject(facts());
    const reasons = printed.refused.map(({ reason, count }: { reason: string; count: number }) => [
      reason,
      count,
    ]);
    expect(reasons).toContainEqual(['malformed', 1]);
    expect(reasons).toContainEqual(['invented-quote', 1]);
  });

  it('tries again after 429, and says how often', async () => {
    const { run, facts } = await withService((request, call) =>
      call <= 2 ? { status: 429, message: `slow down, ${KEY}` } : good(request),
    );
    expect(await run({ size: 5 })).toBe(0);
    expect(facts()).toMatchObject({ drafted: 5, model: { calls: { retried: 2 } } });
  });

  it('takes a service that knows no structured output', async () => {
    const { run, facts } = await withService((request) =>
      request.response_format === undefined
        ? good(request)
        : { status: 400, message: 'response_format is not supported' },
    );
    expect(await run({ size: 5 })).toBe(0);
    expect(facts()).toMatchObject({ drafted: 5, model: { structuredOutput: 'none' } });
  });

  it('stops at the ceiling of cost with what there is, and never passes it', async () => {
    const { world, run, facts } = await withService(good);
    expect(await run({ maxCost: 0.012 })).toBe(0);
    const { drafted, model } = facts();
    expect(drafted).toBeGreaterThan(0);
    expect(drafted).toBeLessThan(10);
    expect(model).toMatchObject({ stopped: 'max-cost', maxCostUsd: 0.012 });
    expect(model.costUsd).toBeLessThanOrEqual(0.012);
    expect(world.err.text()).toMatch(/of 10 questions drafted: the ceiling of cost is reached/);
  });

  it('refuses a ceiling that it could not hold, or that allows nothing', async () => {
    const unpriced = await withService(good, false);
    await expect(unpriced.run({ maxCost: 1 })).rejects.toMatchObject({
      code: 'usage.argument',
      where: '--max-cost',
    });
    const priced = await withService(good);
    await expect(priced.run({ maxCost: 0.0001 })).rejects.toMatchObject({ where: '--max-cost' });
    expect(priced.server.requests).toHaveLength(0);
  });

  it('keeps what is drafted when it is interrupted', async () => {
    const { world, run, facts } = await withService((request, call) => {
      if (call === 6) world.interrupt();
      return good(request);
    });
    expect(await run()).toBe(130);
    expect(facts().model.stopped).toBe('interrupted');
    expect(facts().drafted).toBeGreaterThan(0);
    expect(facts().drafted).toBeLessThan(10);
  });

  it('says what to do where the key is refused, without telling the key', async () => {
    const { run } = await withService(() => ({ status: 401, message: `Incorrect API key provided: ${KEY}` }));
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'generation.failed', message: expect.stringContaining('401') });
    expect(JSON.stringify(error) + (error as Error).message).not.toContain(KEY);
  });

  it('gives up on a service that stays down', async () => {
    const { run } = await withService(() => ({ status: 503, message: 'down' }));
    await expect(run({ size: 1 })).rejects.toMatchObject({ code: 'generation.failed' });
  });
});
