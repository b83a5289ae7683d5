import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NIGHTLY_COMMANDS, NIGHTLY_VERDICTS } from '../../src/telemetry/catalogue.ts';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { type NightlyFigures, NightlyGauges } from '../../src/telemetry/nightly-metrics.ts';
import { createMetrics } from '../../src/telemetry/registry.ts';
import { readExposition, valueIn } from './exposition.ts';

const RUN: NightlyFigures = {
  dataset: 'islands',
  command: 'gate',
  at: 1000,
  verdict: 'passed',
  measures: { right: 0.9, 'recall@5': 0.8 },
  latency: { '95': 0.12 },
};

function made() {
  const metrics = createMetrics({ version: '1.2.3', nodeVersion: 'v0' });
  const gauges = new NightlyGauges(metrics);
  const lines = async (): Promise<string[]> =>
    (await renderMetrics([await metrics.snapshot()]))
      .split('\n')
      .filter((line) => line.startsWith('rag_eval_nightly_'));
  return { metrics, gauges, lines };
}

describe('the gauges of nightly runs', () => {
  it('do not stand before a run was told', async () => expect(await made().lines()).toEqual([]));

  it('show a run: its measures, its latency, its verdict as a state, and when it was', async () => {
    const { gauges, lines } = made();
    gauges.show(RUN);
    const of = 'dataset="islands",command="gate"';
    expect(await lines()).toEqual([
      `rag_eval_nightly_ratio{${of},measure="right"} 0.9`,
      `rag_eval_nightly_ratio{${of},measure="recall@5"} 0.8`,
      `rag_eval_nightly_latency_seconds{${of},percentile="95"} 0.12`,
      `rag_eval_nightly_verdict{${of},verdict="passed"} 1`,
      `rag_eval_nightly_verdict{${of},verdict="failed"} 0`,
      `rag_eval_nightly_verdict{${of},verdict="inconclusive"} 0`,
      `rag_eval_nightly_verdict{${of},verdict="invalid"} 0`,
      `rag_eval_nightly_timestamp_seconds{${of}} 1`,
    ]);
  });

  it('take away what the next run has not', async () => {
    const { gauges, lines } = made();
    gauges.show(RUN);
    gauges.show({ ...RUN, at: 2000, verdict: null, measures: { right: 0.5 }, latency: {} });
    const of = 'dataset="islands",command="gate"';
    expect(await lines()).toEqual([
      `rag_eval_nightly_ratio{${of},measure="right"} 0.5`,
      `rag_eval_nightly_timestamp_seconds{${of}} 2`,
    ]);
  });

  it('keep to the newest run, in whatever order they are told (property)', async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const run = fc.record({
      dataset: fc.constantFrom('islands', 'tides'),
      command: fc.constantFrom(...NIGHTLY_COMMANDS),
      at: fc.integer({ min: 0, max: 2e12 }),
      verdict: fc.constantFrom(null, ...NIGHTLY_VERDICTS),
      measures: fc.dictionary(fc.constantFrom('right', 'recall@5', 'ndcg@10'), share),
      latency: fc.dictionary(fc.constantFrom('50', '95', '99'), share),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(run, {
          selector: ({ dataset, command, at }) => `${dataset} ${command} ${at}`,
          maxLength: 20,
        }),
        async (runs) => {
          const told = made();
          for (const one of runs) told.gauges.show(one);
          const newest = made();
          const ordered = [...runs].sort((a, b) => a.at - b.at);
          const last = new Map(ordered.map((one) => [`${one.dataset} ${one.command}`, one]));
          for (const one of last.values()) newest.gauges.show(one);
          expect((await told.lines()).sort()).toEqual((await newest.lines()).sort());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('have bounded series, however many golden sets are told', async () => {
    const { metrics, gauges, lines } = made();
    for (let set = 0; set < 500; set += 1) gauges.show({ ...RUN, dataset: `set ${set}`, at: set });
    const times = (await lines()).filter((line) => line.includes('_timestamp_seconds'));
    expect(times).toHaveLength(65); // 64, and other
    const families = readExposition(await renderMetrics([await metrics.snapshot()]));
    const overflow = { metric: 'rag_eval_nightly_timestamp_seconds', label: 'dataset' };
    expect(valueIn(families, 'rag_label_overflow_total', overflow)).toBe(436);
  });
});
