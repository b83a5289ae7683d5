import { GroundspeedError } from '../../kernel/errors.ts';
import { isLoopback } from '../../load/targets/http/loopback.ts';
import type { TargetDescription } from '../../load/targets/http/target-description.ts';
import type { LoadRules, LoadSetup, LoadShape } from '../load-setup.ts';

/** A closed loop that autocannon can drive. Times are milliseconds. */
export interface Saturation {
  readonly description: TargetDescription;
  readonly concurrency: number;
  readonly duration: number;
}

/** More than any client of this kind sends in a second: a ceiling that is none. */
const NO_CEILING = 1_000_000;

/**
 * What autocannon is asked to do, where it can do it truly: throws `usage.argument`, `slo.unsupported` or `load.refused`
 * for the rest.
 */
export function saturationOf(
  { target, rules }: Pick<LoadSetup, 'target' | 'rules'>,
  shape: LoadShape,
): Saturation {
  if (target.kind !== 'http') {
    throw refusal('autocannon drives deployments over HTTP: the engine is in this process', '--target', {
      hint: 'Serve the engine and name its URL with --target, or leave --engine out.',
    });
  }
  const { description, generators } = target;
  if (generators > 1) {
    throw refusal('autocannon sends from one thread here', '--generators', {
      hint: 'Give --generators 1, or leave --engine out.',
    });
  }
  if (description.stream !== 'none') {
    throw refusal('autocannon knows no stream: it would take one for a whole answer', '--engine', {
      hint: 'Set target.stream to none, or leave --engine out.',
    });
  }
  refuseUnverified(description);
  refuseRules(rules);
  return { description, ...closedLoopOf(shape) };
}

function closedLoopOf(shape: LoadShape): { readonly concurrency: number; readonly duration: number } {
  if (shape.loop !== 'closed') {
    throw refusal(
      'autocannon is for closed loops: its rate mode sends each second in one burst',
      '--engine',
      {
        hint: 'Give --concurrency, or leave --engine out.',
      },
    );
  }
  const [concurrency, ...others] = shape.concurrencies;
  if (concurrency === undefined || others.length > 0) {
    throw refusal('autocannon is asked for one concurrency at a time', '--concurrency', {
      hint: 'Give one number, or leave --engine out.',
    });
  }
  if (shape.thinkTimeMs > 0) {
    throw refusal('The users of autocannon never think', '--think-time', {
      hint: 'Leave --think-time or --engine out.',
    });
  }
  return { concurrency, duration: shape.duration };
}

function refuseUnverified({ url, tls, name }: TargetDescription): void {
  if (!url.startsWith('https:') || isLoopback(url) || !tls.verify) return;
  throw refusal(`autocannon never verifies certificates, and ${name} is beyond this machine`, '--engine', {
    hint: 'Leave --engine out; or, where anybody may answer in its place, set target.tls.verify to false.',
  });
}

/** Rules that autocannon would break without a word. */
function refuseRules({ slo, maxCostUsd, maxRate }: LoadRules): void {
  if (slo !== undefined) {
    throw new GroundspeedError('slo.unsupported', "autocannon's figures cannot be held against an SLO", {
      where: '--slo',
      hint: 'Its latencies follow rules of their own, and its answers are not read. Leave --engine or --slo out.',
    });
  }
  if (maxCostUsd !== undefined) {
    throw refusal('autocannon does not read answers, so nobody would know what they cost', '--max-cost', {
      hint: 'Bound the requests with --max-requests, or leave --engine out.',
    });
  }
  if (maxRate !== undefined && maxRate < NO_CEILING) {
    throw new GroundspeedError(
      'load.refused',
      `autocannon sends as fast as answers come, and the ceiling is ${maxRate}/s for targets beyond this machine`,
      {
        where: '--engine',
        hint: `Leave --engine out; or, where the target may be driven as hard as it goes: --max-rate ${NO_CEILING}`,
      },
    );
  }
}

function refusal(message: string, where: string, { hint }: { readonly hint: string }): GroundspeedError {
  return new GroundspeedError('usage.argument', message, { where, hint });
}
