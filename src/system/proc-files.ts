/** What Linux tells in /proc, as numbers. Pure: the texts come in. Undefined for a text that does not tell it. */

/** Seconds of all processors together, since the machine began. */
export interface ProcessorTimes {
  readonly busy: number;
  readonly idle: number;
}

/** USER_HZ, in which the kernel tells times to programs: 100 wherever Node runs. */
const TICKS_A_SECOND = 100;

/** From the line of all processors in `/proc/stat` (proc_stat(5)). Waiting for a disk is idle; what a hypervisor takes is busy. */
export function parseProcessorTimes(text: string): ProcessorTimes | undefined {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  // The times of guests, which follow, are part of user and nice already.
  const times = line?.trim().split(/\s+/).slice(0, 8).map(wholeNumber) ?? [];
  if (times.length < 4 || times.includes(undefined)) return undefined;
  const total = times.reduce<number>((sum, time) => sum + time!, 0);
  const idle = times[3]! + (times[4] ?? 0);
  return { busy: (total - idle) / TICKS_A_SECOND, idle: idle / TICKS_A_SECOND };
}

/** Bytes that a process had fetched from a disk and sent to one, since it began. */
export interface DiskTraffic {
  readonly read: number;
  readonly written: number;
}

/** From `/proc/self/io` (proc_pid_io(5)). */
export function parseProcessIo(text: string): DiskTraffic | undefined {
  const value = (name: string): number | undefined =>
    wholeNumber(new RegExp(`^${name}:[ \\t]*(\\d+)[ \\t]*$`, 'm').exec(text)?.[1]);
  const read = value('read_bytes');
  const written = value('write_bytes');
  return read === undefined || written === undefined ? undefined : { read, written };
}

/** Since the machine or the container began. */
export interface InterfaceTraffic {
  readonly receivedBytes: number;
  readonly receivedPackets: number;
  readonly sentBytes: number;
  readonly sentPackets: number;
}

export type NetworkTraffic = Readonly<Record<'loopback' | 'external', InterfaceTraffic>>;

const NO_TRAFFIC: InterfaceTraffic = { receivedBytes: 0, receivedPackets: 0, sentBytes: 0, sentPackets: 0 };

/** From `/proc/net/dev` (proc_pid_net(5)): loopback, and all other interfaces together. */
export function parseNetwork(text: string): NetworkTraffic | undefined {
  let told = false;
  const traffic = { loopback: NO_TRAFFIC, external: NO_TRAFFIC };
  for (const line of text.split('\n')) {
    // No name holds a colon, though that of an alias (eth0:1) does; its figures may follow without a space.
    const [, name, figures = ''] = /^\s*(\S+):([\s\d]*)$/.exec(line) ?? [];
    const numbers = figures.trim().split(/\s+/).map(wholeNumber);
    const [receivedBytes, receivedPackets] = numbers;
    const [sentBytes, sentPackets] = numbers.slice(8);
    if (name === undefined || receivedBytes === undefined || receivedPackets === undefined) continue;
    if (sentBytes === undefined || sentPackets === undefined) continue;
    told = true;
    const over = name === 'lo' ? 'loopback' : 'external';
    traffic[over] = added(traffic[over], { receivedBytes, receivedPackets, sentBytes, sentPackets });
  }
  return told ? traffic : undefined;
}

function added(one: InterfaceTraffic, other: InterfaceTraffic): InterfaceTraffic {
  return {
    receivedBytes: one.receivedBytes + other.receivedBytes,
    receivedPackets: one.receivedPackets + other.receivedPackets,
    sentBytes: one.sentBytes + other.sentBytes,
    sentPackets: one.sentPackets + other.sentPackets,
  };
}

function wholeNumber(digits: string | undefined): number | undefined {
  return digits !== undefined && /^\d+$/.test(digits) ? Number(digits) : undefined;
}
