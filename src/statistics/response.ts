/**
 * How the likelihood of an observed share or mean depends on η, which is taken as linear in the dose. All figures are
 * those of one independent request.
 */
export interface Response {
  /** η where the quantity equals its bound. */
  readonly atBound: number;
  /** Derivative of the log-likelihood by η. */
  score(estimate: number, eta: number): number;
  /** Twice the log-likelihood that is missing to a perfect fit. */
  deviance(estimate: number, eta: number): number;
  /** Squared residual over its variance. */
  pearson(estimate: number, eta: number): number;
}

/** Zeros and ones, η the log odds of a one. */
export function shareResponse(bound: number): Response {
  // Where next to none is expected, a single one would be a scatter beyond measure: the variance stays within reach of the bound's.
  const varianceNear = (share: number): number => {
    const held = Math.min(1 - (1 - bound) / 10, Math.max(bound / 10, share));
    return held * (1 - held);
  };
  return {
    atBound: Math.log(bound / (1 - bound)),
    score: (share, eta) => share - logistic(eta),
    deviance: (share, eta) => 2 * (relative(share, logistic(eta)) + relative(1 - share, logistic(-eta))),
    pearson: (share, eta) => (share - logistic(eta)) ** 2 / varianceNear(logistic(eta)),
  };
}

/** A positive mean, η its logarithm, in units of its standard deviation. */
export function meanResponse(bound: number): Response {
  const expected = (eta: number): number => Math.exp(Math.min(eta, LARGEST));
  const squared = (mean: number, eta: number): number => (mean - expected(eta)) ** 2;
  return {
    atBound: Math.log(bound),
    score: (mean, eta) => (mean - expected(eta)) * expected(eta),
    deviance: squared,
    pearson: squared,
  };
}

/** Of η: its square times any weight is still a number. */
const LARGEST = 200;

const logistic = (eta: number): number => 1 / (1 + Math.exp(-eta));

/** y ln(y / p), with 0 ln 0 = 0. */
const relative = (y: number, p: number): number => (y <= 0 ? 0 : y * Math.log(y / p));
