import type { Engine } from '../engine/engine.ts';
import type { Generator, Passage } from '../engine/ports.ts';
import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { Checks } from './health/components.ts';
import { checkDisk } from './health/disk.ts';
import { type HealthCheck, StandingCheck } from './health/standing-check.ts';

/** Milliseconds for which a check of the models stands, since it may cost money. */
const MODELS_CHECKED_FOR = 10_000;
/** The same for what costs only time. */
const INDEX_CHECKED_FOR = 1000;
const DISK_CHECKED_FOR = 5000;

/** All that the service tries by itself. */
export interface ServiceChecks extends Checks {
  /** Only where somebody asks for it. */
  readonly models: StandingCheck;
}

export function createChecks(
  engine: Engine,
  { clock, folder }: { clock: Clock; folder?: string | undefined },
): ServiceChecks {
  const standing = (check: HealthCheck, forMs: number): StandingCheck =>
    new StandingCheck(check, { forMs, clock });
  return {
    store: standing(checkStore(engine), INDEX_CHECKED_FOR),
    index: standing(checkIndex(engine), INDEX_CHECKED_FOR),
    models: standing(checkModels(engine), MODELS_CHECKED_FOR),
    disk: folder === undefined ? undefined : standing(checkDisk(folder), DISK_CHECKED_FOR),
  };
}

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
function checkStore({ store }: Engine): HealthCheck {
  return async () => {
    for (const _ of store.publishedChunks()) break;
    return { documents: store.documentCount, chunks: store.chunkCount, version: store.version };
  };
}

/** Looks for a chunk that the store holds: by its vector in the index of vectors, by its words where only words are searched. */
function checkIndex(engine: Engine): HealthCheck {
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
function checkModels(engine: Engine): HealthCheck {
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
