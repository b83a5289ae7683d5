import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import {
  acceptBaseline,
  type Baseline,
  baselineFile,
  resolveBaseline,
} from '../experiments/gate/baselines.ts';
import { type GateResult, gateBlocks, gateRecords } from '../experiments/gate/compare-records.ts';
import { appendHistory, historyFile } from '../experiments/gate/history.ts';
import { historyEntry } from '../experiments/gate/history-entry.ts';
import { type GatePolicy, gatePolicy } from '../experiments/gate/policy.ts';
import type { RunResult } from '../experiments/setup.ts';
import { EXIT, GroundspeedError, messageOf } from '../kernel/errors.ts';
import { parseRecord, RECORD_FILE } from '../records/codec.ts';
import type { RunRecord } from '../records/schema.ts';
import { headlinePhase } from '../reporting/facts.ts';
import { keepRun } from './experiment.ts';
import { refuseMostlyFailed } from './failures.ts';
import { runCandidate } from './gate-candidate.ts';
import { runAgainstCommit } from './gate-commit.ts';
import type { GateFlags } from './gate-flags.ts';
import { selfTest } from './gate-self-test.ts';
import { interruptible } from './interrupt.ts';
import { type Progress, progressOf } from './progress.ts';
import { refuseUnwritable } from './run-output.ts';
import { settingsFor, type Watch } from './run-setup.ts';
import { tellingOf } from './tell.ts';
import type { World } from './world.ts';

/** What a run came to: with a baseline, judged. */
interface Gated extends RunResult {
  readonly result: GateResult | undefined;
  /** As it was measured: the kind of run that it is, and no verdict in it. */
  readonly measured: RunRecord;
}

/** Whether something got worse than a baseline, from the flags to the exit code. */
export async function gate(world: World, flags: GateFlags): Promise<number> {
  refuseContradictions(flags);
  const telling = tellingOf(world, flags);
  const progress = progressOf(world, flags);
  const settings = await settingsFor(world, flags, progress);
  const policy = gatePolicy(settings.gate);
  if (flags.selfTest !== undefined)
    return selfTest(world, flags, { times: flags.selfTest, settings, policy });
  const baseline =
    flags.baseline === undefined ? undefined : await resolveBaseline(flags.baseline, flags.output);
  await refuseUnwritable(flags.output);
  const gated = await interruptible({ world, progress, keeps: 'what was measured is kept' }, (signal) =>
    measureAndJudge({ world, flags, watch: { progress, signal }, settings, policy, baseline }),
  );
  const file = async (): Promise<void> => {
    await keepHistory(flags, gated);
    await telling.tell(gated.record);
    await accept(flags, gated, progress);
  };
  const exitOf = (record: RunRecord): number => {
    const exitCode = gateExit(record, flags);
    telling.refuseUntold();
    return exitCode;
  };
  if (flags.record !== undefined && baseline === undefined) {
    await file(); // the run has its folder and its report already
    return exitOf(gated.record);
  }
  const { record } = await keepRun(world, flags, gated, async () => {
    await file();
  });
  return exitOf(record);
}

/** Contradictions among flags, and names that nothing can be filed under, before anything runs. */
function refuseContradictions(flags: GateFlags): void {
  const { baseline, accept: name, record, history, tell, selfTest: times, output } = flags;
  if (name !== undefined) baselineFile(output, name);
  if (history !== undefined) historyFile(output, history);
  if (times !== undefined && [baseline, name, record, history, tell].some((flag) => flag !== undefined)) {
    throw refusal(
      'A self-test compares the target with itself, and with nothing else',
      '--self-test',
      'Leave --baseline, --record, --accept, --history and --tell out.',
    );
  }
  if (times === undefined && baseline === undefined && name === undefined && history === undefined) {
    throw refusal(
      'Nothing says what to compare with',
      '--baseline',
      'Give --baseline NAME, a record, or git:REF; or --accept NAME to make a baseline.',
    );
  }
  if (record !== undefined && baseline?.startsWith('git:')) {
    throw refusal(
      'A saved run cannot run in turns with a commit',
      '--record',
      'Leave --record out, or name a saved record with --baseline.',
    );
  }
}

const refusal = (message: string, where: string, hint: string): GroundspeedError =>
  new GroundspeedError('usage.argument', message, { where, hint });

interface Judging {
  readonly world: World;
  readonly flags: GateFlags;
  readonly watch: Watch;
  readonly settings: Settings;
  readonly policy: GatePolicy;
  readonly baseline: Baseline | undefined;
}

async function measureAndJudge(judging: Judging): Promise<Gated> {
  const { world, flags, watch, settings, policy, baseline } = judging;
  const { seed } = flags;
  if (baseline?.kind === 'git') {
    const { ref } = baseline;
    const measured = await runAgainstCommit(world, flags, {
      watch,
      settings,
      policy,
      ref,
      folder: process.cwd(),
    });
    const blocks = measured.candidate.paired?.blocks ?? [];
    const result = gateBlocks({
      ...measured,
      variants: measured.names,
      blocks,
      policy,
      seed,
      name: `git:${ref}`,
    });
    return judged({ record: measured.candidate, requests: undefined }, result);
  }
  if (flags.record !== undefined) {
    const candidate = await readCandidate(flags.record);
    if (baseline === undefined) return unjudged({ record: candidate, requests: undefined });
    const result = gateRecords({ baseline: baseline.record, candidate, policy, seed, name: baseline.name });
    const gated = judged({ record: candidate, requests: undefined }, result);
    return { ...gated, record: { ...gated.record, id: copyId(candidate) } };
  }
  const candidate = await runCandidate(world, flags, { watch, settings, baseline: baseline?.record });
  const { record, requests, askedAgain } = candidate;
  if (baseline === undefined) return unjudged({ record, requests });
  const input = {
    baseline: baseline.record,
    candidate: record,
    policy,
    seed,
    name: baseline.name,
    askedAgain,
  };
  return judged({ record, requests }, gateRecords(input));
}

const unjudged = (run: Pick<RunResult, 'record' | 'requests'>): Gated => ({
  ...run,
  result: undefined,
  measured: run.record,
});

/** The run with the verdict in it. What only decides the exit code stands among its notes. */
function judged({ record, requests }: Pick<RunResult, 'record' | 'requests'>, result: GateResult): Gated {
  const { invalid, notes } = result;
  return {
    record: { ...record, kind: 'gate', notes: [...invalid, ...notes, ...record.notes], gate: result },
    requests,
    result,
    measured: record,
  };
}

/** The saved run that is gated. Its requests one by one are not needed. */
async function readCandidate(path: string): Promise<RunRecord> {
  const found = await stat(path).catch(() => undefined);
  const file = found?.isDirectory() ? join(path, RECORD_FILE) : path;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new GroundspeedError('record.unreadable', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: '--record',
      hint: `Name the folder of a run (reports/latest, say), or its ${RECORD_FILE}.`,
      cause,
    });
  });
  const { requests: _, gate: __, ...record } = parseRecord(text, file);
  return record;
}

/** The run's own folder stays as it is: the gate of it gets another, which holds no requests. */
const copyId = ({ id }: RunRecord): string => `${id.replace(/-gate$/, '')}-gate`;

/** What CI systems and pull requests read. */
async function keepHistory({ history, output }: GateFlags, { record, measured }: Gated): Promise<void> {
  if (history === undefined || !record.complete) return;
  const entry = historyEntry({ ...record, id: measured.id, kind: measured.kind }, headlinePhase(record));
  await appendHistory(output, history, entry);
}

/** What failed, or cannot be trusted, is no baseline unless it is accepted by itself. */
async function accept({ accept: name, output }: GateFlags, gated: Gated, progress: Progress): Promise<void> {
  if (name === undefined) return;
  const { measured, result } = gated;
  if (result !== undefined && (result.verdict === 'FAIL' || result.invalid.length > 0)) {
    const why = result.verdict === 'FAIL' ? 'it failed the gate' : 'the run is invalid';
    progress.warn(
      `not accepted as ${name}: ${why}. Where that is as it should be: gate --record RUN --accept ${name}`,
    );
    return;
  }
  refuseMostlyFailed(measured);
  const file = await acceptBaseline(output, name, measured);
  progress.say(`accepted as ${name}: ${file}`);
}

/**
 * The exit code of a gate whose report is written; throws where it is not a clean pass: `gate.failed` (4), `run.invalid`
 * (7: an invalid run never passes), and with --strict `gate.inconclusive` (6).
 */
export function gateExit(record: RunRecord, { strict }: Pick<GateFlags, 'strict'>): number {
  const { gate: verdict, complete } = record;
  if (verdict?.verdict === 'FAIL') {
    throw new GroundspeedError('gate.failed', `Worse than ${verdict.baseline.name}`, {
      problems: problemsOf(verdict.rows, 'FAIL'),
      hint: 'The report shows what moved: stages, questions, and their answers side by side.',
    });
  }
  if (!complete) return EXIT.interrupted;
  if (verdict === undefined) return EXIT.done;
  if (verdict.invalid.length > 0) {
    throw new GroundspeedError('run.invalid', 'The run cannot be trusted, and passes nothing', {
      problems: verdict.invalid,
      hint: verdict.invalid.some((reason) => reason.includes('--rate'))
        ? 'Nothing is known of latency under a load that the baseline does not hold.'
        : 'Run it again on a machine that does nothing else.',
    });
  }
  if (verdict.verdict === 'PASS' || !strict) return EXIT.done;
  throw new GroundspeedError('gate.inconclusive', `Undecided against ${verdict.baseline.name}`, {
    problems: problemsOf(verdict.rows, 'INCONCLUSIVE'),
    hint: 'More questions, more pairs (--budget) or a quieter machine would decide it; gate --self-test 20 tells how many.',
  });
}

const MOST_PROBLEMS = 10;

function problemsOf(
  rows: NonNullable<RunRecord['gate']>['rows'],
  verdict: 'FAIL' | 'INCONCLUSIVE',
): string[] {
  const own = rows.filter((row) => row.verdict === verdict);
  const lines = own
    .slice(0, MOST_PROBLEMS)
    .map(({ name, why, moved }) => [`${name}: ${why}`, ...moved.slice(0, 1)].join('; '));
  const more = own.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
