import { type StatsFs, statfsSync } from 'node:fs';
import os from 'node:os';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type LoopDelays, watchLoopWindow } from '../system/loop-window.ts';
import { readMachine } from '../system/machine-readings.ts';
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
  const loop = watchLoopWindow();
  const counters = new Map<string, number>();
  /** A counter of the system's, which this process did not begin to count, as ours: it must not fall where that does. */
  const up = (key: string, now: number): number => {
    const before = counters.get(key) ?? 0;
    counters.set(key, now);
    return Math.max(0, now - before);
  };
  return () => {
    system.cpuCores.set(os.availableParallelism());
    const { utilisation, delays } = loop.read();
    system.eventLoopUtilisation.set(utilisation);
    setDelays(system, delays);
    const { processors, disk, network } = readMachine();
    if (processors !== undefined) {
      const { busy, idle } = processors;
      system.machineCpu.inc({ state: 'busy' }, up('busy', busy));
      system.machineCpu.inc({ state: 'idle' }, up('idle', idle));
    }
    if (disk !== undefined) {
      system.diskRead.inc(up('read', disk.read));
      system.diskWritten.inc(up('written', disk.written));
    }
    for (const over of ['loopback', 'external'] as const) {
      if (network === undefined) break;
      const labels = { interface: over };
      const { receivedBytes, receivedPackets, sentBytes, sentPackets } = network[over];
      system.networkReceived.inc(labels, up(`received ${over}`, receivedBytes));
      system.networkSent.inc(labels, up(`sent ${over}`, sentBytes));
      system.packetsReceived.inc(labels, up(`packets received ${over}`, receivedPackets));
      system.packetsSent.inc(labels, up(`packets sent ${over}`, sentPackets));
    }
    const space = spaceOf(folder);
    if (space !== undefined) {
      system.diskSize.set(space.blocks * space.bsize);
      system.diskFree.set(space.bavail * space.bsize);
    }
  };
}

/** No series where nothing was measured yet: a delay of 0 would be one that was good. */
function setDelays(system: Handles<typeof SYSTEM_METRICS>, delays: LoopDelays | undefined): void {
  for (const [handle, ms] of [
    [system.eventLoopLagMin, delays?.min],
    [system.eventLoopLagMax, delays?.max],
    [system.eventLoopLagMean, delays?.mean],
    [system.eventLoopLagDeviation, delays?.stddev],
    [system.eventLoopLagP50, delays?.p50],
    [system.eventLoopLagP90, delays?.p90],
    [system.eventLoopLagP99, delays?.p99],
  ] as const) {
    if (ms === undefined) handle.remove({});
    else handle.set(ms / 1000);
  }
}

/** Undefined where there is no such folder: then there is no number either. */
function spaceOf(folder: string): StatsFs | undefined {
  try {
    return statfsSync(folder);
  } catch {
    return undefined;
  }
}
