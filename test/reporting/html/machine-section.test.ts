import { beforeAll, describe, expect, it } from 'vitest';
import { machineChart } from '../../../src/reporting/charts/machine.ts';
import { createRenderer } from '../../../src/reporting/charts/render.ts';
import type { Draw } from '../../../src/reporting/html/figure.ts';
import { machineSection } from '../../../src/reporting/html/machine-section.ts';
import { renderHtml } from '../../../src/reporting/html/page.ts';
import { renderSection } from '../../../src/reporting/html/section.ts';
import { sampleLoad } from '../sample-load-record.ts';
import { sampleMachine, withMachine } from '../sample-machine.ts';
import { sampleRun } from '../sample-record.ts';

let draw: Draw;
beforeAll(async () => {
  draw = await createRenderer();
});

const load = sampleLoad().record;
const textOf = async (record: typeof load): Promise<string> =>
  renderSection((await machineSection(record, draw))!).text;

describe('the machine in report.html', () => {
  it('is missing from a record that has nothing of it', async () => {
    expect(await machineSection(load, draw)).toBeUndefined();
    expect(await machineSection({ ...load, load: null } as unknown as typeof load, draw)).toBeUndefined();
  });

  it('shows the phase that the headline speaks of, and the others folded', async () => {
    const text = await textOf(withMachine(load, sampleMachine(60)));
    expect(text.match(/<figure/g)).toHaveLength(4);
    expect(text.match(/<details class="print">/g)).toHaveLength(3);
    expect(text.indexOf('The machine during load 110 /s')).toBeLessThan(
      text.indexOf('<h3>Other phases</h3>'),
    );
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(text).not.toContain('class="doubts"');
  });

  it('says whose machine it was: the generator’s, or that of both', async () => {
    const remote = await textOf(withMachine(load, sampleMachine(5)));
    expect(remote).toContain('Of the generator’s machine');
    expect(remote).toContain('nothing is read');
    const { record } = sampleRun();
    expect(await textOf(withMachine(record, sampleMachine(5)))).toContain('which were one process');
  });

  it('says in words what was scarce', async () => {
    const text = await textOf(withMachine(load, sampleMachine(60, { machineCpuShare: () => 0.99 })));
    expect(text).toMatch(/class="doubts".*CPU: the programs/);
  });

  it('draws only what there is: no disk that nobody touched, no network that nobody told of', async () => {
    const environment = { cores: 1, memoryLimitBytes: 1024 ** 3 };
    const idle = sampleMachine(5, {
      diskWrittenBytes: () => 0,
      receivedBytes: () => null,
      sentBytes: () => null,
      loopbackBytes: () => null,
    });
    const chart = machineChart({ name: 'p', machine: idle }, { id: 'm', environment })!;
    const { wide } = await draw(chart);
    expect(wide).toContain('CPU, of one core');
    expect(wide).not.toMatch(/Network|Disk/);
    expect(chart.legend.map(({ label }) => label)).toEqual([
      'all programs of the machine',
      'this process',
      'garbage collection',
      'scarce from here on',
    ]);
    expect(chart.table.rows).toContainEqual(['Received', '–', '–']);
  });

  it('is drawn of a single span, of a gap, and of a day', async () => {
    const environment = { cores: 4, memoryLimitBytes: 500 * 1024 ** 2 };
    const gap = (second: number) => (second % 3 === 0 ? null : 0.5);
    for (const machine of [
      sampleMachine(1),
      sampleMachine(20, { machineCpuShare: gap, cpuCores: gap, loopDelayMs: gap }),
      sampleMachine(600),
    ]) {
      const drawing = await draw(machineChart({ name: 'p', machine }, { id: 'm', environment })!);
      for (const svg of [drawing.wide, drawing.narrow]) {
        expect(svg).not.toMatch(/NaN|undefined/);
        expect(svg.length).toBeLessThan(60_000);
      }
    }
  });

  it('stands behind latency over time, in the contents too', async () => {
    const page = await renderHtml(withMachine(load, sampleMachine(10)));
    expect(page).toContain('<a href="#machine">Machine</a>');
    expect(page.indexOf('<section id="timeline"')).toBeLessThan(page.indexOf('<section id="machine"'));
  });
});
