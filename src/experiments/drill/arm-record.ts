import type { RunPhase } from '../../load/phase.ts';
import type { PhaseVerdicts } from '../../load/phase-setting.ts';
import type { DrillArmRecord } from '../../records/schema.ts';
import { type DrillArrivals, drillArrivals } from './arrivals.ts';
import type { DrillPlan } from './drill-file.ts';
import type { DrillArm } from './system.ts';
import { budgetBurnt, drillWindows, lostIn, recoveryAfter, secondsOf } from './windows.ts';

/** An arm as it was run. */
export interface RunArm {
  readonly arm: DrillArm;
  readonly phase: RunPhase;
  readonly verdicts: PhaseVerdicts;
  /** Among the phases of the record. */
  readonly index: number;
  readonly watched: Pick<DrillArmRecord, 'transitions' | 'dependencies' | 'detectedMs'> & {
    readonly injected: readonly { readonly fault: string; readonly count: number }[];
  };
}

export interface ArmSetting {
  readonly plan: DrillPlan;
  readonly budget: { readonly target: number; readonly days: number };
}

/** What came of an arm, and its arrivals, by which it is compared. Whether it can be trusted, the phase tells. */
export function armRecord(
  { arm, phase, verdicts, index, watched }: RunArm,
  { plan, budget }: ArmSetting,
): { readonly record: Omit<DrillArmRecord, 'valid' | 'invalidReasons'>; readonly arrivals: DrillArrivals } {
  const arrivals = drillArrivals(phase, verdicts);
  const { span, rate } = plan;
  const lost = lostIn(arrivals);
  return {
    arrivals,
    record: {
      name: arm.name,
      settings: [...arm.settings],
      phase: index,
      windows: drillWindows(arrivals, span),
      seconds: secondsOf(arrivals, span.durationMs),
      transitions: [...watched.transitions],
      dependencies: [...watched.dependencies],
      detectedMs: watched.detectedMs,
      recoveredMs: span.toMs < span.durationMs ? recoveryAfter(arrivals, span.toMs) : null,
      lost,
      budget: { ...budget, burnt: budgetBurnt(lost, { rate, ...budget }) },
      injected: [...watched.injected],
    },
  };
}
