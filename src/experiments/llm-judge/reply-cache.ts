import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';

/** Where replies are kept, below the folder that a command runs in. */
export const JUDGE_FOLDER = join('.groundspeed', 'judge');

/** A reply that could be read, as it is kept: a line of the cache's file. */
export interface KeptReply {
  readonly text: string;
  /** As the service named what answered. */
  readonly model: string;
}

/** Replies by a hash over all that was asked. */
export interface ReplyCache {
  get(key: string): KeptReply | undefined;
  /** Kept on disk before it resolves, so that an interruption loses no reply that was paid for. */
  put(key: string, reply: KeptReply): Promise<void>;
  /** Lines that could not be read, as a crash may leave the last one: they are asked for anew. */
  readonly unreadable: number;
}

/** The content by which a reply is kept: equal content, equal key. */
export function replyKey(content: Readonly<Record<string, unknown>>): string {
  return sha256(canonicalJson(content));
}

/** A file of JSON lines for each model. Throws `internal.io` where it is there and cannot be read. */
export async function openReplyCache(folder: string, model: string): Promise<ReplyCache> {
  const path = join(folder, `${slug(model)}-${sha256(model).slice(0, 8)}.jsonl`);
  const text = await readIfThere(path);
  const replies = new Map<string, KeptReply>();
  let unreadable = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const kept = parseLine(line);
    if (kept === undefined) unreadable += 1;
    else replies.set(kept.key, kept.reply);
  }
  // A line that broke off must not swallow the next one.
  let separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return {
    unreadable,
    get: (key) => replies.get(key),
    async put(key, reply) {
      replies.set(key, reply);
      const line = `${separator}${JSON.stringify({ key, ...reply })}\n`;
      separator = '';
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, line);
    },
  };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new GroundspeedError('internal.io', `The judge's cache cannot be read: ${messageOf(cause)}`, {
      where: path,
      hint: 'Mend its permissions, or judge without it: --set judge.cache=false.',
      cause,
    });
  }
}

function parseLine(line: string): { key: string; reply: KeptReply } | undefined {
  try {
    const { key, text, model } = JSON.parse(line) as Record<string, unknown>;
    if (typeof key !== 'string' || typeof text !== 'string' || typeof model !== 'string') return undefined;
    return { key, reply: { text, model } };
  } catch {
    return undefined;
  }
}

const slug = (model: string): string =>
  model
    .replaceAll(/[^A-Za-z0-9.-]+/g, '-')
    .replaceAll(/^[.-]+/g, '')
    .slice(0, 60) || 'model';
