import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawReply } from './target.ts';

/** Bytes that are kept in memory before the first of them go to disk. */
const IN_MEMORY = 16 * 1024 * 1024;

/** Bytes of last replies that are remembered, one a question, to know when the next is the same. */
const REMEMBERED = 16 * 1024 * 1024;

/** Bytes that are written to disk, or read from it, at once: fewer calls, and none of them holds the event loop for long. */
const BLOCK = 1024 * 1024;

/**
 * Keeps replies as they came until the load is over. A reply equal to the last one of its question is kept once. What
 * does not fit into memory goes to a temporary file that has no name any more, so that nothing is left behind even by a kill.
 */
export class ReplyStore {
  #ids = 0;
  /** By id: where the bytes begin, in the whole of all that was kept. */
  #offsets = new Float64Array(1024);
  #lengths = new Uint32Array(1024);
  #questions = new Uint32Array(1024);
  /** By question: the last reply, and its id. */
  readonly #last = new Map<number, { bytes: RawReply; id: number }>();
  #remembered = 0;
  #size = 0;
  /** Bytes from the beginning that are on disk. */
  #written = 0;
  /** What is not on disk, in order: blocks of which the last is being filled. */
  #blocks: Uint8Array[] = [];
  #filled = 0;
  #file: number | undefined;
  /** What was read from the file last, and where it stands there. */
  #buffer: Uint8Array | undefined;
  #ahead: Uint8Array = new Uint8Array(0);
  #aheadAt = 0;
  readonly #limit: number;

  constructor(inMemory = IN_MEMORY) {
    this.#limit = inMemory;
  }

  get size(): number {
    return this.#ids;
  }

  /** The number under which the reply is kept, new or known. */
  keep(question: number, reply: RawReply): number {
    const last = this.#last.get(question);
    if (last !== undefined && sameBytes(last.bytes, reply)) return last.id;
    const id = this.#ids;
    if (id === this.#lengths.length) this.#grow();
    this.#ids += 1;
    this.#offsets[id] = this.#size;
    this.#lengths[id] = reply.length;
    this.#questions[id] = question;
    this.#append(reply);
    this.#remember(question, reply, id);
    return id;
  }

  question(id: number): number {
    return this.#questions[id]!;
  }

  /** Remembers a copy: the bytes that came may be a small part of a large buffer, which would stay with them. */
  #remember(question: number, reply: RawReply, id: number): void {
    const before = this.#last.get(question)?.bytes.length ?? 0;
    if (this.#remembered - before + reply.length > REMEMBERED) return;
    this.#remembered += reply.length - before;
    this.#last.set(question, { bytes: reply.slice(), id });
  }

  read(id: number): RawReply {
    const reply = new Uint8Array(this.#lengths[id]!);
    let at = this.#offsets[id]!;
    let done = 0;
    while (done < reply.length) {
      const taken = at < this.#written ? this.#readFile(reply, done, at) : this.#readMemory(reply, done, at);
      done += taken;
      at += taken;
    }
    return reply;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#blocks = [];
    this.#last.clear();
  }

  #append(reply: RawReply): void {
    let from = 0;
    while (from < reply.length) {
      let block = this.#blocks.at(-1);
      if (block === undefined || this.#filled === BLOCK) {
        const isFull = this.#blocks.length * BLOCK >= this.#limit;
        block = (isFull ? this.#spill() : undefined) ?? new Uint8Array(BLOCK);
        this.#blocks.push(block);
        this.#filled = 0;
      }
      const count = Math.min(reply.length - from, BLOCK - this.#filled);
      block.set(reply.subarray(from, from + count), this.#filled);
      this.#filled += count;
      this.#size += count;
      from += count;
    }
  }

  /** Writes the oldest block to disk. Gives it back, to be filled again. */
  #spill(): Uint8Array | undefined {
    const block = this.#blocks.shift();
    if (block === undefined) return undefined;
    this.#file ??= namelessFile();
    writeFully(this.#file, block, this.#written);
    this.#written += block.length;
    return block;
  }

  /** Replies are read in the order in which they came, mostly: what follows one is wanted next. */
  #readFile(into: Uint8Array, at: number, position: number): number {
    if (position < this.#aheadAt || position >= this.#aheadAt + this.#ahead.length) {
      this.#buffer ??= new Uint8Array(BLOCK);
      const taken = readSync(
        this.#file!,
        this.#buffer,
        0,
        Math.min(BLOCK, this.#written - position),
        position,
      );
      if (taken === 0) throw new Error('a temporary file of replies is shorter than what was written to it');
      this.#ahead = this.#buffer.subarray(0, taken);
      this.#aheadAt = position;
    }
    const from = position - this.#aheadAt;
    const part = this.#ahead.subarray(from, from + into.length - at);
    into.set(part, at);
    return part.length;
  }

  #readMemory(into: Uint8Array, at: number, position: number): number {
    const within = position - this.#written;
    const start = within % BLOCK;
    const part = this.#blocks[Math.floor(within / BLOCK)]!.subarray(start, start + into.length - at);
    into.set(part, at);
    return part.length;
  }

  #grow(): void {
    const size = this.#lengths.length * 2;
    const wider = <T extends Float64Array | Uint32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#offsets = wider(new Float64Array(size), this.#offsets);
    this.#lengths = wider(new Uint32Array(size), this.#lengths);
    this.#questions = wider(new Uint32Array(size), this.#questions);
  }
}

function sameBytes(a: RawReply, b: RawReply): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** A temporary file that is open and unlinked: it goes with the process. Where the system forbids that, with the store. */
function namelessFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-replies-'));
  const path = join(folder, 'replies');
  const file = openSync(path, 'w+', 0o600);
  try {
    rmSync(folder, { recursive: true });
  } catch {
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  return file;
}

function writeFully(file: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}
