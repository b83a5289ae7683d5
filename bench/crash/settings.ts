import { type EngineOptions, engineSchema } from '../../src/engine/options.ts';

/** Small chunks and vectors, so that many documents are taken in between two kills; all else is as users have it. */
const SETTINGS = {
  'chunking.size': '16',
  'chunking.overlap': '4',
  'embedding.dimensions': '24',
  'embedding.batchSize': '32',
} as const;

/** The settings as the command line takes them. */
export const FLAGS: readonly string[] = Object.entries(SETTINGS).flatMap(([name, value]) => [
  '--set',
  `${name}=${value}`,
]);

export const OPTIONS: EngineOptions = engineSchema.parse({
  chunking: { size: 16, overlap: 4 },
  embedding: { dimensions: 24, batchSize: 32 },
});
