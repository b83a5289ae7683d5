import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { visible } from '../reporting/plain.ts';
import { answerDocument, renderDetails } from './answer-text.ts';
import { AskSession } from './ask-session.ts';
import type { AskFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { runPrompt } from './prompt.ts';
import { print, type World, wantsColour, widthOf } from './world.ts';

/** Asks the words as one question; without any, opens the prompt. */
export async function ask(world: World, words: readonly string[], flags: AskFlags): Promise<number> {
  if (words.length === 0 && flags.json) {
    throw new GroundspeedError('usage.argument', 'There is no question to answer in JSON', {
      where: '--json',
      hint: 'Give the question as an argument: groundspeed ask --json "…"',
    });
  }
  const progress = progressOf(world, flags);
  return interruptible({ world, progress }, async (signal) => {
    const session = await AskSession.open(world, flags, { progress, signal });
    try {
      const answer = (question: string, stop: AbortSignal): Promise<void> =>
        answerOne({ world, flags, session, signal: stop }, question);
      if (words.length === 0) return await runPrompt({ world, flags, session, signal, answer });
      await answer(words.join(' '), signal);
      return EXIT.done;
    } finally {
      await session.close();
    }
  });
}

interface Asking {
  readonly world: World;
  readonly flags: AskFlags;
  readonly session: AskSession;
  readonly signal: AbortSignal;
}

/** The answer as it is generated, then, unless it is to be quiet, what it stands on; with --json all at once. */
async function answerOne({ world, flags, session, signal }: Asking, question: string): Promise<void> {
  const { stdout, env } = world;
  if (flags.json) {
    const answer = await session.ask(question, { signal });
    return print(stdout, `${JSON.stringify(answerDocument(question, answer), null, 2)}\n`);
  }
  const onText = (text: string): void => {
    stdout.write(visible(text));
  };
  const answer = await session.ask(question, { signal, onText });
  const view = { colour: wantsColour(stdout, env, flags.color), width: widthOf(stdout, env) };
  await print(stdout, flags.quiet ? '\n' : renderDetails(answer, view));
}
