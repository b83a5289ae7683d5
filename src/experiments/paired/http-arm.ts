import { pacingClock, systemClock } from '../../system/clock.ts';
import { openTarget } from '../open-target.ts';
import type { RunSetup } from '../setup.ts';
import { BlockDriver, type BlockRules } from './block-driver.ts';
import type { Arm, LiveArm } from './port.ts';
import type { Service } from './service.ts';

export interface HttpArmOptions {
  readonly name: string;
  /** Whose target is a deployment; where a service is started, it gives the description. */
  readonly setup: RunSetup;
  readonly rules: BlockRules;
  /** Started afresh for each launch; without it the deployment runs already, and a launch only connects. */
  readonly service?: Service | undefined;
}

/** A deployment as an arm, driven by the load generator of this process. */
export function httpArm(options: HttpArmOptions): Arm {
  const { name, rules } = options;
  return { name, patience: rules.timeout, isRemote: true, launch: (signal) => launch(options, signal) };
}

async function launch({ setup, rules, service }: HttpArmOptions, signal?: AbortSignal): Promise<LiveArm> {
  const running = await service?.start(signal);
  try {
    const generators = setup.target?.kind === 'http' ? setup.target.generators : 1;
    const target = running
      ? ({ kind: 'http', description: running.description, generators } as const)
      : setup.target;
    const { signal: _, ...rest } = setup;
    const opened = await openTarget(
      { ...rest, ...(target && { target }), ...(signal && { signal }) },
      { connections: rules.maxInFlight, timeout: rules.timeout },
    );
    const driver = new BlockDriver({
      target: opened.target,
      threads: opened.threads,
      questions: setup.golden.questions,
      documents: opened.documents,
      rules,
      clock: opened.target.kind === 'in-process' ? pacingClock : systemClock,
    });
    return {
      block: (order, stop) => driver.block(order, stop),
      close: async () => {
        try {
          await opened.close();
        } finally {
          await running?.stop();
        }
      },
    };
  } catch (thrown) {
    await running?.stop();
    throw thrown;
  }
}
