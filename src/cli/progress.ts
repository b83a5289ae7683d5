import pc from 'picocolors';
import type { ExperimentEvent } from '../experiments/events.ts';
import type { Clock } from '../kernel/clock.ts';
import { count, significant } from '../reporting/format.ts';
import { clip, oneLine } from '../reporting/plain.ts';
import type { DisplayFlags } from './flags.ts';
import { type Output, type World, wantsColour } from './world.ts';

/** What a command tells while it works. All of it goes to stderr. */
export interface Progress {
  readonly onEvent: (event: ExperimentEvent) => void;
  /** A line that is shown even with --quiet: the answer to something that the user did. */
  say(line: string): void;
  warn(message: string): void;
  /** Takes the live line away, for results to follow. */
  end(): void;
}

export interface ProgressView {
  readonly output: Output;
  readonly clock: Clock;
  readonly colour: boolean;
  readonly quiet: boolean;
}

export function progressOf({ stderr, env, clock }: World, flags: DisplayFlags): Progress {
  return createProgress({
    output: stderr,
    clock,
    colour: wantsColour(stderr, env, flags.color),
    quiet: flags.quiet === true,
  });
}

/** On a terminal a live line for the part that runs, and a line with a tick for each that is done; elsewhere plain lines. */
export function createProgress(view: ProgressView): Progress {
  return view.output.isTTY && !view.quiet ? new LiveProgress(view) : new PlainProgress(view);
}

/** How often, in milliseconds, a live line is drawn anew, and a plain one is written. */
const REDRAW_MS = 80;
const PLAIN_EVERY_MS = 5000;
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\u001b[2K';

type Progressed = Extract<ExperimentEvent, { type: 'part.progress' }>;

/** What is common to both displays: which part runs, and how fast. */
abstract class Display implements Progress {
  protected readonly view: ProgressView;
  protected readonly colours: ReturnType<typeof pc.createColors>;
  protected step = '';
  #pace = new Pace();

  constructor(view: ProgressView) {
    this.view = view;
    this.colours = pc.createColors(view.colour);
  }

  readonly onEvent = (event: ExperimentEvent): void => {
    switch (event.type) {
      case 'part.started':
        this.step = `[${event.step}/${event.steps}] `;
        this.#pace = new Pace();
        this.started(event.name);
        break;
      case 'part.progress': {
        const left = this.#pace.update(event, this.view.clock.now());
        this.progressed(event, describeProgress(event, left));
        break;
      }
      case 'part.finished':
        this.finished(event.name, oneLine(event.summary));
        break;
      case 'warning':
        this.warn(event.message);
        break;
    }
  };

  warn(message: string): void {
    if (!this.view.quiet) this.say(`${this.colours.yellow('warning:')} ${oneLine(message)}`);
  }

  abstract say(line: string): void;
  abstract end(): void;
  protected abstract started(name: string): void;
  protected abstract progressed(event: Progressed, text: string): void;
  protected abstract finished(name: string, summary: string): void;
}

class PlainProgress extends Display {
  #last = this.view.clock.now();

  say(line: string): void {
    this.view.output.write(`${line}\n`);
  }

  end(): void {}

  protected started(): void {
    this.#last = this.view.clock.now(); // a short part has its last line only
  }

  protected progressed({ name }: Progressed, text: string): void {
    const now = this.view.clock.now();
    if (this.view.quiet || now - this.#last < PLAIN_EVERY_MS) return;
    this.#last = now;
    this.say(`${this.step}${name}: ${text}`);
  }

  protected finished(name: string, summary: string): void {
    if (!this.view.quiet) this.say(`${this.step}${name}: ${summary}`);
  }
}

class LiveProgress extends Display {
  #line = '';
  #drawn = Number.NEGATIVE_INFINITY;

  say(line: string): void {
    this.view.output.write(`${this.#line === '' ? '' : CLEAR_LINE}${line}\n${this.#line}`);
  }

  end(): void {
    if (this.#line !== '') this.view.output.write(CLEAR_LINE);
    this.#line = '';
  }

  protected started(name: string): void {
    this.#draw(`${this.step}${name} …`);
  }

  protected progressed({ name, done, total }: Progressed, text: string): void {
    const now = this.view.clock.now();
    if (now - this.#drawn < REDRAW_MS) return;
    this.#drawn = now;
    const bar = total === undefined || total <= 0 ? '' : `${barOf(done / total)} `;
    this.#draw(`${this.step}${name} ${bar}${text}`);
  }

  protected finished(name: string, summary: string): void {
    this.#drawn = Number.NEGATIVE_INFINITY;
    this.#line = '';
    this.view.output.write(`${CLEAR_LINE}${this.colours.green('✓')} ${name}  ${this.colours.dim(summary)}\n`);
  }

  /** Never as wide as the terminal: a line that wraps could not be cleared. */
  #draw(text: string): void {
    this.#line = clip(oneLine(text), Math.max(20, (this.view.output.columns || 80) - 1));
    this.view.output.write(`${CLEAR_LINE}${this.#line}`);
  }
}

function barOf(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return `${'━'.repeat(filled)}${'─'.repeat(BAR_WIDTH - filled)}`;
}

interface Estimate {
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** How fast something counts up, from the first report on it. */
class Pace {
  #key = '';
  #first = { done: 0, at: 0 };
  #done = 0;

  update({ name, unit, done, total }: Progressed, now: number): Estimate {
    const key = `${name}/${unit}`;
    // Another thing is being counted, or the same one from the start.
    if (key !== this.#key || done < this.#done) {
      this.#key = key;
      this.#first = { done, at: now };
    }
    this.#done = done;
    if (unit === 'seconds') {
      return { perSecond: undefined, secondsLeft: total === undefined ? undefined : total - done };
    }
    const seconds = (now - this.#first.at) / 1000;
    const counted = done - this.#first.done;
    if (seconds < 0.5 || counted <= 0) return { perSecond: undefined, secondsLeft: undefined };
    const perSecond = counted / seconds;
    return { perSecond, secondsLeft: total === undefined ? undefined : (total - done) / perSecond };
  }
}

/** "1 200/5 183 documents · 310/s · 13 s left · read" */
function describeProgress({ done, total, unit, detail }: Progressed, estimate: Estimate): string {
  const { perSecond, secondsLeft } = estimate;
  const of = total === undefined ? '' : `/${count(total)}`;
  return [
    unit === 'seconds' ? undefined : `${count(done)}${of} ${unit}`,
    perSecond === undefined ? undefined : `${significant(perSecond)}/s`,
    secondsLeft === undefined ? undefined : `${timeLeft(secondsLeft)} left`,
    detail,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function timeLeft(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
