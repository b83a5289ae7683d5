import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../src/kernel/errors.ts';
import type { Random } from '../../src/kernel/random.ts';
import { askAfter, auditStore, openReader, passageProblems } from './audit.ts';
import { Expectation, edition, question } from './editions.ts';
import { type KilledProcess, startProcess } from './killed-process.ts';
import type { KillFigures, KillPlan } from './plan.ts';
import { FLAGS } from './settings.ts';

/** When an ingest is killed: some milliseconds after its start, or at a sign of its progress and some milliseconds later. */
type Moment =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'log'; readonly share: number; readonly ms: number }
  | { readonly kind: 'snapshot'; readonly ms: number };

/** What one whole ingest took. */
interface Measure {
  readonly ms: number;
  /** Bytes of the store's log at most. */
  readonly logBytes: number;
}

/** `groundspeed ingest`, killed again and again; each time the index is audited and asked, and every fifth run may end. */
export class KilledIngest {
  readonly expected = new Expectation();
  readonly #plan: KillPlan;
  readonly #folder: string;
  readonly #corpus: string;
  readonly #figures: KillFigures;
  #measure: Measure = { ms: 1000, logBytes: 1_000_000 };

  constructor(plan: KillPlan, figures: KillFigures) {
    this.#plan = plan;
    this.#figures = figures;
    this.#folder = join(plan.folder, 'ingest');
    this.#corpus = join(plan.folder, 'corpus.jsonl');
  }

  get folder(): string {
    return this.#folder;
  }

  async run(kills: number): Promise<void> {
    const { random, documents, progress } = this.#plan;
    for (let number = 0; number < documents; number += 1) this.expected.sent(edition(number, 1));
    await this.#toTheEnd();
    let done = 0;
    for (let run = 1; done < kills; run += 1) {
      // Every other time it goes on with what the one before was killed over.
      if (run % 2 === 1) this.#change();
      if (await this.#killed(momentOf(random, this.#measure))) done += 1;
      else this.#figures.late += 1;
      if (run % 5 === 0) await this.#toTheEnd();
      progress(`ingest: ${done} of ${kills} kills, ${this.#figures.problems.length} problems`);
    }
    await this.#toTheEnd();
  }

  /** A fifth of the documents has a new edition, and there are some new ones. */
  #change(): void {
    const { random, documents } = this.#plan;
    for (let count = 0; count < documents / 5; count += 1) {
      this.expected.sent(this.expected.nextEdition(random.integer(Math.floor(documents * 1.5))));
    }
  }

  #start(): KilledProcess {
    const lines = [...this.expected.latest()].map((document) => `${JSON.stringify(document)}\n`);
    writeFileSync(this.#corpus, lines.join(''));
    return startProcess(this.#plan.cli, [
      'ingest',
      this.#corpus,
      '--index',
      this.#folder,
      '--json',
      ...FLAGS,
    ]);
  }

  async #toTheEnd(): Promise<void> {
    const start = performance.now();
    let logBytes = 0;
    const running = this.#start();
    while (!running.isOver) {
      logBytes = Math.max(logBytes, sizeOf(this.#log));
      await delay(2);
    }
    const { code } = await running.ended;
    if (code !== 0) this.#figures.problems.push(`an ingest after a kill ended with ${code}: ${running.err}`);
    else for (const document of this.expected.latest()) this.expected.acknowledged(document);
    this.#measure = { ms: performance.now() - start, logBytes };
    await this.#audit('the end of an ingest');
  }

  /** Whether the kill came in time. */
  async #killed(moment: Moment): Promise<boolean> {
    const running = this.#start();
    const asked = this.#askDuring(running);
    await this.#reach(moment, running);
    running.kill();
    const { wasKilled, code } = await running.ended;
    await asked;
    if (!wasKilled && code !== 0) {
      this.#figures.problems.push(`an ingest after a kill ended with ${code}: ${running.err}`);
    }
    if (!wasKilled && code === 0) for (const one of this.expected.latest()) this.expected.acknowledged(one);
    const how = moment.kind === 'time' ? 'by time' : moment.kind === 'log' ? 'by its log' : 'while it saves';
    if (wasKilled) this.#figures.count(`ingest, ${how}`);
    await this.#audit(`a kill ${how}`);
    return wasKilled;
  }

  async #reach(moment: Moment, running: KilledProcess): Promise<void> {
    const before = new Set(namesIn(this.#folder));
    const isReached = (): boolean => {
      if (moment.kind === 'time') return true;
      if (moment.kind === 'log') return sizeOf(this.#log) >= moment.share * this.#measure.logBytes;
      return namesIn(this.#folder).some((name) => /^(keywords|vectors)\./.test(name) && !before.has(name));
    };
    while (!running.isOver && !isReached()) await delay(1);
    if (!running.isOver) await delay(moment.ms);
  }

  /** A reader beside the one that is killed: what it answers is whole all the time. */
  async #askDuring(running: KilledProcess): Promise<void> {
    const { random, progress } = this.#plan;
    const own = random.fork(`during ${random.next()}`);
    try {
      const reader = await openReader(this.#folder);
      try {
        while (!running.isOver) {
          await reader.follow();
          const { passages } = await reader.ask(question(own), { topK: 10, cache: false });
          const problems = passageProblems(passages, (id, version) => this.expected.allows(id, version));
          this.#figures.during += 1;
          this.#figures.problems.push(...problems.map((problem) => `${problem} (during an ingest)`));
          await delay(5);
        }
      } finally {
        await reader.close();
      }
    } catch (thrown) {
      this.#figures.problems.push(`a reader beside an ingest failed: ${messageOf(thrown)}`);
      progress(messageOf(thrown));
    }
  }

  async #audit(after: string): Promise<void> {
    const { random } = this.#plan;
    const questions = 5;
    const problems = [
      ...(await auditStore(this.#folder, this.expected)),
      ...(await askAfter(this.#folder, { expected: this.expected, random, questions })),
    ];
    this.#figures.audits += 1;
    this.#figures.after += questions;
    this.#figures.problems.push(...problems.map((problem) => `${problem} (after ${after})`));
  }

  get #log(): string {
    return join(this.#folder, 'store.sqlite-wal');
  }
}

/** Half of them anywhere on the way, a few past its end; the others where something has just been written. */
function momentOf(random: Random, { ms }: Measure): Moment {
  const kind = random.next();
  if (kind < 0.5) return { kind: 'time', ms: random.next() * ms * 1.02 };
  if (kind < 0.8) return { kind: 'log', share: random.next(), ms: random.next() * 10 };
  return { kind: 'snapshot', ms: random.next() * 10 };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
