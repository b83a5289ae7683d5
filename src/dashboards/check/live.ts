import type { DashboardSpec, Need } from '../grafana/spec.ts';
import type { DashboardFile } from './check-files.ts';
import { shownPanels } from './dashboard-file.ts';
import type { Place } from './finding.ts';
import { substitute } from './substitute.ts';

/** A query as Prometheus gets it. */
export interface LiveQuery {
  readonly place: Place;
  readonly refId: string;
  readonly query: string;
  /** What must be in use for it to have data. */
  readonly needs: Need | undefined;
}

export interface LiveSetting {
  /** Values of variables; those of jobs and instances may be regular expressions. */
  readonly variables: Readonly<Record<string, string>>;
  /** Seconds between two scrapes: windows of rates follow from it, as in Grafana. */
  readonly scrapeSeconds: number;
  /** Seconds over which rates are taken instead, such as an hour where there is little traffic. */
  readonly rateSeconds?: number | undefined;
  /** Of which it is known what each panel needs. */
  readonly specs: readonly DashboardSpec[];
}

/** `data` has a series with a number; `empty` has no series; `nan` has nothing but NaN. */
export type LiveStatus = 'data' | 'empty' | 'nan' | 'failed' | 'skipped';

/** Every query of every panel, with values for the variables. */
export function liveQueries(files: readonly DashboardFile[], setting: LiveSetting): LiveQuery[] {
  return files.flatMap(({ file, json }) =>
    shownPanels(json).flatMap(({ title = '?', interval, targets = [] }) =>
      targets.map(({ expr = '', refId = '?' }) => ({
        place: { file, dashboard: String(json.title), panel: title, query: expr },
        refId,
        query: substitute(expr, { ...setting.variables, ...windows(setting, interval) }),
        needs: needOf(setting.specs, String(json.uid), title),
      })),
    ),
  );
}

/** `$__rate_interval` is the step and a scrape, or four scrapes, whichever is longer (Grafana's documentation). */
function windows(
  { scrapeSeconds, rateSeconds = 0 }: LiveSetting,
  interval: string | undefined,
): Record<string, string> {
  const step = Math.max(scrapeSeconds, secondsOf(interval));
  return {
    __rate_interval: `${Math.max(step + scrapeSeconds, 4 * scrapeSeconds, rateSeconds)}s`,
    __interval: `${step}s`,
    __range: `${Math.max(3600, step)}s`,
  };
}

function secondsOf(interval: string | undefined): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(interval ?? '') ?? [];
  if (count === undefined) return 0;
  return Number(count) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd'];
}

function needOf(specs: readonly DashboardSpec[], uid: string, title: string): Need | undefined {
  const rows = specs.find((spec) => spec.uid === uid)?.rows ?? [];
  return rows.flatMap(({ panels }) => panels).find((panel) => panel.title === title)?.needs;
}

/** What an instant query of Prometheus gave (`GET /api/v1/query`). */
export function judgeAnswer(answer: unknown): {
  readonly status: LiveStatus;
  readonly series: number;
  readonly message?: string;
} {
  const { status, error, data } = (answer ?? {}) as {
    status?: string;
    error?: string;
    data?: { resultType?: string; result?: unknown };
  };
  if (status !== 'success')
    return { status: 'failed', series: 0, message: error ?? 'Prometheus gave no answer that can be read' };
  const values = valuesOf(data?.resultType, data?.result);
  if (values.length === 0) return { status: 'empty', series: 0, message: 'no series' };
  const numbers = values.filter((value) => !Number.isNaN(Number(value)) || /^[+-]?Inf$/.test(value));
  if (numbers.length === 0) return { status: 'nan', series: values.length, message: 'nothing but NaN' };
  return { status: 'data', series: values.length };
}

function valuesOf(type: string | undefined, result: unknown): string[] {
  if (type === 'scalar') return [String((result as [number, string])[1])];
  return ((result ?? []) as { value: [number, string] }[]).map(({ value }) => String(value[1]));
}
