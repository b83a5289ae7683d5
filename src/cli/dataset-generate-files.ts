import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type NumberedDraft, reviewCsv, reviewJsonl } from '../datasets/draft/review-sheet.ts';
import type { CorpusDocument } from '../datasets/golden.ts';
import { corpusLines } from '../datasets/written-set.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';

export const REVIEW_CSV = 'review.csv';
export const REVIEW_JSONL = 'review.jsonl';
export const DRAFT_FILE = 'draft.json';
/** The documents as they were when the questions were drafted: what quotes are verified against. */
export const DOCUMENTS_FILE = 'documents.jsonl';

const OWN = [REVIEW_CSV, REVIEW_JSONL, DRAFT_FILE, DOCUMENTS_FILE];
const GOLDEN = ['questions.jsonl', 'queries.jsonl', 'manifest.json'];

/** Before any work is done: somebody's review, or a golden set, may stand there already. */
export async function refuseTaken(folder: string, force: boolean): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw taken(folder, `${folder} is a file`, 'Choose a folder with --output.');
  const names = await readdir(folder);
  const golden = GOLDEN.find((name) => names.includes(name));
  if (golden !== undefined) {
    throw taken(
      folder,
      `${folder} holds a golden set (${golden})`,
      'Choose another folder with --output: a review is no golden set yet.',
    );
  }
  const own = OWN.find((name) => names.includes(name));
  if (own !== undefined && !force) {
    throw taken(
      folder,
      `${folder} holds a review already (${own})`,
      'Choose another folder with --output, or replace that review, and what was filled in there, with --force.',
    );
  }
}

const taken = (where: string, message: string, hint: string): GroundspeedError =>
  new GroundspeedError('dataset.exists', message, { where, hint });

export async function writeReview(
  folder: string,
  content: {
    readonly documents: readonly CorpusDocument[];
    readonly drafts: readonly NumberedDraft[];
    readonly about: object;
  },
): Promise<void> {
  await writeFileAtomically(join(folder, DOCUMENTS_FILE), corpusLines(content.documents));
  await writeFileAtomically(join(folder, DRAFT_FILE), `${JSON.stringify(content.about, null, 2)}\n`);
  await writeFileAtomically(join(folder, REVIEW_JSONL), reviewJsonl(content.drafts));
  await writeFileAtomically(join(folder, REVIEW_CSV), reviewCsv(content.drafts));
}
