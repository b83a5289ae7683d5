import { GroundspeedError } from '../kernel/errors.ts';
import { seededRandom } from '../kernel/random.ts';
import type { PhasePlan } from '../load/phase-plan.ts';
import { scheduleOf } from '../load/shapes.ts';
import { cacheModeOf, type LoadRules, type LoadSetup, type LoadShape } from './load-setup.ts';

/** The phases of a load: its warm-up, which is extra, and what is measured. */
export function plansOf(shape: LoadShape, setup: Pick<LoadSetup, 'rules' | 'seed' | 'target'>): PhasePlan[] {
  const { rules } = setup;
  const measured = measuredPlans(shape, setup);
  const [first] = measured;
  if (rules.warmup === 0 || first === undefined) return measured;
  return [warmupOf(first, rules.warmup), ...measured];
}

/** The load as it begins, for as long as the warm-up lasts. */
function warmupOf(first: PhasePlan, duration: number): PhasePlan {
  const warmup = { name: 'warm-up', warmup: true, duration };
  if (first.loop === 'closed') return { ...first, ...warmup };
  const { schedule: _, shape: __, arrivals: ___, ...plain } = first;
  return { ...plain, ...warmup };
}

function measuredPlans(shape: LoadShape, setup: Pick<LoadSetup, 'rules' | 'seed' | 'target'>): PhasePlan[] {
  const { arrivals, order } = setup.rules;
  const { seed } = setup;
  const common = { cacheMode: cacheModeOf(setup), ...(order && { order }) };
  switch (shape.loop) {
    case 'open':
      return shape.rates.map((rate) => ({
        ...common,
        name: `open ${rate}/s`,
        loop: 'open',
        rate,
        duration: shape.duration,
      }));
    case 'shape': {
      const random = seededRandom(seed).fork(`arrivals/${shape.shape.text}`);
      const schedule = scheduleOf(shape.shape, { process: arrivals, random });
      return [
        {
          ...common,
          name: shape.shape.text,
          loop: 'open',
          rate: shape.shape.expected(shape.duration) / (shape.duration / 1000),
          duration: shape.duration,
          schedule,
          shape: shape.shape.text,
        },
      ];
    }
    case 'replay': {
      const { schedule, source } = shape;
      const rate = schedule.due.length / (schedule.duration / 1000);
      return [
        {
          ...common,
          name: `replay ${source}`,
          loop: 'open',
          rate,
          duration: schedule.duration,
          schedule,
          arrivals: 'replay',
        },
      ];
    }
    case 'closed':
      return shape.concurrencies.map((concurrency) => ({
        ...common,
        name: `closed × ${concurrency}`,
        loop: 'closed',
        concurrency,
        duration: shape.duration,
        thinkTimeMs: shape.thinkTimeMs,
      }));
  }
}

/** Per second: the highest rate that the load offers at any time; 0 for a closed loop, whose rate is the target's doing. */
export function fastestRate(shape: LoadShape): number {
  switch (shape.loop) {
    case 'open':
      return Math.max(...shape.rates);
    case 'shape':
      return Math.max(...shape.shape.segments.flatMap(({ fromRate, toRate }) => [fromRate, toRate]));
    case 'replay':
      return busiestSecond(shape.schedule.due);
    case 'closed':
      return 0;
  }
}

function busiestSecond(due: Float64Array): number {
  let most = 0;
  for (let last = 0, first = 0; last < due.length; last += 1) {
    while (due[last]! - due[first]! >= 1000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Throws `load.refused` where more is offered than the ceiling allows. */
export function refuseTooFast(fastest: number, { maxRate }: LoadRules): void {
  if (maxRate === undefined || fastest <= maxRate) return;
  throw new GroundspeedError(
    'load.refused',
    `${fastest} requests/s are above the ceiling of ${maxRate}/s for targets beyond this machine`,
    {
      where: '--rate',
      hint: `Where the target may be driven so hard, say so: --max-rate ${Math.ceil(fastest)}`,
    },
  );
}
