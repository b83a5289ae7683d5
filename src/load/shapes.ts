import { GroundspeedError } from '../kernel/errors.ts';
import type { Random } from '../kernel/random.ts';
import { nearest } from '../text/nearest.ts';
import {
  type ArrivalProcess,
  type ArrivalSchedule,
  evenArrivals,
  expectedArrivals,
  type RateSegment,
  randomArrivals,
  rateWithin,
} from './arrivals.ts';

/**
 * The rate of a phase over time, as `--shape` writes it:
 *
 * | text | rate |
 * | --- | --- |
 * | `constant`, `constant:50` | the same throughout |
 * | `ramp`, `ramp:10..100` | along a line from the first to the second; alone 0..100% |
 * | `steps`, `steps:10,20,40`, `steps:10..50/5` | parts of equal length; alone 20%..100%/5 |
 * | `spike`, `spike:20,200`, `spike:20,200@10s+5s` | the first, but from 10 s on for 5 s the second; alone 100%,500%@45%+10% |
 * | `soak`, `soak:50` | up from 0 over a tenth of the time, at most a minute, then the same to the end |
 *
 * A rate is arrivals per second, or a percentage of `--rate`. A time has a unit (ms, s, m, h), or is a percentage of the
 * duration.
 */
export interface Shape {
  /** As written, in lower case, without spaces. */
  readonly text: string;
  readonly durationMs: number;
  /** What is planned, for reports: adjoining stretches from 0 to the duration. */
  readonly segments: readonly RateSegment[];
  /** Whether `--rate` has a say in it. */
  readonly usesRate: boolean;
  /** Per second; where two segments meet, that of the later one; 0 before and after. */
  rateAt(ms: number): number;
  /** How many arrivals until then: the integral of the rate. */
  expected(ms: number): number;
}

export interface ShapeOptions {
  /** `--rate`, per second. Needed by shapes that are written relative to it. */
  readonly rate?: number | undefined;
  readonly durationMs: number;
}

export interface ScheduleOptions {
  /** Only the beginning of the shape; all of it where absent. Past the shape's end nothing is due. */
  readonly durationMs?: number;
  readonly process: ArrivalProcess;
  /** Not drawn from by the constant process. */
  readonly random: Random;
}

/** More in one phase would not fit into memory beside what is recorded of each. */
export const MOST_ARRIVALS = 100_000_000;

const MOST_STEPS = 1000;

/** The ramp-up of a soak. */
const SOAK_RAMP = { share: 0.1, longestMs: 60_000 };

/** The schedule of a shape, by inversion of its integral: every arrival falls exactly where the rate asks for it. */
export function scheduleOf(shape: Shape, options: ScheduleOptions): ArrivalSchedule {
  const duration = options.durationMs ?? shape.durationMs;
  return options.process === 'constant'
    ? evenArrivals(shape.segments, duration)
    : randomArrivals(shape.segments, duration, options.random);
}

/** Reads a shape. What cannot be read, or has no sense at that rate and duration, is `usage.argument`. */
export function parseShape(text: string, options: ShapeOptions): Shape {
  const { durationMs } = options;
  if (!(durationMs > 0 && Number.isFinite(durationMs))) {
    throw new GroundspeedError('usage.argument', 'The duration of a shape must be more than 0.', {
      where: '--duration',
    });
  }
  const written = text
    .trim()
    .toLowerCase()
    .replaceAll(/\s*(\.\.|[:,/@+])\s*/g, '$1');
  const [name = ''] = written.split(':', 1);
  const kind = KINDS[name as KindName];
  if (!Object.hasOwn(KINDS, name) || kind === undefined) throw unknownShape(text, name);

  const terms = written.includes(':') ? written.slice(name.length + 1) : kind.alone;
  const reading = new Reading(text, kind.write, options);
  const segments = kind.segments(terms, reading).filter(({ fromMs, toMs }) => toMs > fromMs);
  const expected = expectedArrivals(segments, durationMs);
  if (expected === 0) throw reading.failure('its rate is 0 throughout, so nothing would be sent');
  if (expected > MOST_ARRIVALS) {
    throw reading.failure(`it asks for more than ${MOST_ARRIVALS.toLocaleString('en')} requests`);
  }
  return {
    text: written,
    durationMs,
    segments,
    usesRate: reading.usedRate,
    rateAt(ms) {
      const segment = segments.findLast(({ fromMs, toMs }) => fromMs <= ms && ms <= toMs);
      return segment === undefined ? 0 : rateWithin(segment, ms);
    },
    expected: (ms) => expectedArrivals(segments, ms),
  };
}

function unknownShape(text: string, name: string): GroundspeedError {
  const names = Object.keys(KINDS);
  const meant = nearest(name, names);
  const problem =
    name === 'poisson'
      ? 'Poisson is how arrivals are spread along a shape: --arrivals poisson'
      : meant === undefined
        ? 'there is no such shape'
        : `did you mean ${meant}?`;
  return new GroundspeedError('usage.argument', `The shape ${JSON.stringify(text)} is unknown: ${problem}`, {
    where: '--shape',
    hint: `Write one of ${names.join(', ')}; for example ramp:10..100, steps:10,20,40 or spike:20,200@10s+5s.`,
  });
}

interface Kind {
  /** The terms where none are written. */
  readonly alone: string;
  /** What to write, for errors. */
  readonly write: string;
  readonly segments: (terms: string, reading: Reading) => RateSegment[];
}

type KindName = 'constant' | 'ramp' | 'steps' | 'spike' | 'soak';

const KINDS: Readonly<Record<KindName, Kind>> = {
  constant: {
    alone: '100%',
    write: 'constant (always --rate) or constant:50',
    segments: (terms, reading) => equalParts([reading.rate(terms)], reading.durationMs),
  },
  ramp: {
    alone: '0..100%',
    write: 'ramp (from 0 to --rate), ramp:10..100 or ramp:50%..150%',
    segments: rampSegments,
  },
  steps: {
    alone: '20%..100%/5',
    write: 'steps (20, 40, 60, 80 and 100 % of --rate), steps:10,20,40 or steps:10..50/5',
    segments: (terms, reading) => equalParts(stepRates(terms, reading), reading.durationMs),
  },
  spike: {
    alone: '100%,500%',
    write: 'spike (5 × --rate for the middle tenth), spike:20,200 or spike:20,200@10s+5s',
    segments: spikeSegments,
  },
  soak: {
    alone: '100%',
    write: 'soak (--rate, after a ramp-up of a tenth of the time, at most 60 s) or soak:50',
    segments: soakSegments,
  },
};

function equalParts(rates: readonly number[], durationMs: number): RateSegment[] {
  return rates.map((rate, index) => ({
    fromMs: durationMs * (index / rates.length),
    toMs: durationMs * ((index + 1) / rates.length), // the last is at n/n = 1, exactly the duration
    fromRate: rate,
    toRate: rate,
  }));
}

function rampSegments(terms: string, reading: Reading): RateSegment[] {
  const [fromRate, toRate] = reading.range(terms);
  return [{ fromMs: 0, toMs: reading.durationMs, fromRate, toRate }];
}

function stepRates(terms: string, reading: Reading): number[] {
  if (!terms.includes('..')) return reading.few(terms.split(',')).map((rate) => reading.rate(rate));
  const [range = '', parts = '', ...more] = terms.split('/');
  const count = /^\d+$/.test(parts) && more.length === 0 ? Number(parts) : Number.NaN;
  if (!(count >= 2 && count <= MOST_STEPS)) {
    throw reading.failure(`after FROM..TO must stand / and the number of steps, 2 to ${MOST_STEPS}`);
  }
  const [from, to] = reading.range(range);
  return Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
}

function spikeSegments(terms: string, reading: Reading): RateSegment[] {
  const { durationMs } = reading;
  const [rates = '', window = '45%+10%', ...moreWindows] = terms.split('@');
  const [base, peak, ...moreRates] = rates.split(',');
  const [start, length, ...moreTimes] = window.split('+');
  if (
    peak === undefined ||
    length === undefined ||
    moreWindows.length + moreRates.length + moreTimes.length
  ) {
    throw reading.failure('it needs two rates, BASE,PEAK, and may have one window, @START+LENGTH');
  }
  const [fromRate, peakRate] = [reading.rate(base!), reading.rate(peak)];
  const fromMs = reading.time(start!);
  const lengthMs = reading.time(length);
  // 90 % + 10 % may come out above the whole in floating point.
  const toMs = Math.abs(fromMs + lengthMs - durationMs) <= 1e-9 * durationMs ? durationMs : fromMs + lengthMs;
  if (lengthMs === 0) throw reading.failure('its spike has no length');
  if (toMs > durationMs) {
    throw reading.failure(
      `its spike ends ${seconds(toMs)} after the start, the load after ${seconds(durationMs)}`,
    );
  }
  return [
    { fromMs: 0, toMs: fromMs, fromRate, toRate: fromRate },
    { fromMs, toMs, fromRate: peakRate, toRate: peakRate },
    { fromMs: toMs, toMs: durationMs, fromRate, toRate: fromRate },
  ];
}

const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(6))} s`;

function soakSegments(terms: string, reading: Reading): RateSegment[] {
  const { durationMs } = reading;
  const rate = reading.rate(terms);
  const full = Math.min(durationMs * SOAK_RAMP.share, SOAK_RAMP.longestMs);
  return [
    { fromMs: 0, toMs: full, fromRate: 0, toRate: rate },
    { fromMs: full, toMs: durationMs, fromRate: rate, toRate: rate },
  ];
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads the terms of one shape: rates and times, absolute or relative. */
class Reading {
  readonly durationMs: number;
  usedRate = false;
  readonly #text: string;
  readonly #write: string;
  readonly #rate: number | undefined;

  constructor(text: string, write: string, { rate, durationMs }: ShapeOptions) {
    this.#text = text;
    this.#write = write;
    this.#rate = rate;
    this.durationMs = durationMs;
  }

  rate(term: string): number {
    const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(term) ?? [];
    if (digits === undefined) {
      throw this.failure(
        `${JSON.stringify(term)} is no rate: a number per second, or a percentage of --rate`,
      );
    }
    if (percent === '') return Number(digits);
    this.usedRate = true;
    const whole = this.#wholeRate();
    // x × 100 / 100 is not always x in floating point, and --rate itself must be met to the bit.
    return Number(digits) === 100 ? whole : (Number(digits) * whole) / 100;
  }

  #wholeRate(): number {
    const rate = this.#rate;
    if (rate === undefined) {
      throw new GroundspeedError(
        'usage.argument',
        `The shape ${JSON.stringify(this.#text)} is relative to a rate, and none is given.`,
        { where: '--shape', hint: `Give --rate as well, or write the rates: ${this.#write}.` },
      );
    }
    if (rate > 0 && Number.isFinite(rate)) return rate;
    throw new GroundspeedError('usage.argument', `The rate must be more than 0; it is ${rate}.`, {
      where: '--rate',
    });
  }

  range(term: string): [number, number] {
    const [from, to, ...more] = term.split('..');
    if (to === undefined || more.length > 0) {
      throw this.failure(`${JSON.stringify(term)} is no range FROM..TO`);
    }
    return [this.rate(from!), this.rate(to)];
  }

  few(terms: readonly string[]): readonly string[] {
    if (terms.length > MOST_STEPS) throw this.failure(`it has more than ${MOST_STEPS} steps`);
    return terms;
  }

  /** Milliseconds. */
  time(term: string): number {
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|%)$/.exec(term) ?? [];
    if (digits === undefined) {
      throw this.failure(
        `${JSON.stringify(term)} is no time: a number with ms, s, m, h, or % of the duration`,
      );
    }
    return Number(digits) * (UNITS[unit] ?? this.durationMs / 100);
  }

  failure(problem: string): GroundspeedError {
    return new GroundspeedError(
      'usage.argument',
      `The shape ${JSON.stringify(this.#text)} cannot be used: ${problem}.`,
      { where: '--shape', hint: `Write ${this.#write}.` },
    );
  }
}
