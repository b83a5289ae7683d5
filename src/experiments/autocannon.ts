import { createRequire } from 'node:module';
import type { Instance, Options, Result } from 'autocannon';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { seededRandom } from '../kernel/random.ts';
import type { LoadTick } from '../load/events.ts';
import { returnsOf } from '../load/targets/http/http-target.ts';
import type { AutocannonRecord, LoadRecord } from '../records/schema.ts';
import { caveatsOn } from './autocannon/caveats.ts';
import { type Saturation, saturationOf } from './autocannon/refusals.ts';
import { requestsByConnection } from './autocannon/requests.ts';
import { recordHeader } from './header.ts';
import type { LoadSetup, LoadShape } from './load-setup.ts';
import { notesOnTarget } from './notes.ts';
import { openTarget } from './open-target.ts';
import { Parts } from './parts.ts';
import { askFirst } from './preflight.ts';
import type { RunResult } from './setup.ts';

/**
 * Saturates a deployment with autocannon: one question by itself, a warm-up, then a closed loop. What it finds stands in
 * `record.load.autocannon`, apart from all that groundspeed measures: `record.load.phases` stays empty, and nothing is
 * scored. Interrupted, it keeps what was measured. Rejects where the load is none that autocannon measures truly, and
 * before any load is sent where the target cannot be reached, or fails the first question.
 */
export async function saturate(setup: LoadSetup, shape: LoadShape): Promise<RunResult> {
  const start = setup.clock.now();
  const saturation = saturationOf(setup, shape);
  const header = recordHeader(setup, 'load');
  const parts = new Parts(2, setup.onEvent);
  await parts.run('target', async () => {
    const opened = await openTarget(setup, { connections: 1, timeout: setup.rules.timeout });
    try {
      await askFirst(setup, opened.target);
      return [undefined, opened.summary];
    } finally {
      await opened.close();
    }
  });
  const result = await parts.run('load', async () => {
    const found = await new Saturating(setup, saturation).run();
    return [found, found === undefined ? 'nothing was measured' : inWords(found)];
  });
  const { description } = saturation;
  return {
    record: {
      ...header,
      index: null,
      ingest: null,
      load: loadRecord(saturation, result && figuresOf(result, saturation)),
      notes: [
        ...notesOnTarget(setup),
        'Load was sent by autocannon: see its caveats before its figures are believed.',
        ...(description.url.startsWith('https:') ? ["The target's certificate was not verified."] : []),
        ...(result?.requests.total === 0 ? [silenceOf(result)] : []),
      ],
      complete: setup.signal?.aborted !== true,
      durationMs: setup.clock.now() - start,
    },
    requests: undefined,
  };
}

function loadRecord({ description }: Saturation, autocannon: AutocannonRecord | undefined): LoadRecord {
  return {
    target: description.name,
    targetKind: 'http',
    returns: returnsOf(description),
    slo: null,
    autocannon: autocannon ?? null,
    phases: [],
    stages: [],
    funnelClasses: [],
    errorClasses: [],
    closedLoopMaximum: null,
  };
}

const silenceOf = ({ duration, errors, timeouts }: Result): string =>
  `Nothing was answered in ${duration} s, though a single question had been before; autocannon counted ${errors - timeouts} errors (it counts no connection that breaks off) and ${timeouts} timeouts.`;

const inWords = ({ requests, duration }: Result): string => `${requests.total} requests in ${duration} s`;

function figuresOf(result: Result, { description, concurrency }: Saturation): AutocannonRecord {
  const { requests, latency, duration, errors, timeouts, non2xx } = result;
  return {
    version: versionOfAutocannon(),
    connections: Math.min(concurrency, result.connections),
    seconds: duration,
    requestsPerSecond: requests.total / duration,
    non2xx,
    errors: errors - timeouts, // it counts timeouts among them
    timeouts,
    latencyMs:
      requests.total === 0
        ? { p50: null, p97_5: null, p99: null, max: null } // it says 0
        : { p50: latency.p50, p97_5: latency.p97_5, p99: latency.p99, max: latency.max },
    caveats: caveatsOn(description),
  };
}

function versionOfAutocannon(): string {
  const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string };
  return version;
}

/** Milliseconds between two ticks, as autocannon has it. */
const SECOND = 1000;

/** Runs autocannon once or twice: a warm-up first, where there is one. */
class Saturating {
  readonly #setup: LoadSetup;
  readonly #saturation: Saturation;
  #requestsLeft: number;

  constructor(setup: LoadSetup, saturation: Saturation) {
    this.#setup = setup;
    this.#saturation = saturation;
    this.#requestsLeft = setup.rules.maxRequests ?? Number.POSITIVE_INFINITY;
  }

  /** Undefined where the run was interrupted, or its budget of requests used up, before anything was measured. */
  async run(): Promise<Result | undefined> {
    const { rules } = this.#setup;
    if (rules.warmup > 0) await this.#fire(rules.warmup, true);
    if (this.#requestsLeft <= 0) return undefined;
    const result = await this.#fire(this.#saturation.duration, false);
    const nothing = this.#setup.signal?.aborted && result?.requests.total === 0;
    return nothing ? undefined : result;
  }

  async #fire(duration: number, warmup: boolean): Promise<Result | undefined> {
    const { signal } = this.#setup;
    if (signal?.aborted) return undefined;
    const { default: autocannon } = await import('autocannon');
    const result = await new Promise<Result>((resolve, reject) => {
      const instance = autocannon(this.#options(duration), (error: unknown, found) => {
        signal?.removeEventListener('abort', stop);
        if (error) reject(new GroundspeedError('internal.bug', `autocannon failed: ${messageOf(error)}`));
        else resolve(found);
      });
      const stop = (): void => instance.stop();
      signal?.addEventListener('abort', stop, { once: true });
      this.#tell(instance, duration, warmup);
    });
    this.#requestsLeft -= result.requests.sent;
    return result;
  }

  #options(duration: number): Options {
    const { golden, rules, seed } = this.#setup;
    const { description, concurrency } = this.#saturation;
    const connections = Math.min(concurrency, this.#requestsLeft);
    return {
      url: new URL(description.url).origin,
      connections,
      duration: duration / 1000,
      timeout: Math.max(1, rules.timeout / 1000), // it takes no less
      ...(Number.isFinite(this.#requestsLeft) && { maxOverallRequests: this.#requestsLeft }),
      setupClient: requestsByConnection({
        description,
        questions: golden.questions,
        connections,
        order: rules.order ?? { kind: 'shuffled' },
        random: seededRandom(seed).fork('questions/autocannon'),
      }),
    };
  }

  /** Tells each second how far it is. Of latencies it tells nothing: live displays show groundspeed's own. */
  #tell(instance: Instance, duration: number, warmup: boolean): void {
    const { onEvent, clock } = this.#setup;
    const { concurrency } = this.#saturation;
    const began = clock.now();
    const counts = { completed: 0, errors: 0, timeouts: 0 };
    let told = { at: 0, completed: 0, failed: 0 };
    instance.on('response', (_, status) => {
      if (status >= 200 && status < 300) counts.completed += 1;
      else counts.errors += 1;
    });
    instance.on('reqError', (error) => {
      if (messageOf(error) === 'request timed out') counts.timeouts += 1;
      else counts.errors += 1;
    });
    instance.on('tick', () => {
      const at = clock.now() - began;
      const seconds = Math.max(at - told.at, 1) / SECOND;
      const failed = counts.errors + counts.timeouts;
      const ended = counts.completed + failed - told.completed - told.failed;
      const tick: LoadTick = {
        type: 'load.tick',
        phase: warmup ? 'warm-up' : `autocannon × ${concurrency}`,
        loop: 'closed',
        warmup,
        at,
        duration,
        offeredRate: null,
        achievedRate: ended / seconds,
        inFlight: concurrency,
        arrivals: counts.completed + failed,
        ...counts,
        dropped: 0,
        latencyMs: null,
        lagP99Ms: null,
        errorShare: ended === 0 ? null : (failed - told.failed) / ended,
        goodput: null,
      };
      told = { at, completed: counts.completed, failed };
      onEvent(tick);
    });
  }
}
