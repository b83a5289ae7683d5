import fc from 'fast-check';
import type { Delay, Effect, EffectKind, Fault, Target } from '../../src/faults/fault.ts';
import { CORRUPTIONS, TARGETS } from '../../src/faults/fault.ts';
import { parseFaults } from '../../src/faults/parse.ts';
import type { FaultReading } from '../../src/faults/syntax.ts';
import { CLASSES_OF, DRIPS, KINDS_OF, SPEAKS_HTTP } from '../../src/faults/vocabulary.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { pointAt } from '../../src/objectives/fault.ts';
import { nearest } from '../../src/text/nearest.ts';

/** As the commands read them. */
export const READING: FaultReading = { suggest: nearest, point: pointAt };

export const faultsOf = (text: string): readonly Fault[] => parseFaults(text, READING);

export function faultOf(text: string): Fault {
  const [fault, ...others] = faultsOf(text);
  if (fault === undefined || others.length > 0) throw new Error(`${text} is not one fault`);
  return fault;
}

/** The error that some work raises. Anything that is none of ours goes on. */
export function errorOf(work: () => unknown): GroundspeedError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof GroundspeedError) return thrown;
    throw thrown;
  }
  throw new Error('there was no error');
}

const times = fc.oneof(
  fc.integer({ min: 1, max: 10_000_000 }),
  fc.integer({ min: 1, max: 500 }).map((n) => n * 1000),
  fc.integer({ min: 1, max: 500 }).map((n) => n * 60_000),
  fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
);
const shares = fc.oneof(
  fc.constant(1),
  fc.integer({ min: 1, max: 100 }).map((n) => n / 100),
  fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true }),
);

const delays: fc.Arbitrary<Delay> = fc.oneof(
  times.map((ms) => ({ kind: 'fixed' as const, ms })),
  fc.record({
    kind: fc.constant('lognormal' as const),
    medianMs: times,
    sigma: fc.double({ min: 0.001, max: 10, noNaN: true }),
  }),
  fc
    .tuple(times, times)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ kind: 'uniform' as const, fromMs: Math.min(a, b), toMs: Math.max(a, b) })),
  times.map((meanMs) => ({ kind: 'exponential' as const, meanMs })),
);

function effects(kind: EffectKind, target: Target): fc.Arbitrary<Effect> {
  switch (kind) {
    case 'error': {
      const plain = fc
        .constantFrom(...CLASSES_OF[target])
        .map((error): Effect => ({ kind, error, status: null }));
      if (!SPEAKS_HTTP.has(target)) return plain;
      const statuses = fc
        .integer({ min: 400, max: 599 })
        .filter((status) => status !== 429)
        .map((status): Effect => ({ kind, error: status < 500 ? 'http4xx' : 'http5xx', status }));
      return fc.oneof(plain, statuses);
    }
    case 'latency':
      return delays.map((delay) => ({ kind, delay }));
    case 'drip':
      return times.map((perSecond) => ({ kind, perSecond, unit: DRIPS[target]! }));
    case 'truncate':
      return shares.map((keep) => ({ kind, keep }));
    case '429':
      return fc.option(fc.oneof(fc.constant(0), times)).map((retryAfterMs) => ({ kind, retryAfterMs }));
    case 'corrupt':
      return fc.constantFrom(...CORRUPTIONS).map((how) => ({ kind, how }));
    case 'jump':
      return fc.tuple(times, fc.constantFrom('back', 'on', 'monotonic')).map(([ms, way]) => ({
        kind,
        byMs: way === 'back' ? -ms : ms,
        monotonic: way === 'monotonic',
      }));
    case 'memory':
      return fc
        .oneof(
          fc.integer({ min: 1, max: 1e9 }),
          fc.integer({ min: 1, max: 64 }).map((n) => n * 2 ** 28),
        )
        .map((bytes) => ({ kind, bytes }));
    default:
      return fc.constant({ kind } as Effect);
  }
}

/** Any fault that can be written. */
export const arbitraryFaults: fc.Arbitrary<Fault> = fc
  .constantFrom(...TARGETS)
  .chain((target) =>
    fc.record({
      target: fc.constant(target),
      effect: fc.constantFrom(...KINDS_OF[target]).chain((kind) => effects(kind, target)),
      share: target === 'process' ? fc.constant(1) : shares,
      flap:
        target === 'process'
          ? fc.constant(null)
          : fc.option(
              fc.record({
                upMs: times,
                downMs: times,
                first: fc.constantFrom('up' as const, 'down' as const),
              }),
            ),
      fromMs: fc.oneof(fc.constant(0), times),
      toMs: fc.option(times),
    }),
  )
  .map((fault) => ({
    ...fault,
    toMs: fault.effect.kind === 'kill' || fault.toMs === null ? null : fault.fromMs + fault.toMs,
  }))
  .filter(({ fromMs, toMs }) => toMs === null || toMs > fromMs);
