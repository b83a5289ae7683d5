import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { milliseconds } from '../kernel/units.ts';
import { type Asked, askOnce } from '../load/ask-once.ts';
import type { PhasePlan } from '../load/phase-plan.ts';
import type { Target, TargetResponse } from '../load/target.ts';
import type { LoadSetup } from './load-setup.ts';

/** The size of a run, known before it begins. */
export interface RunSize {
  /** Requests that will be sent; null for a closed loop, whose target decides. */
  readonly requests: number | null;
  readonly seconds: number;
  /** By the cost of one answer; null where the target tells of none, or the number of requests is not known. */
  readonly costUsd: number | null;
}

/**
 * Asks one question by itself. A target that fails it gets no load: rejects with that failure, and with
 * `target.unavailable` where no answer came in time.
 */
export async function askFirst(setup: LoadSetup, target: Target): Promise<TargetResponse> {
  const { golden, clock, rules, signal } = setup;
  const [question] = golden.questions;
  if (question === undefined) {
    throw new GroundspeedError('dataset.empty', `${golden.name} has no question`, { where: golden.name });
  }
  const asked = await askOnce(
    target,
    { question: 0, text: question.question, cache: false },
    { clock, timeout: milliseconds(rules.timeout), signal },
  );
  if (asked.outcome === 'completed') return asked.response;
  throw refusal(asked, target);
}

function refusal({ error, outcome }: Exclude<Asked, { outcome: 'completed' }>, target: Target): unknown {
  if (outcome !== 'timeout' && error instanceof GroundspeedError) return error;
  return new GroundspeedError('target.unavailable', `${target.name} does not answer: ${messageOf(error)}`, {
    where: target.name,
    hint: 'Nothing else was sent. See what it answers: groundspeed target check URL',
    cause: error,
  });
}

export function sizeOf(plans: readonly PhasePlan[], setup: LoadSetup, first: TargetResponse): RunSize {
  const { maxRequests, maxCostUsd } = setup.rules;
  const counts = plans.map(requestsOf);
  const planned = counts.includes(null) ? null : counts.reduce<number>((sum, count) => sum + count!, 0);
  const requests = planned === null ? null : Math.min(planned, maxRequests ?? Number.POSITIVE_INFINITY);
  const cost = requests === null || first.costUsd === undefined ? null : requests * first.costUsd;
  return {
    requests,
    seconds: plans.reduce((sum, { duration }) => sum + duration, 0) / 1000,
    costUsd: cost === null ? null : Math.min(cost, maxCostUsd ?? Number.POSITIVE_INFINITY),
  };
}

function requestsOf(plan: PhasePlan): number | null {
  if (plan.loop === 'closed') return null;
  return plan.schedule?.due.length ?? Math.round((plan.rate * plan.duration) / 1000);
}

/** "1,240 requests, about 11 min, about $3.10" */
export function sizeInWords({ requests, seconds, costUsd }: RunSize): string {
  return [
    requests === null ? undefined : `about ${requests.toLocaleString('en')} requests`,
    seconds < 120 ? `${Math.ceil(seconds)} s` : `about ${Math.round(seconds / 60)} min`,
    costUsd === null || costUsd === 0
      ? undefined
      : `about $${costUsd < 1 ? costUsd.toPrecision(2) : costUsd.toFixed(2)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
