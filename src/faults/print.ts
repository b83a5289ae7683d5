import type { Delay, Effect, Fault } from './fault.ts';
import { writePercent, writeSize, writeTime } from './quantity.ts';

/** Several faults, as they are read back. */
export const printFaults = (faults: readonly Fault[]): string => faults.map(printFault).join('; ');

/** The one way to write a fault. What is written is read back as the very same fault. */
export function printFault(fault: Fault): string {
  const { target, effect, share, flap } = fault;
  const words = [
    ...effectWords(effect),
    ...(share === 1 ? [] : [writePercent(share)]),
    ...(effect.kind === 'truncate' && effect.keep !== 0.5 ? [`keeping ${writePercent(effect.keep)}`] : []),
    ...(flap === null ? [] : ['flap', ...turns(flap)]),
    ...when(fault),
  ];
  return `${target}: ${words.join(' ')}`;
}

function turns({ upMs, downMs, first }: NonNullable<Fault['flap']>): string[] {
  const both = [`${writeTime(upMs)} up`, `${writeTime(downMs)} down`];
  return first === 'up' ? both : both.reverse();
}

function when({ effect, fromMs, toMs }: Fault): string[] {
  const isMoment = effect.kind === 'kill' || (effect.kind === 'jump' && toMs === null);
  if (isMoment) return [`at ${writeTime(fromMs)}`];
  return [
    ...(fromMs === 0 ? [] : [`from ${writeTime(fromMs)}`]),
    ...(toMs === null ? [] : [`to ${writeTime(toMs)}`]),
  ];
}

function effectWords(effect: Effect): string[] {
  switch (effect.kind) {
    case 'error':
      if (effect.status !== null) return ['error', String(effect.status)];
      return effect.error === 'generic' ? ['error'] : ['error', effect.error];
    case 'latency':
      return ['latency', delayWord(effect.delay)];
    case 'drip':
      return ['drip', `${effect.perSecond}`, `${effect.unit}/s`];
    case '429':
      return effect.retryAfterMs === null ? ['429'] : ['429', 'retry-after', writeTime(effect.retryAfterMs)];
    case 'corrupt':
      return effect.how === 'noise' ? ['corrupt'] : ['corrupt', effect.how];
    case 'jump':
      return [
        'jump',
        `${effect.byMs < 0 ? '-' : '+'}${writeTime(Math.abs(effect.byMs))}`,
        ...(effect.monotonic ? ['monotonic'] : []),
      ];
    case 'memory':
      return ['memory', writeSize(effect.bytes)];
    default:
      return [effect.kind];
  }
}

function delayWord(delay: Delay): string {
  switch (delay.kind) {
    case 'fixed':
      return writeTime(delay.ms);
    case 'lognormal':
      return `lognormal(${writeTime(delay.medianMs)}, ${delay.sigma})`;
    case 'uniform':
      return `uniform(${writeTime(delay.fromMs)}, ${writeTime(delay.toMs)})`;
    case 'exponential':
      return `exponential(${writeTime(delay.meanMs)})`;
  }
}
