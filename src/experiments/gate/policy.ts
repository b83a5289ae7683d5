import { JUDGEMENTS } from '../../judging/options.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { parseMeasures } from '../../measures/registry.ts';
import { parseSlo } from '../../objectives/parse.ts';
import type { Slo } from '../../objectives/slo.ts';
import { INDICATOR_NAMES, type IndicatorName } from '../../records/schema.ts';
import { nearest } from '../../text/nearest.ts';
import { isIndicator, LEAST_CHANGE, SPEED_ALPHA } from '../paired/scales.ts';
import type { GateOptions } from './options.ts';

/** Right answers by the one rule, as a measure: 1 and 0. */
export const RIGHT = 'right';

export interface MeasureRule {
  readonly name: string;
  readonly direction: 'higher' | 'lower';
  /** The measure passes when a mean loss as large as this is ruled out. */
  readonly delta: number;
  /** Left out where neither run can score it. */
  readonly optional?: boolean | undefined;
}

export interface IndicatorRule {
  readonly name: IndicatorName;
  /** 0.05: 5 % of a latency, rate or cost; 5 points of a share. */
  readonly delta: number;
  readonly primary: boolean;
}

/** What a gate judges, and how: the `gate` section, understood. */
export interface GatePolicy {
  readonly measures: readonly MeasureRule[];
  readonly indicators: readonly IndicatorRule[];
  readonly slo: Slo | null;
  /** Of all measures together, one-sided. */
  readonly alpha: number;
  /** Of the indicators, one-sided. */
  readonly speedAlpha: number;
  /** A smaller mean loss of a measure never fails. */
  readonly leastLoss: number;
  /** Fewer questions than this, and pinned questions decide instead of statistics. */
  readonly leastQuestions: number;
  /** Whether pinned questions are judged. */
  readonly pinned: boolean;
}

/** The statistical gate of quality yields to pinned questions below this. */
const LEAST_QUESTIONS = 50;

export interface PolicyOptions {
  /** Which of `gate.primaries` applies; none unless given. */
  readonly scenario?: string | undefined;
}

/**
 * The policy that the settings describe. Throws `config.invalid` with every unknown measure and indicator, and `slo.syntax`
 * for an SLO that cannot be read.
 */
export function gatePolicy(options: GateOptions, { scenario }: PolicyOptions = {}): GatePolicy {
  const problems: string[] = [];
  const measures = Object.entries(options.measures).map(([name, rule]): MeasureRule => {
    const problem = problemOfMeasure(name);
    if (problem !== undefined) problems.push(`gate.measures.${name}: ${problem}`);
    const { direction, optional } = rule;
    return { name, direction, delta: rule.delta ?? options.nonInferiority, ...(optional && { optional }) };
  });
  for (const { name, delta } of measures) {
    if (delta < options.leastLoss)
      problems.push(
        `gate.measures.${name}.delta: ${delta} is under gate.leastLoss, which is ${options.leastLoss}`,
      );
  }
  const own = scenario !== undefined && Object.hasOwn(options.primaries, scenario);
  const primary = own ? options.primaries[scenario]! : options.primary;
  const indicators = Object.entries(options.indicators).flatMap(([name, { delta }]): IndicatorRule[] => {
    if (isIndicator(name)) return [{ name, delta: delta ?? LEAST_CHANGE[name], primary: name === primary }];
    problems.push(`gate.indicators.${name}: ${problemOfIndicator(name)}`);
    return [];
  });
  for (const name of [options.primary, ...Object.values(options.primaries)]) {
    if (!isIndicator(name)) problems.push(`gate.primary: ${name} ${problemOfIndicator(name)}`);
  }
  if (problems.length > 0) {
    throw new GroundspeedError('config.invalid', `The policy of the gate is wrong: ${problems.join('; ')}`, {
      where: 'gate',
      hint: `Measures are right and those of the README, such as ndcg@10; indicators are ${INDICATOR_NAMES.join(', ')}.`,
      problems,
    });
  }
  return {
    measures,
    indicators,
    slo: options.slo === undefined ? null : readSlo(options.slo),
    alpha: options.alpha,
    speedAlpha: SPEED_ALPHA,
    leastLoss: options.leastLoss,
    leastQuestions: LEAST_QUESTIONS,
    pinned: options.pinned,
  };
}

/** What is wrong with the name; undefined where it is right, registered, or the name of a judgement. */
function problemOfMeasure(name: string): string | undefined {
  if (name === RIGHT || (JUDGEMENTS as readonly string[]).includes(name)) return undefined;
  try {
    const canonical = parseMeasures([name])[0]!.name;
    return canonical === name ? undefined : `is written ${canonical}`;
  } catch (error) {
    return messageOf(error);
  }
}

function problemOfIndicator(name: string): string {
  const meant = nearest(name, INDICATOR_NAMES);
  return `is not an indicator${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

function readSlo(text: string): Slo {
  return parseSlo(text, {
    where: 'gate.slo',
    isMeasure: (name) => name !== RIGHT && problemOfMeasure(name) === undefined,
    suggest: (name, known) => nearest(name, known),
  });
}
