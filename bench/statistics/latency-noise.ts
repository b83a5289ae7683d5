import { exponential, normal, type Random } from '../../src/kernel/random.ts';

/** How the blocks of a comparison vary where nothing was changed. */
export interface Noise {
  readonly name: string;
  /** Of the log ratios of different indicators of one pair of blocks. */
  readonly correlation: number;
  /** A deviate of mean 0 and variance 1. */
  draw(random: Random): number;
}

export interface Plan {
  readonly launches: number;
  readonly pairs: number;
}

/** Of the variance, what two launches differ by for as long as they last. */
const BETWEEN_LAUNCHES = 0.2;

/** Three degrees of freedom: a block in some hundred is many standard deviations off. */
const DEGREES = 3;

function heavyTailed(random: Random): number {
  let chiSquared = normal(random) ** 2;
  for (let pairs = 1; pairs < DEGREES; pairs += 2) chiSquared += 2 * exponential(random);
  return normal(random) / Math.sqrt(chiSquared / DEGREES) / Math.sqrt(DEGREES / (DEGREES - 2));
}

export const NORMAL: Noise = { name: 'normal, indicators independent', correlation: 0, draw: normal };
export const NOISES: readonly Noise[] = [
  NORMAL,
  { name: 'normal, indicators correlated (0.7)', correlation: 0.7, draw: normal },
  { name: "heavy tails (Student's t, 3 d.f.), independent", correlation: 0, draw: heavyTailed },
];

/** Log ratios of each indicator, pair by pair: their standard deviations are `sds`, a fifth of the variance between launches. */
export function drawRatios(
  sds: readonly number[],
  { launches, pairs }: Plan,
  { noise, random }: { readonly noise: Noise; readonly random: Random },
): Float64Array[] {
  const ratios = sds.map(() => new Float64Array(launches * pairs));
  for (let launch = 0; launch < launches; launch += 1) {
    const offsets = together(sds.length, noise, random);
    for (let pair = 0; pair < pairs; pair += 1) {
      const own = together(sds.length, noise, random);
      for (const [index, sd] of sds.entries()) {
        ratios[index]![launch * pairs + pair] =
          sd *
          (Math.sqrt(BETWEEN_LAUNCHES) * offsets[index]! + Math.sqrt(1 - BETWEEN_LAUNCHES) * own[index]!);
      }
    }
  }
  return ratios;
}

/** Deviates that share a part, so that each two of them are correlated. */
function together(count: number, { correlation, draw }: Noise, random: Random): number[] {
  const shared = correlation === 0 ? 0 : Math.sqrt(correlation) * draw(random);
  return Array.from({ length: count }, () => shared + Math.sqrt(1 - correlation) * draw(random));
}
