import type { PhaseRecord } from '../records/schema.ts';
import { LAG, OUTSIDE, QUEUE } from '../records/time-parts.ts';
import { counted, duration, share } from './format.ts';
import { oneLine } from './plain.ts';

type Attributed = Pick<PhaseRecord, 'stageShare' | 'stageBasis'>;
type Basis = NonNullable<PhaseRecord['stageBasis']>;

/** What one part (a stage, queue, lag, outside) is of typical and of the slowest requests. */
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

/** Why the slowest are slow: where their time goes, beside the time of typical requests (p45 to p55). */
export interface Attribution {
  /** What the slowest are called: `p99` where they are the requests from p99 up, and nothing else. */
  readonly slowest: string;
  readonly typicalMs: number;
  readonly slowestMs: number;
  /** What adds most to the slowest first. */
  readonly stages: readonly StageAttribution[];
  /** Which requests are not in it, a sentence each. */
  readonly leftOut: readonly string[];
}

/** Undefined where the target tells nothing of its parts, or too few requests did. */
export function attributionOf(phase: Attributed): Attribution | undefined {
  const { stageShare, stageBasis } = phase;
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
    slowest: slowestName(stageBasis),
    typicalMs,
    slowestMs,
    stages: stages.sort((a, b) => b.slowestMs - b.typicalMs - (a.slowestMs - a.typicalMs)),
    leftOut: stageBasis ? leftOut(stageBasis) : [],
  };
}

const sumOf = (times: Readonly<Record<string, number>>): number =>
  Object.values(times).reduce((sum, value) => sum + value, 0);

/** Fewer than ten beyond p99 are too few: then the slowest ten stand for themselves. */
function slowestName(basis: Basis | undefined): string {
  if (basis === undefined) return 'the slowest';
  return basis.slowestFrom === 0.99 ? 'p99' : `the slowest ${basis.slowest.requests}`;
}

/** "Why p99 is slow", "Why the slowest 10 are slow". */
export function whySlowTitle({ stageBasis }: Pick<Attributed, 'stageBasis'>): string {
  const name = slowestName(stageBasis);
  return `Why ${name} ${name === 'p99' ? 'is' : 'are'} slow`;
}

type Telling = Basis['typical'] & { readonly timeouts?: number };

/** What those did of whom nothing is known. */
function untoldWords({ requests, told, timeouts = 0 }: Telling): string {
  if (timeouts === requests - told) return 'timed out, and told nothing of where their time went';
  const some = timeouts === 0 ? '' : ` (${counted(timeouts, 'timeout')})`;
  return `told nothing of where their time went, or more than it was${some}`;
}

const untold = ({ requests, told }: Telling): number => requests - told;

function leftOut({ typical, slowest }: Basis): string[] {
  const sentence = (whose: string, telling: Telling): string[] =>
    untold(telling) === 0
      ? []
      : [
          `Left out: ${untold(telling)} of the ${counted(telling.requests, `${whose} request`)}, which ${untoldWords(telling)}.`,
        ];
  return [...sentence('slowest', slowest), ...sentence('typical', typical)];
}

/** Why nothing is said of a phase whose target does tell its parts; undefined where something is. */
export function withheldWords({ stageShare, stageBasis }: Attributed): string | undefined {
  if (stageShare || !stageBasis) return undefined;
  const { typical, slowest } = stageBasis;
  if (slowest.told <= slowest.requests / 2) {
    const whose = stageBasis.slowestFrom === 0.99 ? ' from p99 up' : '';
    return `Not said: ${untold(slowest)} of the ${counted(slowest.requests, 'slowest request')}${whose} ${untoldWords(slowest)}. Others may be slow for other reasons.`;
  }
  return `Not said: ${untold(typical)} of the ${counted(typical.requests, 'typical request')} (p45 to p55) ${untoldWords(typical)}.`;
}

/** Of what lies between, for a cell: what rounds to nothing has no sign. */
export const growthCell = (growth: number | null): string =>
  share(growth !== null && growth < 0 && growth > -0.0005 ? 0 : growth);

/** Parts of less than this share are not worth a word. */
const WORTH_A_WORD = 0.05;
const MOST = 3;

/** "The slowest take 130 ms, typical requests 12 ms. Of what lies between: queue 91 % (85 % of p99, 20 % of p50), …" */
export function attributionWords({ slowest, typicalMs, slowestMs, stages, leftOut }: Attribution): string {
  const told = stages.filter(({ growthShare }) => (growthShare ?? 0) >= WORTH_A_WORD).slice(0, MOST);
  const parts = told.map(
    ({ stage, growthShare, slowestShare, typicalShare }) =>
      `${oneLine(stage)} ${share(growthShare)} (${share(slowestShare)} of ${slowest}, ${share(typicalShare)} of p50)`,
  );
  return [
    `The slowest take ${duration(slowestMs)}, typical requests ${duration(typicalMs)}.`,
    ...(told.length === 0 ? [] : [`Of what lies between: ${parts.join(', ')}.`]),
    ...leftOut,
  ].join(' ');
}

/** What the parts beside the stages are, as far as there are any; `isHere` where the engine is in the generator's process. */
export function partsWords(parts: Iterable<string>, isHere: boolean): string {
  const names = new Set(parts);
  const sentences = [
    names.has(LAG) && 'Lag: the generator sent it late (sent − due).',
    names.has(QUEUE) && 'Queue: the wait for a turn, as the target tells it.',
    names.has(OUTSIDE) && `Outside: what neither accounts for: ${outsideWords(names.has(QUEUE), isHere)}.`,
    names.has('waiting') && 'Waiting: lag, queue, network and gaps, which this record does not tell apart.',
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}

function outsideWords(tellsQueue: boolean, isHere: boolean): string {
  if (isHere) {
    return 'looks into caches, gaps between the stages, and turns of the event loop that the engine shares with the generator. The engine has no queue before it; a wait for one of its limits is in the stage that waits';
  }
  return `network, HTTP, and what of the target is no stage (caches, gaps)${tellsQueue ? '' : ', and the queue, of which the target tells nothing'}`;
}
