import type { Variant } from '../variants.ts';
import type { BlockRules } from './block-driver.ts';
import { engineArm } from './engine-arm.ts';
import { httpArm } from './http-arm.ts';
import type { Arm } from './port.ts';
import type { Service } from './service.ts';

/** A variant, and how it is driven in paired blocks. */
export interface Contestant extends Variant {
  readonly arm: Arm;
  /** Of the user's own, where it is started for us. */
  readonly service?: Service | undefined;
}

export interface VariantArmOptions {
  readonly rules: BlockRules;
  readonly service?: Service | undefined;
  /** The built file that runs the engine of each launch. */
  readonly program?: string | undefined;
}

/** The arm of a variant: a fresh process with the engine, or a deployment, which is started afresh where somebody said how. */
export function contestantOf(variant: Variant, options: VariantArmOptions): Contestant {
  const { rules, service, program } = options;
  const { name, setup } = variant;
  const arm =
    setup.target?.kind === 'http'
      ? httpArm({ name, setup, rules, service })
      : engineArm({ name, setup, rules, ...(program !== undefined && { program }) });
  return { ...variant, arm, service };
}
