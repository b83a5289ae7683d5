import { count, counted, duration, interval, perSecond } from '../reporting/format.ts';
import type { LoadPhase } from './load-display-phase.ts';
import { seconds } from './progress-text.ts';

/** A p99 of lag above this is worth a look: past it a run over HTTP may be invalid. */
export const LAG_TO_MIND_MS = 5;

/** "18 s left"; once the scheduled time is over, what is still waited for. */
export function timeText({ latest, share }: LoadPhase): string {
  const { at, duration: scheduled, inFlight } = latest;
  if (share < 1) return `${seconds((scheduled - at) / 1000)} left`;
  return inFlight > 0 ? `${count(inFlight)} to come` : 'ending';
}

/** All figures of the moment on one line. */
export function figuresText({ latest }: LoadPhase): string {
  const { latencyMs, offeredRate, achievedRate, goodput, errors, timeouts, dropped, inFlight, lagP99Ms } =
    latest;
  return [
    `offered ${perSecond(offeredRate)}, achieved ${perSecond(achievedRate)}, goodput ${perSecond(goodput)}`,
    `p50 ${duration(latencyMs?.p50)}, p95 ${duration(latencyMs?.p95)}, p99 ${duration(latencyMs?.p99)}`,
    `errors ${count(errors)}, timeouts ${count(timeouts)}, drops ${count(dropped)}`,
    `in flight ${count(inFlight)}`,
    `lag p99 ${duration(lagP99Ms)}`,
  ].join(' · ');
}

/** "12 s of 30 s · 18 s left · …" */
export function plainText(phase: LoadPhase): string {
  const { at, duration: scheduled } = phase.latest;
  const elapsed = Math.floor(Math.min(at, scheduled) / 1000);
  return `${seconds(elapsed)} of ${seconds(scheduled / 1000)} · ${timeText(phase)} · ${figuresText(phase)}`;
}

/** A phase that is over. */
export interface PhaseEssentials {
  /** Whether it ended before its scheduled time was over. */
  readonly isCutShort: boolean;
  /** "30 s · 29 990 arrivals · 1 000 /s · p95 1.90–12.0 ms" */
  readonly text: string;
  /** "3 errors, 1 timeout"; undefined where nothing failed. */
  readonly failures: string | undefined;
  /** Undefined where lag stayed small. */
  readonly lag: string | undefined;
}

/** The last tick comes when the phase ends: one that lacks less than this was run to its end. */
const ENDED_MS = 500;

/** What is worth keeping of a phase, of which the ticks are all that is known: its quantiles are not among it. */
export function essentials(phase: LoadPhase): PhaseEssentials {
  const { at, duration: scheduled, arrivals, errors, timeouts, dropped } = phase.latest;
  const isCutShort = scheduled - at > ENDED_MS;
  const failures = [
    [errors, 'error'],
    [timeouts, 'timeout'],
    [dropped, 'drop'],
  ] as const;
  const failed = failures.filter(([number]) => number > 0);
  const lag = phase.worstLagMs;
  return {
    isCutShort,
    text: [
      isCutShort
        ? `stopped after ${seconds(at / 1000)} of ${seconds(scheduled / 1000)}`
        : seconds(scheduled / 1000),
      counted(arrivals, 'arrival'),
      perSecond(phase.meanRate),
      `p95 ${interval(phase.p95Range, duration)}`,
      ...(failed.length === 0 ? ['no failures'] : []),
    ].join(' · '),
    failures:
      failed.length === 0 ? undefined : failed.map(([number, thing]) => counted(number, thing)).join(', '),
    lag: lag !== null && lag > LAG_TO_MIND_MS ? `lag p99 up to ${duration(lag)}` : undefined,
  };
}
