import type { Clock } from '../../kernel/clock.ts';
import { milliseconds } from '../../kernel/units.ts';
import type { MetricsSnapshot } from '../../telemetry/merge.ts';
import type { HealthReport } from '../health/component.ts';
import { inTime } from '../in-time.ts';
import { type Channel, type Handlers, Peer } from './calls.ts';
import type { MemberMethods, MemberOrder, PrimaryMethods, Role } from './protocol.ts';

/** A process that was started for the service. */
export interface MemberProcess {
  readonly pid: number | undefined;
  readonly channel: Channel;
  /** Once it has ended: how, in words. */
  readonly exited: Promise<string>;
  /** Ends it at once. */
  kill(): void;
}

/** What the primary knows of a member, and how it talks to it. */
export class Member {
  readonly role: Role;
  readonly process: MemberProcess;
  readonly peer: Peer<PrimaryMethods, MemberMethods>;
  /** Of the index that it has open; undefined before. */
  version: number | undefined;
  /** True once it does its work. */
  working = false;
  ended = false;
  /** What it had counted when it was last asked. */
  lastSnapshot: MetricsSnapshot = [];
  readonly #hello: Promise<void>;

  constructor(role: Role, child: MemberProcess, handlers: Omit<Handlers<PrimaryMethods>, 'hello'>) {
    this.role = role;
    this.process = child;
    let greet = (): void => undefined;
    this.#hello = new Promise((resolve) => {
      greet = resolve;
    });
    this.peer = new Peer<PrimaryMethods, MemberMethods>(child.channel, {
      ...handlers,
      hello: async () => {
        greet();
        return undefined;
      },
    });
  }

  /** Has it open the index. Rejects with what kept it from that, or when it ends first. */
  async open(order: MemberOrder): Promise<void> {
    const early = this.process.exited.then((how) => {
      throw new Error(`a process of the service ended as it started: ${how}`);
    });
    await Promise.race([this.#hello, early]);
    this.version = await Promise.race([this.peer.call('open', order), early]);
  }

  async follow(): Promise<void> {
    this.version = await this.peer.call('follow', undefined);
  }

  /** Asks what it has counted by now. After so many milliseconds without an answer, it is what it was. */
  async refresh(withinMs: number, clock: Clock): Promise<void> {
    const asked = this.peer.call('snapshot', undefined).then((snapshot) => {
      this.lastSnapshot = snapshot;
    });
    await inTime(asked, withinMs, clock);
  }

  /** Undefined where it does not say in time how it is. */
  health(withinMs: number, clock: Clock): Promise<HealthReport | undefined> {
    return inTime(this.peer.call('health', undefined), withinMs, clock);
  }

  /** Has it finish its work and end; one that takes longer than that is ended. */
  async drain(withinMs: number, clock: Clock): Promise<void> {
    const waking = new AbortController();
    this.peer.call('drain', undefined).catch(() => undefined); // it may end before its answer is out
    const late = clock.sleep(milliseconds(withinMs), waking.signal).then(
      () => this.process.kill(),
      () => undefined,
    );
    await this.process.exited;
    waking.abort();
    await late;
  }
}
