import { GroundspeedError } from '../kernel/errors.ts';
import { acceptReview } from './dataset-generate-accept.ts';
import { draftReview } from './dataset-generate-draft.ts';
import { DRAFT_METHODS, type GenerateFlags, UNDECIDED } from './dataset-generate-flags.ts';
import type { World } from './world.ts';

/**
 * Drafts golden questions from documents, and writes them as a review to be filled in; or with --accept reads a review
 * back, verifies it against the documents once more, and writes a golden set.
 */
export async function datasetGenerate(
  world: World,
  paths: readonly string[],
  flags: GenerateFlags,
): Promise<number> {
  refuseOtherWords('--method', flags.method, DRAFT_METHODS);
  refuseOtherWords('--undecided', flags.undecided, UNDECIDED);
  if (flags.accept !== undefined) return acceptReview(world, paths, { ...flags, accept: flags.accept });
  if (flags.undecided !== undefined) {
    throw new GroundspeedError('usage.argument', 'There is nothing undecided before a review is read back', {
      where: '--undecided',
      hint: 'Give it with --accept.',
    });
  }
  return draftReview(world, paths, flags);
}

function refuseOtherWords(flag: string, word: string | undefined, known: readonly string[]): void {
  if (word === undefined || known.includes(word)) return;
  throw new GroundspeedError('usage.argument', `${flag} is ${JSON.stringify(word)}`, {
    where: flag,
    hint: `It is one of ${known.join(', ')}.`,
  });
}
