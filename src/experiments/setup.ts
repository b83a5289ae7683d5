import type { GoldenSet } from '../datasets/golden.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { HumanLabel } from '../judging/llm/labels.ts';
import type { JudgingOptions } from '../judging/options.ts';
import type { Clock } from '../kernel/clock.ts';
import type { TargetDescription } from '../load/targets/http/description.ts';
import type { RequestColumns } from '../records/columns.ts';
import type { RunRecord } from '../records/schema.ts';
import type { EngineTraces } from './engine-traces.ts';
import type { ExperimentEvent } from './events.ts';
import type { ExperimentOptions } from './options.ts';

/** What is driven: the engine of this process, or a deployment by so many generator threads. */
export type TargetSetup =
  | { readonly kind: 'in-process' }
  | { readonly kind: 'http'; readonly description: TargetDescription; readonly generators: number };

/** All that an experiment needs from outside: the command line resolves it, and the experiment reads nothing else. */
export interface RunSetup {
  readonly golden: GoldenSet;
  /** By default the engine of this process, over an index of the golden set's corpus. */
  readonly target?: TargetSetup;
  /** How a model judges the answers, where one is to; and labels by people to hold it against. */
  readonly judging?: {
    readonly judge: JudgingOptions['judge'];
    readonly labels: readonly HumanLabel[] | undefined;
  };
  readonly engine: EngineOptions;
  readonly options: ExperimentOptions;
  /** Folder for indexes (`.groundspeed`), or one index's own folder when `ownIndex`. */
  readonly indexFolder: string;
  readonly ownIndex: boolean;
  readonly seed: number;
  readonly clock: Clock;
  /** Id of the record, where it was told to somebody before the run; by default a new one. */
  readonly runId?: string;
  /** Arguments and settings as the record keeps them: without secrets. */
  readonly command: readonly string[];
  readonly redactedConfig: Record<string, unknown>;
  /** How the engine of this process is traced under load; by default not at all. */
  readonly engineTraces?: EngineTraces | undefined;
  readonly signal?: AbortSignal;
  readonly onEvent: (event: ExperimentEvent) => void;
}

/** How documents were ranked for one golden question, best first. */
export interface QuestionRanking {
  readonly question: string;
  readonly ids: readonly string[];
  readonly scores: ArrayLike<number>;
}

/** A finished run, or what there is of an interrupted one (`record.complete` is false then). */
export interface RunResult {
  readonly record: RunRecord;
  /** Undefined where the run drove no load. */
  readonly requests: RequestColumns | undefined;
  /** The quality pass's rankings in full, of which the record keeps the first documents. Not saved with it. */
  readonly rankings?: readonly QuestionRanking[];
}
