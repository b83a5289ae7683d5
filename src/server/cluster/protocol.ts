import type { SourceItem } from '../../engine/documents/source.ts';
import type { EngineOptions } from '../../engine/options.ts';
import type { JudgingOptions } from '../../judging/options.ts';
import type { ExpositionFormat } from '../../telemetry/openmetrics.ts';
import type { MetricsOptions } from '../../telemetry/options.ts';
import type { MetricsSnapshot } from '../../telemetry/snapshot.ts';
import type { GoldenRun } from '../analytics/golden-run.ts';
import type { ObservingOrder } from '../analytics/observing.ts';
import type { TracingOrder } from '../engine-tracing.ts';
import type { HealthReport } from '../health/component.ts';
import type { ServiceHealth } from '../health/workers.ts';
import type { ServerOptions } from '../options.ts';
import type { DocumentsTaken } from '../parts.ts';

/** A reader answers questions over HTTP; the one writer takes documents in, and holds the index's lock. */
export type Role = 'reader' | 'writer';

/** All that a process of the service has to know. Plain data: it crosses from one process to another. */
export interface ServiceOrder {
  readonly engine: {
    readonly options: EngineOptions;
    readonly folder: string;
    readonly seed: number | string;
  };
  readonly server: ServerOptions;
  readonly logLevel: string;
  /** By default counted, by the metric catalogue alone. */
  readonly metrics?: MetricsOptions;
  /** By default nothing is traced. */
  readonly tracing?: TracingOrder;
  /** By default nothing is kept of questions, and none is scored. */
  readonly observing?: ObservingOrder;
  /** How a model judges live answers, where it is to. */
  readonly judge?: JudgingOptions['judge'];
  readonly version: string;
  /** When the service started, in milliseconds since 1970. */
  readonly startedAt: number;
}

export interface MemberOrder extends ServiceOrder {
  readonly role: Role;
}

/** What the members ask of the primary. */
export type PrimaryMethods = {
  /** Says that the member can be called. */
  hello: { given: undefined; back: undefined };
  /** Takes documents in, and has every reader follow. */
  takeDocuments: { given: readonly SourceItem[]; back: DocumentsTaken };
  /** The metrics of all processes. Without their text where the reading is the one that is known already. */
  exposition: {
    given: { readonly format: ExpositionFormat; readonly known: number | undefined };
    back: { readonly number: number; readonly text?: string };
  };
  /** What golden questions came to: the primary holds the gauges, of which there must be one. */
  evaluated: { given: GoldenRun; back: undefined };
  /** Of all workers as one. */
  health: { given: undefined; back: ServiceHealth };
};

/** What the primary asks of a member. */
export type MemberMethods = {
  /** Opens the index; gives its version. */
  open: { given: MemberOrder; back: number };
  /** Of a reader: begins to serve. */
  listen: { given: undefined; back: undefined };
  /** Of a reader: goes over to what is published; gives its version. */
  follow: { given: undefined; back: number };
  /** Of the writer. */
  takeDocuments: { given: readonly SourceItem[]; back: DocumentsTaken };
  /** Of the writer: lets the store's log begin anew. */
  checkpoint: { given: undefined; back: undefined };
  snapshot: { given: undefined; back: MetricsSnapshot };
  /** Of a reader that listens. */
  health: { given: undefined; back: HealthReport };
  /** Says that it is there. */
  ping: { given: undefined; back: undefined };
  /** Ends: no new work, what is in flight first. */
  drain: { given: undefined; back: undefined };
};
