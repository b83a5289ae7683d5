import { describe, expect, it } from 'vitest';
import { readMachine } from '../../src/system/machine-readings.ts';
import { watchProcess } from '../../src/telemetry/process-metrics.ts';

describe('what a process uses of the machine', () => {
  it('is read anew each time, with CPU, memory, event loop and disk', async () => {
    const read = watchProcess();
    const [first, second] = [await read(), await read()];
    const value = (snapshot: typeof first, name: string) =>
      snapshot.find((metric) => metric.name === name)?.values[0]?.value;
    expect(value(first, 'rag_cpu_cores')).toBeGreaterThan(0);
    expect(value(first, 'rag_disk_size_bytes')).toBeGreaterThan(value(first, 'rag_disk_free_bytes')!);
    expect(value(second, 'rag_event_loop_utilization_ratio')).toBeLessThanOrEqual(1);
    expect(value(second, 'process_cpu_seconds_total')).toBeGreaterThanOrEqual(
      value(first, 'process_cpu_seconds_total')!,
    );
  });

  it.runIf(process.platform === 'linux')(
    'is the reading of the machine, as counters that never fall',
    async () => {
      const read = watchProcess();
      const before = readMachine();
      const [first, second] = [await read(), await read()];
      const after = readMachine();
      const value = (snapshot: typeof first, name: string, labels: Record<string, string> = {}) =>
        snapshot
          .find((metric) => metric.name === name)!
          .values.find((one) => Object.entries(labels).every(([label, own]) => one.labels[label] === own))!
          .value;
      const loopback = { interface: 'loopback' };
      for (const [name, labels, low, high] of [
        ['rag_disk_read_bytes_total', {}, before.disk!.read, after.disk!.read],
        ['rag_machine_cpu_seconds_total', { state: 'busy' }, before.processors!.busy, after.processors!.busy],
        [
          'rag_network_sent_bytes_total',
          loopback,
          before.network!.loopback.sentBytes,
          after.network!.loopback.sentBytes,
        ],
        [
          'rag_network_received_packets_total',
          loopback,
          before.network!.loopback.receivedPackets,
          after.network!.loopback.receivedPackets,
        ],
      ] as const) {
        expect(value(first, name, labels), name).toBeGreaterThanOrEqual(low);
        expect(value(second, name, labels), name).toBeGreaterThanOrEqual(value(first, name, labels));
        expect(value(second, name, labels), name).toBeLessThanOrEqual(high + 1e-6);
      }
    },
  );

  it('has no number for a folder that is not there', async () => {
    const metric = (await watchProcess({ folder: '/no/such/folder' })()).find(
      ({ name }) => name === 'rag_disk_free_bytes',
    );
    expect(metric?.values).toEqual([]);
  });
});
