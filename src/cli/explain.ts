import { explainQuestion } from '../experiments/explain.ts';
import { EXIT } from '../kernel/errors.ts';
import { renderExplanation } from './explanation-text.ts';
import type { AskFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { runSetup } from './run-setup.ts';
import { print, type World, wantsColour, widthOf } from './world.ts';

/** Follows one golden question through the engine. */
export async function explain(world: World, id: string, flags: AskFlags): Promise<number> {
  const { stdout, env } = world;
  const progress = progressOf(world, flags);
  const explanation = await interruptible({ world, progress }, async (signal) =>
    explainQuestion(await runSetup(world, flags, { progress, signal }), id),
  );
  const view = { colour: wantsColour(stdout, env, flags.color), width: widthOf(stdout, env) };
  const text = flags.json
    ? `${JSON.stringify(explanation, null, 2)}\n`
    : renderExplanation(explanation, view);
  await print(stdout, text);
  return EXIT.done;
}
