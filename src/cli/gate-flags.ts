import type { RunFlags } from './flags.ts';
import type { TargetFlags } from './load-flags.ts';
import type { TellFlags } from './tell-flag.ts';

export interface GateFlags extends Omit<RunFlags, 'target'>, TargetFlags, TellFlags {
  readonly target?: string;
  /** A name, a file, a folder, or git:REF. */
  readonly baseline?: string;
  readonly accept?: string;
  readonly record?: string;
  readonly history?: string;
  readonly selfTest?: number;
  /** Milliseconds. */
  readonly budget?: number;
  /** Requests a second, of blocks. */
  readonly rate?: number;
}
