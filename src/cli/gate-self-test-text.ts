import type { NoiseFloor, Rate, SelfTest } from '../experiments/gate/self-test.ts';
import { isIndicator, LEAST_PAIRS, scaleOf } from '../experiments/paired/scales.ts';

/** What a self-test found, in words: false alarms, the noise of each indicator, and what to do about it. */
export function selfTestText(test: SelfTest): string {
  const { comparisons, launches, pairsPerLaunch, blockSeconds, offeredRate } = test;
  const load = offeredRate === null ? '' : ` at ${plain(offeredRate)} requests/s`;
  const lines = [
    `The target against itself, ${comparisons} ${comparisons === 1 ? 'time' : 'times'}: ${launches} launches × ${pairsPerLaunch} pairs of ${plain(blockSeconds)} s${load}.`,
    ...(test.endedBy === null ? [] : [`Ended early: ${ENDINGS[test.endedBy]}.`]),
    '',
    ...openWords(test),
    `False alarms: ${rateWords(test.falseAlarms)} in a first batch, ${rateWords(test.confirmedFalseAlarms)} after the second one, which a FAIL needs.`,
    ...Object.entries(test.failedBy).map(
      ([name, times]) => `  ${name} ${times} ${times === 1 ? 'time' : 'times'}`,
    ),
    ...(test.invalidPairs > 0 ? [`${test.invalidPairs} pairs could not be trusted: ${reasonsOf(test)}`] : []),
    '',
    'Noise between two blocks of a pair, and what finds a change of twice the δ that matters in 95 of 100 cases:',
    ...test.noise.map((one) => `  ${noiseWords(one, test)}`),
    '',
    adviceOf(test),
  ];
  return `${lines.join('\n')}\n`;
}

/** What could not have failed is no proof of quiet. */
function openWords({ comparisons, judged, launches, pairsPerLaunch }: SelfTest): string[] {
  const open = comparisons - judged;
  if (open === 0) return [];
  const short = launches * pairsPerLaunch < LEAST_PAIRS;
  const remedy = short
    ? 'give a longer --budget, or fewer comparisons'
    : 'too many pairs could not be trusted';
  return [
    `${open} of ${comparisons} had fewer than ${LEAST_PAIRS} valid pairs, could find nothing, and are not counted: ${remedy}.`,
  ];
}

const ENDINGS: Readonly<Record<NonNullable<SelfTest['endedBy']>, string>> = {
  interrupted: 'interrupted',
  budget: 'the budget of time was used up',
  failures: 'the target did not start again and again',
};

function rateWords({ count, of, interval }: Rate): string {
  const bounds = interval === null ? '' : ` (95 %: ${percent(interval[0])} to ${percent(interval[1])})`;
  return `${count} of ${of}${bounds}`;
}

function noiseWords(noise: NoiseFloor, { launches, blockSeconds }: SelfTest): string {
  const { indicator, sd, interval, pairs, launchesNeeded, blockSecondsNeeded } = noise;
  if (sd === null)
    return `${indicator}: – (${indicator === 'p99' ? 'it needs 3,000 requests a block' : 'too few pairs told it'})`;
  const isRatio = isIndicator(indicator) && scaleOf(indicator) === 'log-ratio';
  const size = (value: number): string =>
    isRatio ? percent(Math.expm1(value)) : `${percent(value).replace(' %', '')} points`;
  const around = interval === null ? '' : ` (95 %: ${size(interval[0])} to ${size(interval[1])})`;
  const needs =
    launchesNeeded === null
      ? 'too noisy for any number of launches that is sensible'
      : launchesNeeded <= launches
        ? `${launchesNeeded} launches are enough`
        : `${launchesNeeded} launches`;
  const blocks =
    blockSecondsNeeded === null || blockSecondsNeeded <= blockSeconds
      ? ''
      : `, or blocks of ${plain(blockSecondsNeeded)} s if noise shrinks with their length`;
  return `${indicator}: ±${size(sd)}${around} over ${pairs} pairs; ${needs}${blocks}`;
}

/** One of each kind would do; what differs are mostly numbers. */
function reasonsOf({ invalidReasons }: SelfTest): string {
  const more = invalidReasons.length - SHOWN_REASONS;
  const shown = invalidReasons.slice(0, SHOWN_REASONS).join('; ');
  return more > 0 ? `${shown}; and ${more} more` : shown;
}

const SHOWN_REASONS = 2;

/** Fewer pairs than this know their own spread too badly to plan by it. */
const LEAST_FOR_ADVICE = 20;

function adviceOf({ noise, pairsPerLaunch, confirmedFalseAlarms }: SelfTest): string {
  const known = noise.filter(({ sd }) => sd !== null);
  const pairs = Math.max(0, ...known.map((one) => one.pairs));
  if (pairs < LEAST_FOR_ADVICE) {
    return `Only ${pairs} pairs were measured: too few for advice. Give more comparisons, or a longer --budget.`;
  }
  const hopeless = known.filter(({ launchesNeeded }) => launchesNeeded === null);
  const needed = known.flatMap(({ launchesNeeded }) => launchesNeeded ?? []);
  const most = Math.max(Math.ceil(LEAST_PAIRS / pairsPerLaunch), ...needed);
  const parts = [
    ...(needed.length > 0 ? [`Recommended here: ${most} launches of ${pairsPerLaunch} pairs.`] : []),
    ...(hopeless.length > 0
      ? [
          `Leave ${hopeless.map(({ indicator }) => indicator).join(', ')} out of gate.indicators, or find a quieter machine.`,
        ]
      : []),
    ...(confirmedFalseAlarms.count > 0
      ? ['A confirmed false alarm: do not gate latency on this machine as it is.']
      : []),
  ];
  return parts.join(' ');
}

const plain = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (value: number): string => `${plain(100 * value)} %`;
