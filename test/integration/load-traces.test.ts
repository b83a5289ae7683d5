import { afterEach, describe, expect, it } from 'vitest';
import { sendTraces, tracedRequests } from '../../src/cli/load-traces.ts';
import { requestTrace } from '../../src/records/trace-ids.ts';
import { telemetryOptions } from '../../src/telemetry/options.ts';
import { sampleLoad } from '../reporting/sample-load-record.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../servers/otlp-receiver.ts';

let collector: OtlpReceiver | undefined;
afterEach(async () => collector?.close());

const tracing = { key: '0011223344556677', share: 0.02 };

function traced() {
  const { record, columns } = sampleLoad();
  const phases = record.load!.phases.map((phase, index) => (index === 1 ? { ...phase, tracing } : phase));
  return { record: { ...record, load: { ...record.load!, phases } }, requests: columns };
}

describe('the spans of a load generator', () => {
  it('are those of the sampled requests, under the ids that the target was told', async () => {
    collector = await startOtlpReceiver();
    const { record, requests } = traced();
    const options = telemetryOptions.tracing.parse({ endpoint: collector.endpoint });
    const warnings: string[] = [];
    await sendTraces({ record, requests }, options, { warn: (text) => void warnings.push(text) });
    expect(warnings).toEqual([]);
    const expected = [...tracedRequests(record, requests)];
    expect(expected.length).toBeGreaterThan(10);
    expect(collector.spans.length).toBe(expected.length);
    for (const span of collector.spans) {
      const request = expected.find(({ traceId }) => traceId === span.traceId)!;
      expect(span).toMatchObject({ name: 'load.request', kind: 3, spanId: request.spanId, parentSpanId: '' });
      expect(Number(span.end - span.start) / 1e6).toBeCloseTo(request.end - request.due, 2);
      expect(span.attributes['loadgen.run_id']).toBe(record.id);
      expect(span.status === 2).toBe(request.error !== undefined);
    }
    const { columns } = requests;
    const rows = Array.from({ length: requests.length }, (_, row) => row).filter(
      (row) => columns.phase[row] === 1,
    );
    const sampled = rows.filter((row) =>
      requestTrace(tracing, { question: columns.question[row]!, due: columns.due[row]! }),
    );
    expect(expected.length).toBeLessThanOrEqual(sampled.length);
  });

  it('that nobody takes are told of, and end the run in time', async () => {
    const gone = await startOtlpReceiver();
    await gone.close();
    const options = telemetryOptions.tracing.parse({
      endpoint: gone.endpoint,
      exportTimeoutMs: 200,
      flushMs: 500,
    });
    const warnings: string[] = [];
    await sendTraces(traced(), options, { warn: (text) => void warnings.push(text) });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/did not reach 127\.0\.0\.1:\d+/);
  });

  it('are none without a collector, or where nothing was traced', async () => {
    collector = await startOtlpReceiver();
    const { record, columns } = sampleLoad();
    const fail = { warn: (text: string) => expect.unreachable(text) };
    await sendTraces(traced(), telemetryOptions.tracing.parse({}), fail);
    await sendTraces(
      { record, requests: columns },
      telemetryOptions.tracing.parse({ endpoint: collector.endpoint }),
      fail,
    );
    expect(collector.requests).toBe(0);
  });
});
