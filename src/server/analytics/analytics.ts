import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/digest.ts';
import { milliseconds } from '../../kernel/units.ts';
import { ANONYMOUS, type AskedFact, dayOf, JUDGE_COST } from './fact.ts';
import type { GoldenRun } from './golden-run.ts';
import type { JudgeSpending } from './judge-spending.ts';
import type { AnalyticsOptions } from './options.ts';
import { BoundedRing } from './ring.ts';
import { type AnalyticsStore, openAnalyticsStore } from './store.ts';
import { openStoreWriter, type StoreWriter } from './store-writer.ts';
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
 * Counts what the service is asked. Telling it costs a push into a queue of bounded length; the counting is done now and then, and the
 * writing by another thread.
 */
export class Analytics {
  readonly #store: AnalyticsStore;
  readonly #writer: StoreWriter;
  readonly #setting: AnalyticsSetting;
  readonly #asked: BoundedRing<AskedFact>;
  readonly #scores: BoundedRing<Score>;
  readonly #stopping = new AbortController();
  #looping: Promise<void> = Promise.resolve();
  #flushing: Promise<boolean> = Promise.resolve(true);
  /** Counted, but not written: the file was busy. */
  #unwritten: Tally | undefined;
  /** Dollars that the judge has spent, and that no tally has yet. */
  #judgeUsd = 0;
  /** Those that the file does not have yet. */
  #judgeUnwrittenUsd = 0;
  #lostTold = 0;
  #minute = -1;
  #day = -1;

  /** Reads the store, and writes by the writer, which has the same file open. */
  constructor(store: AnalyticsStore, writer: StoreWriter, setting: AnalyticsSetting) {
    const { maxPending } = setting.options;
    this.#store = store;
    this.#writer = writer;
    this.#setting = setting;
    this.#asked = new BoundedRing(maxPending);
    this.#scores = new BoundedRing(maxPending);
  }

  /** Says that the service is up, and writes now and then from now on. */
  async begin(): Promise<void> {
    await this.#upkeep();
    this.#looping = this.#loop();
  }

  get reads(): AnalyticsStore['reads'] {
    return this.#store.reads;
  }

  get retentionDays(): number {
    return this.#setting.options.retentionDays;
  }

  /** Of the file, and so of all processes of the service, and of those before them. */
  get judgeSpending(): JudgeSpending {
    return {
      isShared: true,
      spentUsd: (day) =>
        (this.reads.counters({ from: day, to: day }).get(JUDGE_COST) ?? 0) + this.#judgeUnwrittenUsd,
      spend: async (usd) => {
        this.#judgeUsd += usd;
        this.#judgeUnwrittenUsd += usd;
        await this.flush();
      },
    };
  }

  asked(fact: AskedFact): void {
    this.#asked.push(fact);
  }

  scored(evaluator: string, score: number): void {
    this.#scores.push({ at: this.#setting.clock.epoch(), evaluator, score });
  }

  golden(run: GoldenRun): Promise<boolean> {
    return this.#writer.write('addGolden', run);
  }

  /** Writes what waits. False where the file took nothing: it is kept, and tried again the next time. */
  flush(): Promise<boolean> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  /** Writes what is left, as far as the file takes it, and closes it. May be called again. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    await this.#looping;
    let refusals = 0;
    while (this.#hasMore && refusals < MOST_REFUSALS) if (!(await this.flush())) refusals += 1;
    // The last to close it tidies up: that is for the one who may write.
    this.#store.close();
    await this.#writer.close();
  }

  get #hasMore(): boolean {
    return (
      this.#asked.length > 0 || this.#scores.length > 0 || this.#judgeUsd > 0 || this.#unwritten !== undefined
    );
  }

  async #write(): Promise<boolean> {
    const tally = this.#unwritten ?? this.#counted();
    if (tally.isEmpty) return true;
    this.#unwritten = tally;
    if (!(await this.#writer.write('add', tally.written()))) return false;
    this.#unwritten = undefined;
    this.#judgeUnwrittenUsd -= tally.judgeUsd;
    return true;
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
    if (this.#judgeUsd > 0) tally.addJudgeCost(clock.epoch(), this.#judgeUsd);
    this.#judgeUsd = 0;
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
      await this.flush();
      await this.#upkeep();
    }
  }

  /** Once a minute: that the service is up. Once a day: what is too old goes. */
  async #upkeep(): Promise<void> {
    const now = this.#setting.clock.epoch();
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute && (await this.#writer.write('alive', now))) this.#minute = minute;
    const day = dayOf(now);
    const oldest = day - this.retentionDays + 1;
    if (day !== this.#day && (await this.#writer.write('forgetBefore', oldest))) this.#day = day;
  }
}

/** Opens the file beside the index. Throws `store.unwritable` or `store.incompatible`. */
export async function openAnalytics(setting: AnalyticsSetting): Promise<Analytics> {
  const { folder, options, content } = setting;
  const file = { path: join(folder, ANALYTICS_FILE), maxKeysPerDay: options.maxKeysPerDay, content };
  const store = await openAnalyticsStore(file);
  try {
    const analytics = new Analytics(store, await openStoreWriter(file), setting);
    await analytics.begin();
    return analytics;
  } catch (error) {
    store.close();
    throw error;
  }
}
