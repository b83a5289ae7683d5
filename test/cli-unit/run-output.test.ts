import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verdict } from '../../src/cli/experiment.ts';
import { pointLatest, refuseUnwritable, writeRun } from '../../src/cli/run-output.ts';
import { sampleRun } from '../reporting/sample-record.ts';

const { record, columns } = sampleRun({ arrivalsAPhase: 200 });

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'groundspeed-output-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("a run's folder", () => {
  it('holds every report, and latest leads to it', async () => {
    const output = folder();
    const { report } = await writeRun(output, { record, requests: columns });
    expect(report).toBe(join(output, record.id, 'report.html'));
    expect(readdirSync(join(output, 'latest')).sort()).toEqual([
      'questions.csv',
      'record.json',
      'report.html',
      'requests.col',
      'requests.csv',
      'summary.md',
    ]);
  });

  it('has no tables of what the run did not do', async () => {
    const { questions: _, load: __, ...bare } = record;
    const output = folder();
    await writeRun(output, { record: bare, requests: undefined });
    expect(readdirSync(join(output, record.id)).sort()).toEqual(['record.json', 'report.html', 'summary.md']);
  });
});

describe('latest', () => {
  it('is replaced by the next run, and nothing is left over', async () => {
    const output = folder();
    for (const name of ['one', 'two']) await pointLatest(join(output, name));
    expect(readlinkSync(join(output, 'latest'))).toBe('two');
    expect(readdirSync(output)).toEqual(['latest']);
  });

  it('is a note where a link cannot be made', async () => {
    const output = folder();
    mkdirSync(join(output, 'latest'));
    await pointLatest(join(output, 'one'));
    expect(readFileSync(join(output, 'latest.txt'), 'utf8')).toBe('one\n');
    expect(readdirSync(output).sort()).toEqual(['latest', 'latest.txt']);
  });
});

describe('a folder for reports', () => {
  it('that cannot be made is refused before the run', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    await expect(refuseUnwritable(join(file, 'reports'))).rejects.toMatchObject({
      code: 'internal.io',
      message: expect.stringMatching(/: a file stands where its path needs a folder$/),
      hint: expect.stringContaining('--output'),
    });
  });
});

describe('the exit code of a run', () => {
  const phases = record.load!.phases;
  const all = (valid: boolean) => ({
    ...record,
    load: {
      ...record.load!,
      phases: phases.map((phase) => ({ ...phase, valid, invalidReasons: valid ? [] : ['it fell behind'] })),
    },
  });

  it('is 0 when it is done and its headline can be trusted', () => {
    expect(verdict(all(true))).toBe(0);
  });

  it('is 130 when it was interrupted, whatever else', () => {
    expect(verdict({ ...all(false), complete: false })).toBe(130);
  });

  it('is 7, with the reasons, when the headline cannot be trusted', () => {
    expect(() => verdict(all(false))).toThrow(
      expect.objectContaining({ code: 'run.invalid', exitCode: 7, problems: ['it fell behind'] }),
    );
  });
});
