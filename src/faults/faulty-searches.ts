import type { Embedder, Embedding, EmbedOptions, Hits, KeywordIndex, VectorIndex } from '../engine/ports.ts';
import { corrupted } from './corrupt.ts';
import { malformedReply, resetOf } from './failures.ts';
import { changeOf, type FaultInjector, type Plan } from './injector.ts';
import { meet } from './meet.ts';
import { portAround } from './port-around.ts';

export function faultyEmbedder(port: Embedder, injector: FaultInjector): Embedder {
  return portAround(port, {
    embed: (texts, options) => {
      const plan = injector.plan('embedder');
      if (plan === undefined) return port.embed(texts, options);
      return embedUnder(plan, port, { texts, options, injector });
    },
  });
}

interface Embedded {
  readonly texts: readonly string[];
  readonly options: EmbedOptions;
  readonly injector: FaultInjector;
}

async function embedUnder(
  plan: Plan,
  port: Embedder,
  { texts, options, injector }: Embedded,
): Promise<Embedding> {
  await meet(plan, 'embedder', injector, options.signal);
  const embedding = await port.embed(texts, options);
  if (changeOf(plan, 'malformed')) throw malformedReply('embedder');
  if (changeOf(plan, 'reset')) throw resetOf('embedder');
  const change = changeOf(plan, 'corrupt');
  if (change === undefined) return embedding;
  const vectors = embedding.vectors.map((vector) => corrupted(vector, change.how, injector.random));
  return { ...embedding, vectors };
}

const NO_HITS: Hits = { keys: new Uint32Array(0), scores: new Float64Array(0) };

/** Searches fail; what an ingest puts in goes in. */
export function faultyVectors(port: VectorIndex, injector: FaultInjector): VectorIndex {
  return portAround(port, {
    search: (query, k, options) => {
      const plan = injector.plan('vectors');
      if (plan === undefined) return port.search(query, k, options);
      const how = changeOf(plan, 'corrupt')?.how;
      // Where the vectors of an index are noise, so is what lies near to a question's; a number that is none makes scores so.
      const asked = how === undefined || how === 'nan' ? query : corrupted(query, how, injector.random);
      const search = () => port.search(asked, k, options);
      const found = searchUnder(plan, 'vectors', { search, injector, signal: options?.signal });
      return how === 'nan' ? found.then(withoutScores) : found;
    },
  });
}

const withoutScores = ({ keys, scores }: Hits): Hits => ({ keys, scores: scores.map(() => Number.NaN) });

/** Searches fail; what an ingest puts in goes in. */
export function faultyKeywords(port: KeywordIndex, injector: FaultInjector): KeywordIndex {
  return portAround(port, {
    search: (query, k, options) => {
      const plan = injector.plan('keywords');
      const search = () => port.search(query, k, options);
      if (plan === undefined) return search();
      return searchUnder(plan, 'keywords', { search, injector, signal: options?.signal });
    },
  });
}

interface Search {
  readonly search: () => Promise<Hits>;
  readonly injector: FaultInjector;
  readonly signal: AbortSignal | undefined;
}

async function searchUnder(
  plan: Plan,
  target: 'vectors' | 'keywords',
  { search, injector, signal }: Search,
): Promise<Hits> {
  await meet(plan, target, injector, signal);
  if (changeOf(plan, 'empty')) return NO_HITS;
  const { keys, scores } = await search();
  const cut = changeOf(plan, 'truncate');
  if (cut === undefined) return { keys, scores };
  const kept = Math.floor(keys.length * cut.keep);
  return { keys: keys.slice(0, kept), scores: scores.slice(0, kept) };
}
