import { mean } from './quantiles.ts';

/** A load (users, or requests in flight) and what it got done per second. */
export interface Throughput {
  readonly load: number;
  readonly perSecond: number;
}

/**
 * The Universal Scalability Law, X(N) = γN / (1 + α(N − 1) + βN(N − 1)) (Gunther, Guerrilla Capacity Planning, 2007): γ is what
 * one alone gets done, α the share of work that must queue, β what it costs to keep everybody in agreement.
 */
export interface ScalabilityLaw {
  readonly gamma: number;
  readonly alpha: number;
  readonly beta: number;
  /** N* = √((1 − α) / β), where throughput is largest; null where more load never costs any. */
  readonly peakLoad: number | null;
  /** X(N*), or the γ / α that throughput approaches; null where it grows without end. */
  readonly peakPerSecond: number | null;
  /** Share of the variance of throughput that the law explains. */
  readonly rSquared: number;
}

/** Three parameters leave nothing to judge the fit by where the points are fewer. */
const LEAST_POINTS = 6;

/** Of the variance, the least that the law must explain to be worth a word. */
const LEAST_EXPLAINED = 0.8;

/**
 * The law by least squares in throughput, with γ > 0 and α, β ≥ 0. Null for fewer than six points or three loads, and where
 * the law explains less than four fifths of the variance.
 */
export function fitScalability(points: readonly Throughput[]): ScalabilityLaw | null {
  const usable = points.filter(({ load, perSecond }) => load > 0 && perSecond > 0);
  if (usable.length < LEAST_POINTS || new Set(usable.map(({ load }) => load)).size < 3) return null;
  const fits = STARTS.map((start) => descend(usable, start));
  const best = fits.reduce((a, b) => (b.loss < a.loss ? b : a));
  const centre = mean(usable.map(({ perSecond }) => perSecond));
  const total = usable.reduce((sum, { perSecond }) => sum + (perSecond - centre) ** 2, 0);
  const rSquared = total === 0 ? 0 : 1 - best.loss / total;
  if (!(rSquared >= LEAST_EXPLAINED)) return null;
  return { ...describe(best), rSquared };
}

/** Throughput that the law foretells for a load. */
export function throughputAt(
  { gamma, alpha, beta }: Pick<ScalabilityLaw, 'gamma' | 'alpha' | 'beta'>,
  load: number,
): number {
  return gamma * shapeAt({ alpha, beta }, load);
}

interface Shape {
  readonly alpha: number;
  readonly beta: number;
}

interface Fit extends Shape {
  readonly gamma: number;
  /** Sum of squared residuals. */
  readonly loss: number;
}

const shapeAt = ({ alpha, beta }: Shape, load: number): number =>
  load / (1 + alpha * (load - 1) + beta * load * (load - 1));

/** From near-perfect scaling to heavy contention, and with and without retrograde throughput. */
const STARTS: readonly Shape[] = [
  { alpha: 0.01, beta: 1e-5 },
  { alpha: 0.1, beta: 1e-3 },
  { alpha: 0.5, beta: 1e-2 },
  { alpha: 0.9, beta: 1e-6 },
];

/** For given α and β the best γ is known; so only two parameters are searched, by Nelder and Mead's simplex in √α and √β. */
function descend(points: readonly Throughput[], start: Shape): Fit {
  const at = ([a, b]: readonly [number, number]): Fit => fitGamma(points, { alpha: a * a, beta: b * b });
  const [a, b] = [Math.sqrt(start.alpha), Math.sqrt(start.beta)];
  return at(simplex((place) => at(place).loss, [a, b], [0.3 * a + 0.01, 0.3 * b + 0.001]));
}

function fitGamma(points: readonly Throughput[], shape: Shape): Fit {
  let products = 0;
  let squares = 0;
  for (const { load, perSecond } of points) {
    const unit = shapeAt(shape, load);
    products += unit * perSecond;
    squares += unit * unit;
  }
  const gamma = products / squares;
  let loss = 0;
  for (const { load, perSecond } of points) loss += (perSecond - gamma * shapeAt(shape, load)) ** 2;
  return { ...shape, gamma, loss };
}

/** Below these, the law with and without the parameter differ by less than any measurement. */
const NO_CONTENTION = 1e-9;
const NO_COHERENCE = 1e-12;

function describe({ alpha, beta, gamma }: Fit): Omit<ScalabilityLaw, 'rSquared'> {
  const law = { gamma, alpha, beta };
  if (beta > NO_COHERENCE) {
    // With α ≥ 1 throughput falls from the first request on.
    const peakLoad = Math.max(1, Math.sqrt(Math.max(0, 1 - alpha) / beta));
    return { ...law, peakLoad, peakPerSecond: throughputAt(law, peakLoad) };
  }
  return { ...law, peakLoad: null, peakPerSecond: alpha > NO_CONTENTION ? gamma / alpha : null };
}

type Place = readonly [number, number];

/** Nelder and Mead's method (The Computer Journal 7, 1965) in two dimensions. */
function simplex(f: (place: Place) => number, start: Place, size: Place): Place {
  const mark = (place: Place) => ({ place, value: f(place) });
  const [x, y] = start;
  let corners = [mark(start), mark([x + size[0], y]), mark([x, y + size[1]])];
  for (let step = 0; step < 2000; step += 1) {
    corners = corners.toSorted((p, q) => p.value - q.value);
    const [best, second, worst] = corners as [Marked, Marked, Marked];
    if (worst.value - best.value <= 1e-15 * (best.value + 1e-300) && step > 200) break;
    const towards = (factor: number): Marked => {
      const go = (axis: 0 | 1): number => {
        const middle = (best.place[axis] + second.place[axis]) / 2;
        return middle + factor * (worst.place[axis] - middle);
      };
      return mark([go(0), go(1)]);
    };
    const reflected = towards(-1);
    let next: Marked = reflected;
    if (reflected.value < best.value) {
      const further = towards(-2);
      next = further.value < reflected.value ? further : reflected;
    } else if (reflected.value >= second.value) {
      next = towards(reflected.value < worst.value ? -0.5 : 0.5);
    }
    corners =
      next.value < worst.value ? [best, second, next] : [best, shrunk(second, best), shrunk(worst, best)];
  }
  return corners.reduce((p, q) => (q.value < p.value ? q : p)).place;

  function shrunk(corner: Marked, towardsCorner: Marked): Marked {
    return mark([
      (corner.place[0] + towardsCorner.place[0]) / 2,
      (corner.place[1] + towardsCorner.place[1]) / 2,
    ]);
  }
}

interface Marked {
  readonly place: Place;
  readonly value: number;
}
