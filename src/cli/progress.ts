import pc from 'picocolors';
import type { ExperimentEvent } from '../experiments/events.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoadTick } from '../load/events.ts';
import { oneLine } from '../reporting/plain.ts';
import { clipCells } from './cell-width.ts';
import type { DisplayFlags } from './flags.ts';
import { LiveBlock, roomIn, type Screen } from './live-block.ts';
import { type Colours, loadBlock } from './load-display.ts';
import { LoadPhase } from './load-display-phase.ts';
import { essentials, type PhaseEssentials, plainText } from './load-display-text.ts';
import { barOf, describeProgress, Pace, type Progressed } from './progress-text.ts';
import { type World, wantsColour } from './world.ts';

/** What a command tells while it works. All of it goes to stderr. */
export interface Progress {
  readonly onEvent: (event: ExperimentEvent) => void;
  /** A line that is shown even with --quiet: the answer to something that the user did. */
  say(line: string): void;
  warn(message: string): void;
  /** Takes the live lines away, for results to follow. */
  end(): void;
}

export interface ProgressView {
  readonly output: Screen;
  readonly clock: Clock;
  readonly colour: boolean;
  readonly quiet: boolean;
  /** A terminal that moves no cursor (TERM=dumb), to be treated like a file. */
  readonly dumb?: boolean;
}

export function progressOf({ stderr, env, clock }: World, flags: DisplayFlags): Progress {
  return createProgress({
    output: stderr,
    clock,
    colour: wantsColour(stderr, env, flags.color),
    quiet: flags.quiet === true,
    dumb: env.TERM === 'dumb',
  });
}

/** On a terminal live lines for what runs, and a line with a tick for each part that is done; elsewhere plain lines. */
export function createProgress(view: ProgressView): Progress {
  const isLive = view.output.isTTY && !view.quiet && !view.dumb;
  const display = isLive ? new LiveProgress(view) : new PlainProgress(view);
  // A plain object, which can be taken apart and spread.
  return {
    onEvent: (event) => display.onEvent(event),
    say: (line) => display.say(line),
    warn: (message) => display.warn(message),
    end: () => display.end(),
  };
}

/** How often, in milliseconds, live lines are drawn anew, and a plain one is written. */
const REDRAW_MS = 80;
const PLAIN_EVERY_MS = 5000;
const BAR_WIDTH = 20;

/** What is common to both displays: which part and which load phase run, and how fast. */
abstract class Display {
  protected readonly view: ProgressView;
  protected readonly colours: Colours;
  protected step = '';
  #pace = new Pace();
  #phase: LoadPhase | undefined;

  constructor(view: ProgressView) {
    this.view = view;
    this.colours = pc.createColors(view.colour);
  }

  onEvent(event: ExperimentEvent): void {
    switch (event.type) {
      case 'part.started':
        this.#endPhase();
        this.step = `[${event.step}/${event.steps}] `;
        this.#pace = new Pace();
        this.started(event.name);
        break;
      case 'part.progress': {
        // While ticks come they tell more than how many seconds are over.
        if (this.#phase !== undefined && event.unit === 'seconds') break;
        this.#endPhase();
        const left = this.#pace.update(event, this.view.clock.now());
        this.progressed(event, describeProgress(event, left));
        break;
      }
      case 'part.finished':
        this.#endPart(event.name, oneLine(event.summary));
        break;
      case 'part.noted':
        this.noted(event.name, oneLine(event.text));
        break;
      case 'warning':
        this.warn(event.message);
        break;
      case 'load.tick':
        this.#tick(event);
        break;
    }
  }

  #tick(tick: LoadTick): void {
    if (this.#phase?.isOf(tick)) this.#phase.add(tick);
    else {
      this.#endPhase();
      this.#phase = new LoadPhase(tick);
    }
    this.ticked(this.#phase);
  }

  #endPhase(): void {
    const phase = this.#phase;
    this.#phase = undefined;
    if (phase !== undefined) this.phaseEnded(phase);
  }

  /** A part that is a single phase has one line, not two. */
  #endPart(name: string, summary: string): void {
    const phase = this.#phase;
    if (phase?.name !== name) {
      this.#endPhase();
      this.finished(name, summary);
      return;
    }
    this.#phase = undefined;
    this.phaseEnded(phase, summary);
  }

  warn(message: string): void {
    if (!this.view.quiet) this.say(`${this.colours.yellow('warning:')} ${oneLine(message)}`);
  }

  end(): void {
    this.#endPhase();
  }

  /** What is told of a phase that is over: its essentials, and in colour what should be minded. */
  protected phaseText({ text, failures, lag }: PhaseEssentials, summary = ''): string {
    const { dim, red, yellow } = this.colours;
    const more = text.includes(summary) ? '' : dim(summary);
    return [dim(text), failures && red(failures), lag && yellow(lag), more].filter(Boolean).join(dim(' · '));
  }

  abstract say(line: string): void;
  protected abstract started(name: string): void;
  protected abstract progressed(event: Progressed, text: string): void;
  protected abstract finished(name: string, summary: string): void;
  protected abstract noted(name: string, text: string): void;
  protected abstract ticked(phase: LoadPhase): void;
  /** `summary` is that of the part which the phase was. */
  protected abstract phaseEnded(phase: LoadPhase, summary?: string): void;
}

class PlainProgress extends Display {
  #last = this.view.clock.now();

  say(line: string): void {
    this.view.output.write(`${line}\n`);
  }

  protected started(): void {
    this.#last = this.view.clock.now(); // a short part has its last line only
  }

  protected progressed({ name }: Progressed, text: string): void {
    this.#everyFewSeconds(() => `${name}: ${text}`);
  }

  protected finished(name: string, summary: string): void {
    this.#tell(`${name}: ${summary}`);
  }

  protected noted(name: string, text: string): void {
    this.#tell(`${name}: ${text}`);
  }

  protected ticked(phase: LoadPhase): void {
    this.#everyFewSeconds(() => `${oneLine(phase.name)}: ${plainText(phase)}`);
  }

  protected phaseEnded(phase: LoadPhase, summary?: string): void {
    this.#tell(`${oneLine(phase.name)}: ${this.phaseText(essentials(phase), summary)}`);
    this.#last = this.view.clock.now();
  }

  #everyFewSeconds(text: () => string): void {
    const now = this.view.clock.now();
    if (now - this.#last < PLAIN_EVERY_MS) return;
    this.#last = now;
    this.#tell(text());
  }

  #tell(text: string): void {
    if (!this.view.quiet) this.say(`${this.step}${text}`);
  }
}

class LiveProgress extends Display {
  readonly #block: LiveBlock;
  #drawn = Number.NEGATIVE_INFINITY;

  constructor(view: ProgressView) {
    super(view);
    this.#block = new LiveBlock(view.output);
  }

  say(line: string): void {
    this.#block.print(line);
  }

  override end(): void {
    super.end();
    this.#block.clear();
  }

  protected started(name: string): void {
    this.#block.draw([this.#line(`${this.step}${name} …`)]);
  }

  protected progressed({ name, done, total }: Progressed, text: string): void {
    if (!this.#isTimeToDraw()) return;
    const bar = total === undefined || total <= 0 ? '' : `${barOf(done / total, BAR_WIDTH).join('')} `;
    this.#block.draw([this.#line(`${this.step}${name} ${bar}${text}`)]);
  }

  protected finished(name: string, summary: string): void {
    this.#done(this.colours.green('✓'), name, this.colours.dim(summary));
  }

  protected noted(name: string, text: string): void {
    this.say(`  ${name}  ${this.colours.dim(text)}`);
  }

  protected ticked(phase: LoadPhase): void {
    if (!this.#isTimeToDraw()) return;
    const { output } = this.view;
    const room = { width: roomIn(output), height: (output.rows || 24) - 1, colours: this.colours };
    this.#block.draw(loadBlock(phase, this.step, room));
  }

  protected phaseEnded(phase: LoadPhase, summary?: string): void {
    const found = essentials(phase);
    const mark = found.isCutShort ? this.colours.yellow('■') : this.colours.green('✓');
    this.#done(mark, oneLine(phase.name), this.phaseText(found, summary));
  }

  #isTimeToDraw(): boolean {
    const now = this.view.clock.now();
    if (now - this.#drawn < REDRAW_MS) return false;
    this.#drawn = now;
    return true;
  }

  #done(mark: string, name: string, text: string): void {
    this.#drawn = Number.NEGATIVE_INFINITY;
    this.#block.clear();
    this.#block.print(`${mark} ${name}  ${text}`);
  }

  #line(text: string): string {
    return clipCells(oneLine(text), roomIn(this.view.output));
  }
}
