import { seededRandom } from '../../../kernel/random.ts';
import { indexedText } from '../../chunking/indexed-text.ts';
import type { EngineOptions } from '../../options.ts';
import type { ChunkKey, DocumentStore, Embedder, EmbedderSource } from '../../ports.ts';
import { refuseOtherModel } from '../mismatch.ts';
import { createLsaEmbedder } from './embedder.ts';
import { type FitControl, fitInThread } from './fit-thread.ts';
import { damagedModel, decodeModel, modelId } from './model.ts';

type Settings = EngineOptions['embedding'];

/** The store's fact that names the latest fitted model. What is known of a fit is a fact under the model's own id. */
const LATEST = 'embedding.lsa';

interface Fit {
  /** As the settings had it; the model has fewer where chunks were few. */
  readonly dimensions: number;
  readonly chunks: number;
  /** The largest key there was: later chunks have larger ones. */
  readonly lastKey: ChunkKey;
}

/**
 * Embedders fitted on what the store holds. Chunks that come later are folded into the fitted model, until they
 * outgrow the share `embedding.refitAfter` of it; then it is fitted anew.
 */
export function createLsaSource(settings: Settings): EmbedderSource {
  return {
    async prepare(store, control) {
      control.signal?.throwIfAborted();
      return freshEmbedder(store, settings) ?? fitAnew(store, settings, control);
    },
    async open(store) {
      if (store.documentCount === 0) return undefined;
      const { model } = store;
      const wanted = `lsa/${settings.dimensions}`;
      if (!model?.startsWith('lsa/')) refuseOtherModel(model, wanted);
      const { dimensions } = fitOf(store, model);
      if (dimensions !== settings.dimensions) refuseOtherModel(`lsa/${dimensions}`, wanted);
      const bytes = store.loadModel(model);
      if (bytes === undefined) throw damagedModel('the store does not hold it');
      return createLsaEmbedder(model, decodeModel(model, bytes));
    },
  };
}

/** The latest fitted model, where it still serves. A store drops it when it is published with another one. */
function freshEmbedder(store: DocumentStore, settings: Settings): Embedder | undefined {
  const model = store.fact(LATEST);
  if (model === undefined || !isFresh(store, model, settings)) return undefined;
  const bytes = store.loadModel(model);
  return bytes && createLsaEmbedder(model, decodeModel(model, bytes));
}

function fitOf(store: DocumentStore, model: string): Fit {
  const fact = store.fact(model);
  if (fact === undefined) throw damagedModel('the store knows nothing of its fit');
  return JSON.parse(fact) as Fit;
}

function isFresh(store: DocumentStore, model: string, { dimensions, refitAfter }: Settings): boolean {
  const fit = fitOf(store, model);
  if (fit.dimensions !== dimensions) return false;
  if (store.chunksWithoutVector(model, 1).length === 0) return true;
  let since = 0;
  for (const { key } of store.currentChunks()) if (key > fit.lastKey) since += 1;
  return since <= refitAfter * fit.chunks;
}

async function fitAnew(
  store: DocumentStore,
  { dimensions, fitSample }: Settings,
  control: FitControl,
): Promise<Embedder | undefined> {
  let chunks = 0;
  let lastKey = 0;
  for (const { key } of store.currentChunks()) {
    chunks += 1;
    lastKey = Math.max(lastKey, key);
  }
  if (chunks === 0) return undefined;
  const texts = sampleTexts(store, chunks, fitSample);
  const bytes = await fitInThread({ texts, dimensions }, control);
  const model = modelId(bytes);
  store.saveModel(model, bytes);
  store.setFact(model, JSON.stringify({ dimensions, chunks, lastKey } satisfies Fit));
  store.setFact(LATEST, model);
  return createLsaEmbedder(model, decodeModel(model, bytes));
}

/** At most `most` of the `count` chunks, each as likely as the other, in the store's order (Knuth, algorithm 3.4.2 S). */
function sampleTexts(store: DocumentStore, count: number, most: number): string[] {
  const random = seededRandom('lsa sample');
  const texts: string[] = [];
  let left = count;
  for (const chunk of store.currentChunks()) {
    if (random.next() * left < Math.min(most, count) - texts.length) texts.push(indexedText(chunk));
    left -= 1;
  }
  return texts;
}
