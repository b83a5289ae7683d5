import { describe, expect, it } from 'vitest';
import { parseNetwork, parseProcessIo, watchProcess } from '../../src/telemetry/process-metrics.ts';

const NET = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 1000      10    0    0    0     0          0         0     2000      10    0    0    0     0       0          0
  eth0:  300       3    0    0    0     0          0         0      400       4    0    0    0     0       0          0
veth1a:30 3 0 0 0 0 0 0 40 4 0 0 0 0 0 0
`;

describe('what a process uses of the machine', () => {
  it('reads its disk traffic from /proc/self/io', () => {
    const text =
      'rchar: 9\nwchar: 9\nsyscr: 1\nsyscw: 1\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n';
    expect(parseProcessIo(text)).toEqual({ read: 4096, written: 8192 });
    expect(parseProcessIo('rchar: 9\n')).toBeUndefined();
    expect(parseProcessIo('')).toBeUndefined();
  });

  it('adds up the traffic of interfaces from /proc/net/dev, loopback apart', () => {
    expect(parseNetwork(NET)).toEqual([
      { over: 'loopback', received: 1000, sent: 2000 },
      { over: 'external', received: 330, sent: 440 },
    ]);
    expect(parseNetwork('')).toEqual([
      { over: 'loopback', received: 0, sent: 0 },
      { over: 'external', received: 0, sent: 0 },
    ]);
  });

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

  it('has no number for a folder that is not there', async () => {
    const metric = (await watchProcess({ folder: '/no/such/folder' })()).find(
      ({ name }) => name === 'rag_disk_free_bytes',
    );
    expect(metric?.values).toEqual([]);
  });
});
