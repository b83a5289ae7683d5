import { readDecimal, writeDecimal } from './decimal.ts';
import type { Quantity } from './quantity.ts';
import type { DurationName, Subject } from './slo.ts';

/** The names of subjects: which there are, what each is a number of, and which way is better. */

export const DURATIONS: readonly DurationName[] = ['latency', 'service', 'ttft', 'tpot'];

type Named = Exclude<Subject, { kind: 'quantile' | 'mean' | 'measure' }>;

/** Subjects that are one word each. The first name of each is the canonical one. */
const WORDS: Readonly<Record<string, Named>> = {
  error: { kind: 'error' },
  attainment: { kind: 'attainment' },
  right: { kind: 'right' },
  goodput: { kind: 'goodput' },
  throughput: { kind: 'throughput' },
  cache: { kind: 'cache-hits' },
  'cache-hits': { kind: 'cache-hits' },
  cost: { kind: 'cost', per: 'query' },
  'cost.query': { kind: 'cost', per: 'query' },
  'cost.right': { kind: 'cost', per: 'right' },
  'cost.good': { kind: 'cost', per: 'good' },
};

export type Deadline = 'deadline' | 'ttft.deadline';
export const DEADLINES: readonly Deadline[] = ['deadline', 'ttft.deadline'];

/** What people who come from other tools write, and what it is called here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  avg: 'mean',
  average: 'mean',
  med: 'p50',
  median: 'p50',
  errors: 'error',
  'error-rate': 'error',
  error_rate: 'error',
  failures: 'error',
  accuracy: 'right',
  correct: 'right',
  rate: 'throughput',
  rps: 'throughput',
  qps: 'throughput',
  hits: 'cache',
  'hit-rate': 'cache',
  'cache-hit-rate': 'cache',
};

export type Statistic =
  | { readonly kind: 'quantile'; readonly quantile: number }
  | { readonly kind: 'mean' }
  | { readonly kind: 'none' }
  /** A quantile that is none: p0, p100, p999. */
  | { readonly kind: 'beyond' };

/** `p95` or `mean`, in lower case. */
export function statisticOf(text: string): Statistic {
  if (text === 'mean') return { kind: 'mean' };
  const digits = /^p(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (digits === undefined) return { kind: 'none' };
  const quantile = readDecimal(digits, -2);
  return quantile > 0 && quantile < 1 ? { kind: 'quantile', quantile } : { kind: 'beyond' };
}

export const isDuration = (name: string): name is DurationName =>
  (DURATIONS as readonly string[]).includes(name);

export const isDeadline = (name: string): name is Deadline => (DEADLINES as readonly string[]).includes(name);

/** `ttft.p99.9` is `ttft` and `p99.9`; without a dot the second is undefined. */
export function splitName(name: string): readonly [head: string, tail: string | undefined] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** The subject of a name that is one word, or of a statistic; `p95` is that of latency. Undefined where it is neither. */
export function subjectOf(name: string): Subject | undefined {
  if (Object.hasOwn(WORDS, name)) return WORDS[name];
  const own = durationSubject('latency', name);
  if (own !== undefined) return own;
  const [head, tail] = splitName(name);
  return tail !== undefined && isDuration(head) ? durationSubject(head, tail) : undefined;
}

function durationSubject(of: DurationName, statistic: string): Subject | undefined {
  const found = statisticOf(statistic);
  if (found.kind === 'mean') return { kind: 'mean', of };
  return found.kind === 'quantile' ? { kind: 'quantile', of, quantile: found.quantile } : undefined;
}

/** The canonical name: `p95`, `ttft.mean`, `cache`, `cost.right`, `ndcg@10`. One subject, one name. */
export function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'quantile':
      return prefixed(subject.of, `p${writeDecimal(subject.quantile, 2)}`);
    case 'mean':
      return prefixed(subject.of, 'mean');
    case 'cache-hits':
      return 'cache';
    case 'cost':
      return subject.per === 'query' ? 'cost' : `cost.${subject.per}`;
    case 'measure':
      return subject.measure;
    default:
      return subject.kind;
  }
}

const prefixed = (of: DurationName, statistic: string) =>
  of === 'latency' ? statistic : `${of}.${statistic}`;

export function quantityOf(subject: Subject): Quantity {
  switch (subject.kind) {
    case 'quantile':
    case 'mean':
      return 'duration';
    case 'goodput':
    case 'throughput':
      return 'rate';
    case 'cost':
      return 'cost';
    case 'measure':
      return 'score';
    default:
      return 'share';
  }
}

/** Whether an objective bounds the subject from above (lower is better) or from below. */
export function betterOf(subject: Subject): 'lower' | 'higher' {
  switch (subject.kind) {
    case 'quantile':
    case 'mean':
    case 'error':
    case 'cost':
      return 'lower';
    default:
      return 'higher';
  }
}

/** What names there are beyond the words of this file, and how to find the likeliest of them. */
export interface Measures {
  /** Whether a quality measure bears the name, which is in lower case: `ndcg@10`. */
  readonly isMeasure: (name: string) => boolean;
  /** Measures to propose where a name is unknown. */
  readonly measures?: readonly string[];
  /** The known name that a mistyped one most likely means. */
  readonly suggest?: (name: string, known: readonly string[]) => string | undefined;
}

/** A longer name was not mistyped: it is something else, and looking for its like would take long. */
const LONGEST_NAME = 64;

/** The name that was most likely meant by one that is unknown. */
export function likelyName(name: string, among: Measures): string | undefined {
  const { measures = [], suggest } = among;
  const known = Object.hasOwn(ELSEWHERE, name)
    ? ELSEWHERE[name]
    : (likelyStatistic(name, among) ?? likelyCutoff(name, among));
  if (known !== undefined || name.length > LONGEST_NAME) return known;
  return suggest?.(name, [...knownNames(name), ...measures]);
}

/** `ttft.avg` is `ttft.mean`, `p95.ttft` stands the wrong way round, and `error.p95` is `error`, which has but one figure. */
function likelyStatistic(name: string, { isMeasure }: Measures): string | undefined {
  const [head, tail = ''] = splitName(name);
  const meant = Object.hasOwn(ELSEWHERE, tail) ? `${head}.${ELSEWHERE[tail]}` : `${tail}.${head}`;
  if (isDuration(splitName(meant)[0]) && subjectOf(meant) !== undefined) return meant;
  const isWhole = Object.hasOwn(WORDS, head) || isMeasure(head);
  return isWhole && statisticOf(tail).kind !== 'none' ? head : undefined;
}

/** `recall` lacks its cutoff; in `ndgc@7` the cutoff is fine, and only what stands before it is mistyped. */
function likelyCutoff(name: string, { isMeasure, measures = [], suggest }: Measures): string | undefined {
  const at = name.indexOf('@');
  if (at < 0) return measures.find((measure) => measure.startsWith(`${name}@`));
  if (name.length > LONGEST_NAME) return undefined;
  const families = [...new Set(measures.map((measure) => measure.split('@', 1)[0]!))];
  const meant = `${suggest?.(name.slice(0, at), families)}${name.slice(at)}`;
  return isMeasure(meant) ? meant : undefined;
}

/** Every name, the durations with the statistic that was written, so that only the misspelt part counts. */
function knownNames(name: string): readonly string[] {
  const [, tail = ''] = splitName(name);
  const own = subjectOf(tail)?.kind === 'quantile' ? tail : 'p95';
  return [
    ...new Set(['p50', 'p95', 'p99', 'mean', own]),
    ...DURATIONS.flatMap((of) => [`${of}.${own}`, `${of}.mean`]),
    ...Object.keys(WORDS),
    ...DEADLINES,
  ];
}
