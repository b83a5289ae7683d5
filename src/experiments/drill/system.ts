import type { OpenTarget } from '../open-target.ts';
import type { RunSetup, TargetSetup } from '../setup.ts';
import type { DependencyWatch } from './dependency-watch.ts';
import type { DrillPlan } from './drill-file.ts';

/** One arm of a drill, resolved: its settings are those of the run, of the drill, and of the pattern that is taken out. */
export interface DrillArm {
  /** `as configured`, or what was taken out: `without breaker`. */
  readonly name: string;
  /** path=value, over the settings of the run. */
  readonly settings: readonly string[];
  readonly setup: RunSetup;
  /** The settings of a process that the drill starts, as a configuration file has them: with secrets, never to be kept. */
  readonly service: Readonly<Record<string, unknown>>;
  /** Of that process: how many answer. */
  readonly workers: number;
}

/** A system under drill, opened for one arm and ready to be asked. */
export interface DrillSystem extends Pick<OpenTarget, 'target' | 'documents' | 'index' | 'ingest'> {
  /** How it is reached, where it is another process. */
  readonly via?: TargetSetup;
  /** What its dependencies go through; undefined where it does not tell. */
  readonly watch: DependencyWatch | undefined;
  /** Starts what must be fresh when the timeline begins; nothing stands between the two. */
  ready?(): Promise<void>;
  /** Begins the timeline: faults act from now on by their times. `over` aborts when the load is. */
  begin(over: AbortSignal): void;
  /** What was injected, by fault. Asked for after the load. */
  injected(): readonly { readonly fault: string; readonly count: number }[];
  /** What the reader must know of this arm; asked for once it is closed. */
  readonly notes: readonly string[];
  /** Ends all that was started for it. Rejects with what kept a fault from being injected. */
  close(): Promise<void>;
}

export interface OpeningSystem {
  readonly plan: DrillPlan;
  readonly arm: DrillArm;
  /** Patience with one request, in milliseconds, and how many may be in flight. */
  readonly timeoutMs: number;
  readonly connections: number;
  /** One line on what is being done. */
  readonly tell: (text: string) => void;
}

/** Opens the system of a scenario. Rejects with `drill.unavailable` where this machine lacks what it needs. */
export type OpenSystem = (opening: OpeningSystem) => Promise<DrillSystem>;
