import { GroundspeedError } from '../../kernel/errors.ts';
import type { Clause } from '../../objectives/slo.ts';
import { bisect, climb, type RateBracket } from './bracket.ts';
import { type Confirmed, confirmCapacity } from './confirm.ts';
import { limitsAbove } from './limits.ts';
import { notesOf } from './notes.ts';
import type { CapacityPort } from './port.ts';
import { failsForCertain, type Probe } from './probe.ts';
import { secondsPerRun } from './probe-length.ts';
import { Prober, SearchEnded } from './prober.ts';
import type { CapacityResult } from './result.ts';
import { findSaturation } from './saturation.ts';
import { scalabilityOf } from './scalability.ts';

export interface CapacityOptions {
  /** What must hold; each clause is judged alone. Deadlines are the port's to know. */
  readonly clauses: readonly Clause[];
  /** Counted seconds of one run. Unless given, as many as decide the clauses at their bounds, from 5 to 60. */
  readonly probeSeconds?: number;
  /** Runs of which one undecided probe of climb and bisection may consist. */
  readonly maxExtend?: number;
  /** Probes of climb and bisection. Those that narrow and confirm are apart. */
  readonly maxProbes?: number;
  /** The search goes no higher: where that holds, the capacity is "at least". */
  readonly maxRate?: number;
  /** How wide the interval may be, as a share of its lower end. */
  readonly width?: number;
  /** Runs that may be spent on making it so narrow. */
  readonly maxNarrowing?: number;
  /** Users of the closed loops, at most. */
  readonly maxConcurrency?: number;
  readonly onProbe?: (probe: Probe) => void;
}

const DEFAULTS = {
  maxExtend: 3,
  maxProbes: 12,
  maxRate: Number.POSITIVE_INFINITY,
  width: 0.1,
  maxNarrowing: 80,
  maxConcurrency: 1024,
  onProbe: () => {},
} as const;

/**
 * Finds the highest offered rate that holds all clauses: how much a target does at most in a closed loop; a climb from 0.3
 * of that until a rate fails; bisection; an interval from all probes together, narrowed until it is worth printing; three
 * confirmations of its lower end. A pure function of what the port answers. Throws `slo.unsupported` for a clause that
 * no highest rate can be found for.
 */
export async function findCapacity(port: CapacityPort, options: CapacityOptions): Promise<CapacityResult> {
  const settings = { ...DEFAULTS, ...options };
  refuse(settings.clauses);
  const prober = new Prober(port, settings);
  const findings: Findings = { saturation: null, bracket: null, confirmed: null, interrupted: false };
  try {
    await search(prober, settings, findings);
  } catch (thrown) {
    if (!(thrown instanceof SearchEnded)) throw thrown;
    findings.interrupted = true;
  }
  return resultOf(prober, settings, findings);
}

type Settings = Required<Omit<CapacityOptions, 'probeSeconds'>> & Pick<CapacityOptions, 'probeSeconds'>;

/** What is known so far; a search that is cut short leaves the rest as it is. */
interface Findings {
  saturation: number | null;
  bracket: RateBracket | null;
  confirmed: Confirmed | null;
  interrupted: boolean;
}

async function search(prober: Prober, settings: Settings, findings: Findings): Promise<void> {
  const saturation = await findSaturation(prober, settings);
  findings.saturation = saturation;
  if (saturation === 0) return;
  const most = Math.min(saturation, settings.maxRate);
  prober.secondsPerRun = settings.probeSeconds ?? secondsPerRun(settings.clauses, most);
  const climbed = await climb(prober, { ...settings, saturation });
  if (climbed === null) return;
  findings.bracket = climbed;
  findings.bracket = await bisect(prober, climbed, settings);
  findings.confirmed = await confirmCapacity(prober, findings.bracket, settings);
}

function resultOf(prober: Prober, settings: Settings, findings: Findings): CapacityResult {
  const { probes, closed, elapsedSeconds } = prober;
  const { bracket, confirmed, interrupted, saturation } = findings;
  const { clauses } = settings;
  const { low = null, high = null } = confirmed ?? {};
  const held = probes.filter(({ verdict }) => verdict === 'PASS').map(({ rate }) => rate);
  const failed = probes.filter(failsForCertain).map(({ rate }) => rate);
  const result: CapacityResult = {
    capacity: low !== null && high !== null ? { low, high } : null,
    atLeast: low !== null && high === null ? low : null,
    ceiling: ceilingOf(bracket, settings),
    limitedBy: limitsAbove(low ?? 0, probes, clauses),
    highestHeld: held.length === 0 ? null : Math.max(...held),
    lowestFailed: failed.length === 0 ? null : Math.min(...failed),
    saturation,
    closed,
    probes,
    usl: scalabilityOf(closed, probes),
    notes: [],
    interrupted,
    arrivals: probes.reduce((sum, { runs }) => sum + runs.reduce((all, run) => all + run.arrivals, 0), 0),
    elapsedSeconds,
  };
  return { ...result, notes: notesOf(result, settings) };
}

function ceilingOf(bracket: RateBracket | null, { maxRate }: Settings): CapacityResult['ceiling'] {
  if (bracket === null || bracket.failed !== null) return null;
  if (bracket.invalid !== null) return 'generator';
  return bracket.held >= maxRate ? 'max-rate' : null;
}

/** Clauses that more load makes easier to hold. */
function refuse(clauses: readonly Clause[]): void {
  const growing = clauses.filter(
    ({ subject }) => subject.kind === 'throughput' || subject.kind === 'goodput',
  );
  if (growing.length === 0) return;
  throw new GroundspeedError('slo.unsupported', 'The SLO asks for what grows with the load.', {
    problems: growing.map(({ text }) => `${text} holds at high rates and fails at low ones`),
    hint: 'A capacity is the highest rate that holds: bound latency, errors, attainment or a measure instead.',
  });
}
