import { ManualClock } from '../../src/kernel/clock.ts';
import type { LoadTick } from '../../src/load/events.ts';
import { type LivePage, startLivePage } from '../../src/server/live/page.ts';
import { tick } from '../server/live/ticks.ts';

export const TITLE = `tidewater on <b onclick="alert('x')">http://127.0.0.1:8080</b>`;

/** A page whose run is told by the test, in the test's own time. */
export class Run {
  readonly clock = new ManualClock();
  #live: LivePage | undefined;

  async start(): Promise<void> {
    this.#live = await startLivePage({ title: TITLE, clock: this.clock });
  }

  get live(): LivePage {
    return this.#live!;
  }

  /** Ticks of a phase, a quarter of a second apart, up to `seconds` of it. */
  async tell(seconds: number, changes: Partial<LoadTick> = {}, from = 0): Promise<void> {
    for (let at = from * 1000 + 250; at <= seconds * 1000; at += 250) {
      await this.clock.advance(250);
      this.live.onEvent(tick({ at, arrivals: at, ...changes }));
    }
  }
}
