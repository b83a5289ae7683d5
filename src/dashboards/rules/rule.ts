export type Severity = 'critical' | 'warning' | 'info';

export interface RecordingRule {
  /** `level:metric:operations`, as Prometheus advises. The window in it is the nominal one, whatever the time scale. */
  readonly record: string;
  readonly expr: string;
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** Seconds for which the expression must hold, before scaling; undefined where it fires at once. */
  readonly forSeconds?: number;
  readonly severity: Severity;
  readonly summary: string;
  readonly description: string;
  /** More labels than the severity. */
  readonly labels?: Readonly<Record<string, string>>;
}
