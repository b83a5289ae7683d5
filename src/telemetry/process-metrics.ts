import { readFileSync, statfsSync } from 'node:fs';
import os from 'node:os';
import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { PROCESS_OMITTED, SYSTEM_METRICS } from './catalogue.ts';
import { createHandles, type Handles, readRegistry } from './metric-handles.ts';
import type { MetricsSnapshot } from './snapshot.ts';

export interface ProcessWatch {
  /** A folder of the file system whose space is told: that of the index. By default the working folder. */
  readonly folder?: string;
}

/**
 * What a process uses of the machine: CPU, memory, event loop, garbage collection, disk, network. Watched for as long as the
 * process lives; each reading reads the system anew.
 */
export function watchProcess({ folder = '.' }: ProcessWatch = {}): () => Promise<MetricsSnapshot> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of PROCESS_OMITTED) registry.removeSingleMetric(name);
  const { handles, read } = createHandles(SYSTEM_METRICS, { onOverflow: () => undefined });
  const readSystem = watchSystem(handles, folder);
  return async () => {
    readSystem();
    return [...(await readRegistry(registry)), ...(await read())];
  };
}

function watchSystem(system: Handles<typeof SYSTEM_METRICS>, folder: string): () => void {
  const readLoop = watchEventLoop();
  const counters = new Map<string, number>();
  /** A counter of the system's, which this process did not begin to count, as ours: it must not fall where that does. */
  const up = (key: string, now: number): number => {
    const before = counters.get(key) ?? 0;
    counters.set(key, now);
    return Math.max(0, now - before);
  };
  return () => {
    system.cpuCores.set(os.availableParallelism());
    system.eventLoopUtilisation.set(readLoop());
    const io = told(() => parseProcessIo(readFileSync('/proc/self/io', 'utf8')));
    if (io !== undefined) {
      system.diskRead.inc(up('read', io.read));
      system.diskWritten.inc(up('written', io.written));
    }
    const space = told(() => statfsSync(folder));
    if (space !== undefined) {
      system.diskSize.set(space.blocks * space.bsize);
      system.diskFree.set(space.bavail * space.bsize);
    }
    for (const { over, received, sent } of told(() => parseNetwork(readFileSync('/proc/net/dev', 'utf8'))) ??
      []) {
      system.networkReceived.inc({ interface: over }, up(`received ${over}`, received));
      system.networkSent.inc({ interface: over }, up(`sent ${over}`, sent));
    }
  };
}

/** Share of the time since the last call that the event loop of this thread was busy. */
export function watchEventLoop(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return Math.min(1, Math.max(0, utilization || 0)); // NaN where the loop has not turned since
  };
}

/** Undefined where the system has no such thing: then there is no number either. */
function told<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Bytes from and to a disk, from Linux's `/proc/self/io` (proc_pid_io(5)); undefined for a text without them. */
export function parseProcessIo(
  text: string,
): { readonly read: number; readonly written: number } | undefined {
  const value = (name: string): number | undefined => {
    const found = new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const read = value('read_bytes');
  const written = value('write_bytes');
  return read === undefined || written === undefined ? undefined : { read, written };
}

export interface NetworkTraffic {
  readonly over: 'loopback' | 'external';
  readonly received: number;
  readonly sent: number;
}

/** Bytes over loopback and over all other interfaces, from Linux's `/proc/net/dev` (proc_pid_net(5)). */
export function parseNetwork(text: string): NetworkTraffic[] {
  const traffic = { loopback: { received: 0, sent: 0 }, external: { received: 0, sent: 0 } };
  for (const line of text.split('\n')) {
    const [, name, figures = ''] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    const numbers = figures.trim().split(/\s+/).map(Number);
    const [received, sent] = [numbers[0], numbers[8]];
    if (name === undefined || received === undefined || sent === undefined) continue;
    const part = name === 'lo' ? traffic.loopback : traffic.external;
    part.received += received;
    part.sent += sent;
  }
  return (['loopback', 'external'] as const).map((over) => ({ over, ...traffic[over] }));
}
