import type { Engine } from '../engine/engine.ts';
import type { Generator, Passage } from '../engine/ports.ts';
import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';

/** What a check found: small facts for the response. It throws where what it checks doesn't work. */
export type HealthCheck = () => Promise<Readonly<Record<string, string | number | null>>>;

/** What the generator is asked: it has to say something, whatever that is. */
const PROBE: Passage = {
  key: 1,
  documentId: 'health',
  title: 'Health check',
  text: 'The service is there.',
  start: 0,
  end: 21,
  score: 1,
  rank: 1,
  metadata: {},
};
const QUESTION = 'Is the service there?';

/** Reads a chunk out of the store's file. */
export function checkStore({ store }: Engine): HealthCheck {
  return async () => {
    for (const _ of store.publishedChunks()) break;
    return { documents: store.documentCount, chunks: store.chunkCount, version: store.version };
  };
}

/** Looks for a chunk that the store holds: by its vector in the index of vectors, by its words where only words are searched. */
export function checkIndex(engine: Engine): HealthCheck {
  return async () => {
    const { vector, keyword } = await engine.stages();
    const searched = vector ?? keyword;
    const [chunk] = engine.store.publishedChunks();
    if (chunk !== undefined && searched.size === 0)
      throw broken('The index is empty, though the store is not');
    const stored = vector && chunk && engine.store.vectors([chunk.key])[0];
    if (stored !== undefined && vector !== undefined) {
      const { keys } = await vector.search(stored, 1);
      if (keys.length === 0) throw broken('The index finds nothing near a vector that it holds');
    } else if (chunk !== undefined) {
      await keyword.search(chunk.text.slice(0, 200), 1);
    }
    return { vector_index: vector?.kind ?? null, keyword_index: keyword.kind, size: searched.size };
  };
}

/** Has the question's embedding made, where vectors are searched, and waits for the first words of an answer. */
export function checkModels(engine: Engine): HealthCheck {
  return async () => {
    const { embedder, generator } = await engine.stages();
    await embedder?.embed([QUESTION], { purpose: 'query' });
    await speaks(generator);
    return { embedder: embedder?.id ?? null, generator: generator.id };
  };
}

async function speaks(generator: Generator): Promise<void> {
  const left = new AbortController();
  try {
    for await (const _ of generator.generate({
      question: QUESTION,
      passages: [PROBE],
      signal: left.signal,
    })) {
      return;
    }
    throw broken('The generator said nothing');
  } finally {
    left.abort(new Error('the first words were enough'));
  }
}

function broken(message: string): GroundspeedError {
  return new GroundspeedError('internal.bug', message);
}

/**
 * The same check for many who ask: one at a time, and its result good for a while. Whoever polls a health page must not run
 * up a bill at a model's provider, nor take the engine's time.
 */
export function remembered(check: HealthCheck, forMs: number, clock: Clock): HealthCheck {
  let last: { readonly at: number; readonly result: ReturnType<HealthCheck> } | undefined;
  return () => {
    const now = clock.now();
    if (last === undefined || now - last.at >= forMs) last = { at: now, result: check() };
    return last.result;
  };
}
