import type { EnvironmentRecord, MachineRecord, PhaseRecord } from '../records/schema.ts';
import { bound, bytes, chosenShare, counted, duration, share, significant } from './format.ts';

/** What was used of the generator's machine while a phase ran: spans of time, their figures, and what ran out. */

export type MachineFigure = Exclude<keyof MachineRecord, 'fromMs' | 'toMs'>;

export interface MachineSpan {
  /** Seconds since the phase began. */
  readonly from: number;
  readonly to: number;
  readonly figures: Readonly<Record<MachineFigure, number | null>>;
}

/** Figures that are the most of their span; all others are means. */
const MOST: ReadonlySet<MachineFigure> = new Set([
  'residentBytes',
  'loopDelayMs',
  'gcLongestMs',
  'openFiles',
]);

/** At most so many spans, neighbours taken together where there are more. */
export function machineSpans(machine: MachineRecord, most = Number.POSITIVE_INFINITY): MachineSpan[] {
  const { fromMs, toMs, ...columns } = machine;
  const together = Math.max(1, Math.ceil(toMs.length / most));
  const names = Object.keys(columns) as MachineFigure[];
  const spans: MachineSpan[] = [];
  for (let first = 0; first < toMs.length; first += together) {
    const last = Math.min(first + together, toMs.length) - 1;
    const figures = names.map((name) => [name, figureOver(machine, name, [first, last])] as const);
    spans.push({
      from: startOf(machine, first) / 1000,
      to: toMs[last]! / 1000,
      figures: Object.fromEntries(figures) as MachineSpan['figures'],
    });
  }
  return spans;
}

const startOf = ({ fromMs, toMs }: MachineRecord, index: number): number =>
  index === 0 ? fromMs : toMs[index - 1]!;

/** Of all that was told in the spans from one to another, both included; null where nothing was. */
function figureOver(
  machine: MachineRecord,
  name: MachineFigure,
  [first, last]: readonly [number, number],
): number | null {
  let [sum, length, highest] = [0, 0, Number.NEGATIVE_INFINITY];
  for (let index = first; index <= last; index += 1) {
    const value = machine[name][index] ?? null;
    if (value === null) continue;
    const weight = machine.toMs[index]! - startOf(machine, index);
    sum += value * weight;
    length += weight;
    highest = Math.max(highest, value);
  }
  if (!(length > 0)) return null;
  return MOST.has(name) ? highest : sum / length;
}

/** Over the whole phase; null where the system did not tell it. */
export function meanAndMost(
  machine: MachineRecord,
  name: MachineFigure,
): { readonly mean: number | null; readonly most: number | null } {
  const told = machine[name].filter((value) => value !== null);
  const whole = [0, machine.toMs.length - 1] as const;
  return {
    mean: MOST.has(name) ? null : figureOver(machine, name, whole),
    most: told.length === 0 ? null : told.reduce((highest, value) => Math.max(highest, value)),
  };
}

/** From here on something is scarce. */
export const SCARCE = { machineCpuShare: 0.9, loopDelayMs: 50, memoryShare: 0.85 } as const;

/** Less of the time than this is a hiccup. */
const WORTH_TELLING = 0.1;

/**
 * What was scarce on the machine meanwhile, each in a sentence; none where nothing was. Whether the figures hold in spite
 * of it is judged elsewhere, by what the generator did: this says what may have been the cause.
 */
export function scarcities(
  { machine }: Pick<PhaseRecord, 'machine'>,
  environment: Pick<EnvironmentRecord, 'memoryLimitBytes' | 'cores'>,
): string[] {
  if (machine === undefined) return [];
  const limit = environment.memoryLimitBytes;
  const resident = meanAndMost(machine, 'residentBytes').most;
  const cpu = timeAbove(machine, 'machineCpuShare', SCARCE.machineCpuShare);
  const loop = timeAbove(machine, 'loopDelayMs', SCARCE.loopDelayMs);
  return [
    ...(cpu.share >= WORTH_TELLING
      ? [
          `CPU: the programs of the machine together took more than ${chosenShare(SCARCE.machineCpuShare)} of its ${counted(environment.cores, 'core')} for ${cpu.words}; this process itself took ${ofCores(cpu.ownCores)} then.`,
        ]
      : []),
    ...(loop.share >= WORTH_TELLING
      ? [
          `Event loop: it was late by more than ${bound(SCARCE.loopDelayMs)} in ${loop.words}, at most by ${duration(meanAndMost(machine, 'loopDelayMs').most)}.`,
        ]
      : []),
    ...(resident !== null && resident > SCARCE.memoryShare * limit
      ? [`Memory: the process came to ${bytes(resident)}, ${share(resident / limit)} of its limit.`]
      : []),
  ];
}

/** 0.4 of a core, 2.5 cores. */
const ofCores = (cores: number | null): string =>
  `${significant(cores)} ${cores !== null && cores > 1 ? 'cores' : 'of a core'}`;

/** For how long a figure was above a bound, of the time in which it was told. */
function timeAbove(machine: MachineRecord, name: MachineFigure, limit: number) {
  let [above, all, own] = [0, 0, 0];
  for (const { from, to, figures } of machineSpans(machine)) {
    if (figures[name] === null) continue;
    all += to - from;
    if (figures[name] <= limit) continue;
    above += to - from;
    own += (figures.cpuCores ?? 0) * (to - from);
  }
  return {
    share: all > 0 ? above / all : 0,
    words: `${Math.max(1, Math.round(above))} of ${Math.max(1, Math.round(all))} s`,
    /** CPU seconds per second of the process meanwhile. */
    ownCores: above > 0 ? own / above : null,
  };
}
