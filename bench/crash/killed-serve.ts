import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SourceDocument } from '../../src/engine/ports.ts';
import { askAfter, auditStore, passageProblems, type ShownPassage } from './audit.ts';
import { Expectation, question } from './editions.ts';
import { type KilledProcess, startProcess } from './killed-process.ts';
import type { KillFigures, KillPlan } from './plan.ts';
import { FLAGS } from './settings.ts';

/** When a service is killed: while it starts, or so long after so many acknowledged requests. */
type Moment =
  | { readonly kind: 'start'; readonly ms: number }
  | { readonly kind: 'posts'; readonly posts: number; readonly ms: number };

interface Source extends Omit<ShownPassage, 'documentId'> {
  readonly id: string;
}

/** A service that does not come up in so many milliseconds is one that does not come up. */
const PATIENCE_MS = 60_000;

/** `groundspeed serve`, killed again and again while documents are posted to it and questions asked. */
export class KilledServe {
  readonly expected = new Expectation();
  readonly #plan: KillPlan;
  readonly #folder: string;
  readonly #figures: KillFigures;
  /** What starting and one post took of late, in milliseconds. */
  #took = { start: 500, post: 50 };

  constructor(plan: KillPlan, figures: KillFigures) {
    this.#plan = plan;
    this.#figures = figures;
    this.#folder = join(plan.folder, 'serve');
  }

  get folder(): string {
    return this.#folder;
  }

  async run(kills: number): Promise<void> {
    const { documents, progress } = this.#plan;
    const numbers = Array.from({ length: documents }, (_, number) => number);
    await this.#gently(async (url) => {
      await this.#post(
        url,
        numbers.map((number) => this.expected.nextEdition(number)),
      );
    });
    for (let done = 1; done <= kills; done += 1) {
      await this.#killed(this.#moment());
      progress(`serve: ${done} of ${kills} kills, ${this.#figures.problems.length} problems`);
    }
    // What was sent and never acknowledged may be there or not: sent once more, it must be.
    await this.#gently((url) => this.#post(url, [...this.expected.latest()]));
    await this.#audit('the end of the service');
  }

  #moment(): Moment {
    const { random } = this.#plan;
    if (random.next() < 0.2) return { kind: 'start', ms: random.next() * this.#took.start };
    return { kind: 'posts', posts: random.integer(6), ms: random.next() * this.#took.post * 1.5 };
  }

  #start(): KilledProcess {
    const argv = ['serve', '--port', '0', '--json', '--index', this.#folder, ...FLAGS];
    return startProcess(this.#plan.cli, argv);
  }

  /** The URL of a service once it listens; undefined when it ends before. */
  async #listening(running: KilledProcess): Promise<string | undefined> {
    const start = performance.now();
    while (!running.isOver && !running.out.includes('\n')) {
      if (performance.now() - start > PATIENCE_MS) running.kill();
      await delay(2);
    }
    if (!running.out.includes('\n')) return undefined;
    this.#took = { ...this.#took, start: performance.now() - start };
    return (JSON.parse(running.out.slice(0, running.out.indexOf('\n'))) as { url: string }).url;
  }

  /** Does something with a service that is not killed. */
  async #gently(work: (url: string) => Promise<void>): Promise<void> {
    const running = this.#start();
    const url = await this.#listening(running);
    if (url === undefined) {
      this.#figures.problems.push(`serve does not start after a kill: ${running.err}`);
      return;
    }
    await work(url);
    running.child.kill('SIGTERM');
    await running.ended;
  }

  async #killed(moment: Moment): Promise<void> {
    const running = this.#start();
    if (moment.kind === 'start') {
      await delay(moment.ms);
      running.kill();
    } else {
      await this.#whileServing(running, moment);
    }
    const { wasKilled, code } = await running.ended;
    const how = moment.kind === 'start' ? 'while it starts' : 'while it takes documents in';
    if (wasKilled) this.#figures.count(`serve, ${how}`);
    else this.#figures.problems.push(`serve ended by itself with ${code}: ${running.err}`);
    await this.#audit(`a kill of the service ${how}`);
  }

  async #whileServing(
    running: KilledProcess,
    { posts, ms }: Extract<Moment, { kind: 'posts' }>,
  ): Promise<void> {
    const url = await this.#listening(running);
    if (url === undefined) return;
    const asking = this.#askDuring(url, running);
    for (let post = 0; post < posts && !running.isOver; post += 1) await this.#post(url, this.#some());
    // The one that the kill interrupts, mostly.
    const last = this.#post(url, this.#some()).catch(() => undefined);
    await delay(ms);
    running.kill();
    await Promise.all([last, asking]);
  }

  /** One to eight documents in new editions. */
  #some(): readonly SourceDocument[] {
    const { random, documents } = this.#plan;
    const numbers = Array.from({ length: 1 + random.integer(8) }, () => random.integer(documents * 2));
    return [...new Set(numbers)].map((number) => this.expected.nextEdition(number));
  }

  async #post(url: string, documents: readonly SourceDocument[]): Promise<void> {
    const start = performance.now();
    for (const document of documents) this.expected.sent(document);
    const response = await fetch(`${url}/api/documents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ documents }),
    });
    if (!response.ok) {
      this.#figures.problems.push(`documents were refused with ${response.status}: ${await response.text()}`);
      return;
    }
    // The status is the acknowledgement: what becomes of the body is no matter.
    for (const document of documents) this.expected.acknowledged(document);
    this.#figures.acknowledged += documents.length;
    await response.text();
    this.#took = { ...this.#took, post: performance.now() - start };
  }

  async #askDuring(url: string, running: KilledProcess): Promise<void> {
    const random = this.#plan.random.fork(`asking ${this.#plan.random.next()}`);
    while (!running.isOver) {
      // What was acknowledged before the question was put must be what it finds.
      const least = new Map(this.expected.acknowledgedIds.map((id) => [id, this.expected.least(id)]));
      let sources: readonly Source[];
      try {
        const response = await fetch(`${url}/api/query`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: question(random) }),
        });
        const body = (await response.json()) as { sources?: readonly Source[] };
        if (body.sources === undefined) {
          this.#figures.problems.push(`a question was answered with ${response.status}`);
          continue;
        }
        sources = body.sources;
      } catch {
        return; // the service is dead
      }
      const passages = sources.map(({ id, ...source }) => ({ documentId: id, ...source }));
      const allows = (id: string, version: number): boolean =>
        version >= (least.get(id) ?? 1) && this.expected.wasSent(id, version);
      this.#figures.during += 1;
      this.#figures.problems.push(
        ...passageProblems(passages, allows).map((one) => `${one} (while serving)`),
      );
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
}
