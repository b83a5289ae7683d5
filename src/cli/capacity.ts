import { runCapacity } from '../experiments/capacity.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import { keepRun } from './experiment.ts';
import { interruptible } from './interrupt.ts';
import { withLivePage } from './live-page.ts';
import type { DriveFlags } from './load-flags.ts';
import { loadSetup } from './load-setup.ts';
import { progressOf } from './progress.ts';
import { refuseUnwritable } from './run-output.ts';
import type { World } from './world.ts';

export interface CapacityFlags extends DriveFlags {
  /** Milliseconds. */
  readonly probe?: number;
  readonly sweep?: boolean;
}

/** Finds how much load a target carries while its SLO holds. */
export async function capacity(world: World, flags: CapacityFlags): Promise<number> {
  const progress = progressOf(world, flags);
  const wishes = {
    probeSeconds: flags.probe === undefined ? undefined : flags.probe / 1000,
    sweep: flags.sweep === true,
  };
  return withLivePage({ world, flags, progress, title: 'capacity' }, async (onEvent) => {
    const result = await interruptible(
      { world, progress, keeps: 'the probes that were made are kept' },
      async (signal) => {
        const setup = await loadSetup(world, flags, { progress: { ...progress, onEvent }, signal });
        await refuseUnwritable(flags.output);
        return runCapacity(setup, wishes);
      },
    );
    const written = await keepRun(world, flags, result);
    return { exitCode: () => capacityVerdict(written.record, flags), written };
  });
}

/** The exit code of a search whose report is written; throws where no rate holds, or none could be found. */
export function capacityVerdict(
  { complete, capacity: found }: RunRecord,
  { strict }: Pick<CapacityFlags, 'strict'>,
): number {
  if (!complete || found === undefined) return EXIT.interrupted;
  const isSweep = found.probes.some(({ step }) => step === 'sweep');
  if (isSweep || found.ratePerSecond !== null) return EXIT.done;
  const details = { problems: found.notes, hint: 'The report shows every probe.' };
  if (found.limitKind === 'generator') {
    throw new GroundspeedError('run.invalid', 'The generator, not the target, is the limit', details);
  }
  const open = found.probes.filter(({ step }) => step !== 'closed');
  if (open.length > 0 && open.every(({ verdict }) => verdict === 'FAIL')) {
    throw new GroundspeedError('slo.failed', 'No rate holds the SLO', details);
  }
  if (strict) throw new GroundspeedError('slo.inconclusive', 'No capacity could be confirmed', details);
  return EXIT.done;
}
