import { createInterface, type Interface } from 'node:readline';
import { EXIT } from '../kernel/errors.ts';
import { oneLine } from '../reporting/plain.ts';
import type { AskSession } from './ask-session.ts';
import { exitCodeOf, renderError, withoutSecrets } from './errors.ts';
import type { AskFlags } from './flags.ts';
import { type World, wantsColour } from './world.ts';

export interface PromptParts {
  readonly world: World;
  readonly flags: AskFlags;
  readonly session: Pick<AskSession, 'set' | 'sets'>;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
  readonly answer: (question: string, signal: AbortSignal) => Promise<void>;
}

const HELP = `Type a question, or one of
  :set path=value   change a setting and ask the last question again (:set retrieval.mode=keyword)
  :set              list what was changed
  :help             this
  :quit             leave (also Ctrl-D)
The arrow keys bring back what was typed before. Ctrl-C withdraws a question.
`;

/**
 * Reads questions and `:commands`, a line each, until there are no more. On a terminal an error is told and forgotten;
 * of a script that is piped in, the first error decides the exit code.
 */
export async function runPrompt(parts: PromptParts): Promise<number> {
  const { world, signal } = parts;
  const interactive = world.stdin.isTTY === true && world.stderr.isTTY === true;
  const lines = createInterface({
    input: world.stdin,
    ...(interactive && { output: world.stderr, prompt: '› ' }),
    terminal: interactive,
  });
  const prompt = new Prompt({ ...parts, interactive }, lines);
  signal.addEventListener('abort', () => lines.close(), { once: true });
  if (interactive) world.stderr.write('Ask something, or type :help.\n');
  const showPrompt = (): void => {
    if (interactive) lines.prompt();
  };
  showPrompt();
  for await (const line of lines) {
    if (!(await prompt.take(line.trim()))) break;
    showPrompt();
  }
  lines.close();
  if (signal.aborted) return EXIT.interrupted;
  return interactive ? EXIT.done : prompt.exitCode;
}

class Prompt {
  readonly #parts: PromptParts & { readonly interactive: boolean };
  #question: string | undefined;
  #running: AbortController | undefined;
  /** Of the first error. */
  exitCode: number = EXIT.done;

  constructor(parts: PromptParts & { readonly interactive: boolean }, lines: Interface) {
    this.#parts = parts;
    lines.on('SIGINT', () => {
      if (this.#running) this.#running.abort();
      else lines.close();
    });
  }

  /** Does what a line says; false when it says to leave. */
  async take(line: string): Promise<boolean> {
    const [command, ...rest] = line.split(/\s+/);
    try {
      if (line === '') return true;
      if (command === ':quit' || command === ':q' || command === ':exit') return false;
      if (command === ':set') await this.#set(rest.join(' '));
      else if (command === ':help') this.#tell(HELP);
      else if (line.startsWith(':'))
        this.#tell(`There is no ${oneLine(command!)}; :help lists what there is.\n`);
      else await this.#ask(line);
    } catch (thrown) {
      await this.#fail(thrown);
    }
    return !this.#parts.signal.aborted;
  }

  async #ask(question: string): Promise<void> {
    this.#question = question;
    this.#running = new AbortController();
    const { world, interactive } = this.#parts;
    if (!interactive) world.stdout.write(`› ${oneLine(question)}\n`); // a terminal shows what was typed
    try {
      await this.#parts.answer(question, AbortSignal.any([this.#running.signal, this.#parts.signal]));
      world.stdout.write('\n');
    } finally {
      this.#running = undefined;
    }
  }

  async #set(assignment: string): Promise<void> {
    const { session } = this.#parts;
    if (assignment === '') {
      this.#tell(session.sets.length === 0 ? 'Nothing was changed.\n' : `${session.sets.join('\n')}\n`);
      return;
    }
    await session.set(assignment);
    if (this.#question !== undefined) await this.#ask(this.#question);
  }

  #tell(text: string): void {
    this.#parts.world.stderr.write(text);
  }

  async #fail(thrown: unknown): Promise<void> {
    const { world, flags } = this.#parts;
    if (this.exitCode === EXIT.done) this.exitCode = exitCodeOf(thrown);
    const colour = wantsColour(world.stderr, world.env, flags.color);
    this.#tell(await withoutSecrets(renderError(thrown, { colour, debug: false }), world.env));
  }
}
