import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetwork, parseProcessIo, parseProcessorTimes } from '../../src/system/proc-files.ts';

const STAT = `cpu  3477011 106416 500079 2757671 4319 0 45686 1453 0 0
cpu0 1711088 52036 246814 1412240 1507 0 21478 724 0 0
cpu1 1765923 54379 253265 1345430 2812 0 24207 728 0 0
intr 123 4 5
ctxt 99
`;

const NET = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 129154792159 174021486    0 1238    0     0          0         0 129154792159 174021486    0    0    0     0       0          0
  ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0: 2691216979   96738    0    0    0     0          0         0 11185230   76228    0    0    0     0       0          0
eth0:1:30 3 0 0 0 0 0 0 40 4 0 0 0 0 0 0
`;

const IO =
  'rchar: 9\nwchar: 9\nsyscr: 1\nsyscw: 1\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n';

describe('the times of the processors', () => {
  it('are those of the line of all of them, in seconds; waiting for a disk is idle, and what a hypervisor took is busy', () => {
    const { busy, idle } = parseProcessorTimes(STAT)!;
    expect(busy).toBeCloseTo((3477011 + 106416 + 500079 + 45686 + 1453) / 100, 6);
    expect(idle).toBeCloseTo((2757671 + 4319) / 100, 6);
  });

  it('leave guests out, whose time is in that of user already, and may be those of a kernel that tells four', () => {
    expect(parseProcessorTimes('cpu 100 0 0 100 0 0 0 0 100 100')).toEqual({ busy: 1, idle: 1 });
    expect(parseProcessorTimes('cpu 100 100 100 700\n')).toEqual({ busy: 3, idle: 7 });
  });

  it('are not known from a text that has no such line, or odd ones', () => {
    for (const text of ['', 'cpu\n', 'cpu 1 2 3\n', 'cpu0 1 2 3 4\n', 'cpu 1 2 x 4\n', 'cpu 1 2 -3 4\n']) {
      expect(parseProcessorTimes(text), JSON.stringify(text)).toBeUndefined();
    }
  });
});

describe('the disk traffic of a process', () => {
  it('is what went to and from a disk, not what was read and written', () => {
    expect(parseProcessIo(IO)).toEqual({ read: 4096, written: 8192 });
  });

  it('is not known where either is missing or no number', () => {
    for (const text of [
      '',
      'rchar: 9\n',
      'read_bytes: 1\n',
      IO.replace('4096', '-1'),
      IO.replace('8192', 'x'),
    ]) {
      expect(parseProcessIo(text), JSON.stringify(text)).toBeUndefined();
    }
  });

  it('does not take cancelled writes for written ones', () => {
    expect(parseProcessIo('read_bytes: 1\ncancelled_write_bytes: 7\n')).toBeUndefined();
  });
});

describe('the traffic of network interfaces', () => {
  it('is that of loopback apart, and of all others together', () => {
    expect(parseNetwork(NET)).toEqual({
      loopback: {
        receivedBytes: 129154792159,
        receivedPackets: 174021486,
        sentBytes: 129154792159,
        sentPackets: 174021486,
      },
      external: {
        receivedBytes: 2691217009,
        receivedPackets: 96741,
        sentBytes: 11185270,
        sentPackets: 76232,
      },
    });
  });

  it('is none over interfaces that are not there, and not known from a text that names none', () => {
    const loopback = NET.split('\n').slice(0, 3).join('\n');
    expect(parseNetwork(loopback)?.external).toEqual({
      receivedBytes: 0,
      receivedPackets: 0,
      sentBytes: 0,
      sentPackets: 0,
    });
    for (const text of [
      '',
      NET.split('\n').slice(0, 2).join('\n'),
      'eth0: 1 2 3\n',
      'eth0: a b c d e f g h i j\n',
    ]) {
      expect(parseNetwork(text), JSON.stringify(text)).toBeUndefined();
    }
  });

  it('takes a name of one letter, and lines that end as Windows has them', () => {
    expect(parseNetwork('x:1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\r\n')?.external).toEqual({
      receivedBytes: 1,
      receivedPackets: 2,
      sentBytes: 3,
      sentPackets: 4,
    });
  });
});

it('no text makes a parser throw, or a number that is none', () => {
  const lines = fc.array(
    fc.oneof(fc.string(), fc.constantFrom(...STAT.split('\n'), ...NET.split('\n'), ...IO.split('\n'))),
  );
  fc.assert(
    fc.property(lines, (parts) => {
      const text = parts.join('\n');
      const { loopback, external } = parseNetwork(text) ?? {};
      const told = [parseProcessorTimes(text), parseProcessIo(text), loopback, external];
      for (const value of told.flatMap((one) => Object.values(one ?? {}))) {
        expect(Number.isFinite(value) && value >= 0).toBe(true);
      }
    }),
  );
});
