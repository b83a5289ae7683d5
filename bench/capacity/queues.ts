import { exponential, type Random } from '../../src/kernel/random.ts';

/** A first-come, first-served queue whose law is known: Poisson arrivals, `servers` that each take 1 / `serviceRate` seconds on average. */
export interface Queue {
  readonly name: 'M/M/1' | 'M/M/4' | 'M/D/1';
  readonly servers: number;
  /** Requests per second of one server. */
  readonly serviceRate: number;
  readonly service: 'exponential' | 'constant';
}

/** Three queues that each do `perSecond` requests per second at most. */
export function queuesOf(perSecond: number): readonly Queue[] {
  return [
    { name: 'M/M/1', servers: 1, serviceRate: perSecond, service: 'exponential' },
    { name: 'M/M/4', servers: 4, serviceRate: perSecond / 4, service: 'exponential' },
    { name: 'M/D/1', servers: 1, serviceRate: perSecond, service: 'constant' },
  ];
}

export const saturationOf = ({ servers, serviceRate }: Queue): number => servers * serviceRate;

/** What happened to each arrival, in seconds since the run began with an empty queue. */
export interface Sojourns {
  readonly due: Float64Array;
  readonly end: Float64Array;
}

/** The arrivals of `seconds`, each served by the server that is free first (Kiefer and Wolfowitz; Lindley's recursion for one). */
export function simulate(queue: Queue, rate: number, seconds: number, random: Random): Sojourns {
  const capacity = Math.ceil(rate * seconds + 8 * Math.sqrt(rate * seconds) + 16);
  const due = new Float64Array(capacity);
  const end = new Float64Array(capacity);
  const free = new Float64Array(queue.servers);
  let count = 0;
  for (let time = exponential(random) / rate; time < seconds; time += exponential(random) / rate) {
    let server = 0;
    for (let other = 1; other < free.length; other += 1) if (free[other]! < free[server]!) server = other;
    const service = (queue.service === 'constant' ? 1 : exponential(random)) / queue.serviceRate;
    free[server] = Math.max(time, free[server]!) + service;
    if (count === capacity) throw new Error('more arrivals than eight standard deviations above the mean');
    due[count] = time;
    end[count] = free[server]!;
    count += 1;
  }
  return { due: due.subarray(0, count), end: end.subarray(0, count) };
}

/** The share of requests that take longer than `limit` seconds from their due time, in the long run. */
export function lateShare(queue: Queue, rate: number, limit: number): number {
  if (rate >= saturationOf(queue)) return 1;
  if (queue.service === 'constant') return waitsLongerThan(queue, rate, limit - 1 / queue.serviceRate);
  return sojournsLongerThan(queue, rate, limit);
}

/**
 * M/M/c: a request waits with Erlang's probability C, then for an exponential time of rate θ = cμ − λ, and is served for one
 * of rate μ (Gross et al., Fundamentals of Queueing Theory, 4th ed., §2.3).
 */
function sojournsLongerThan({ servers, serviceRate: mu }: Queue, rate: number, limit: number): number {
  const waits = erlangC(servers, rate / mu);
  const theta = servers * mu - rate;
  const both =
    Math.abs(theta - mu) < 1e-9 * mu
      ? (1 + mu * limit) * Math.exp(-mu * limit)
      : (theta * Math.exp(-mu * limit) - mu * Math.exp(-theta * limit)) / (theta - mu);
  return (1 - waits) * Math.exp(-mu * limit) + waits * both;
}

/** The probability that all servers are busy, for an offered load of `erlangs`. */
function erlangC(servers: number, erlangs: number): number {
  let inverse = 1;
  for (let server = 1; server <= servers; server += 1) inverse = 1 + (inverse * server) / erlangs;
  const blocked = 1 / inverse;
  return blocked / (1 - (erlangs / servers) * (1 - blocked));
}

/**
 * M/D/1 by Franx's formula (Operations Research Letters 29, 2001), whose terms are all positive, where Crommelin's alternate
 * and drown in rounding errors: P[W ≤ t] = e^−x Σ_j Q_{k−1−j} x^j / j! with x = λ(kD − t), k the first whole number of services
 * beyond t, and Q_n the probability that at most n wait.
 */
function waitsLongerThan({ serviceRate }: Queue, rate: number, limit: number): number {
  if (limit < 0) return 1;
  const services = Math.floor(limit * serviceRate) + 1;
  const waiting = waitingDistribution(rate / serviceRate, services);
  const x = rate * (services / serviceRate - limit);
  let term = Math.exp(-x);
  let within = 0;
  for (let j = 0; j < services; j += 1) {
    within += waiting[services - 1 - j]! * term;
    term *= x / (j + 1);
  }
  return 1 - within;
}

/** Q_0 … Q_{count−1} of M/D/1 at utilisation `rho`, by balancing what crosses each number of requests up and down. */
function waitingDistribution(rho: number, count: number): number[] {
  const beyond: number[] = [];
  let arrivals = Math.exp(-rho);
  let tail = 1;
  for (let m = 0; m <= count + 1; m += 1) {
    tail -= arrivals;
    beyond.push(Math.max(0, tail));
    arrivals *= rho / (m + 1);
  }
  const present = [1 - rho];
  for (let n = 0; n < count; n += 1) {
    let crossing = present[0]! * beyond[n]!;
    for (let i = 1; i <= n; i += 1) crossing += present[i]! * beyond[n - i + 1]!;
    present.push(crossing / Math.exp(-rho));
  }
  const waiting: number[] = [];
  let sum = present[0]!;
  for (let n = 0; n < count; n += 1) {
    sum += present[n + 1]!;
    waiting.push(sum);
  }
  return waiting;
}
