import type { Clause } from '../../objectives/slo.ts';
import type { CapacityPort, ClosedRun, OpenRun, RunEvidence } from './port.ts';
import { canBeDecided, isValid, judgeProbe, type Probe, type ProbeHead, type ProbePhase } from './probe.ts';
import { secondsAt, warmupSecondsOf } from './probe-length.ts';

/** Load was wanted and is not to be had any more: the search ends with what it knows. */
export class SearchEnded extends Error {
  readonly reason = 'interrupted';
}

export interface ProberOptions {
  readonly clauses: readonly Clause[];
  /** Runs of which one probe may consist: as long as it is undecided, it is prolonged by another one. */
  readonly maxExtend: number;
  readonly onProbe: (probe: Probe) => void;
}

export interface ProbeWish {
  /** Runs of which the probe may consist; by default, as many as undecided probes may have. */
  readonly runs?: number;
  /** Counted seconds of each. */
  readonly seconds?: number;
}

/** A run whose generator could not keep up is tried once more: a hiccup of this machine is no limit. */
const TRIES = 2;

/**
 * Sends the load of a search and remembers what came of it. A probe is prolonged by further runs at the same rate, each with
 * a warm-up and a drain of its own, rather than by letting the first go on: judging what came back takes time that
 * the generator would lack, and each run is one stationary sequence all the same.
 */
export class Prober {
  readonly probes: Probe[] = [];
  readonly closed: { readonly concurrency: number; readonly run: ClosedRun }[] = [];
  /** Of one run; known once the saturation is. */
  secondsPerRun = 0;
  readonly #port: CapacityPort;
  readonly #options: ProberOptions;
  readonly #counts = new Map<ProbePhase, number>();
  #elapsed = 0;

  constructor(port: CapacityPort, options: ProberOptions) {
    this.#port = port;
    this.#options = options;
  }

  /** How long the search took so far. */
  get elapsedSeconds(): number {
    return this.#elapsed;
  }

  /** Throws `SearchEnded`. */
  async saturate(concurrency: number): Promise<ClosedRun> {
    const run = await this.#port.closed(concurrency);
    if (run === undefined) throw new SearchEnded();
    this.closed.push({ concurrency, run });
    this.#elapsed += run.elapsedSeconds;
    return run;
  }

  /**
   * One probe, of several runs while it is undecided. Where the generator could not keep up even when tried again, the probe
   * is judged by the runs before, or is invalid. Throws `SearchEnded`; runs that were complete by then are kept.
   */
  async probe(phase: ProbePhase, rate: number, wish: ProbeWish = {}): Promise<Probe> {
    const { runs = this.#options.maxExtend, seconds = this.secondsPerRun } = wish;
    const head = { name: this.#nameOf(phase), phase, rate };
    const done: OpenRun[] = [];
    const judge = (): Probe => judgeProbe(head, done, this.#options.clauses);
    try {
      let added = true;
      while (added && done.filter(isValid).length < runs && (done.length === 0 || canBeDecided(judge()))) {
        added = await this.#add(done, head, seconds);
      }
    } finally {
      if (done.length > 0) this.#keep(judge());
    }
    return judge();
  }

  #nameOf(phase: ProbePhase): string {
    const count = (this.#counts.get(phase) ?? 0) + 1;
    this.#counts.set(phase, count);
    return `${phase} ${count}`;
  }

  #keep(probe: Probe): void {
    this.probes.push(probe);
    this.#options.onProbe(probe);
  }

  /** Adds one valid run, and those before it that are not; false when there is none to be had. */
  async #add(done: OpenRun[], { name, rate }: ProbeHead, wanted: number): Promise<boolean> {
    const seconds = secondsAt(rate, wanted);
    for (let tries = 0; tries < TRIES; tries += 1) {
      const run = await this.#port.open({
        name: done.length === 0 ? name : `${name}, part ${done.length + 1}`,
        rate,
        seconds,
        warmupSeconds: warmupSecondsOf(seconds),
      });
      if (run === undefined) throw new SearchEnded();
      done.push(remembering(run));
      this.#elapsed += run.elapsedSeconds;
      if (isValid(run)) return true;
    }
    return false;
  }
}

/** The run, whose evidence is worked out once for each clause: every later question of the search asks all runs again. */
function remembering(run: OpenRun): OpenRun {
  const known = new Map<Clause, RunEvidence>();
  return {
    ...run,
    evidence(clause) {
      const evidence = known.get(clause) ?? run.evidence(clause);
      known.set(clause, evidence);
      return evidence;
    },
  };
}
