import type { PortDecorators } from '../engine/ports.ts';
import { faultyGenerator } from './faulty-generator.ts';
import { faultyEmbedder, faultyKeywords, faultyVectors } from './faulty-searches.ts';
import { blockThread, faultyCache, faultyStore } from './faulty-storage.ts';
import type { FaultInjector } from './injector.ts';

/**
 * What puts an injector's faults before the ports of an engine (`openEngine({ decorate })`). Ports that no fault is for are
 * left as they are. `block` is how a slow store takes time: it stops the thread, unless a test knows better.
 */
export function faultDecorators(
  injector: FaultInjector,
  { block = blockThread }: { readonly block?: (ms: number) => void } = {},
): PortDecorators {
  const storage = injector.concerns('store') || injector.concerns('disk');
  return {
    ...(injector.concerns('embedder') && { embedder: (port) => faultyEmbedder(port, injector) }),
    ...(injector.concerns('vectors') && { vector: (port) => faultyVectors(port, injector) }),
    ...(injector.concerns('keywords') && { keyword: (port) => faultyKeywords(port, injector) }),
    ...(injector.concerns('generator') && { generator: (port) => faultyGenerator(port, injector) }),
    ...(injector.concerns('cache') && { cache: (_layer, port) => faultyCache(port, injector) }),
    ...(storage && { store: (port) => faultyStore(port, injector, block) }),
  };
}
