import { join } from 'node:path';
import type { RunResult } from '../experiments/setup.ts';
import type { RunRecord } from '../records/schema.ts';
import { mainArm } from '../reporting/drill.ts';
import { drillsSuite } from '../reporting/drill-suite.ts';
import { noticed } from '../reporting/drill-words.ts';
import type { DrillLeftOut } from '../reporting/drills.ts';
import { renderDrillsHtml } from '../reporting/html/drills-page.ts';
import { renderJUnit } from '../reporting/junit.ts';
import { renderDrillsMarkdown } from '../reporting/markdown/drills.ts';
import { renderDrillsTerminal } from '../reporting/terminal/drills-block.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import type { RunFlags } from './flags.ts';
import { type WrittenRun, writeRun } from './run-output.ts';
import { print, type World, wantsColour, widthOf } from './world.ts';

type SeriesFlags = Pick<RunFlags, 'output' | 'json' | 'quiet' | 'color'>;

/**
 * Several drills of one command, below one folder: `drills-<id of the first>/<id>` a run, and beside the runs index.html,
 * summary.md and junit.xml. `latest` stays with runs that can be read again.
 */
export class DrillSeries {
  readonly #world: World;
  readonly #flags: SeriesFlags;
  readonly #records: RunRecord[] = [];
  readonly #leftOut: DrillLeftOut[] = [];
  #folder: string | undefined;

  constructor(world: World, flags: SeriesFlags) {
    this.#world = world;
    this.#flags = flags;
  }

  /** Saves one drill. What cannot be saved is in the summary all the same. */
  async keep(result: RunResult): Promise<WrittenRun> {
    this.#folder ??= join(this.#flags.output, `drills-${result.record.id}`);
    this.#records.push(result.record);
    return writeRun(this.#folder, result, { latest: false });
  }

  /** A drill that could not be run. */
  leaveOut(left: DrillLeftOut): void {
    this.#leftOut.push(left);
  }

  /** Sums up what was run, even where that is less than was asked for: to files first, then to stdout. */
  async end(): Promise<void> {
    const report = await this.#write().catch(async (thrown: unknown) => {
      await this.#show(undefined); // the disk may be full: what was measured is at least seen
      throw thrown;
    });
    await this.#show(report);
  }

  async #write(): Promise<string | undefined> {
    const folder = this.#folder;
    if (folder === undefined) return undefined;
    const report = join(folder, 'index.html');
    const records = this.#records;
    await writeFileAtomically(join(folder, 'summary.md'), renderDrillsMarkdown(records, this.#leftOut));
    await writeFileAtomically(join(folder, 'junit.xml'), renderJUnit(drillsSuite(records, this.#leftOut)));
    await writeFileAtomically(report, renderDrillsHtml(records, this.#leftOut));
    return report;
  }

  async #show(reportPath: string | undefined): Promise<void> {
    const { stdout, env } = this.#world;
    if (this.#flags.json) {
      const all = this.#records.map((record) => drillSummary(record, this.#folder ?? ''));
      return print(stdout, `${JSON.stringify(all, undefined, 2)}\n`);
    }
    if (this.#flags.quiet) return;
    const text = renderDrillsTerminal(this.#records, {
      width: widthOf(stdout, env),
      colour: wantsColour(stdout, env, this.#flags.color),
      leftOut: this.#leftOut,
      ...(reportPath !== undefined && { reportPath }),
    });
    await print(stdout, text);
  }
}

const NO_ARM = { name: '', phase: 0, seconds: [] };

/** One drill in `--json`: all of its first arm but the seconds, which its record.json has. */
function drillSummary(record: RunRecord, folder: string) {
  const drill = record.drill!;
  const { arms, ...rest } = drill;
  const { name: _name, phase: _phase, seconds: _seconds, ...arm } = mainArm({ ...rest, arms }) ?? NO_ARM;
  return {
    ...rest,
    complete: record.complete,
    folder: join(folder, record.id),
    noticed: noticed(record) ?? null,
    ...arm,
  };
}
