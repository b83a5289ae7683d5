import type { ExperimentEvent } from '../experiments/events.ts';
import { startLivePage } from '../server/live/page.ts';
import type { DriveFlags } from './load-flags.ts';
import type { Progress } from './progress.ts';
import type { WrittenRun } from './run-output.ts';
import type { World } from './world.ts';

export interface Watched {
  /** Decided once the run is written; may throw what the command line is to tell. */
  readonly exitCode: () => number;
  readonly written: WrittenRun;
}

export interface LivePageSetup {
  readonly world: World;
  readonly flags: Pick<DriveFlags, 'live'>;
  readonly progress: Progress;
  readonly title: string;
}

/** Runs work whose events are shown on the terminal and, with --live, on a page of this machine as well. */
export async function withLivePage(
  { flags, progress, title }: LivePageSetup,
  work: (onEvent: (event: ExperimentEvent) => void) => Promise<Watched>,
): Promise<number> {
  if (flags.live === undefined) return (await work(progress.onEvent)).exitCode();
  const page = await startLivePage({ host: '127.0.0.1', port: flags.live === true ? 0 : flags.live, title });
  progress.say(`live: ${page.url}`);
  try {
    const { written, exitCode } = await work((event) => {
      progress.onEvent(event);
      page.onEvent(event);
    });
    const verdict = written.record.load?.slo?.verdict;
    page.finish({ reportPath: written.report, ...(verdict !== undefined && { verdict }) });
    return exitCode();
  } finally {
    await page.close();
  }
}
