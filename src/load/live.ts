import { seededRandom } from '../kernel/random.ts';
import { OUTCOMES } from '../records/columns.ts';
import { DurationHistogram, type EncodedHistogram } from '../statistics/histogram.ts';
import type { LatencyCounts, LoadTick } from './events.ts';
import { LatencyBuckets } from './latency-buckets.ts';
import type { PhaseRecorder } from './recorder.ts';
import type { Target, TargetResponse } from './target.ts';

/** Milliseconds between two tellings. */
export const TELLING = 250;

/** Tellings over which rates and quantiles of "the last seconds" are taken. */
const WINDOW = 12;

/**
 * Answers of one telling that are looked at: to judge all would cost the generator more than sending. Where thousands come a
 * second a few do, since each holds up those that are due meanwhile.
 */
const SAMPLED = 8;
const SAMPLED_OF_MANY = 2;
const MANY = 500;

const COMPLETED = OUTCOMES.indexOf('completed');
const TIMEOUT = OUTCOMES.indexOf('timeout');

/** One ended request, looked at while the load runs. */
export interface LiveSample {
  readonly question: number;
  /** Undefined where none came, or it cannot be understood. */
  readonly response: TargetResponse | undefined;
  readonly inTime: boolean;
}

/** What happened in one generator thread since its last telling. Plain data: it may come from another thread. */
export interface LiveDelta {
  readonly arrivals: number;
  readonly sent: number;
  readonly completed: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly dropped: number;
  readonly inFlight: number;
  readonly latency: EncodedHistogram;
  readonly latencies: LatencyCounts;
  readonly service: EncodedHistogram;
  readonly lag: EncodedHistogram;
  readonly samples: readonly LiveSample[];
  /** USD of the answers that ended since; 0 unless costs are watched. */
  readonly costUsd: number;
}

export interface LiveWatch {
  readonly target: Pick<Target, 'read'>;
  /** Milliseconds of latency within which an answer is in time. */
  readonly deadlineMs: number;
  /** Looks at some answers, for whoever can judge them. */
  readonly samples: boolean;
  /** Reads each answer for its cost, which is part of some answers only. */
  readonly watchesCost: boolean;
}

/** Looks on at a recorder: what ended since the last look. Costs the load some microseconds a request. */
export class LiveCounter {
  readonly #recorder: PhaseRecorder;
  readonly #watch: LiveWatch;
  readonly #latency = new DurationHistogram();
  readonly #service = new DurationHistogram();
  readonly #lag = new DurationHistogram();
  readonly #buckets = new LatencyBuckets();
  /** At uneven distances: questions that come in a fixed order must not hide from even ones. */
  readonly #random = seededRandom('live samples');
  #arrivals = 0;
  #ended = 0;

  constructor(recorder: PhaseRecorder, watch: LiveWatch) {
    this.#recorder = recorder;
    this.#watch = watch;
  }

  delta(): LiveDelta {
    const recorder = this.#recorder;
    const { recent } = recorder;
    const from = Math.max(this.#ended, recorder.ended - recent.length);
    const ended = recorder.ended - from;
    const share = this.#watch.samples ? (ended > MANY ? SAMPLED_OF_MANY : SAMPLED) / ended : 0;
    const counts = { completed: 0, errors: 0, timeouts: 0 };
    const samples: LiveSample[] = [];
    let costUsd = 0;
    this.#latency.clear();
    this.#service.clear();
    this.#buckets.clear();
    for (let nth = from; nth < recorder.ended; nth += 1) {
      const row = recent[nth % recent.length]!;
      const outcome = recorder.outcome[row]!;
      if (outcome === COMPLETED) counts.completed += 1;
      else if (outcome === TIMEOUT) counts.timeouts += 1;
      else counts.errors += 1;
      const latency = recorder.end[row]! - recorder.due[row]!;
      if (outcome === COMPLETED || outcome === TIMEOUT) {
        this.#latency.record(latency);
        this.#service.record(recorder.end[row]! - recorder.sent[row]!);
        this.#buckets.record(latency);
      }
      const sampled = this.#random.next() < share;
      if (!sampled && !this.#watch.watchesCost) continue;
      const response = recorder.peek(row, (reply, question) => this.#watch.target.read(reply, question));
      costUsd += response?.costUsd ?? 0;
      const inTime = outcome === COMPLETED && latency <= this.#watch.deadlineMs;
      if (sampled) samples.push({ question: recorder.question[row]!, response, inTime });
    }
    this.#ended = recorder.ended;
    return {
      ...counts,
      ...this.#arrived(),
      inFlight: recorder.inFlight,
      latency: this.#latency.encode(),
      latencies: this.#buckets.counts(),
      service: this.#service.encode(),
      lag: this.#lag.encode(),
      samples,
      costUsd,
    };
  }

  #arrived(): Pick<LiveDelta, 'arrivals' | 'sent' | 'dropped'> {
    const { sent, due, rows } = this.#recorder;
    let count = 0;
    this.#lag.clear();
    for (let row = this.#arrivals; row < rows; row += 1) {
      if (Number.isNaN(sent[row]!)) continue;
      count += 1;
      this.#lag.record(sent[row]! - due[row]!);
    }
    const arrivals = rows - this.#arrivals;
    this.#arrivals = rows;
    return { arrivals, sent: count, dropped: arrivals - count };
  }
}

export interface LivePhase {
  readonly name: string;
  readonly loop: 'open' | 'closed';
  readonly warmup: boolean;
  readonly duration: number;
  /** Due times of an open loop. */
  readonly due: Float64Array | undefined;
  /** Whether an answer is right; undefined where the golden question cannot say, or nobody can judge. */
  readonly isRight: ((question: number, response: TargetResponse) => boolean | undefined) | undefined;
}

const SUMMED = ['arrivals', 'completed', 'errors', 'timeouts', 'dropped'] as const;

/** Joins the deltas of all threads to what is shown: sums since the phase began, and a window of the last seconds. */
export class LiveView {
  readonly #phase: LivePhase;
  readonly #window: {
    readonly at: number;
    readonly deltas: readonly LiveDelta[];
    good: number;
    scored: number;
  }[] = [];
  readonly #sums = { arrivals: 0, completed: 0, errors: 0, timeouts: 0, dropped: 0 };
  readonly #buckets = new LatencyBuckets();
  /** Where the window began. */
  #since = 0;

  constructor(phase: LivePhase) {
    this.#phase = phase;
  }

  /** `at`: milliseconds since the phase began. One delta of each thread. */
  tick(at: number, deltas: readonly LiveDelta[]): LoadTick {
    for (const name of SUMMED) this.#sums[name] += total(deltas, name);
    for (const { latencies } of deltas) this.#buckets.add(latencies);
    this.#window.push({ at, deltas, ...this.#judged(deltas) });
    if (this.#window.length > WINDOW) this.#since = this.#window.shift()!.at;
    const latest = this.#window.flatMap((one) => one.deltas);
    const seconds = Math.max(at - this.#since, 1) / 1000;
    const { name: phase, loop, warmup, duration } = this.#phase;
    const failed = total(latest, 'errors') + total(latest, 'timeouts') + total(latest, 'dropped');
    const over = failed + total(latest, 'completed');
    return {
      type: 'load.tick',
      phase,
      loop,
      warmup,
      at,
      duration,
      offeredRate: this.#offered(at, seconds),
      achievedRate: total(latest, 'sent') / seconds,
      inFlight: total(deltas, 'inFlight'),
      ...this.#sums,
      ...quantilesOf(latest),
      latencies: this.#buckets.counts(),
      errorShare: over === 0 ? null : failed / over,
      goodput: this.#goodput(over / seconds),
    };
  }

  #judged(deltas: readonly LiveDelta[]): { good: number; scored: number } {
    const { isRight } = this.#phase;
    let [good, scored] = [0, 0];
    if (isRight === undefined) return { good, scored };
    for (const { question, response, inTime } of deltas.flatMap(({ samples }) => samples)) {
      const right = response === undefined ? false : isRight(question, response);
      if (right === undefined) continue;
      scored += 1;
      if (right && inTime) good += 1;
    }
    return { good, scored };
  }

  #goodput(endedPerSecond: number): number | null {
    const scored = this.#window.reduce((sum, one) => sum + one.scored, 0);
    const good = this.#window.reduce((sum, one) => sum + one.good, 0);
    return scored === 0 ? null : (good / scored) * endedPerSecond;
  }

  /** Arrivals that the schedule has in the window, per second. */
  #offered(at: number, seconds: number): number | null {
    const { due } = this.#phase;
    return due === undefined ? null : (countUntil(due, at) - countUntil(due, at - seconds * 1000)) / seconds;
  }
}

type Counted = 'arrivals' | 'sent' | 'completed' | 'errors' | 'timeouts' | 'dropped' | 'inFlight';

function total(deltas: readonly LiveDelta[], name: Counted): number {
  return deltas.reduce((sum, delta) => sum + delta[name], 0);
}

function quantilesOf(deltas: readonly LiveDelta[]): Pick<LoadTick, 'latencyMs' | 'serviceMs' | 'lagP99Ms'> {
  const latency = new DurationHistogram();
  const service = new DurationHistogram();
  const lag = new DurationHistogram();
  for (const delta of deltas) {
    latency.mergeEncoded(delta.latency);
    service.mergeEncoded(delta.service);
    lag.mergeEncoded(delta.lag);
  }
  return {
    latencyMs: percentilesOf(latency),
    serviceMs: percentilesOf(service),
    lagP99Ms: lag.count === 0 ? null : lag.quantile(0.99),
  };
}

function percentilesOf(histogram: DurationHistogram): LoadTick['latencyMs'] {
  const at = (p: number): number => histogram.quantile(p);
  return histogram.count === 0 ? null : { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** How many values of an ascending array are not above `limit`. */
function countUntil(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
