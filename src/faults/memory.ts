import { setImmediate } from 'node:timers/promises';

export interface HeldMemory {
  /** Bytes that are held; 0 once they were given back. */
  readonly bytes: number;
  release(): void;
}

/** So much is taken in one turn of the event loop: some milliseconds. */
const BLOCK = 16 * 2 ** 20;

/**
 * Takes real memory outside the heap: each page is written to, so that the system has to find it. Block by block, so that
 * others get their turns. Stops taking more once the signal aborts.
 */
export async function holdMemory(bytes: number, signal?: AbortSignal): Promise<HeldMemory> {
  let blocks: ArrayBuffer[] = [];
  let held = 0;
  while (held < bytes && !signal?.aborted) {
    const size = Math.min(BLOCK, bytes - held);
    // One that can be resized gives its pages back at once, not when the collector comes round.
    const block = new ArrayBuffer(size, { maxByteLength: size });
    // Zeros would do as well for most systems; but some compress them, or share one page of them.
    Buffer.from(block).fill(`${held} groundspeed`);
    blocks.push(block);
    held += size;
    await setImmediate();
  }
  return {
    get bytes() {
      return blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
    },
    release: () => {
      for (const block of blocks) block.resize(0);
      blocks = [];
    },
  };
}
