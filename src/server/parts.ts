import type { DocumentFailure, SourceItem } from '../engine/documents/source.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LogSetting } from '../telemetry/logging/logger.ts';
import type { ExpositionFormat } from '../telemetry/openmetrics.ts';
import type { Metrics } from '../telemetry/registry.ts';
import type { EngineTracing } from '../telemetry/tracing/tracing.ts';
import type { Admission } from './admission.ts';
import type { Analytics } from './analytics/analytics.ts';
import type { TakeEvaluation } from './analytics/golden-run.ts';
import type { OnlineEvaluation } from './analytics/online-evaluation.ts';
import type { HealthReport } from './health/component.ts';
import type { ServiceHealth } from './health/workers.ts';
import type { ServiceChecks } from './health-checks.ts';
import type { ServerOptions } from './options.ts';

/** What became of documents that were sent to be taken in. */
export interface DocumentsTaken {
  readonly indexed: number;
  readonly unchanged: number;
  readonly failed: readonly DocumentFailure[];
  /** Not tried, since the breaker of the embedder spares it: ids. */
  readonly skipped: readonly string[];
  /** Set aside, having failed before. */
  readonly quarantined: readonly DocumentFailure[];
  /** Of the index that holds them. */
  readonly version: number;
}

/** Takes documents into the index that is served; once it resolves, every question finds them. */
export type TakeDocuments = (items: readonly SourceItem[]) => Promise<DocumentsTaken>;

export interface AppSetting {
  /** Whoever opened it closes it. */
  readonly engine: Engine;
  readonly options: Pick<
    EngineOptions,
    'limits' | 'documents' | 'degradation' | 'retrieval' | 'embedding' | 'caching'
  > & { readonly server: ServerOptions };
  /** A folder on the disk that the index is on; left out, no disk is looked at. */
  readonly folder?: string;
  readonly metrics: Metrics;
  /** The metrics of the whole service as text, be it one process or many. */
  readonly exposition: (format: ExpositionFormat) => Promise<string>;
  readonly takeDocuments: TakeDocuments;
  /** The health of the whole service, where this process is one of several. */
  readonly serviceHealth?: () => Promise<ServiceHealth>;
  /** Faults are injected into this service. */
  readonly drill?: Drill;
  readonly clock: Clock;
  readonly version: string;
  /** When the service started, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly log: LogSetting;
  /** Of the engine; without it no question is traced. Whoever started it stops it, once the service has stopped. */
  readonly tracing?: EngineTracing | undefined;
  /** Where the questions are counted for `GET /api/metrics` and `GET /api/analytics`; whoever opened it stops it. */
  readonly analytics?: Analytics | undefined;
  /** What scores a sample of the answers; whoever made it stops it. */
  readonly evaluation?: OnlineEvaluation | undefined;
  /** What the service's own canary proves itself by, where it has one. */
  readonly canarySecret?: string | undefined;
  /** Without it nobody can tell of golden questions: there is no `POST /api/evaluation`. */
  readonly takeEvaluation?: TakeEvaluation | undefined;
}

/** A service that is started to be broken. */
export interface Drill {
  /** As they are written. */
  readonly faults: readonly string[];
  /** Numbers of those that are in force. */
  active(): readonly number[];
  /** Begins the timeline anew. */
  begin(): void;
}

/** What the routes share. */
export interface AppParts extends AppSetting {
  readonly admission: Admission;
  readonly documentAdmission: Admission;
  /** Of this process. */
  readonly health: () => Promise<HealthReport>;
  readonly checks: ServiceChecks;
  readonly lifecycle: { readonly draining: boolean };
}
