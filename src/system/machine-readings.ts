import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import {
  type DiskTraffic,
  type NetworkTraffic,
  type ProcessorTimes,
  parseNetwork,
  parseProcessIo,
  parseProcessorTimes,
} from './proc-files.ts';

/** What the machine and this process have used until now. What the system does not tell is undefined, never 0. */
export interface MachineReading {
  /** CPU seconds of this process, of all its threads. */
  readonly cpuSeconds: number;
  /** Of all programs on the machine; in a container, too, of the machine. */
  readonly processors: ProcessorTimes | undefined;
  readonly residentBytes: number;
  readonly disk: DiskTraffic | undefined;
  readonly network: NetworkTraffic | undefined;
  /** Files, sockets and pipes that the process has open. */
  readonly openFiles: number | undefined;
}

/** Takes about 0.1 ms. */
export function readMachine(): MachineReading {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    processors: readProcessors(),
    residentBytes: process.memoryUsage.rss(),
    disk: told(() => parseProcessIo(readFileSync('/proc/self/io', 'latin1'))),
    network: told(() => parseNetwork(readFileSync('/proc/net/dev', 'latin1'))),
    openFiles: told(openFiles),
  };
}

function readProcessors(): ProcessorTimes | undefined {
  return told(() => parseProcessorTimes(readFileSync('/proc/stat', 'latin1'))) ?? processorsByRuntime();
}

/** The same where there is no /proc; the runtime reads more than this needs. */
function processorsByRuntime(): ProcessorTimes | undefined {
  let [busy, idle] = [0, 0];
  for (const { times } of os.cpus()) {
    busy += (times.user + times.nice + times.sys + times.irq) / 1000;
    idle += times.idle / 1000;
  }
  return busy + idle > 0 ? { busy, idle } : undefined;
}

/** Linux from 6.2 on tells the number as the size of the folder: to list ten thousand connections would take milliseconds. */
function openFiles(): number | undefined {
  const { size } = statSync('/proc/self/fd');
  return size > 0 ? size : undefined;
}

/** Undefined where the system has no such thing: then there is no number either. */
function told<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
