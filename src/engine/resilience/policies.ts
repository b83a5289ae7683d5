import type { Clock } from '../../kernel/clock.ts';
import type { Emitter } from '../../kernel/emitter.ts';
import type { Random } from '../../kernel/random.ts';
import type { EngineEvent } from '../events.ts';
import type { EngineOptions } from '../options.ts';
import { createPolicy } from './create-policy.ts';
import { DEPENDENCIES, type Dependency, refuseContradictions } from './options.ts';
import { createPassThrough } from './pass-through.ts';
import type { Policy } from './policy.ts';
import { SharedTimer } from './timer.ts';

export type Policies = Readonly<Record<Dependency, Policy>>;

type PolicyOptions = Pick<EngineOptions, 'resilience' | 'embedding' | 'generation'> & {
  readonly caching: Pick<EngineOptions['caching'], 'redisUrl'>;
};

export interface PoliciesSetting {
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Emitter<EngineEvent>;
}

/** A policy for each dependency; ones that pass everything on where `resilience.enabled` is false. Throws `config.invalid`. */
export function createPolicies(options: PolicyOptions, { clock, random, events }: PoliciesSetting): Policies {
  const { resilience } = options;
  refuseContradictions(resilience);
  const timer = new SharedTimer(clock);
  const policyOf = (dependency: Dependency): Policy => {
    if (!resilience.enabled) return createPassThrough(dependency, clock);
    const remote = isRemote(dependency, options);
    const chance = random.fork(dependency);
    return createPolicy(dependency, { options: resilience, remote, clock, random: chance, events, timer });
  };
  const entries = DEPENDENCIES.map((dependency) => [dependency, policyOf(dependency)] as const);
  return Object.fromEntries(entries) as Record<Dependency, Policy>;
}

function isRemote(dependency: Dependency, { embedding, generation, caching }: PolicyOptions): boolean {
  if (dependency === 'embedder') return embedding.provider === 'openai';
  if (dependency === 'generator') return generation.provider === 'openai';
  return dependency === 'cache' && caching.redisUrl !== undefined;
}
