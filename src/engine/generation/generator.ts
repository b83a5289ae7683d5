import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { EngineOptions } from '../options.ts';
import type { Generator } from '../ports.ts';
import { createExtractiveGenerator } from './extractive.ts';
import { createOpenAIGenerator } from './openai.ts';
import { createSimulatedGenerator } from './simulated.ts';

export interface GeneratorDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** One line a generator: what `generation.provider` may name. */
const GENERATORS: Record<
  EngineOptions['generation']['provider'],
  (options: EngineOptions, deps: GeneratorDeps) => Generator
> = {
  extractive: (options) => createExtractiveGenerator(options.generation),
  openai: (options, { clock }) => createOpenAIGenerator(options, clock),
  simulated: createSimulatedGenerator,
};

export function createGenerator(options: EngineOptions, deps: GeneratorDeps): Generator {
  return GENERATORS[options.generation.provider](options, deps);
}
