import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLabelGuard, LONGEST_VALUE } from '../../src/telemetry/cardinality.ts';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { createMetrics } from '../../src/telemetry/registry.ts';
import { readExposition, valueIn } from './exposition.ts';

const spec = { name: 'rag_x_total', labels: { stage: ['embed', 'retrieve'], model: null } };

function guarded(mostValues?: number) {
  const told: string[] = [];
  const guard = createLabelGuard(spec, {
    onOverflow: (metric, label) => told.push(`${metric} ${label}`),
    ...(mostValues !== undefined && { mostValues }),
  });
  return { guard, told };
}

describe('the guard of labels', () => {
  it('gives back the very labels that are allowed', () => {
    const { guard, told } = guarded();
    const labels = { stage: 'embed', model: 'a' };
    expect(guard(labels)).toBe(labels);
    expect(told).toEqual([]);
  });

  it('counts a value that the catalogue does not know as other, and tells it', () => {
    const { guard, told } = guarded();
    const labels = { stage: 'dream', model: 'a' };
    expect(guard(labels)).toEqual({ stage: 'other', model: 'a' });
    expect(labels.stage).toBe('dream');
    expect(told).toEqual(['rag_x_total stage']);
  });

  it('leaves out a label that the metric does not have, and one without a value', () => {
    const { guard, told } = guarded();
    expect(guard({ stage: 'embed', client_id: 'me', model: undefined })).toEqual({ stage: 'embed' });
    expect(told).toEqual([]);
  });

  it('takes no more than so many values of an open label, and none that is too long', () => {
    const { guard, told } = guarded(2);
    expect(['a', 'b', 'c', 'a', 'x'.repeat(10_000)].map((model) => guard({ model }).model)).toEqual([
      'a',
      'b',
      'other',
      'a',
      'other',
    ]);
    expect(guard({ model: 'x'.repeat(LONGEST_VALUE) }).model).toBe('other');
    expect(told).toHaveLength(3);
  });

  it('bounds the series of every metric, whatever is thrown at it (property)', async () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '\\', '\n', 'é"\\\n', '\0'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { minLength: 80, maxLength: 120 }), async (values) => {
        const metrics = createMetrics({ version: '1', nodeVersion: 'v20' });
        for (const error_type of values) metrics.errors.inc({ stage: 'none', error_type });
        const families = readExposition(await renderMetrics([await metrics.snapshot()]));
        const { samples } = families.get('rag_errors_total')!;
        expect(samples.length).toBeLessThanOrEqual(65);
        expect(samples.reduce((total, { value }) => total + value, 0)).toBe(values.length);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a registry whose labels are guarded', () => {
  it('never takes one set of labels for another (property)', async () => {
    const value = fc.option(fc.string({ unit: fc.constantFrom('0', '1', ':', '-', '\0'), maxLength: 4 }), {
      nil: undefined,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ method: value, endpoint: value }), { maxLength: 20 }),
        async (all) => {
          const metrics = createMetrics({ version: '1', nodeVersion: 'v20' });
          for (const { method, endpoint } of all) {
            metrics.evalRecall.set(
              {
                ...(method !== undefined && { dataset: method }),
                ...(endpoint !== undefined && { k: endpoint }),
              },
              1,
            );
          }
          const reading = (await metrics.snapshot()).find(({ name }) => name === 'rag_eval_recall_ratio')!;
          const kinds = new Set(
            all.map(({ method, endpoint }) => JSON.stringify([method ?? null, endpoint ?? null])),
          );
          expect(reading.values).toHaveLength(kinds.size);
        },
      ),
    );
  });

  it('counts what overflowed, by metric and label', async () => {
    const metrics = createMetrics({ version: '1', nodeVersion: 'v20' });
    for (let index = 0; index < 100; index += 1)
      metrics.errors.inc({ stage: 'none', error_type: `e${index}` });
    metrics.stageDuration.observe({ stage: 'dream' }, 1);
    const families = readExposition(await renderMetrics([await metrics.snapshot()]));
    const value = (name: string, labels: Record<string, string>) => valueIn(families, name, labels);
    expect(value('rag_errors_total', { stage: 'none', error_type: 'other' })).toBe(36);
    expect(value('rag_stage_duration_seconds_count', { stage: 'other' })).toBe(1);
    expect(value('rag_label_overflow_total', { metric: 'rag_errors_total', label: 'error_type' })).toBe(36);
    expect(value('rag_label_overflow_total', { metric: 'rag_stage_duration_seconds', label: 'stage' })).toBe(
      1,
    );
  });
});
