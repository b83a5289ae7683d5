import { describe, expect, it } from 'vitest';
import { gateOptions } from '../../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../../src/experiments/gate/policy.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

const policyOf = (options: object = {}, scenario?: string) =>
  gatePolicy(gateOptions.parse(options), { scenario });

describe('the policy of a gate', () => {
  it("is the recipe's unless the settings say otherwise", () => {
    const policy = policyOf();
    expect(policy).toMatchObject({
      alpha: 0.01,
      speedAlpha: 0.005,
      leastLoss: 0.01,
      leastQuestions: 50,
      pinned: true,
      slo: null,
    });
    expect(policy.measures).toEqual([
      { name: 'right', direction: 'higher', delta: 0.03 },
      { name: 'ndcg@10', direction: 'higher', delta: 0.03, optional: true },
    ]);
    expect(policy.indicators).toEqual([
      { name: 'p50', delta: 0.05, primary: true },
      { name: 'p95', delta: 0.1, primary: false },
      { name: 'error-rate', delta: 0.01, primary: false },
    ]);
  });

  it('takes deltas, directions and numbers that are written as text', () => {
    const { measures, indicators } = policyOf({
      measures: { 'recall@10': { delta: '0.05' }, faithfulness: { direction: 'lower' } },
      indicators: { mean: { delta: 0.2 } },
      pinned: 'off',
    });
    expect(measures).toEqual([
      { name: 'recall@10', direction: 'higher', delta: 0.05 },
      { name: 'faithfulness', direction: 'lower', delta: 0.03 },
    ]);
    expect(indicators).toEqual([{ name: 'mean', delta: 0.2, primary: false }]);
  });

  it('has another primary indicator where the scenario says so', () => {
    const options = { primaries: { slow: 'p95' } };
    const primary = (scenario?: string) =>
      policyOf(options, scenario).indicators.find((one) => one.primary)!.name;
    expect(primary('slow')).toBe('p95');
    expect(primary('fast')).toBe('p50');
    expect(primary()).toBe('p50');
  });

  it('refuses unknown names, all at once, with those that were meant', () => {
    const wrong = () =>
      policyOf({
        measures: { 'ndgc@10': {}, 'recall@10': { delta: 0.001 } },
        indicators: { p51: {}, troughput: {} },
        primary: 'p96',
      });
    expect(wrong).toThrow(GroundspeedError);
    try {
      wrong();
    } catch (error) {
      expect(error).toMatchObject({ code: 'config.invalid' });
      const text = (error as GroundspeedError).problems.join('\n');
      expect(text).toMatch(/gate.measures.ndgc@10: .*did you mean ndcg@10/);
      expect(text).toMatch(/recall@10.delta: 0.001 is under gate.leastLoss/);
      expect(text).toMatch(/gate.indicators.troughput: .*did you mean throughput/);
      expect(text).toMatch(/gate.primary: p96/);
    }
  });

  it('reads an SLO, and refuses what it cannot read', () => {
    expect(policyOf({ slo: 'p95 < 2s, ndcg@10 >= 0.4' }).slo!.clauses).toHaveLength(2);
    expect(() => policyOf({ slo: 'p95 < 2 parsecs' })).toThrow(
      expect.objectContaining({ code: 'slo.syntax' }),
    );
  });
});
