import type { PhaseRecord } from '../records/schema.ts';
import { duration, share } from './format.ts';
import { oneLine } from './plain.ts';

/** What one stage, or waiting, is of typical and of the slowest requests. */
export interface StageAttribution {
  readonly stage: string;
  readonly typicalMs: number;
  readonly slowestMs: number;
  /** Of the whole time of each. */
  readonly typicalShare: number;
  readonly slowestShare: number;
  /** Of what the slowest take longer; negative where it took them less. Null where they take no longer. */
  readonly growthShare: number | null;
}

/** Why p99 is slow: where the time of the slowest goes, beside the time of typical requests (p45 to p55). */
export interface Attribution {
  readonly typicalMs: number;
  readonly slowestMs: number;
  /** What adds most to the slowest first. */
  readonly stages: readonly StageAttribution[];
}

/** Undefined where the target tells nothing of its stages, or too few requests did. */
export function attributionOf({ stageShare }: Pick<PhaseRecord, 'stageShare'>): Attribution | undefined {
  if (!stageShare) return undefined;
  const { typical, slowest } = stageShare;
  const [typicalMs, slowestMs] = [sumOf(typical), sumOf(slowest)];
  if (!(typicalMs > 0 && slowestMs > 0)) return undefined;
  const growth = slowestMs - typicalMs;
  const stages = [...new Set([...Object.keys(slowest), ...Object.keys(typical)])].map((stage) => {
    const [before, after] = [typical[stage] ?? 0, slowest[stage] ?? 0];
    return {
      stage,
      typicalMs: before,
      slowestMs: after,
      typicalShare: before / typicalMs,
      slowestShare: after / slowestMs,
      growthShare: growth > 0 ? (after - before) / growth : null,
    };
  });
  return {
    typicalMs,
    slowestMs,
    stages: stages.sort((a, b) => b.slowestMs - b.typicalMs - (a.slowestMs - a.typicalMs)),
  };
}

const sumOf = (times: Readonly<Record<string, number>>): number =>
  Object.values(times).reduce((sum, value) => sum + value, 0);

/** Parts of less than this share are not worth a word. */
const WORTH_A_WORD = 0.05;
const MOST = 3;

/** "The slowest take 130 ms, typical requests 12 ms: 91 % of what is between them is waiting (85 % of p99, 20 % of p50), …" */
export function attributionWords({ typicalMs, slowestMs, stages }: Attribution): string {
  const told = stages.filter(({ growthShare }) => (growthShare ?? 0) >= WORTH_A_WORD).slice(0, MOST);
  const beginning = `The slowest take ${duration(slowestMs)}, typical requests ${duration(typicalMs)}`;
  if (told.length === 0) return `${beginning}.`;
  const parts = told.map(
    ({ stage, growthShare, slowestShare, typicalShare }) =>
      `${oneLine(stage)} ${share(growthShare)} (${share(slowestShare)} of p99, ${share(typicalShare)} of p50)`,
  );
  return `${beginning}. Of what lies between: ${parts.join(', ')}.`;
}
