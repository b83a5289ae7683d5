import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/digest.ts';
import { milliseconds } from '../../kernel/units.ts';
import { ANONYMOUS, type AskedFact, dayOf } from './fact.ts';
import type { GoldenRun } from './golden-run.ts';
import type { AnalyticsOptions } from './options.ts';
import { BoundedRing } from './ring.ts';
import { type AnalyticsStore, openAnalyticsStore } from './store.ts';
import { Tally } from './tally.ts';

/** Beside the index. */
export const ANALYTICS_FILE = 'analytics.db';

export interface AnalyticsSetting {
  readonly options: AnalyticsOptions;
  /** The index's. */
  readonly folder: string;
  /** `telemetry.content`: whether the first characters of questions are kept. */
  readonly content: boolean;
  readonly clock: Clock;
}

interface Score {
  readonly at: number;
  readonly evaluator: string;
  readonly score: number;
}

/** Questions that are counted in one turn, at most. */
const TURN = 64;
/** So often the file may refuse what is left when the service stops. */
const MOST_REFUSALS = 10;
/** Milliseconds between two turns while more wait. */
const BURST_MS = 5;

/**
 * Counts what the service is asked. Telling it costs a push into a queue of bounded length; the counting and the writing are done
 * now and then, all in one transaction.
 */
export class Analytics {
  readonly #store: AnalyticsStore;
  readonly #setting: AnalyticsSetting;
  readonly #asked: BoundedRing<AskedFact>;
  readonly #scores: BoundedRing<Score>;
  readonly #stopping = new AbortController();
  readonly #looping: Promise<void>;
  /** Counted, but not written: the file was busy. */
  #unwritten: Tally | undefined;
  #lostTold = 0;
  #minute = -1;
  #day = -1;

  constructor(store: AnalyticsStore, setting: AnalyticsSetting) {
    const { maxPending } = setting.options;
    this.#store = store;
    this.#setting = setting;
    this.#asked = new BoundedRing(maxPending);
    this.#scores = new BoundedRing(maxPending);
    this.#upkeep();
    this.#looping = this.#loop();
  }

  get reads(): AnalyticsStore['reads'] {
    return this.#store.reads;
  }

  get retentionDays(): number {
    return this.#setting.options.retentionDays;
  }

  asked(fact: AskedFact): void {
    this.#asked.push(fact);
  }

  scored(evaluator: string, score: number): void {
    this.#scores.push({ at: this.#setting.clock.epoch(), evaluator, score });
  }

  golden(run: GoldenRun): boolean {
    return this.#store.addGolden(run);
  }

  /** Writes what waits. False where the file took nothing: it is kept, and tried again the next time. */
  flush(): boolean {
    const tally = this.#unwritten ?? this.#counted();
    if (tally.isEmpty) return true;
    const isWritten = this.#store.add(tally);
    this.#unwritten = isWritten ? undefined : tally;
    return isWritten;
  }

  /** Writes what is left, as far as the file takes it, and closes it. May be called again. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    await this.#looping;
    let refusals = 0;
    while (this.#hasMore && refusals < MOST_REFUSALS) if (!this.flush()) refusals += 1;
    this.#store.close();
  }

  get #hasMore(): boolean {
    return this.#asked.length > 0 || this.#scores.length > 0 || this.#unwritten !== undefined;
  }

  #counted(): Tally {
    const { content, clock } = this.#setting;
    const tally = new Tally({ content, clientName: (id) => this.#clientName(id) });
    // What is counted at once is bounded too: the event loop belongs to the questions.
    for (let turn = 0; turn < TURN; turn += 1) {
      const fact = this.#asked.shift();
      if (fact === undefined) break;
      tally.add(fact);
    }
    for (let turn = 0; turn < TURN; turn += 1) {
      const score = this.#scores.shift();
      if (score === undefined) break;
      tally.addScore(score.at, score.evaluator, score.score);
    }
    const lost = this.#asked.dropped - this.#lostTold;
    if (lost > 0) tally.addLost(clock.epoch(), lost);
    this.#lostTold += lost;
    return tally;
  }

  #clientName(clientId: string | undefined): string {
    if (clientId === undefined) return ANONYMOUS;
    if (this.#setting.options.clients.includes(clientId)) return clientId;
    return `client-${sha256(this.#store.salt, clientId).slice(0, 12)}`;
  }

  async #loop(): Promise<void> {
    const { clock, options } = this.#setting;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A burst is worked off in several turns, with questions in between.
      const pause = this.#asked.length >= TURN && this.#unwritten === undefined ? BURST_MS : options.flushMs;
      await clock.sleep(milliseconds(pause), signal).catch(() => undefined);
      if (signal.aborted) return;
      this.flush();
      this.#upkeep();
    }
  }

  /** Once a minute: that the service is up. Once a day: what is too old goes. */
  #upkeep(): void {
    const now = this.#setting.clock.epoch();
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute && this.#store.alive(now)) this.#minute = minute;
    const day = dayOf(now);
    if (day !== this.#day && this.#store.forgetBefore(day - this.retentionDays + 1)) this.#day = day;
  }
}

/** Opens the file beside the index. Throws `store.unwritable` or `store.incompatible`. */
export async function openAnalytics(setting: AnalyticsSetting): Promise<Analytics> {
  const { folder, options } = setting;
  const { maxKeysPerDay } = options;
  const store = await openAnalyticsStore({ path: join(folder, ANALYTICS_FILE), maxKeysPerDay });
  return new Analytics(store, setting);
}
