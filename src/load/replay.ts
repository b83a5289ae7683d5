import { excerpt } from '../datasets/lines.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { ArrivalSchedule } from './arrivals.ts';
import { lineError, readTimeFile, type TimeFileFormat, type WrittenTime } from './time-files.ts';
import { parseTimestamp, type TimeNotation, type Timestamp } from './timestamps.ts';

/** The text of a file, or its lines where it is too large for one text. */
export type ReplayText = string | Iterable<string>;

export interface Timestamps {
  /** Milliseconds since the first, ascending. */
  readonly ms: Float64Array;
  readonly format: TimeFileFormat;
  /** Of the finest time in the file: what an access log writes is 1000 ms. */
  readonly resolutionMs: number;
  /** Lines whose time is earlier than that of a line before. */
  readonly reordered: number;
}

export interface ReplayOptions {
  /** The file, for errors. */
  readonly where: string;
  /** 2 replays twice as fast. Default 1. */
  readonly speed?: number;
  /** Only so much of the replay, in milliseconds of its own time. */
  readonly limitMs?: number;
}

/** What was replayed. Times and rates are those of the replay, at its speed. */
export interface ReplayFacts {
  readonly format: TimeFileFormat;
  /** Times in the file. */
  readonly read: number;
  /** Arrivals of the schedule: fewer where it was limited. */
  readonly count: number;
  /** From the first arrival to the last. */
  readonly spanMs: number;
  /** In the file's own time. */
  readonly resolutionMs: number;
  readonly reordered: number;
  /** The most arrivals in any one second. */
  readonly peakRate: number;
}

export interface Replay {
  readonly schedule: ArrivalSchedule;
  readonly facts: ReplayFacts;
}

/**
 * The schedule of a file's times. It lasts a mean gap longer than its span (as n arrivals fill n gaps), a second at least
 * where there is but one.
 */
export function replayArrivals(text: ReplayText, options: ReplayOptions): Replay {
  const { where, speed = 1, limitMs = Number.POSITIVE_INFINITY } = options;
  if (!(speed > 0 && Number.isFinite(speed))) throw outOfRange('speed', speed);
  if (!(limitMs > 0)) throw outOfRange('limit', limitMs);
  const { ms, format, resolutionMs, reordered } = parseTimestamps(text, where);
  const due = ms.map((time) => time / speed);
  const last = due.at(-1)!;
  const gap = due.length === 1 ? Math.max(1000, resolutionMs / speed) : last / (due.length - 1);
  const kept = due.slice(0, countBelow(due, limitMs));
  return {
    schedule: { due: kept, duration: Math.min(last + gap, limitMs) },
    facts: {
      format,
      read: due.length,
      count: kept.length,
      spanMs: kept.at(-1)!,
      resolutionMs,
      reordered,
      peakRate: peakOf(kept),
    },
  };
}

function outOfRange(what: string, value: number): GroundspeedError {
  return new GroundspeedError(
    'usage.argument',
    `The ${what} of a replay must be more than 0; it is ${value}.`,
  );
}

function countBelow(ascending: Float64Array, limit: number): number {
  const index = ascending.findIndex((value) => value >= limit);
  return index < 0 ? ascending.length : index;
}

/** The most arrivals within a second that begins with one of them. */
function peakOf(due: Float64Array): number {
  let peak = 0;
  let end = 0;
  for (let start = 0; start < due.length; start += 1) {
    while (end < due.length && due[end]! < due[start]! + 1000) end += 1;
    peak = Math.max(peak, end - start);
  }
  return peak;
}

/**
 * The times of a file, ascending from 0. Times that are the same in the file came at some moment of what its last digit
 * stands for: they are spread evenly over it, the first at its beginning, so that the log of a busy second is replayed as a
 * second and not as one burst. A line that holds no time is `usage.argument`, named by its number.
 */
export function parseTimestamps(text: ReplayText, where: string): Timestamps {
  const lines = typeof text === 'string' ? text.split('\n') : text;
  const { format, times } = readTimeFile(lines, where);
  let ms = new Float64Array(1024);
  let count = 0;
  let reordered = 0;
  let latest = Number.NEGATIVE_INFINITY;
  let resolutionMs = Number.POSITIVE_INFINITY;
  let notation: TimeNotation | undefined;
  const read = rememberingLast(where);
  for (const written of times) {
    const time = read(written);
    notation ??= time.notation;
    if (time.notation !== notation) throw mixed(`${where}:${written.line}`, time.notation, notation);
    if (count === ms.length) ms = enlarged(ms);
    ms[count++] = time.ms;
    if (time.ms < latest) reordered += 1;
    else latest = time.ms;
    resolutionMs = Math.min(resolutionMs, time.resolutionMs);
  }
  if (count === 0) throw lineError(where, 'holds no time');
  const sorted = ms.subarray(0, count).sort();
  return { ms: spread(sorted, resolutionMs), format, resolutionMs, reordered };
}

function enlarged(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}

function spread(sorted: Float64Array, resolutionMs: number): Float64Array {
  const ms = new Float64Array(sorted.length);
  for (let start = 0, end = 0; start < ms.length; start = end) {
    while (end < ms.length && sorted[end] === sorted[start]) end += 1;
    const from = sorted[start]! - sorted[0]!;
    const next = end < ms.length ? sorted[end]! - sorted[start]! : resolutionMs;
    const width = Math.min(resolutionMs, next);
    for (let index = start; index < end; index += 1) {
      ms[index] = from + (width * (index - start)) / (end - start);
    }
  }
  return ms;
}

/** A busy log writes the same second over and over. */
function rememberingLast(where: string): (written: WrittenTime) => Timestamp {
  let lastText: string | undefined;
  let last: Timestamp | undefined;
  return (written) => {
    if (last === undefined || written.text !== lastText) last = timestampOf(written, where);
    lastText = written.text;
    return last;
  };
}

function timestampOf({ text, line }: WrittenTime, where: string): Timestamp {
  const time = text === undefined ? undefined : parseTimestamp(text);
  if (time !== undefined) return time;
  const found = text === undefined ? '' : `: ${excerpt(text)}`;
  throw lineError(`${where}:${line}`, `holds no time${found}`);
}

function mixed(where: string, notation: TimeNotation, before: TimeNotation): GroundspeedError {
  return new GroundspeedError(
    'usage.argument',
    `${where} holds a time written as ${notation}; those before are written as ${before}.`,
    { where, hint: 'Write all times of a file in the same way.' },
  );
}
