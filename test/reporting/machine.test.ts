import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phaseSchema } from '../../src/records/schema.ts';
import { machineChart } from '../../src/reporting/charts/machine.ts';
import { machineSpans, meanAndMost, scarcities } from '../../src/reporting/machine.ts';
import { renderMarkdown } from '../../src/reporting/markdown.ts';
import { sampleLoad } from './sample-load-record.ts';
import { sampleMachine, withMachine } from './sample-machine.ts';

const ENVIRONMENT = { memoryLimitBytes: 1024 ** 3, cores: 2 };
const scarce = (machine: ReturnType<typeof sampleMachine>) => scarcities({ machine }, ENVIRONMENT);

describe('what was scarce on the machine', () => {
  it('is nothing where nothing was, and where nobody looked', () => {
    expect(scarce(sampleMachine(30))).toEqual([]);
    expect(scarcities({}, ENVIRONMENT)).toEqual([]);
  });

  it('is CPU that was taken for a tenth of the time or more, whoever took it', () => {
    const busyFor = (seconds: number) =>
      sampleMachine(30, { machineCpuShare: (second) => (second < seconds ? 0.95 : 0.9) });
    expect(scarce(busyFor(2))).toEqual([]);
    expect(scarce(busyFor(6))).toEqual([
      'CPU: the programs of the machine together took more than 90 % of its 2 cores for 6 of 30 s; this process itself took 0.400 of a core then.',
    ]);
    expect(scarce({ ...busyFor(6), cpuCores: Array(30).fill(1.5) })[0]).toMatch(/took 1\.50 cores then\.$/);
  });

  it('is an event loop that was late, with the worst of it', () => {
    const late = sampleMachine(10, { loopDelayMs: (second) => (second === 3 ? 130 : 5) });
    expect(scarce(late)).toEqual([
      'Event loop: it was late by more than 50 ms in 1 of 10 s, at most by 130 ms.',
    ]);
  });

  it('is memory that came near its limit, if only for a moment', () => {
    const share = (part: number) =>
      sampleMachine(30, { residentBytes: (second) => (second === 29 ? part * 1024 ** 3 : 1e6) });
    expect(scarce(share(0.85))).toEqual([]);
    expect(scarce(share(0.9))[0]).toMatch(/^Memory: the process came to 922 MiB, 90\.0 % of its limit\.$/);
  });

  it('is not what the system did not tell', () => {
    const untold = sampleMachine(10, {
      machineCpuShare: () => null,
      loopDelayMs: () => null,
      residentBytes: () => null,
    });
    expect(scarce(untold)).toEqual([]);
  });

  it('stands in the Markdown of a load, only there where there is any', () => {
    const { record } = sampleLoad();
    expect(renderMarkdown(record)).not.toContain('Scarce');
    expect(renderMarkdown(withMachine(record, sampleMachine(60)))).not.toContain('Scarce');
    const busy = sampleMachine(60, { machineCpuShare: () => 0.97 });
    expect(renderMarkdown(withMachine(record, busy))).toContain(
      '- load 20 /s: CPU: the programs of the machine',
    );
  });
});

describe('spans of the machine', () => {
  it('are as few as asked for, keep means by time and the most, and leave no gap', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 20 }), (all, most) => {
        let at = 0;
        const toMs = all.map((length) => (at += length));
        const machine = { ...sampleMachine(all.length, { loopDelayMs: (index) => index }), toMs };
        const spans = machineSpans(machine, most);
        expect(spans.length).toBeLessThanOrEqual(most);
        expect(spans[0]!.from).toBe(0);
        expect(spans.at(-1)!.to).toBe(at / 1000);
        for (const [index, { from }] of spans.entries())
          if (index > 0) expect(from).toBe(spans[index - 1]!.to);
        expect(Math.max(...spans.map(({ figures }) => figures.loopDelayMs!))).toBe(all.length - 1);
        for (const { figures } of spans) expect(figures.machineCpuShare).toBeCloseTo(0.5, 9);
      }),
    );
  });

  it('have a mean that weighs by time, and none of what is the most of a second', () => {
    const machine = { ...sampleMachine(2, { cpuCores: (second) => second }), toMs: [3000, 4000] };
    expect(meanAndMost(machine, 'cpuCores')).toEqual({ mean: 0.25, most: 1 });
    expect(meanAndMost(machine, 'residentBytes').mean).toBeNull();
    expect(meanAndMost(sampleMachine(2, { openFiles: () => null }), 'openFiles')).toEqual({
      mean: null,
      most: null,
    });
  });
});

describe('a record of before', () => {
  it('has no machine, and no picture of it', () => {
    const [phase] = sampleLoad().record.load!.phases;
    const parsed = phaseSchema.parse(JSON.parse(JSON.stringify(phase)));
    expect(parsed.machine).toBeUndefined();
    expect(machineChart(parsed, { id: 'm', environment: ENVIRONMENT })).toBeUndefined();
  });
});
