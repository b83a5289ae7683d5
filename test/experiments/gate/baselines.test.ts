import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acceptBaseline, listBaselines, resolveBaseline } from '../../../src/experiments/gate/baselines.ts';
import { writeRunFolder } from '../../../src/experiments/run-folder.ts';
import type { RunRecord } from '../../../src/records/schema.ts';
import { sampleRun } from '../../reporting/sample-record.ts';

const { record, columns } = sampleRun({ arrivalsAPhase: 200 });
/** A run in which every phase can be trusted. */
const sound: RunRecord = {
  ...record,
  load: {
    ...record.load!,
    phases: record.load!.phases.map((phase) => ({ ...phase, valid: true, invalidReasons: [] })),
  },
};

function reports(): string {
  const path = mkdtempSync(join(tmpdir(), 'groundspeed-baselines-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const placed = (folder: string, name: string, text: string): void => {
  mkdirSync(join(folder, 'baselines'), { recursive: true });
  writeFileSync(join(folder, 'baselines', name), text);
};

describe('an accepted baseline', () => {
  it('is one file without requests, which comes back as it was', async () => {
    const folder = reports();
    const saved = await writeRunFolder(join(folder, 'run'), { record: sound, requests: columns });
    expect(saved.record.requests).toBeDefined();
    const file = await acceptBaseline(folder, 'main', saved.record);
    expect(file).toBe(join(folder, 'baselines', 'main.json'));
    expect(readdirSync(join(folder, 'baselines'))).toEqual(['main.json']);
    const { requests: _, ...kept } = saved.record;
    const resolved = await resolveBaseline('main', folder);
    expect(resolved).toMatchObject({ kind: 'record', name: 'main', file });
    expect(resolved.kind === 'record' && resolved.record).toEqual(kept);
  });

  it('is replaced by the next one of its name, and no other', async () => {
    const folder = reports();
    await acceptBaseline(folder, 'other', sound);
    await acceptBaseline(folder, 'main', sound);
    await acceptBaseline(folder, 'main', { ...sound, id: 'a-later-run' });
    expect(await listBaselines(folder)).toEqual(['main', 'other']);
    expect(JSON.parse(readFileSync(join(folder, 'baselines', 'main.json'), 'utf8')).id).toBe('a-later-run');
    expect(JSON.parse(readFileSync(join(folder, 'baselines', 'other.json'), 'utf8')).id).toBe(sound.id);
  });

  it.each(['', '../main', 'a/b', '.hidden', '-x', 'a b', 'x'.repeat(81)])(
    'cannot be called %j',
    async (name) => {
      const folder = reports();
      await expect(acceptBaseline(folder, name, sound)).rejects.toMatchObject({
        code: 'usage.argument',
        where: '--accept',
      });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('is never made of a run that was interrupted, cannot be trusted or measured nothing', async () => {
    const folder = reports();
    const { questions: _, load: __, quality: ___, ...bare } = sound;
    const shaky = {
      ...sound,
      load: {
        ...sound.load!,
        phases: sound.load!.phases.map((phase) => ({
          ...phase,
          valid: false,
          invalidReasons: ['it fell behind'],
        })),
      },
    };
    const accept = (one: RunRecord) => acceptBaseline(folder, 'main', one);
    await expect(accept({ ...sound, complete: false })).rejects.toMatchObject({ code: 'gate.baseline' });
    await expect(accept(shaky)).rejects.toMatchObject({
      code: 'run.invalid',
      problems: expect.arrayContaining([expect.stringContaining('it fell behind')]),
    });
    await expect(accept(bare)).rejects.toMatchObject({ code: 'gate.baseline' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a baseline', () => {
  it('is also a run: its folder, or its record.json, without its requests being read', async () => {
    const folder = reports();
    const run = join(folder, 'run');
    await writeRunFolder(run, { record, requests: columns });
    rmSync(join(run, 'requests.col'));
    for (const path of [run, join(run, 'record.json')]) {
      expect(await resolveBaseline(path, folder)).toMatchObject({
        kind: 'record',
        name: path,
        file: join(run, 'record.json'),
        record: { id: record.id },
      });
    }
  });

  it('is a commit where it is written git:REF', async () => {
    expect(await resolveBaseline('git:origin/main', reports())).toEqual({ kind: 'git', ref: 'origin/main' });
    await expect(resolveBaseline('git:', reports())).rejects.toMatchObject({ code: 'usage.argument' });
  });

  it('that is not there is refused with the nearest name, and with what makes one', async () => {
    const folder = reports();
    await expect(resolveBaseline('main', folder)).rejects.toMatchObject({
      code: 'gate.baseline',
      exitCode: 2,
      hint: expect.stringMatching(/^None was accepted so far.*--accept main/),
    });
    await acceptBaseline(folder, 'main', sound);
    await expect(resolveBaseline('mian', folder)).rejects.toMatchObject({
      message: 'There is no baseline "mian"; did you mean main?',
      hint: expect.stringMatching(/^Accepted are main\./),
    });
  });

  it('that is damaged is refused: cut off, no record, or with a field that cannot be', async () => {
    const folder = reports();
    placed(folder, 'cut.json', JSON.stringify(record).slice(0, 500));
    placed(folder, 'other.json', '{"schema":"something/1"}');
    placed(folder, 'field.json', JSON.stringify({ ...record, startedAt: 5 }));
    for (const name of ['cut', 'other', 'field']) {
      await expect(resolveBaseline(name, folder)).rejects.toMatchObject({
        code: 'gate.baseline',
        where: join(folder, 'baselines', `${name}.json`),
        hint: expect.stringContaining('--accept'),
      });
    }
    await expect(resolveBaseline('field', folder)).rejects.toMatchObject({
      problems: [expect.stringContaining('startedAt')],
    });
  });

  it('of another version of the record is refused with what to do', async () => {
    const folder = reports();
    placed(folder, 'main.json', JSON.stringify({ ...record, schema: 'groundspeed.record/9' }));
    await expect(resolveBaseline('main', folder)).rejects.toMatchObject({
      code: 'record.version',
      exitCode: 2,
      message: expect.stringContaining('groundspeed.record/9'),
      hint: expect.stringMatching(/version that wrote it.*--accept/),
    });
  });
});
