import type { Settings } from '../config/settings.ts';
import type { Draft, RefusalCount } from '../datasets/draft/draft.ts';
import { draftByRules } from '../datasets/draft/draft-by-rules.ts';
import { numbered } from '../datasets/draft/review-sheet.ts';
import { hashCorpus } from '../datasets/hashes.ts';
import { doubtAnswersElsewhere } from '../experiments/draft-questions/corpus-doubts.ts';
import { draftModel, hasService } from '../experiments/draft-questions/draft-model.ts';
import { draftWithModel } from '../experiments/draft-questions/draft-with-model.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { count, counted, usd } from '../reporting/format.ts';
import { type ReadCorpus, readSources } from './dataset-generate-documents.ts';
import type { DraftFacts, ModelFacts } from './dataset-generate-facts.ts';
import { refuseTaken, writeReview } from './dataset-generate-files.ts';
import type { GenerateFlags } from './dataset-generate-flags.ts';
import { countKinds, draftSummary } from './dataset-generate-text.ts';
import { interruptible } from './interrupt.ts';
import { type Progress, progressOf } from './progress.ts';
import { settingsFor } from './run-setup.ts';
import { print, type World } from './world.ts';

interface Drafted {
  readonly drafts: readonly Draft[];
  readonly refused: readonly RefusalCount[];
  readonly model: ModelFacts | null;
}

interface Watch {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Reads documents, drafts questions, and writes them down for somebody to look at. */
export async function draftReview(
  world: World,
  paths: readonly string[],
  flags: GenerateFlags,
): Promise<number> {
  if (!Number.isSafeInteger(flags.size) || flags.size < 1) {
    throw new GroundspeedError('usage.argument', `${flags.size} questions cannot be drafted`, {
      where: '--size',
      hint: 'Give a whole number, 1 or more.',
    });
  }
  await refuseTaken(flags.output, flags.force === true);
  const progress = progressOf(world, flags);
  const keeps = 'what is drafted so far is kept';
  const facts = await interruptible({ world, progress, keeps }, async (signal) => {
    const settings = await settingsFor(world, flags, progress);
    const draft = methodOf(world, settings, flags);
    const corpus = await readSources(paths, settings.documents, { progress, signal });
    progress.onEvent({ type: 'part.started', name: 'drafts', step: 1, steps: 1 });
    const drafted = await draft(corpus, { progress, signal });
    if (drafted.drafts.length === 0) throw nothingDrafted(drafted, signal);
    progress.onEvent({
      type: 'part.finished',
      name: 'drafts',
      summary: `${counted(drafted.drafts.length, 'question')} from ${counted(corpus.documents.length, 'document')}`,
    });
    const found = factsOf(drafted, corpus, flags);
    const drafts = numbered(drafted.drafts);
    await writeReview(flags.output, { documents: corpus.documents, drafts, about: found });
    return found;
  });
  warnOfShortness(facts, progress);
  if (flags.json)
    await print(world.stdout, `${JSON.stringify({ output: flags.output, ...facts }, null, 2)}\n`);
  else if (!flags.quiet) await print(world.stdout, draftSummary(facts, flags.output));
  return facts.model?.stopped === 'interrupted' ? EXIT.interrupted : EXIT.done;
}

type Method = (corpus: ReadCorpus, watch: Watch) => Promise<Drafted>;

/** Settings that cannot work are refused before any document is read. */
function methodOf(world: World, settings: Settings, flags: GenerateFlags): Method {
  const { method = 'auto' } = flags;
  const byModel = method === 'model' || (method === 'auto' && hasService(settings));
  if (!byModel) {
    if (flags.maxCost !== undefined && method === 'cloze') {
      throw new GroundspeedError('usage.argument', 'Drafts without a model cost nothing', {
        where: '--max-cost',
        hint: 'Leave it out, or draft with --method model.',
      });
    }
    return async ({ documents }, { signal }) => {
      const { drafts, refused } = draftByRules(documents, flags);
      return { drafts: await doubtAnswersElsewhere(drafts, documents, signal), refused, model: null };
    };
  }
  const model = draftModel(settings, world.clock);
  const price = settings.generation.prices[model.model];
  const { maxCost } = flags;
  if (maxCost !== undefined && !(maxCost > 0)) {
    throw new GroundspeedError('usage.argument', `A ceiling of ${maxCost} dollars allows nothing`, {
      where: '--max-cost',
      hint: 'Give US dollars, more than 0.',
    });
  }
  if (maxCost !== undefined && price === undefined) {
    throw new GroundspeedError('usage.argument', `The price of ${model.model} is not known`, {
      where: '--max-cost',
      hint: `Give it in dollars per million tokens: --set 'generation.prices={"${model.model}":{"input":0.15,"output":0.6}}'.`,
    });
  }
  return async ({ documents }, { progress, signal }) => {
    progress.onEvent({
      type: 'part.noted',
      name: 'drafts',
      text: `passages of the documents go to ${model.model} at ${model.service}`,
    });
    const { drafts, refused, calls, usage, costUsd, stopped, prompt } = await draftWithModel({
      documents,
      size: flags.size,
      seed: flags.seed,
      model,
      chunking: settings.chunking,
      clock: world.clock,
      price,
      maxCostUsd: maxCost,
      signal,
      onProgress: (done, fallen) =>
        progress.onEvent({
          type: 'part.progress',
          name: 'drafts',
          done: Math.min(done, flags.size),
          total: flags.size,
          unit: 'questions',
          ...(fallen > 0 && { detail: `${fallen} refused` }),
        }),
    });
    const { temperature, structuredOutput } = model.terms;
    return {
      drafts,
      refused,
      model: {
        name: model.model,
        service: model.service,
        temperature,
        structuredOutput,
        prompt,
        calls,
        tokens: usage,
        costUsd,
        maxCostUsd: maxCost ?? null,
        stopped: stopped ?? null,
      },
    };
  };
}

function factsOf(
  { drafts, refused, model }: Drafted,
  { documents, failed }: ReadCorpus,
  { seed, size }: GenerateFlags,
): DraftFacts {
  return {
    format: 1,
    method: model === null ? 'cloze' : 'model',
    seed,
    size,
    drafted: drafts.length,
    kinds: countKinds(drafts),
    doubted: drafts.filter(({ doubts }) => doubts.length > 0).length,
    refused,
    documents: { read: documents.length, failed: failed.length, hash: hashCorpus(documents) },
    model,
  };
}

function nothingDrafted({ refused, model }: Drafted, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason as Error;
  if (model?.stopped === 'max-cost') {
    return new GroundspeedError(
      'usage.argument',
      `${usd(model.maxCostUsd)} are too little for a single question`,
      { where: '--max-cost', hint: 'Raise it, or choose a cheaper generation.model.' },
    );
  }
  return new GroundspeedError('dataset.empty', 'No question could be drafted from these documents', {
    problems: refused.map((one) => `${one.count}: ${one.meaning}`),
    hint:
      model === null
        ? 'They need sentences with a number, a date or a name, or headings; or draft with a model: --method model.'
        : 'Try another generation.model, other documents, or --method cloze.',
  });
}

function warnOfShortness({ drafted, size, model }: DraftFacts, progress: Progress): void {
  const failed = Object.values(model?.calls.failed ?? {}).reduce((sum, one) => sum + (one ?? 0), 0);
  if (failed > 0) {
    progress.warn(
      `${counted(failed, 'call')} to the model failed, the first with: ${model?.calls.firstFailure}`,
    );
  }
  if (drafted >= size) return;
  const why = {
    'max-cost': `the ceiling of cost is reached (${usd(model?.costUsd)} spent)`,
    interrupted: 'it was interrupted',
    service: 'the service gave no more',
    rest: 'the documents gave no more',
  }[model?.stopped ?? 'rest'];
  progress.warn(`${count(drafted)} of ${counted(size, 'question')} drafted: ${why}`);
}
