import { inWords } from '../duration.ts';
import { percent, tidy } from '../figures.ts';
import { HIGHEST_BURN_RATE } from '../options.ts';
import type { Plan } from '../plan.ts';
import { ofJob, roundedShare } from '../promql-text.ts';
import { RECORDED } from './recording.ts';
import type { AlertRule, Severity } from './rule.ts';
import { WINDOWS, type Window } from './windows.ts';

interface Burn {
  readonly rate: number;
  readonly long: Window;
  /** Ends the alert soon after the burning does. */
  readonly short: Window;
  readonly severity: Severity;
}

/** Multi-window, multi-burn-rate alerts, after the Site Reliability Workbook, chapter 5. */
const BURNS: readonly Burn[] = [
  { rate: HIGHEST_BURN_RATE, long: '1h', short: '5m', severity: 'critical' },
  { rate: 6, long: '6h', short: '30m', severity: 'critical' },
  { rate: 1, long: '3d', short: '6h', severity: 'info' },
];

interface Objective {
  readonly alert: string;
  readonly target: number;
  readonly share: (window: Window) => string;
  /** The questions a second that it is a share of. */
  readonly judged: (window: Window) => string;
  /** What is spent of the budget: "failed, rejected or apologised for". */
  readonly spending: string;
  /** The objective in words: "99 % of questions are answered over 30 days". */
  readonly stated: string;
}

export function burnRateAlerts(plan: Plan): AlertRule[] {
  const { windowDays, availability, latencySeconds, latencyShare } = plan.objectives;
  const window = `over ${windowDays} days`;
  const objectives: Objective[] = [
    {
      alert: 'RagErrorBudgetBurn',
      target: availability,
      share: RECORDED.badShare,
      judged: RECORDED.queries,
      spending: 'failed, rejected or apologised for',
      stated: `${percent(availability)} of questions neither fail, nor are rejected, nor get an apology, ${window}`,
    },
    {
      alert: 'RagLatencyBudgetBurn',
      target: latencyShare,
      share: RECORDED.slowShare,
      judged: RECORDED.answered,
      spending: `answered later than ${latencySeconds} s`,
      stated: `${percent(latencyShare)} of answered questions are answered within ${latencySeconds} s, ${window}`,
    },
  ];
  return objectives.flatMap((objective) => BURNS.map((burn) => burnAlert(plan, objective, burn)));
}

function burnAlert(
  plan: Plan,
  { alert, target, share, judged, spending, stated }: Objective,
  burn: Burn,
): AlertRule {
  const { alerts, objectives, timeScale } = plan;
  const bound = tidy(burn.rate * (1 - target));
  const over = (window: Window) => `${roundedShare(ofJob(plan, share(window)))} > ${bound}`;
  // One failed question of three would be a third of them: nobody is woken for what so few say.
  const seconds = tidy(WINDOWS[burn.long] * timeScale);
  const enough = `${ofJob(plan, judged(burn.long))} * ${seconds} >= ${alerts.minimumQueries}`;
  const daysLeft = tidy(objectives.windowDays / burn.rate, 3);
  return {
    alert,
    expr: `${over(burn.long)} and ${over(burn.short)} and ${enough}`,
    severity: burn.severity,
    labels: { burn_rate: String(burn.rate), window: burn.long },
    summary: `The error budget burns ${burn.rate} times too fast`,
    description: `{{ $value | humanizePercentage }} of the questions of the last ${inWords(WINDOWS[burn.long])} were ${spending}. Objective: ${stated}. At this rate the whole budget is gone in ${daysLeft} days.`,
  };
}
