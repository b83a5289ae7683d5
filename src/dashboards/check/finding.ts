/** What is wrong, and where: names enough to find the line, in the file or in Grafana. */
export interface Finding {
  /** Which rule it breaks: `promql-syntax`, `metric-unknown`. */
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  readonly dashboard?: string;
  readonly panel?: string;
  readonly alert?: string;
  readonly query?: string;
}

export type Place = Omit<Finding, 'rule' | 'message'>;

export const found = (place: Place, rule: string, message: string): Finding => ({ rule, message, ...place });

/** A line for the terminal: `RAG service › Latency: metric-unknown: …`. */
export function findingText({ rule, message, file, dashboard, panel, alert, query }: Finding): string {
  const where = [dashboard ?? file, panel, alert].filter((part) => part !== undefined).join(' › ');
  return `${where}: ${rule}: ${message}${query === undefined ? '' : `\n    ${query}`}`;
}
