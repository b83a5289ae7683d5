import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineSchema } from '../../../src/engine/options.ts';
import { DEGRADATION_LEVELS } from '../../../src/engine/resilience/options.ts';
import { HEALTH_STATES, worstOf } from '../../../src/server/health/component.ts';
import { judge, layersInPlace, type Parts } from '../../../src/server/health/readiness.ts';

const WELL: Parts = {
  store: 'healthy',
  vectors: 'healthy',
  keywords: 'healthy',
  embedder: 'healthy',
  generator: 'healthy',
};
const down = (...names: (keyof Parts)[]): Parts => ({
  ...WELL,
  ...Object.fromEntries(names.map((name) => [name, 'unhealthy'])),
});
const none = new Set<never>();
const REAL = new Set(['keyword', 'extractive'] as const);

describe('whether questions can be answered', () => {
  it('is plain when all is well, or only slow at times', () => {
    expect(judge({ parts: WELL, mode: 'hybrid', layers: none })).toBe('whole');
    expect(judge({ parts: { ...WELL, generator: 'degraded' }, mode: 'hybrid', layers: none })).toBe('whole');
  });

  it.each([
    ['hybrid', ['embedder'], ['keyword'], 'covered'],
    ['hybrid', ['embedder'], [], 'lost'],
    ['hybrid', ['vectors'], ['keyword'], 'covered'],
    ['hybrid', ['keywords'], ['keyword'], 'covered'],
    ['hybrid', ['keywords', 'embedder'], ['keyword'], 'lost'],
    ['vector', ['embedder'], ['keyword'], 'covered'],
    ['vector', ['embedder'], ['extractive'], 'lost'],
    ['vector', ['keywords'], [], 'whole'],
    ['keyword', ['embedder', 'vectors'], [], 'whole'],
    ['hybrid', ['generator'], ['extractive'], 'covered'],
    ['hybrid', ['generator'], ['keyword'], 'lost'],
    ['hybrid', ['generator'], ['cached'], 'covered'],
    ['hybrid', ['generator'], ['canned'], 'covered'],
    ['hybrid', ['generator'], ['last-resort'], 'lost'],
    ['hybrid', ['store'], [...DEGRADATION_LEVELS], 'lost'],
    ['hybrid', ['keywords', 'vectors'], [...DEGRADATION_LEVELS], 'lost'],
    ['keyword', ['keywords'], [...DEGRADATION_LEVELS], 'lost'],
  ] as const)('in mode %s, without %j, with the layers %j: %s', (mode, parts, layers, judgement) => {
    expect(judge({ parts: down(...parts), mode, layers: new Set(layers) })).toBe(judgement);
  });

  it('never gets worse with a layer more, or better with a part less (property)', () => {
    const order = ['whole', 'covered', 'lost'];
    const state = fc.constantFrom(...HEALTH_STATES);
    fc.assert(
      fc.property(
        fc.record({ store: state, vectors: state, keywords: state, embedder: state, generator: state }),
        fc.constantFrom('hybrid', 'vector', 'keyword'),
        fc.subarray([...DEGRADATION_LEVELS]),
        fc.constantFrom(...DEGRADATION_LEVELS),
        fc.constantFrom('store', 'vectors', 'keywords', 'embedder', 'generator'),
        (parts, mode, layers, more, lost) => {
          const rank = (of: Parts, with_: Iterable<(typeof layers)[number]>) =>
            order.indexOf(judge({ parts: of, mode, layers: new Set(with_) }));
          expect(rank(parts, [...layers, more])).toBeLessThanOrEqual(rank(parts, layers));
          expect(rank({ ...parts, [lost]: 'unhealthy' }, layers)).toBeGreaterThanOrEqual(rank(parts, layers));
        },
      ),
    );
  });

  it('counts only layers that are on and have what they need', () => {
    const layers = (degradation: object) => [...layersInPlace(engineSchema.parse({ degradation }))];
    expect(layers({})).toEqual(['keyword', 'extractive', 'cached']);
    expect(layers({ cannedAnswers: 'answers.yaml' })).toContain('canned');
    expect(layers({ enabled: false })).toEqual([]);
    expect(judge({ parts: down('generator'), mode: 'hybrid', layers: REAL })).toBe('covered');
  });

  it('finds the worst of several states', () => {
    expect(worstOf([])).toBe('healthy');
    expect(worstOf(['healthy', 'unhealthy', 'degraded'])).toBe('unhealthy');
  });
});
