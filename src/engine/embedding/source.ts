import type { EngineOptions } from '../options.ts';
import type { EmbedderSource } from '../ports.ts';
import { createLsaSource } from './lsa/source.ts';
import { refuseOtherModel } from './mismatch.ts';
import { createOpenAIEmbedder } from './openai-embedder.ts';

/** Where vectors come from, as `embedding.provider` says. */
export function createEmbedderSource(options: EngineOptions): EmbedderSource {
  switch (options.embedding.provider) {
    case 'lsa':
      return createLsaSource(options.embedding);
    case 'openai':
      return createOpenAISource(options);
    case 'none':
      return { prepare: async () => undefined, open: async () => undefined };
  }
}

function createOpenAISource(options: EngineOptions): EmbedderSource {
  const embedder = createOpenAIEmbedder(options);
  return {
    prepare: async () => embedder,
    async open(store) {
      if (store.documentCount > 0 && store.model !== embedder.id) refuseOtherModel(store.model, embedder.id);
      return embedder;
    },
  };
}
