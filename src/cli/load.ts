import { runLoad } from '../experiments/load.ts';
import type { LoadSetup, LoadShape } from '../experiments/load-setup.ts';
import type { RunResult } from '../experiments/setup.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import { engineTraces } from './engine-traces.ts';
import { keepRun } from './experiment.ts';
import { interruptible } from './interrupt.ts';
import { withLivePage } from './live-page.ts';
import type { LoadFlags } from './load-flags.ts';
import { loadSetup, shapeOf, type TracedLoadSetup } from './load-setup.ts';
import { sendTraces } from './load-traces.ts';
import { withLoadMetrics } from './metrics-port.ts';
import { type Progress, progressOf } from './progress.ts';
import { refuseUnwritable } from './run-output.ts';
import type { World } from './world.ts';

/** Drives a target with load, from its flags to its verdict. */
export async function load(world: World, flags: LoadFlags): Promise<number> {
  const progress = progressOf(world, flags);
  const shape = await shapeOf(flags, progress); // a contradiction among flags, before anything is opened
  return withLoadMetrics({ world, flags, progress, command: 'load' }, (observe) =>
    withLivePage({ world, flags, progress, title: 'load' }, async (onEvent) => {
      const result = await interruptible(
        { world, progress, keeps: 'what was measured is kept' },
        async (signal) => {
          const setup = traced(
            await loadSetup(world, flags, { progress: { ...progress, onEvent }, signal }),
            {
              flags,
              progress,
            },
          );
          await refuseUnwritable(flags.output);
          const driven = await drive(observe(setup), shape, flags);
          await sendTraces(driven, setup.tracing.options, progress);
          return driven;
        },
      );
      const written = await keepRun(world, flags, result);
      return { exitCode: () => loadVerdict(written.record, flags), written };
    }),
  );
}

/** The engine of this process traced as well, where it is the target and somebody collects traces. */
function traced(
  setup: TracedLoadSetup,
  { flags, progress }: { flags: LoadFlags; progress: Pick<Progress, 'warn'> },
): TracedLoadSetup {
  if (setup.target.kind !== 'in-process') return setup;
  const traces = engineTraces({ setup, flag: flags.traceSample, progress });
  return { ...setup, engineTraces: traces, rules: { ...setup.rules, traceShare: traces?.share } };
}

async function drive(setup: LoadSetup, shape: LoadShape, { engine }: LoadFlags): Promise<RunResult> {
  if (engine !== 'autocannon') return runLoad(setup, shape);
  const { saturate } = await import('../experiments/autocannon.ts');
  return saturate(setup, shape);
}

/** The exit code of a load whose report is written; throws where it is not a clean pass. An invalid run never passes. */
export function loadVerdict(record: RunRecord, { strict }: Pick<LoadFlags, 'strict'>): number {
  if (!record.complete) return EXIT.interrupted;
  if (record.load?.autocannon != null) return EXIT.done; // it has no phases, and no SLO is judged by it
  const phases = (record.load?.phases ?? []).filter(({ warmup }) => !warmup);
  const invalid = phases.filter(({ valid }) => !valid);
  if (invalid.length > 0 || phases.length === 0) throw invalidRun(invalid);
  const slo = record.load?.slo;
  if (slo == null || slo.verdict === 'PASS') return EXIT.done;
  if (slo.verdict === 'INCONCLUSIVE' && !strict) return EXIT.done;
  throw missed(slo);
}

function invalidRun(phases: readonly { name: string; invalidReasons: string[] }[]): GroundspeedError {
  return new GroundspeedError('run.invalid', 'The run cannot be trusted', {
    problems:
      phases.length === 0
        ? ['no load was measured']
        : phases.flatMap(({ name, invalidReasons }) => invalidReasons.map((reason) => `${name}: ${reason}`)),
    hint: 'Run it again with a generator that is at ease: on another machine, at a lower rate, or with --generators 2.',
  });
}

function missed({ verdict, phases }: NonNullable<NonNullable<RunRecord['load']>['slo']>): GroundspeedError {
  const failed = verdict === 'FAIL';
  const problems = phases.flatMap(({ phase, clauses }) =>
    clauses
      .filter((clause) => clause.verdict === verdict)
      .map(({ text, reason }) => `${phase}: ${text}${reason === null ? '' : ` (${reason})`}`),
  );
  return failed
    ? new GroundspeedError('slo.failed', 'The SLO was missed', {
        problems,
        hint: 'The report shows by how much, and what became of each request.',
      })
    : new GroundspeedError('slo.inconclusive', 'Too little was measured to judge the SLO', {
        problems,
        hint: 'Measure for longer: --duration.',
      });
}
