import { GroundspeedError } from '../kernel/errors.ts';

/** Who may inject faults. */
export const PERMITS = ['drill', 'test'] as const;
export type Permit = (typeof PERMITS)[number];

/** What whoever is asked for faults outside a drill or a test answers. `where`: the flag or setting that asked. */
export function refuseFaults(where: string): GroundspeedError {
  return new GroundspeedError('fault.refused', 'Faults are injected in drills and tests only', {
    where,
    hint: 'Run a drill (groundspeed drill), which starts what it breaks; or leave the faults out.',
  });
}
