import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeRunFolder } from '../experiments/run-folder.ts';
import type { RunResult } from '../experiments/setup.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import {
  renderBlocksCsv,
  renderDrillSecondsCsv,
  renderDrillWindowsCsv,
  renderGateCsv,
  renderPhasesCsv,
  renderProbesCsv,
  renderQuestionsCsv,
  renderRequestsCsv,
} from '../reporting/csv.ts';
import { drillSuite } from '../reporting/drill-suite.ts';
import { gateSuite } from '../reporting/gate-suite.ts';
import { renderHtml } from '../reporting/html/page.ts';
import { renderJUnit } from '../reporting/junit.ts';
import { renderGateMarkdown } from '../reporting/markdown/gate-part.ts';
import { renderMarkdown } from '../reporting/markdown.ts';
import { sloSuite } from '../reporting/slo-suite.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';

export interface WrittenRun extends RunResult {
  /** Path of report.html. */
  readonly report: string;
}

/** Refuses a folder that nothing can be written to, before a run of minutes and not after it. `flag` chose it. */
export async function refuseUnwritable(folder: string, flag = '--output'): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new GroundspeedError('internal.io', `Nothing can be written to ${folder}: ${messageOf(cause)}`, {
      where: folder,
      hint: `Choose another folder with ${flag}.`,
      cause,
    });
  }
}

export interface WriteOptions {
  /** Whether `latest` shall point to it; it does unless this says no. */
  readonly latest?: boolean;
}

/** Writes the run's folder below `output`, the record first, and lets `latest` point to it. */
export async function writeRun(
  output: string,
  result: RunResult,
  { latest = true }: WriteOptions = {},
): Promise<WrittenRun> {
  const folder = join(output, result.record.id);
  const report = join(folder, 'report.html');
  const saved = await writeRunFolder(folder, result).catch(async (thrown: unknown) => {
    await rmdir(folder).catch(() => undefined); // one that is empty tells nothing
    throw thrown;
  });
  const { record, requests } = saved;
  await writeFileAtomically(join(folder, 'summary.md'), renderMarkdown(record));
  if (record.questions) await writeFileAtomically(join(folder, 'questions.csv'), renderQuestionsCsv(record));
  if (requests) await writeFileAtomically(join(folder, 'requests.csv'), renderRequestsCsv(record, requests));
  await writeLoadFiles(folder, saved);
  await writeFileAtomically(report, await renderHtml(record, requests));
  if (latest) await pointLatest(folder);
  return { ...saved, report };
}

/** Of a comparison its blocks, of a gate what it judged, of a drill its seconds and windows; of a load or a search also its phases and probes as tables, and its verdict as CI systems read it. */
async function writeLoadFiles(folder: string, { record, requests }: RunResult): Promise<void> {
  const write = (name: string, content: string): Promise<void> =>
    writeFileAtomically(join(folder, name), content);
  if (record.paired) await write('blocks.csv', renderBlocksCsv(record));
  if (record.gate) {
    await write('gate.csv', renderGateCsv(record));
    await write('gate.md', renderGateMarkdown(record));
    await write('junit.xml', renderJUnit([gateSuite(record)]));
  }
  if (record.drill) {
    await write('drill-seconds.csv', renderDrillSecondsCsv(record, requests));
    await write('drill-windows.csv', renderDrillWindowsCsv(record));
    await write('phases.csv', renderPhasesCsv(record));
    await write('junit.xml', renderJUnit([drillSuite(record)]));
  }
  if (record.kind !== 'load' && record.kind !== 'capacity') return;
  await write('phases.csv', renderPhasesCsv(record));
  if (record.capacity) await write('probes.csv', renderProbesCsv(record));
  if (record.load?.slo || record.capacity) await write('junit.xml', renderJUnit([sloSuite(record)]));
}

/** `latest` beside the folder: a link, replaced in one step; where links cannot be made, `latest.txt` with its name. */
export async function pointLatest(folder: string): Promise<void> {
  const [output, name] = [dirname(folder), basename(folder)];
  const temporary = join(output, `latest.${randomBytes(4).toString('hex')}.tmp`);
  const note = join(output, 'latest.txt');
  try {
    await symlink(name, temporary, 'dir');
    await rename(temporary, join(output, 'latest'));
    await rm(note, { force: true });
  } catch {
    await rm(temporary, { force: true });
    await writeFileAtomically(note, `${name}\n`);
  }
}
