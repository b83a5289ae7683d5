import type { MachineRecord, PhaseRecord, RunRecord } from '../../src/records/schema.ts';

/** Columns of so many seconds; what is given holds in each of them. */
export function sampleMachine(
  seconds: number,
  given: Partial<Record<keyof MachineRecord, (second: number) => number | null>> = {},
): MachineRecord {
  const column = (name: keyof MachineRecord, usual: number | null): (number | null)[] =>
    Array.from({ length: seconds }, (_, second) => (given[name] ? given[name](second) : usual));
  return {
    fromMs: 0,
    toMs: Array.from({ length: seconds }, (_, second) => (second + 1) * 1000),
    cpuCores: column('cpuCores', 0.4),
    machineCpuShare: column('machineCpuShare', 0.5),
    residentBytes: column('residentBytes', 400 * 1024 ** 2),
    loopUtilisation: column('loopUtilisation', 0.3),
    loopDelayMs: column('loopDelayMs', 2),
    gcShare: column('gcShare', 0.01),
    gcLongestMs: column('gcLongestMs', 3),
    diskReadBytes: column('diskReadBytes', 0),
    diskWrittenBytes: column('diskWrittenBytes', 4096),
    loopbackBytes: column('loopbackBytes', 0),
    loopbackPackets: column('loopbackPackets', 0),
    receivedBytes: column('receivedBytes', 2 * 1024 ** 2),
    receivedPackets: column('receivedPackets', 1500),
    sentBytes: column('sentBytes', 100 * 1024),
    sentPackets: column('sentPackets', 900),
    openFiles: column('openFiles', 50),
  };
}

/** The record with the same machine in each of its phases. */
export function withMachine(record: RunRecord, machine: MachineRecord): RunRecord {
  const phases = record.load!.phases.map((phase): PhaseRecord => ({ ...phase, machine }));
  return { ...record, load: { ...record.load!, phases } };
}
