import { GroundspeedError } from '../kernel/errors.ts';
import { CATALOGUE } from '../telemetry/catalogue.ts';
import { promDuration } from './duration.ts';
import type { AlertOptions, MonitoringOptions, Objectives } from './options.ts';

/** All that the files are a function of. */
export interface Plan {
  readonly objectives: Objectives;
  readonly alerts: AlertOptions;
  readonly monitoring: MonitoringOptions;
  /** How many questions may wait (server.maxQueuedQueries); 0 where none may. */
  readonly queueCapacity: number;
  /** Seconds between two rounds of golden questions that the service asks itself (evaluation.canaryEverySeconds); 0 where it asks none. */
  readonly canaryEverySeconds: number;
  /** Bounds that the buckets of latencies have besides those of the catalogue, in seconds. */
  readonly moreBounds: readonly number[];
  /** Every window and `for` of the rules is multiplied by it; 1 but for rehearsals. */
  readonly timeScale: number;
}

/** The shortest window of the rules, in seconds; `rate` needs two scrapes within it. */
const SHORTEST_WINDOW = 300;

/** Durations of the rules as Prometheus writes them, scaled; at least a millisecond. */
export function scaled({ timeScale }: Plan, seconds: number): string {
  return promDuration(seconds * timeScale);
}

/** Seconds between two scrapes, scaled too, but never under a second. */
export function scrapeSeconds({ monitoring, timeScale }: Plan): number {
  return Math.max(1, Math.round(monitoring.scrapeSeconds * timeScale));
}

/** Where the compose file's Prometheus finds the compose file's service. */
export const COMPOSED_SERVICE = 'groundspeed:8080';

/** Whether somebody asks golden questions, so that there being none is an alert: unless it is said, where the service itself does. */
export function canaryExpected({ alerts, monitoring, canaryEverySeconds }: Plan): boolean {
  const asksItself = canaryEverySeconds > 0 || monitoring.services.includes(COMPOSED_SERVICE);
  return alerts.canaryExpected ?? asksItself;
}

/** The most that evaluation.canaryEverySeconds may be. */
const DAY = 86_400;

/** Seconds between the rounds of the compose file's service: it has a canary, whatever else has none. */
export function composedCanarySeconds({ alerts, canaryEverySeconds }: Plan): number {
  return canaryEverySeconds > 0 ? canaryEverySeconds : Math.min(alerts.canaryIntervalSeconds, DAY);
}

/** Refuses what rules could be written of that could never fire, or not when they say. Throws `config.invalid`. */
export function checkPlan(plan: Plan): void {
  const problems = [
    ...boundProblems(plan, 'objectives.latencySeconds', plan.objectives.latencySeconds),
    ...boundProblems(plan, 'alerts.p95Seconds', plan.alerts.p95Seconds),
    ...windowProblems(plan),
    ...canaryProblems(plan),
  ];
  if (problems.length === 0) return;
  throw new GroundspeedError('config.invalid', 'Alert rules cannot be made of these settings.', { problems });
}

function boundProblems({ moreBounds }: Plan, path: string, seconds: number): string[] {
  const bounds = [...new Set([...CATALOGUE.queryDuration.buckets, ...moreBounds])].sort((a, b) => a - b);
  if (bounds.includes(seconds)) return [];
  return [
    `${path}: is ${seconds}, which is no bound of the buckets of rag_query_duration_seconds (${bounds.join(', ')}); telemetry.metrics.latencySeconds adds one`,
  ];
}

function canaryProblems({ alerts, canaryEverySeconds }: Plan): string[] {
  if (canaryEverySeconds <= alerts.canaryIntervalSeconds) return [];
  return [
    `alerts.canaryIntervalSeconds: is ${alerts.canaryIntervalSeconds}, and the service asks each ${canaryEverySeconds} s (evaluation.canaryEverySeconds): RagCanaryStale would fire between two rounds`,
  ];
}

function windowProblems(plan: Plan): string[] {
  if (!(plan.timeScale > 0 && plan.timeScale <= 1)) {
    return [`--time-scale: is ${plan.timeScale}, and must be above 0 and at most 1`];
  }
  const window = SHORTEST_WINDOW * plan.timeScale;
  const scrape = scrapeSeconds(plan);
  if (window >= 2 * scrape) return [];
  return [
    `a window of ${promDuration(window)} holds fewer than two scrapes, one each ${scrape} s: lower monitoring.scrapeSeconds, or raise --time-scale to ${(2 * scrape) / SHORTEST_WINDOW} or more`,
  ];
}
