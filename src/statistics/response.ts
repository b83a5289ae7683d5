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

/**
 * Beyond so many times the odds (or the mean) at the bound, it only counts that a run was there: past a cliff lies a plateau,
 * or whatever the target makes of more load than it can bear, and none of it tells where the cliff is.
 */
const FAR_BEYOND = 8;

/** Zeros and ones, η the log odds of a one. */
export function shareResponse(bound: number): Response {
  const atBound = Math.log(bound / (1 - bound));
  const most = logistic(atBound + Math.log(FAR_BEYOND));
  // Where next to none is expected, a single one would be a scatter beyond measure: the variance stays within reach of the bound's.
  const varianceNear = (share: number): number => {
    const held = Math.min(1 - (1 - bound) / 10, Math.max(bound / 10, share));
    return held * (1 - held);
  };
  return beyondIsBeyond(most, logistic, {
    atBound,
    score: (share, eta) => share - logistic(eta),
    deviance: (share, eta) => 2 * (relative(share, logistic(eta)) + relative(1 - share, logistic(-eta))),
    pearson: (share, eta) => (share - logistic(eta)) ** 2 / varianceNear(logistic(eta)),
  });
}

/** A positive mean, η its logarithm, in units of its standard deviation. */
export function meanResponse(bound: number): Response {
  const expected = (eta: number): number => Math.exp(Math.min(eta, LARGEST));
  const squared = (mean: number, eta: number): number => (mean - expected(eta)) ** 2;
  return beyondIsBeyond(FAR_BEYOND * bound, expected, {
    atBound: Math.log(bound),
    score: (mean, eta) => (mean - expected(eta)) * expected(eta),
    deviance: squared,
    pearson: squared,
  });
}

/** The same likelihood of what was observed, `most` at most: whatever is expected beyond that agrees with it. */
function beyondIsBeyond(most: number, expected: (eta: number) => number, exact: Response): Response {
  const censored =
    (figure: (estimate: number, eta: number) => number) =>
    (estimate: number, eta: number): number =>
      estimate >= most && expected(eta) >= most ? 0 : figure(Math.min(estimate, most), eta);
  return {
    atBound: exact.atBound,
    score: censored(exact.score),
    deviance: censored(exact.deviance),
    pearson: censored(exact.pearson),
  };
}

/** Of η: its square times any weight is still a number. */
const LARGEST = 200;

const logistic = (eta: number): number => 1 / (1 + Math.exp(-eta));

/** y ln(y / p), with 0 ln 0 = 0. */
const relative = (y: number, p: number): number => (y <= 0 ? 0 : y * Math.log(y / p));
