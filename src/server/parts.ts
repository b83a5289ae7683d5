import type { DocumentFailure, SourceItem } from '../engine/documents/source.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Metrics } from '../telemetry/registry.ts';
import type { Admission } from './admission.ts';
import type { LogSetting } from './log.ts';
import type { ServerOptions } from './options.ts';

/** What became of documents that were sent to be taken in. */
export interface DocumentsTaken {
  readonly indexed: number;
  readonly unchanged: number;
  readonly failed: readonly DocumentFailure[];
  /** Of the index that holds them. */
  readonly version: number;
}

/** Takes documents into the index that is served; once it resolves, every question finds them. */
export type TakeDocuments = (items: readonly SourceItem[]) => Promise<DocumentsTaken>;

export interface AppSetting {
  /** Whoever opened it closes it. */
  readonly engine: Engine;
  readonly options: Pick<EngineOptions, 'limits' | 'documents'> & { readonly server: ServerOptions };
  readonly metrics: Metrics;
  /** The metrics of the whole service as text, be it one process or many. */
  readonly exposition: () => Promise<string>;
  readonly takeDocuments: TakeDocuments;
  readonly clock: Clock;
  readonly version: string;
  /** When the service started, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly log: LogSetting;
}

/** What the routes share. */
export interface AppParts extends AppSetting {
  readonly admission: Admission;
  readonly documentAdmission: Admission;
  readonly lifecycle: { readonly draining: boolean };
}
