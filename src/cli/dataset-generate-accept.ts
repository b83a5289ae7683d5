import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseCorpus } from '../datasets/corpus.ts';
import { type Decided, decide } from '../datasets/draft/decide.ts';
import { readReview, reviewError } from '../datasets/draft/read-review.ts';
import type { CorpusDocument } from '../datasets/golden.ts';
import { writeGoldenSet } from '../datasets/write.ts';
import { EXIT, GroundspeedError, messageOf } from '../kernel/errors.ts';
import { counted } from '../reporting/format.ts';
import { readSources } from './dataset-generate-documents.ts';
import { DOCUMENTS_FILE, DRAFT_FILE } from './dataset-generate-files.ts';
import type { GenerateFlags } from './dataset-generate-flags.ts';
import { acceptSummary, countKinds, README_MARK, readme, type SetFacts } from './dataset-generate-text.ts';
import { interruptible } from './interrupt.ts';
import { type Progress, progressOf } from './progress.ts';
import { settingsFor } from './run-setup.ts';
import { print, type World } from './world.ts';

export interface AcceptFlags extends GenerateFlags {
  readonly accept: string;
}

const README_FILE = 'README.md';
/** Warnings that are told one by one. */
const LISTED = 20;

/** Reads a review back, verifies what was kept, and writes a golden set of it. */
export async function acceptReview(
  world: World,
  paths: readonly string[],
  flags: AcceptFlags,
): Promise<number> {
  const progress = progressOf(world, flags);
  const rows = readReview(await bytesOf(flags.accept), flags.accept);
  const documents = await interruptible({ world, progress }, (signal) =>
    documentsFor(world, paths, flags, { progress, signal }),
  );
  const decided = decide(rows, documents, { undecided: flags.undecided });
  refuse(decided, flags);
  for (const warning of decided.warnings.slice(0, LISTED)) progress.warn(warning);
  const more = decided.warnings.length - LISTED;
  if (more > 0) progress.warn(`${counted(more, 'warning')} more`);
  const facts = await setFacts(decided, documents, flags);
  await writeSet(decided, documents, facts, flags);
  if (flags.json) await print(world.stdout, `${JSON.stringify(jsonOf(facts, decided, flags), null, 2)}\n`);
  else if (!flags.quiet) await print(world.stdout, acceptSummary(facts, flags.output));
  return EXIT.done;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw new GroundspeedError('dataset.missing', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: file,
      hint: 'Name the review file that `dataset generate` wrote, review.csv or review.jsonl, with --accept.',
      cause,
    });
  });
}

/** The documents that were named, else those that stand beside the review. */
async function documentsFor(
  world: World,
  paths: readonly string[],
  flags: AcceptFlags,
  watch: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<readonly CorpusDocument[]> {
  if (paths.length > 0) {
    const settings = await settingsFor(world, flags, watch.progress);
    return (await readSources(paths, settings.documents, watch)).documents;
  }
  const file = join(dirname(flags.accept), DOCUMENTS_FILE);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new GroundspeedError(
      'dataset.missing',
      `The documents of the review cannot be read: ${messageOf(cause)}`,
      {
        where: file,
        hint: `Leave ${DOCUMENTS_FILE} beside the review, or name the documents: groundspeed dataset generate docs/ --accept …`,
        cause,
      },
    );
  });
  return parseCorpus(bytes, file).documents;
}

/** Everything that is wrong is told at once, and nothing is written. */
function refuse({ problems, undecided, questions }: Decided, flags: AcceptFlags): void {
  if (undecided.length > 0 && flags.undecided === undefined) {
    const first = undecided.slice(0, 3).join(', ');
    const more = undecided.length > 3 ? ` and ${undecided.length - 3} more` : '';
    throw new GroundspeedError(
      'dataset.labels',
      `${counted(undecided.length, 'row')} of the review ${undecided.length === 1 ? 'is' : 'are'} undecided: \`keep\` is empty at ${first}${more}`,
      {
        where: flags.accept,
        problems,
        hint: 'Write accept, edit or drop under `keep`; or say for all of them: --undecided keep, or --undecided drop.',
      },
    );
  }
  if (problems.length > 0) throw reviewError(flags.accept, problems);
  if (questions.length === 0) {
    throw new GroundspeedError('dataset.empty', 'The review keeps no question', {
      where: flags.accept,
      hint: 'Write accept under `keep` for those that are good.',
    });
  }
}

async function setFacts(
  { questions, counts }: Decided,
  documents: readonly CorpusDocument[],
  flags: AcceptFlags,
): Promise<SetFacts> {
  return {
    name: basename(resolve(flags.output)),
    questions: questions.length,
    documents: documents.length,
    kinds: countKinds(questions),
    counts,
    undecided: flags.undecided,
    origin: await originOf(join(dirname(flags.accept), DRAFT_FILE)),
  };
}

/** What draft.json says of how the drafts came about; nothing where it is gone. */
async function originOf(file: string): Promise<SetFacts['origin']> {
  try {
    const { method, seed, model } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const named = (model as { name?: unknown } | null)?.name;
    return {
      method: method === 'model' ? 'model' : 'cloze',
      seed: typeof seed === 'number' ? seed : undefined,
      model: typeof named === 'string' ? named : undefined,
    };
  } catch {
    return undefined;
  }
}

async function writeSet(
  { questions }: Decided,
  corpus: readonly CorpusDocument[],
  facts: SetFacts,
  { output, force }: AcceptFlags,
): Promise<void> {
  const restore = force === true ? await takeAwayReadme(output) : undefined;
  try {
    await writeGoldenSet(
      output,
      { name: facts.name, description: descriptionOf(facts), questions, corpus },
      { force, beside: { [README_FILE]: readme(facts) } },
    );
  } catch (error) {
    await restore?.();
    throw error;
  }
}

/** Only a README that was written by this command goes with the set that is replaced; what comes back puts it there again. */
async function takeAwayReadme(folder: string): Promise<(() => Promise<void>) | undefined> {
  const file = join(folder, README_FILE);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text?.startsWith(README_MARK) !== true) return undefined;
  await rm(file);
  return () => writeFile(file, text);
}

function descriptionOf({ counts, origin }: SetFacts): string {
  const by =
    origin === undefined
      ? ''
      : origin.method === 'cloze'
        ? ' by rules (cloze and known-item questions)'
        : ` by ${origin.model ?? 'a model'}`;
  return `Drafted${by}, then reviewed: ${counts.accepted} accepted, ${counts.edited} edited, ${counts.dropped} dropped, ${counts.undecided} undecided.`;
}

function jsonOf(facts: SetFacts, { warnings }: Decided, { output }: AcceptFlags): object {
  return { output, ...facts, undecided: facts.undecided ?? null, origin: facts.origin ?? null, warnings };
}
