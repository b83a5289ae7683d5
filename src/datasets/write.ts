import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { type FileFacts, MANIFEST_FILE, type Manifest } from './manifest-check.ts';
import { corpusLines, questionLines, splitCounts, type WrittenSet } from './written-set.ts';

export interface WriteOptions {
  /** Replaces a folder that holds nothing but a golden set. */
  readonly force?: boolean | undefined;
  /** Files to stand beside the set, by name: how it was imported, a licence. */
  readonly beside?: Readonly<Record<string, Content>> | undefined;
}

/** A file's text, whole or in pieces. */
export type Content = string | Iterable<string>;

/**
 * Writes a golden set in groundspeed's own format: `questions.jsonl`, `corpus.jsonl` where it has a corpus, and
 * `manifest.json` with counts, splits, and size and SHA-256 of every other file. The folder appears whole or not at all.
 * Throws `dataset.exists` where something stands already, `internal.io` where the disk refuses.
 */
export async function writeGoldenSet(
  folder: string,
  set: WrittenSet,
  options: WriteOptions = {},
): Promise<Manifest> {
  let manifest: Manifest = {};
  await writeFolder(
    folder,
    {
      ...(set.corpus !== undefined && { 'corpus.jsonl': corpusLines(set.corpus) }),
      'questions.jsonl': questionLines(set.questions),
      ...options.beside,
    },
    {
      force: options.force,
      last: (files) => {
        manifest = manifestOf(set, files);
        return { [MANIFEST_FILE]: `${JSON.stringify(manifest, null, 2)}\n` };
      },
    },
  );
  return manifest;
}

export function manifestOf(set: WrittenSet, files: Readonly<Record<string, FileFacts>>): Manifest {
  const { name, version, licence, description, questions, corpus } = set;
  return {
    name,
    version: version ?? '1',
    ...(licence !== undefined && { licence }),
    ...(description !== undefined && { description }),
    counts: {
      ...(corpus !== undefined && { documents: corpus.length }),
      questions: questions.length,
      answerable: questions.filter(({ answerable }) => answerable).length,
    },
    splits: splitCounts(questions),
    files: { ...files },
  };
}

export interface FolderOptions {
  readonly force?: boolean | undefined;
  /** Files that tell of the others: they are written last. */
  readonly last?: (files: Readonly<Record<string, FileFacts>>) => Readonly<Record<string, Content>>;
}

/**
 * Writes files (names with forward slashes) into a folder that is not there yet, or is empty: first into a neighbour,
 * flushed to the disk, which then takes the name. Size and SHA-256 of each come back.
 */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, Content>>,
  options: FolderOptions = {},
): Promise<Record<string, FileFacts>> {
  const target = await realPathOf(resolve(folder));
  const before = await whatStands(target, folder, options.force === true);
  const mark = randomBytes(4).toString('hex');
  const temporary = join(dirname(target), `.${basename(target)}.${mark}.tmp`);
  try {
    await mkdir(temporary, { recursive: true });
    const facts = await writeFiles(temporary, files);
    if (options.last !== undefined) await writeFiles(temporary, options.last(facts));
    await putInPlace(temporary, target, before === 'set' ? `${temporary}.old` : undefined);
    return facts;
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    if (cause instanceof GroundspeedError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') {
      throw taken(folder, `${folder} is no longer empty.`, 'Somebody else wrote there: look what it is.');
    }
    throw new GroundspeedError('internal.io', `Could not write ${folder}: ${messageOf(cause)}`, {
      where: folder,
      hint: 'Check that its parent is writable and that the disk is not full; or choose another with --output.',
      cause,
    });
  }
}

async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

const SET_FILES = new Set([
  'corpus.jsonl',
  'questions.jsonl',
  'golden.csv',
  'golden.jsonl',
  'queries.jsonl',
  'ragas.jsonl',
  'squad.json',
  'topics.tsv',
  'tests.csv',
  'qrels',
  'qrels.txt',
  'import.json',
  'export.json',
  MANIFEST_FILE,
]);

/** Nothing, an empty folder, or (with force) a golden set; whatever else stands there is `dataset.exists`. */
async function whatStands(
  target: string,
  folder: string,
  force: boolean,
): Promise<'nothing' | 'empty' | 'set'> {
  const there = await stat(target).catch(() => undefined);
  if (there === undefined) return 'nothing';
  if (!there.isDirectory())
    throw taken(folder, `${folder} is a file.`, 'Choose another folder with --output.');
  const names = (await readdir(target)).sort();
  if (names.length === 0) return 'empty';
  if (!force) {
    throw taken(
      folder,
      `${folder} is not empty.`,
      'Choose another folder with --output, or replace this one with --force.',
    );
  }
  const foreign = names.filter((name) => !SET_FILES.has(name) && !isQrels(name));
  if (foreign.length === 0) return 'set';
  const named = foreign
    .slice(0, 3)
    .map((name) => JSON.stringify(name))
    .join(', ');
  throw taken(
    folder,
    `${folder} holds more than a golden set: ${named}${foreign.length > 3 ? ' and others' : ''}.`,
    'Nothing of another kind is ever deleted: move it away, or choose another folder with --output.',
  );
}

const isQrels = (name: string): boolean => /^qrels\.[\w.-]+\.txt$/.test(name);

const taken = (where: string, message: string, hint: string): GroundspeedError =>
  new GroundspeedError('dataset.exists', message, { where, hint });

async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Content>>,
): Promise<Record<string, FileFacts>> {
  const facts: Record<string, FileFacts> = {};
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    facts[name] = await writePieces(path, typeof content === 'string' ? [content] : content);
  }
  return facts;
}

/** Characters gathered before they go to the disk: a call for each line would take longer than the writing. */
const GATHERED = 1 << 20;

async function writePieces(path: string, pieces: Iterable<string>): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  let gathered = '';
  const file = await open(path, 'wx');
  const flush = async (): Promise<void> => {
    const buffer = Buffer.from(gathered, 'utf8');
    gathered = '';
    hash.update(buffer);
    bytes += buffer.length;
    await file.writeFile(buffer);
  };
  try {
    for (const piece of pieces) {
      gathered += piece;
      if (gathered.length >= GATHERED) await flush();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** The new folder takes the name; what stood there goes only when that has worked, and comes back when it has not. */
async function putInPlace(temporary: string, target: string, aside: string | undefined): Promise<void> {
  if (aside === undefined) return rename(temporary, target);
  await rename(target, aside);
  try {
    await rename(temporary, target);
  } catch (error) {
    await rename(aside, target);
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}
