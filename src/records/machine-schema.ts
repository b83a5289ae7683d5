import { z } from 'zod';

/** A figure of each span; null where the system did not tell it. */
const column = z.array(z.number().nullable());

/** What was used of the generator's machine while a phase ran: columns of equal length, a value for each span of time. */
export const machineSchema = z
  .object({
    fromMs: z.number().describe('When the first span begins, since the phase began.'),
    toMs: z
      .array(z.number())
      .describe('When each span ends: a second later, or more in a phase of more than ten minutes.'),
    cpuCores: column.describe('CPU seconds of the process per second.'),
    machineCpuShare: column.describe('Of the time of all processors, what the programs of the machine took.'),
    residentBytes: column.describe('Of the process; its limit is environment.memoryLimitBytes.'),
    loopUtilisation: column.describe('Share of the time that the event loop of the busiest thread was busy.'),
    loopDelayMs: column.describe('By what an event loop was late at most.'),
    gcShare: column.describe('Share of the time that garbage collections held up a thread, at most.'),
    gcLongestMs: column.describe('The longest collection.'),
    diskReadBytes: column.describe('Bytes a second that the process had fetched from a disk.'),
    diskWrittenBytes: column.describe('Bytes a second that the process had sent to one.'),
    loopbackBytes: column.describe('Bytes a second over loopback, as all that follow, by all programs.'),
    loopbackPackets: column,
    receivedBytes: column.describe('Over all interfaces but loopback.'),
    receivedPackets: column,
    sentBytes: column,
    sentPackets: column,
    openFiles: column.describe('Files and sockets that the process had open, on Linux 6.2 and later.'),
  })
  .describe(
    'Of the generator’s machine; where the engine ran in the same process, of both. Disk, network and open files on Linux only.',
  );

export type MachineRecord = z.infer<typeof machineSchema>;
