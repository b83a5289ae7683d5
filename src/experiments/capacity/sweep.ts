import type { Clause } from '../../objectives/slo.ts';
import type { CapacityPort, ClosedRun } from './port.ts';
import { judgeProbe, type Probe } from './probe.ts';
import { secondsPerRun, warmupSecondsOf } from './probe-length.ts';
import { Prober, SearchEnded } from './prober.ts';
import type { CapacityResult } from './result.ts';
import { findSaturation } from './saturation.ts';
import { scalabilityOf } from './scalability.ts';

export interface SweepOptions {
  /** Judged at every rate; none is needed. */
  readonly clauses: readonly Clause[];
  readonly probeSeconds?: number | undefined;
  readonly maxRate?: number | undefined;
  readonly maxConcurrency?: number;
  readonly onProbe?: (probe: Probe) => void;
}

export interface SweepResult {
  readonly saturation: number | null;
  readonly closed: readonly { readonly concurrency: number; readonly run: ClosedRun }[];
  readonly probes: readonly Probe[];
  readonly usl: CapacityResult['usl'];
  readonly notes: readonly string[];
  readonly interrupted: boolean;
  readonly elapsedSeconds: number;
}

/** Shares of the closed-loop maximum that are driven: close together where the curve bends, and one beyond it. */
const LEVELS = [0.1, 0.3, 0.5, 0.65, 0.8, 0.9, 1, 1.1];

/** Drives rates all along the curve, from a tenth of the closed-loop maximum to a tenth above it, each once. */
export async function sweepRates(port: CapacityPort, options: SweepOptions): Promise<SweepResult> {
  const { clauses, maxRate = Number.POSITIVE_INFINITY, onProbe = () => {} } = options;
  const prober = new Prober(port, { clauses, maxExtend: 1, onProbe });
  const probes: Probe[] = [];
  const notes: string[] = [];
  let saturation: number | null = null;
  let interrupted = false;
  let elapsed = 0;
  try {
    saturation = await findSaturation(prober, { maxConcurrency: options.maxConcurrency ?? 1024, maxRate });
    if (saturation === 0) notes.push('A closed loop got no answer at all, so that no rate was tried.');
    for (const level of saturation > 0 ? LEVELS : []) {
      const rate = saturation * level;
      if (rate > maxRate) {
        notes.push(`Rates above the ceiling of ${maxRate}/s were left out.`);
        break;
      }
      const seconds = options.probeSeconds ?? secondsPerRun(clauses, saturation);
      const name = `sweep ${Math.round(100 * level)} %`;
      const run = await port.open({ name, rate, seconds, warmupSeconds: warmupSecondsOf(seconds) });
      if (run === undefined) {
        interrupted = true;
        break;
      }
      elapsed += run.elapsedSeconds;
      const probe = judgeProbe({ name, phase: 'climb', rate }, [run], clauses);
      probes.push(probe);
      onProbe(probe);
      if (probe.invalidReasons.length > 0) {
        notes.push(`At ${name} the generator was the limit: ${probe.invalidReasons.join('; ')}.`);
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof SearchEnded)) throw thrown;
    interrupted = thrown.reason === 'interrupted';
  }
  if (interrupted) notes.push('The sweep was interrupted: rates further on were not driven.');
  const { closed, elapsedSeconds } = prober;
  return {
    saturation,
    closed,
    probes,
    usl: scalabilityOf(closed, probes),
    notes,
    interrupted,
    elapsedSeconds: elapsedSeconds + elapsed,
  };
}
