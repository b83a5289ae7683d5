import type { EngineOptions } from '../engine/options.ts';
import { canonicalJson } from '../kernel/digest.ts';
import type { RunSetup } from './setup.ts';

/** One named configuration of what is driven: `settings` are `path=value`, over those of the run. */
export interface Variant {
  readonly name: string;
  readonly settings: readonly string[];
  readonly setup: RunSetup;
}

interface Way {
  readonly mode: EngineOptions['retrieval']['mode'];
  readonly reranking: EngineOptions['reranking']['kind'];
}

/** The ways to retrieve that are compared again and again, by the names that the field has for them. */
const WAYS: Readonly<Record<string, Way>> = {
  bm25: { mode: 'keyword', reranking: 'none' },
  lsa: { mode: 'vector', reranking: 'none' },
  hybrid: { mode: 'hybrid', reranking: 'none' },
  mmr: { mode: 'hybrid', reranking: 'mmr' },
};

export const KNOWN_VARIANTS: readonly string[] = Object.keys(WAYS);

/** What a known variant sets; undefined for a name that is none. */
export function settingsOfKnown(name: string): string[] | undefined {
  const way = Object.hasOwn(WAYS, name) ? WAYS[name] : undefined;
  if (way === undefined) return undefined;
  const embedder = name === 'lsa' ? ['embedding.provider=lsa'] : [];
  return [`retrieval.mode=${way.mode}`, ...embedder, `reranking.kind=${way.reranking}`];
}

/** All that are known, over one configuration and its index; none where that has no latent semantic analysis. */
export function knownVariants(setup: RunSetup): Variant[] {
  const { engine } = setup;
  if (engine.embedding.provider !== 'lsa') return [];
  return Object.entries(WAYS).map(([name, { mode, reranking }]) => ({
    name,
    settings: settingsOfKnown(name)!,
    setup: {
      ...setup,
      engine: {
        ...engine,
        retrieval: { ...engine.retrieval, mode },
        reranking: { ...engine.reranking, kind: reranking },
      },
    },
  }));
}

/** Whether two setups configure the engine alike, so that one of them need not be asked. */
export const configuredAlike = (a: RunSetup, b: RunSetup): boolean =>
  canonicalJson(a.engine) === canonicalJson(b.engine);
