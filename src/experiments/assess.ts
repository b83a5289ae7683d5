import type { VariantResult } from './compare-quality.ts';
import { Judge } from './judge.ts';
import { prepareJudge } from './llm-judge/prepare.ts';
import { type OpenTarget, openTarget } from './open-target.ts';
import type { Parts } from './parts.ts';
import { type AskModel, type QualityResult, runQualityPass } from './quality.ts';
import type { RunSetup } from './setup.ts';
import type { Variant } from './variants.ts';
import { withoutStandIns } from './without-stand-ins.ts';

export interface Assessed {
  readonly opened: OpenTarget;
  readonly pass: QualityResult;
}

/** Opens what a setup drives, asks it every golden question, and closes it. */
export async function assess(setup: RunSetup, parts: Parts, variant?: string): Promise<Assessed> {
  const { options } = setup;
  const askModel = await judgeOf(setup);
  const of = variant === undefined ? '' : `, ${variant}`;
  const kind = setup.target?.kind === 'http' ? 'target' : 'index';
  const opened = await parts.run(`${kind}${of}`, async () => {
    const target = await openTarget(withoutStandIns(setup), {
      connections: 1,
      timeout: options.bench.timeoutMs,
    });
    return [target, target.summary];
  });
  try {
    const pass = await parts.run(`quality${of}`, async () => {
      const judge = new Judge(opened.documents, options.quality.k);
      const result = await runQualityPass(setup, opened.target, { judge, askModel });
      return [result, `${result.questions.length} questions`];
    });
    return { opened, pass };
  } finally {
    await opened.close();
  }
}

/** What asks the model that judges, where one is to: made ready before the target is asked anything. */
function judgeOf(setup: RunSetup): Promise<AskModel> | undefined {
  const { judging, engine, seed, clock, signal, onEvent } = setup;
  if (judging === undefined) return undefined;
  const { openai, generation } = engine;
  return prepareJudge({ ...judging, openai, prices: generation.prices, seed, clock, signal, onEvent });
}

/** Undefined where it was interrupted: half of the questions would be compared with all of them. */
export async function assessWhole(
  { name, settings, setup }: Variant,
  parts: Parts,
): Promise<VariantResult | undefined> {
  const { signal } = setup;
  if (signal?.aborted) return undefined;
  try {
    const { quality, questions } = (await assess(setup, parts, name)).pass;
    return signal?.aborted ? undefined : { name, settings, quality, questions };
  } catch (thrown) {
    if (signal?.aborted) return undefined;
    throw thrown;
  }
}
