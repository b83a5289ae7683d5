import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { engineTraces } from '../../src/cli/engine-traces.ts';
import { sendTraces } from '../../src/cli/load-traces.ts';
import { runBench } from '../../src/experiments/bench.ts';
import { runLoad } from '../../src/experiments/load.ts';
import type { RunResult } from '../../src/experiments/setup.ts';
import { systemClock } from '../../src/system/clock.ts';
import { telemetryOptions } from '../../src/telemetry/options.ts';
import { setupOf } from '../experiments/made-set.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../servers/otlp-receiver.ts';

const folder = mkdtempSync(join(tmpdir(), 'groundspeed-engine-traces-'));
let collector: OtlpReceiver | undefined;
afterEach(async () => {
  await collector?.close();
  collector = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const warnings: string[] = [];
const progress = { warn: (text: string) => void warnings.push(text) };

interface Wish {
  readonly endpoint?: string | undefined;
  readonly flag?: number;
  readonly traceSample?: number;
  readonly settings?: object;
}

/** A setup as the commands make it: with the traces that settings and flags ask for. */
function tracedSetup({ endpoint, flag, traceSample = 0, settings = {} }: Wish) {
  warnings.length = 0;
  const options = telemetryOptions.tracing.parse({ endpoint, ...settings });
  const setup = setupOf({ indexFolder: folder, engine: { caching: { enabled: false } } });
  const traced = { ...setup, tracing: { options, content: false }, traceSample };
  return { ...traced, engineTraces: engineTraces({ setup: traced, flag, progress }) };
}

async function load(wish: Wish): Promise<RunResult> {
  const setup = tracedSetup(wish);
  const rules = {
    arrivals: 'constant',
    warmup: 0,
    timeout: 2000,
    deadline: 100,
    traceShare: setup.engineTraces?.share,
  } as const;
  const target = { kind: 'in-process' } as const;
  const shape = { loop: 'open', rates: [100], duration: 1000 } as const;
  const result = await runLoad({ ...setup, target, rules }, shape);
  await sendTraces(result, setup.tracing.options, progress);
  return result;
}

const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);

describe('the engine of this process, under load', () => {
  it('is traced: each sampled request is one tree, the engine’s spans below the generator’s', async () => {
    collector = await startOtlpReceiver();
    const { record, requests } = await load({ endpoint: collector.endpoint, flag: 1 });
    expect(warnings).toEqual([]);
    const { spans } = collector;
    const roots = named(spans, 'load.request');
    const queries = named(spans, 'rag.query');
    expect(roots).toHaveLength(requests!.length);
    expect(queries).toHaveLength(requests!.length);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(requests!.length);
    for (const query of queries) {
      const root = roots.find(({ traceId }) => traceId === query.traceId)!;
      expect(query).toMatchObject({ parentSpanId: root.spanId, kind: 1 });
      // The generator's times are counted from a whole millisecond.
      expect(Number(query.start - root.start) / 1e6).toBeGreaterThan(-2);
      expect(Number(root.end - query.end) / 1e6).toBeGreaterThan(-2);
      const stages = spans.filter(({ parentSpanId }) => parentSpanId === query.spanId);
      expect(stages.length).toBeGreaterThan(2);
    }
    for (const span of spans.filter(({ parentSpanId }) => parentSpanId !== '')) {
      const above = spans.find(({ spanId }) => spanId === span.parentSpanId);
      expect(above?.traceId).toBe(span.traceId);
    }
    const [phase] = record.load!.phases;
    expect(phase!.slowest!.map(({ traceId }) => traceId)).toHaveLength(10);
    for (const { traceId } of phase!.slowest!) {
      expect(queries.some((query) => query.traceId === traceId)).toBe(true);
    }
  });

  it('is traced in the share that was asked for, and nothing but that', async () => {
    collector = await startOtlpReceiver();
    const { record, requests } = await load({ endpoint: collector.endpoint, traceSample: 0.3 });
    const queries = named(collector.spans, 'rag.query');
    expect(queries.length).toBeGreaterThan(0);
    expect(queries.length).toBeLessThan(requests!.length);
    expect(named(collector.spans, 'load.request')).toHaveLength(queries.length);
    expect(record.load!.phases[0]!.tracing!.share).toBe(0.3);
  });

  it('is traced in its bench as well', async () => {
    collector = await startOtlpReceiver();
    const setup = tracedSetup({ endpoint: collector.endpoint, settings: { sampler: 'always_on' } });
    const plan = { warmup: 40, closedProbe: 60, openPhase: 300, microBenchmark: 0, comparesVariants: false };
    const result = await runBench(setup, plan);
    await sendTraces(result, setup.tracing.options, progress);
    expect(warnings).toEqual([]);
    const queries = new Set(named(collector.spans, 'rag.query').map(({ traceId }) => traceId));
    const roots = new Set(named(collector.spans, 'load.request').map(({ traceId }) => traceId));
    expect(queries).toEqual(roots);
    const slowest = result.record.load!.phases.flatMap((phase) => phase.slowest ?? []);
    expect(slowest.length).toBeGreaterThan(20);
    for (const { traceId } of slowest) expect(queries.has(traceId!)).toBe(true);
  });

  it('is not traced without a collector, and says so to whoever asked for it', async () => {
    expect(tracedSetup({}).engineTraces).toBeUndefined();
    expect(warnings).toEqual([]);
    const { record } = await load({ flag: 0.5 });
    expect(warnings).toEqual([expect.stringContaining('no collector is set')]);
    expect(record.load!.phases[0]!.tracing).toBeUndefined();
    const endpoint = 'http://127.0.0.1:9';
    expect(tracedSetup({ endpoint, settings: { disabled: true } }).engineTraces).toBeUndefined();
    expect(tracedSetup({ endpoint, flag: 0 }).engineTraces).toBeUndefined();
    expect(tracedSetup({ endpoint, settings: { sampler: 'always_off' } }).engineTraces).toBeUndefined();
    expect(tracedSetup({ endpoint }).engineTraces!.share).toBe(0.1);
    expect(tracedSetup({ endpoint, settings: { sampleRatio: 0.4 } }).engineTraces!.share).toBe(0.4);
  });

  it('answers as ever where nobody takes its spans, which is told of', async () => {
    const gone = await startOtlpReceiver();
    await gone.close();
    const before = systemClock.now();
    const { record, requests } = await load({
      endpoint: gone.endpoint,
      flag: 1,
      settings: { exportTimeoutMs: 200, flushMs: 500 },
    });
    expect(record.load!.phases[0]!.completed).toBe(requests!.length);
    expect(warnings).toHaveLength(2);
    for (const warning of warnings) expect(warning).toMatch(/did not reach 127\.0\.0\.1:\d+/);
    expect(systemClock.now() - before).toBeLessThan(20_000);
  });
});
