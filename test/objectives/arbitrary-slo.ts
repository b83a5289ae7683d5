import fc from 'fast-check';
import { formatClause } from '../../src/objectives/format.ts';
import type { Clause, Comparison, Slo, Subject } from '../../src/objectives/slo.ts';
import { nameOf } from '../../src/objectives/vocabulary.ts';

type Unworded = Omit<Clause, 'text'>;

const durations = fc.constantFrom('latency' as const, 'service' as const, 'ttft' as const, 'tpot' as const);

/** Round ones as people write them, and any double. */
const shares = fc.oneof(
  fc.integer({ min: 1, max: 9999 }).map((n) => Number(`${n}e-4`)),
  fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
);
const positives = fc.oneof(
  fc.integer({ min: 1, max: 100_000 }),
  fc.integer({ min: 1, max: 100_000 }).map((n) => n / 16),
  fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
);

const low: fc.Arbitrary<Comparison> = fc.constantFrom('<', '<=');
const high: fc.Arbitrary<Comparison> = fc.constantFrom('>', '>=');

const of = (
  subjects: fc.Arbitrary<Subject>,
  comparisons: fc.Arbitrary<Comparison>,
  bounds: fc.Arbitrary<number>,
): fc.Arbitrary<Unworded> => fc.record({ subject: subjects, comparison: comparisons, bound: bounds });

const clauses: fc.Arbitrary<Unworded> = fc.oneof(
  of(fc.record({ kind: fc.constant('quantile' as const), of: durations, quantile: shares }), low, positives),
  of(fc.record({ kind: fc.constant('mean' as const), of: durations }), low, positives),
  of(fc.constant({ kind: 'error' as const }), low, shares),
  of(fc.constant({ kind: 'error' as const }), fc.constant('<='), fc.constantFrom(0, 1)),
  of(
    fc.constantFrom('attainment' as const, 'right' as const, 'cache-hits' as const).map((kind) => ({ kind })),
    high,
    shares,
  ),
  of(fc.constant({ kind: 'attainment' as const }), fc.constant('>='), fc.constantFrom(0, 1)),
  of(
    fc.constantFrom('goodput' as const, 'throughput' as const).map((kind) => ({ kind })),
    high,
    positives,
  ),
  of(
    fc.constantFrom('query' as const, 'right' as const, 'good' as const).map((per) => ({
      kind: 'cost' as const,
      per,
    })),
    low,
    positives,
  ),
  of(
    fc
      .constantFrom('ndcg@10', 'recall@100', 'evidence-recall@2000tokens', 'success@5', 'map', 'f1')
      .map((measure) => ({ kind: 'measure' as const, measure })),
    high,
    shares,
  ),
);

const deadlines = fc.option(positives);

/** An SLO that asks for something, each subject at most once, its texts the canonical ones. */
export const slos: fc.Arbitrary<Slo> = fc
  .record({
    clauses: fc.uniqueArray(clauses, { selector: ({ subject }) => nameOf(subject), maxLength: 8 }),
    deadlineMs: deadlines,
    firstTokenDeadlineMs: deadlines,
  })
  .filter((slo) => slo.clauses.length > 0 || slo.deadlineMs !== null || slo.firstTokenDeadlineMs !== null)
  .map((slo) => ({
    ...slo,
    clauses: slo.clauses.map((clause) => ({ ...clause, text: formatClause(clause) })),
    text: '',
  }));
