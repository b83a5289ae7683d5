import { readFile } from 'node:fs/promises';
import type { Settings } from '../config/settings.ts';
import type { LoadRules, LoadSetup, LoadShape } from '../experiments/load-setup.ts';
import type { TargetSetup } from '../experiments/setup.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { parseOrder } from '../load/question-order.ts';
import { replayArrivals } from '../load/replay.ts';
import { parseShape } from '../load/shapes.ts';
import { parseMeasures } from '../measures/registry.ts';
import { parseSlo } from '../objectives/parse.ts';
import type { Slo } from '../objectives/slo.ts';
import { nearest } from '../text/nearest.ts';
import type { DriveFlags, LoadFlags } from './load-flags.ts';
import type { Progress } from './progress.ts';
import { goldenSetup, settingsFor, type TraceSettings, traceSettings, type Watch } from './run-setup.ts';
import { chooseDeployment, isBeyondThisMachine } from './target-choice.ts';
import type { World } from './world.ts';

const DEFAULT_DURATION = 30_000;

/** With the collector that a load's spans go to. */
export type TracedLoadSetup = LoadSetup & TraceSettings;

/** What `load` and `capacity` resolve before anything is sent: target, rules, questions. Wrong flags come first. */
export async function loadSetup(world: World, flags: DriveFlags, watch: Watch): Promise<TracedLoadSetup> {
  const slo = flags.slo === undefined ? undefined : readSlo(flags.slo);
  const order = flags.order === undefined ? undefined : parseOrder(flags.order);
  const settings = await settingsFor(world, flags, watch.progress);
  const description = await chooseDeployment(world, flags, settings);
  const generators = flags.generators ?? settings.load.generators;
  if (description === undefined && generators > 1) {
    throw new GroundspeedError(
      'usage.argument',
      'Generator threads drive deployments only: the engine is in this one',
      {
        where: '--generators',
        hint: 'Leave --generators out, or serve the engine and name its URL with --target.',
      },
    );
  }
  const target: TargetSetup =
    description === undefined ? { kind: 'in-process' } : { kind: 'http', description, generators };
  const beyond = description !== undefined && isBeyondThisMachine(description);
  const setup = await goldenSetup(world, flags, watch, settings);
  const rules = { ...rulesOf(flags, settings, { slo, target, beyond }), order };
  return { ...setup, target, rules, ...traceSettings(settings) };
}

function rulesOf(
  flags: DriveFlags,
  settings: Settings,
  { slo, target, beyond }: { slo: Slo | undefined; target: TargetSetup; beyond: boolean },
): LoadRules {
  const { load, bench } = settings;
  const deadline = target.kind === 'in-process' ? bench.deadlineMs : load.deadlineMs;
  if (slo?.deadlineMs != null && flags.deadline !== undefined && slo.deadlineMs !== flags.deadline) {
    throw new GroundspeedError('usage.argument', 'The deadline is given twice, and differently', {
      where: '--deadline',
      hint: 'Give it in --slo or with --deadline.',
    });
  }
  return {
    arrivals: flags.arrivals ?? load.arrivals,
    warmup: flags.warmup ?? load.warmupSeconds * 1000,
    timeout: flags.timeout ?? load.timeoutMs,
    deadline: slo?.deadlineMs ?? flags.deadline ?? deadline,
    firstTokenDeadline: slo?.firstTokenDeadlineMs ?? undefined,
    maxInFlight: flags.maxInFlight ?? load.maxInFlight,
    maxRate: flags.maxRate ?? (beyond ? load.maxRatePerSecond : undefined),
    maxRequests: flags.maxRequests,
    maxCostUsd: flags.maxCost,
    traceShare: target.kind === 'in-process' ? undefined : (flags.traceSample ?? load.traceSample),
    slo,
  };
}

export function readSlo(text: string): Slo {
  return parseSlo(text, {
    isMeasure: (name) => {
      try {
        return parseMeasures([name])[0]?.name === name; // one spelling each, or a clause could stand there twice
      } catch {
        return false;
      }
    },
    suggest: (name, known) => nearest(name, known),
  });
}

/** What load the flags ask for. Exactly one of rate (with or without a shape), replay and concurrency says it. */
export async function shapeOf(flags: LoadFlags, progress: Pick<Progress, 'warn'>): Promise<LoadShape> {
  refuseContradictions(flags);
  const duration = flags.duration ?? DEFAULT_DURATION;
  if (flags.replay !== undefined) return replayOf(flags, flags.replay, progress);
  if (flags.concurrency !== undefined) {
    return { loop: 'closed', concurrencies: flags.concurrency, duration, thinkTimeMs: flags.thinkTime ?? 0 };
  }
  if (flags.shape !== undefined) {
    const shape = parseShape(flags.shape, { rate: flags.rate?.[0], durationMs: duration });
    return { loop: 'shape', shape, duration };
  }
  return { loop: 'open', rates: flags.rate!, duration };
}

async function replayOf(
  flags: LoadFlags,
  file: string,
  progress: Pick<Progress, 'warn'>,
): Promise<LoadShape> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new GroundspeedError('usage.argument', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: '--replay',
      cause,
    });
  });
  const { schedule, facts } = replayArrivals(text, {
    where: file,
    ...(flags.speed !== undefined && { speed: flags.speed }),
    ...(flags.duration !== undefined && { limitMs: flags.duration }),
  });
  if (facts.reordered > 0) {
    progress.warn(`${file}: ${facts.reordered} lines are earlier than one before them; they were sorted`);
  }
  if (facts.resolutionMs >= 1000) {
    progress.warn(`${file}: its times are whole seconds; requests within one are spread evenly over it`);
  }
  return { loop: 'replay', schedule, source: file };
}

function refuseContradictions(flags: LoadFlags): void {
  const { rate, concurrency, replay, shape, thinkTime, speed, engine } = flags;
  const given = [
    rate !== undefined || shape !== undefined ? '--rate' : undefined,
    concurrency !== undefined ? '--concurrency' : undefined,
    replay !== undefined ? '--replay' : undefined,
  ].filter((name) => name !== undefined);
  if (given.length === 0) {
    throw refusal(
      'Nothing says how much load to send',
      '--rate',
      'Give --rate 20 (requests a second, whatever becomes of them), --concurrency 8 (users who wait for each answer), or --replay FILE.',
    );
  }
  if (given.length > 1) {
    throw refusal(`${given.join(' and ')} ask for two kinds of load`, given[1]!, 'Give one of them.');
  }
  if (shape !== undefined && rate !== undefined && rate.length > 1) {
    throw refusal(
      'A shape has one rate, and several are given',
      '--rate',
      'Give one rate, or a shape such as steps:10,20,40.',
    );
  }
  if (thinkTime !== undefined && concurrency === undefined) {
    throw refusal('Only the users of a closed loop think', '--think-time', 'Give --concurrency as well.');
  }
  if (speed !== undefined && replay === undefined) {
    throw refusal('Only a replay has a speed', '--speed', 'Give --replay as well.');
  }
  if (engine === 'autocannon' && concurrency === undefined) {
    throw refusal(
      'autocannon is for closed loops: its rate mode sends each second in one burst',
      '--engine',
      'Give --concurrency, or leave --engine out.',
    );
  }
}

function refusal(message: string, where: string, hint: string): GroundspeedError {
  return new GroundspeedError('usage.argument', message, { where, hint });
}
