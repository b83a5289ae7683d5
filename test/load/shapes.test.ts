import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { ratePerSecond } from '../../src/kernel/units.ts';
import { constantArrivals, poissonArrivals, type RateSegment } from '../../src/load/arrivals.ts';
import { parseShape, scheduleOf } from '../../src/load/shapes.ts';

const at = { rate: 50, durationMs: 60_000 };

/** `from-to ms: rate→rate`, one a segment. */
const told = (segments: readonly RateSegment[]): string[] =>
  segments.map(({ fromMs, toMs, fromRate, toRate }) => `${fromMs}-${toMs}: ${fromRate}→${toRate}`);

function failureOf(text: string, options: Parameters<typeof parseShape>[1] = at): GroundspeedError {
  try {
    parseShape(text, options);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GroundspeedError);
    return thrown as GroundspeedError;
  }
  throw new Error(`${text} was read`);
}

describe('a shape', () => {
  it.each([
    ['constant', ['0-60000: 50→50']],
    ['constant:12.5', ['0-60000: 12.5→12.5']],
    ['ramp', ['0-60000: 0→50']],
    ['ramp:10..100', ['0-60000: 10→100']],
    ['ramp:100..10', ['0-60000: 100→10']],
    ['ramp:50%..150%', ['0-60000: 25→75']],
    ['steps:10,20,40', ['0-20000: 10→10', '20000-40000: 20→20', '40000-60000: 40→40']],
    ['steps:10,0,10', ['0-20000: 10→10', '20000-40000: 0→0', '40000-60000: 10→10']],
    ['steps:10..30/3', ['0-20000: 10→10', '20000-40000: 20→20', '40000-60000: 30→30']],
    [
      'steps',
      [
        '0-12000: 10→10',
        '12000-24000: 20→20',
        '24000-36000: 30→30',
        '36000-48000: 40→40',
        '48000-60000: 50→50',
      ],
    ],
    ['spike', ['0-27000: 50→50', '27000-33000: 250→250', '33000-60000: 50→50']],
    ['spike:20,200', ['0-27000: 20→20', '27000-33000: 200→200', '33000-60000: 20→20']],
    ['spike:20,200@10s+5s', ['0-10000: 20→20', '10000-15000: 200→200', '15000-60000: 20→20']],
    ['spike:20,200@0s+500ms', ['0-500: 200→200', '500-60000: 20→20']],
    ['spike:20,200@0.5m+50%', ['0-30000: 20→20', '30000-60000: 200→200']],
    ['soak', ['0-6000: 0→50', '6000-60000: 50→50']],
    ['soak:8', ['0-6000: 0→8', '6000-60000: 8→8']],
  ])('%s', (text, segments) => {
    expect(told(parseShape(text, at).segments)).toEqual(segments);
  });

  it('is read in any case and with spaces, and keeps its text without', () => {
    const shape = parseShape(' Spike: 20, 200 @ 10s + 5s ', at);
    expect(shape.text).toBe('spike:20,200@10s+5s');
    expect(shape.segments).toEqual(parseShape('spike:20,200@10s+5s', at).segments);
  });

  it('ramps a long soak up for no more than a minute', () => {
    const hour = parseShape('soak:100', { durationMs: 3_600_000 });
    expect(hour.segments[0]).toEqual({ fromMs: 0, toMs: 60_000, fromRate: 0, toRate: 100 });
  });

  it('may spike up to its very end, in percentages too', () => {
    for (let start = 1; start < 100; start += 1) {
      for (const durationMs of [60_000, 774.538_880_132_277_2, 333.3]) {
        const { segments } = parseShape(`spike:1,2@${start}%+${100 - start}%`, { durationMs });
        expect([segments.length, segments.at(-1)!.toMs]).toEqual([2, durationMs]);
      }
    }
  });

  it('says whether --rate has a say in it', () => {
    const uses = (text: string) => parseShape(text, at).usesRate;
    expect(['constant', 'ramp', 'steps', 'spike', 'soak', 'steps:10,50%'].every(uses)).toBe(true);
    expect(['constant:1', 'ramp:1..2', 'steps:1,2', 'spike:1,2', 'soak:1'].some(uses)).toBe(false);
  });

  it('tells its rate at any time, the later one where two parts meet, and 0 outside', () => {
    const shape = parseShape('steps:10,20,40', at);
    expect([-1, 0, 19_999, 20_000, 59_999, 60_000, 60_001].map((ms) => shape.rateAt(ms))).toEqual([
      0, 10, 10, 20, 40, 40, 0,
    ]);
    expect(parseShape('ramp:10..100', at).rateAt(30_000)).toBe(55);
  });

  it('tells how many arrivals it calls for until any time', () => {
    const ramp = parseShape('ramp:0..100', { durationMs: 10_000 });
    expect([-5, 0, 5000, 10_000, 20_000].map((ms) => ramp.expected(ms))).toEqual([0, 0, 125, 500, 500]);
    expect(parseShape('spike:20,200@10s+5s', at).expected(60_000)).toBe(55 * 20 + 5 * 200);
  });
});

const rate = fc.double({ min: 0.01, max: 500, noNaN: true }).map((value) => value.toFixed(2));
const readable = fc.oneof(
  rate.map((one) => `constant:${one}`),
  fc.tuple(rate, rate).map(([from, to]) => `ramp:${from}..${to}`),
  fc.array(rate, { minLength: 1, maxLength: 8 }).map((rates) => `steps:${rates.join(',')}`),
  fc.tuple(rate, rate, fc.integer({ min: 2, max: 30 })).map(([from, to, n]) => `steps:${from}..${to}/${n}`),
  fc
    .tuple(rate, rate, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 40 }))
    .map(([base, peak, start, length]) => `spike:${base},${peak}@${start}%+${length}%`),
  rate.map((one) => `soak:${one}`),
  fc.constantFrom('constant', 'ramp', 'steps', 'spike', 'soak'),
);
const options = fc.record({
  rate: fc.double({ min: 0.1, max: 500, noNaN: true }),
  durationMs: fc.double({ min: 10, max: 20_000, noNaN: true }),
});

describe('every shape', () => {
  it('is planned without gap or overlap from 0 to the duration', () => {
    fc.assert(
      fc.property(readable, options, (text, given) => {
        const { segments } = parseShape(text, given);
        const bounds = [0, ...segments.map(({ toMs }) => toMs)];
        expect(segments.map(({ fromMs }) => fromMs)).toEqual(bounds.slice(0, -1));
        expect(bounds.at(-1)).toBe(given.durationMs);
      }),
    );
  });

  it('schedules as many arrivals as its integral says: to the unit where constant, to chance where Poisson', () => {
    fc.assert(
      fc.property(readable, options, fc.integer({ min: 0, max: 10_000 }), (text, given, seed) => {
        const shape = parseShape(text, given);
        const expected = shape.expected(given.durationMs);
        const even = scheduleOf(shape, { process: 'constant', random: seededRandom(seed) });
        const random = scheduleOf(shape, { process: 'poisson', random: seededRandom(seed) });
        expect(Math.abs(even.due.length - expected)).toBeLessThanOrEqual(1);
        expect(even.due.length).toBe(Math.floor(expected + 1e-9));
        expect(Math.abs(random.due.length - expected)).toBeLessThan(6 * Math.sqrt(expected) + 8);
        expect([even.duration, random.duration]).toEqual([given.durationMs, given.durationMs]);
      }),
    );
  });

  it('schedules the beginning alone where the phase is shorter', () => {
    const shape = parseShape('ramp:10..100', at);
    const schedule = scheduleOf(shape, { durationMs: 10_000, process: 'poisson', random: seededRandom(3) });
    const whole = scheduleOf(shape, { process: 'poisson', random: seededRandom(3) });
    expect(schedule.due).toEqual(whole.due.filter((time) => time < 10_000));
    expect(schedule.duration).toBe(10_000);
  });

  it('is, where constant, what arrivals at one rate are, to the bit', () => {
    fc.assert(
      fc.property(options, fc.integer(), (given, seed) => {
        const shape = parseShape('constant', given);
        const timing = { rate: ratePerSecond(given.rate), duration: given.durationMs };
        expect(scheduleOf(shape, { process: 'poisson', random: seededRandom(seed) })).toEqual(
          poissonArrivals(timing, seededRandom(seed)),
        );
        expect(scheduleOf(shape, { process: 'constant', random: seededRandom(seed) })).toEqual(
          constantArrivals(timing),
        );
      }),
    );
  });
});

describe('a shape that cannot be used', () => {
  it.each([
    ['ramp:10-100', '"10-100" is no range FROM..TO'],
    ['ramp:10..', '"" is no rate'],
    ['ramp:-5..10', '"-5" is no rate'],
    ['ramp:', '"" is no range'],
    ['constant:fast', '"fast" is no rate'],
    ['steps:10,,20', '"" is no rate'],
    ['steps:10..50', 'the number of steps, 2 to 1000'],
    ['steps:10..50/1', 'the number of steps, 2 to 1000'],
    ['steps:10..50/1e9', 'the number of steps, 2 to 1000'],
    ['spike:20', 'two rates, BASE,PEAK'],
    ['spike:20,200@10s', 'one window, @START+LENGTH'],
    ['spike:20,200@10+5', '"10" is no time'],
    ['spike:20,200@10s+0s', 'its spike has no length'],
    ['spike:20,200@58s+5s', 'its spike ends 63 s after the start, the load after 60 s'],
    ['constant:0', 'its rate is 0 throughout'],
    ['ramp:0..0', 'its rate is 0 throughout'],
    ['constant:1000000000', 'more than 100,000,000 requests'],
  ])('%s: %s', (text, problem) => {
    const error = failureOf(text);
    expect([error.code, error.where]).toEqual(['usage.argument', '--shape']);
    expect(error.message).toContain(problem);
    expect(error.hint).toContain(`Write ${text.split(':', 1)}`);
  });

  it('has more steps than anyone means', () => {
    expect(failureOf(`steps:${'1,'.repeat(1000)}1`).message).toContain('more than 1000 steps');
  });

  it.each([
    ['rampp', 'did you mean ramp?'],
    ['poisson', '--arrivals poisson'],
    ['sawtooth', 'there is no such shape'],
    ['', 'there is no such shape'],
    ['constructor', 'there is no such shape'],
  ])('%s is unknown: %s', (text, problem) => {
    const error = failureOf(text);
    expect(error.message).toContain(problem);
    expect(error.hint).toContain('ramp:10..100');
  });

  it('asks for --rate, or for rates, where it is relative and there is none', () => {
    const error = failureOf('ramp', { durationMs: 1000 });
    expect(error.where).toBe('--shape');
    expect(error.hint).toBe(
      'Give --rate as well, or write the rates: ramp (from 0 to --rate), ramp:10..100 or ramp:50%..150%.',
    );
    expect(parseShape('ramp:1..2', { durationMs: 1000 }).usesRate).toBe(false);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'names the rate or the duration that is %s',
    (value) => {
      expect(failureOf('ramp', { rate: value, durationMs: 1000 }).where).toBe('--rate');
      expect(failureOf('ramp', { rate: 1, durationMs: value }).where).toBe('--duration');
    },
  );

  it('fails in no other way, whatever is written', () => {
    const pieces = fc.constantFrom(
      '10',
      '0.5',
      '..',
      ',',
      '/',
      '@',
      '+',
      '%',
      's',
      'ms',
      ':',
      '-',
      'e9',
      ' ',
      '5',
    );
    const almost = fc
      .tuple(
        fc.constantFrom('constant', 'ramp', 'steps', 'spike', 'soak'),
        fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
      )
      .map(([name, terms]) => `${name}:${terms}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), almost), (text) => {
        try {
          expect(parseShape(text, at).expected(60_000)).toBeGreaterThan(0);
        } catch (thrown) {
          expect((thrown as GroundspeedError).code).toBe('usage.argument');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
