import { createServer } from 'node:http';
import type { GoldenSet } from '../../src/datasets/golden.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { type AnswerBody, answerBody } from '../../src/server/api/query-body.ts';
import { systemClock } from '../../src/system/clock.ts';
import { listen } from '../load/servers/listen.ts';
import { itemsOf } from '../quality.ts';

/** By question: what the engine answers, as `POST /api/query` gives it. */
export type Replies = ReadonlyMap<string, AnswerBody>;

/** Deep enough for nDCG@10. */
const TOP_K = 10;
const NO_TIME = { processingMs: 0, queueMs: 0, firstTokenMs: 0 };

/** Asks the engine every question of a golden set once. Its index is made in the folder. */
export async function engineReplies(golden: GoldenSet, folder: string, seed: number): Promise<Replies> {
  const options = engineSchema.parse({ retrieval: { topK: TOP_K } });
  const engine = await openEngine({ options, folder, clock: systemClock, seed });
  try {
    await engine.ingest(itemsOf(golden));
    const replies = new Map<string, AnswerBody>();
    for (const { id, question } of golden.questions) {
      replies.set(question, answerBody(await engine.ask(question, { cache: false }), NO_TIME, id));
    }
    return replies;
  } finally {
    await engine.close();
  }
}

/**
 * A reply without the first of its documents that is relevant: all passages of that document go, the others move up, and the
 * answer stays. Undefined where no document of it is relevant.
 */
export function withoutTopRelevant(
  reply: AnswerBody,
  relevant: ReadonlyMap<string, number>,
): AnswerBody | undefined {
  const top = reply.sources.find(({ id }) => (relevant.get(id) ?? 0) >= 1);
  if (top === undefined) return undefined;
  const sources = reply.sources.filter(({ id }) => id !== top.id);
  return { ...reply, sources: sources.map((source, index) => ({ ...source, rank: index + 1 })) };
}

export interface ReplayServer {
  readonly url: string;
  /** From now on these are the replies. */
  reply(replies: Replies): void;
  close(): Promise<void>;
}

/** A server that answers every question as it is told. */
export async function replayServer(): Promise<ReplayServer> {
  let replies: Replies = new Map();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const reply = body === '' ? undefined : replies.get((JSON.parse(body) as { query: string }).query);
    response.statusCode = reply === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(reply ?? { error: 'not a question of the golden set' }));
  });
  const { url, close } = await listen(server);
  return {
    url,
    reply(next) {
      replies = next;
    },
    close,
  };
}
