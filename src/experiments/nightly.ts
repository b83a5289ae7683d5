import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import type { CanaryFigures } from './canary.ts';
import { type HistoryEntry, historyEntry } from './gate/history-entry.ts';

/** The kinds of runs that can be told to a service. */
const COMMANDS = ['evaluate', 'bench', 'load', 'gate'] as const;
type Command = (typeof COMMANDS)[number];

const VERDICTS = { PASS: 'passed', FAIL: 'failed', INCONCLUSIVE: 'inconclusive' } as const;

/** A nightly run, in the words of `POST /api/evaluation`. Shares are from 0 to 1. */
export interface NightlyRun extends CanaryFigures {
  readonly nightly: {
    readonly command: Command;
    /** Null for a sound run that was not gated. */
    readonly verdict: (typeof VERDICTS)[keyof typeof VERDICTS] | 'invalid' | null;
    /** By name: means over the golden questions. */
    readonly measures: Readonly<Record<string, number>>;
    /** By percentile: under the load of the headline, or of the questions one after the other. */
    readonly latency_seconds: Readonly<Record<string, number>>;
  };
}

/** A run in which more questions than this share came to nothing tells of a target that is down, not of its quality. */
const MOST_FAILED = 0.5;
const MOST_MEASURES = 40;
const NAME = /^[a-z][\w.@-]{0,47}$/;
const RECALL = /^recall@([1-9]\d{0,2})$/;
const MOST_KS = 8;
const PERCENTILES = ['50', '95', '99'] as const;

/**
 * What a saved run comes to. `phase` is the one that its headline is about. What cannot be trusted is left out: latencies of an
 * invalid load, and measures where most questions came to nothing.
 */
export function nightlyRun(record: RunRecord, phase: PhaseRecord | undefined): NightlyRun {
  const { quality, questions = [], dataset, kind } = record;
  const entry = historyEntry(record, phase);
  const failed = questions.filter(({ error }) => error !== null).length;
  const isDown = failed > questions.length * MOST_FAILED;
  const measures = isDown ? {} : measuresOf(entry);
  return {
    dataset: dataset?.name ?? 'unknown',
    at: Math.round(Date.parse(record.startedAt) + record.durationMs),
    questions: questions.length,
    failed,
    recall: recallOf(measures),
    retrieval_accuracy: isDown ? null : (quality?.retrievalAccuracy.mean ?? null),
    right: isDown ? null : (quality?.right.mean ?? null),
    scores: { golden_recall: [], golden_right: [] },
    nightly: {
      command: COMMANDS.find((one) => one === kind) ?? 'gate',
      verdict: verdictOf(record, entry, isDown),
      measures,
      latency_seconds: latencyOf(record, entry),
    },
  };
}

function verdictOf(
  { gate }: RunRecord,
  { valid }: HistoryEntry,
  isDown: boolean,
): NightlyRun['nightly']['verdict'] {
  if (gate?.verdict === 'FAIL') return 'failed';
  if (isDown || !valid || (gate !== undefined && gate.invalid.length > 0)) return 'invalid';
  return gate === undefined ? null : VERDICTS[gate.verdict];
}

function measuresOf({ figures }: HistoryEntry): Record<string, number> {
  const shares = figures
    .filter(
      ({ subject, name, value }) => subject === 'measure' && NAME.test(name) && value >= 0 && value <= 1,
    )
    .slice(0, MOST_MEASURES);
  return Object.fromEntries(shares.map(({ name, value }) => [name, value]));
}

function recallOf(measures: Readonly<Record<string, number>>): Record<string, number> {
  const known = Object.entries(measures).flatMap(([name, value]): [string, number][] => {
    const [, k] = RECALL.exec(name) ?? [];
    return k === undefined ? [] : [[k, value]];
  });
  return Object.fromEntries(known.slice(0, MOST_KS));
}

/** Where there was neither a load nor blocks in turns, of the first time that each question was asked. */
function latencyOf({ quality }: RunRecord, { figures, load }: HistoryEntry): Record<string, number> {
  const indicators = figures.filter(({ subject }) => subject === 'indicator');
  const alone = load === null && indicators.length === 0 ? quality?.latencyMs : undefined;
  const known = PERCENTILES.flatMap((percentile): [string, number][] => {
    const name = `p${percentile}` as const;
    const ms = alone?.[name] ?? indicators.find((one) => one.name === name)?.value;
    return ms == null || ms < 0 ? [] : [[percentile, ms / 1000]];
  });
  return Object.fromEntries(known);
}
