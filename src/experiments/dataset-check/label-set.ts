import { randomBytes } from 'node:crypto';
import { cp, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { exists, isFolder, namesIn, readBytes } from '../../datasets/files.ts';
import { resolveLabels } from '../../datasets/labels/resolve.ts';
import { type LineGrades, withGrades, withJudgements } from '../../datasets/labels/rewrite.ts';
import { readSheet, sheetError } from '../../datasets/labels/sheet.ts';
import { MANIFEST_FILE } from '../../datasets/manifest-check.ts';
import { readQuestions } from '../../datasets/read.ts';
import type { Clock } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/digest.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { writeFileAtomically } from '../../system/atomic-file.ts';
import { readWholeSet, type WholeSet } from './read-set.ts';

/** Who labelled what, and when: one line a sheet. It stands beside the set, not in it. */
export const LABELS_FILE = 'labels.jsonl';

export interface LabelOptions {
  /** A filled-in sheet, CSV or JSONL. */
  readonly sheet: string;
  /** Folder for the labelled copy; undefined labels the set where it stands. */
  readonly output: string | undefined;
  readonly labeller: string | undefined;
  readonly clock: Clock;
}

export interface LabelResult {
  readonly set: string;
  /** The folder that now holds the labels. */
  readonly folder: string;
  readonly rows: number;
  readonly blank: number;
  /** Said by the set already. */
  readonly known: number;
  readonly added: number;
  /** New labels by grade. */
  readonly grades: Readonly<Record<string, number>>;
  /** Questions that got labels. */
  readonly questions: number;
  /** Files that were written, within the folder. */
  readonly files: readonly string[];
}

type Labels = ReadonlyMap<string, ReadonlyMap<string, number>>;
type Files = Readonly<Record<string, Uint8Array>>;

/**
 * Takes a filled-in sheet into a golden set of groundspeed's own format or BEIR's: its lines that got labels change, and
 * nothing else does. Where a sheet holds nothing new, nothing is written in place, and a copy is a plain copy. Throws `dataset.labels`,
 * `dataset.exists`, and what reading the set throws.
 */
export async function labelSet(path: string, options: LabelOptions): Promise<LabelResult> {
  const set = await readWholeSet(path);
  refuseFormat(set);
  const bytes = await readSheetFile(options.sheet);
  const sheet = readSheet(bytes, options.sheet);
  const questions = set.questions.map(({ question }) => question);
  const { added, known } = resolveLabels(
    sheet.labels,
    { questions, documents: set.documents },
    options.sheet,
  );
  const folder = options.output === undefined ? set.files.folder : resolve(options.output);
  if (options.output !== undefined) await refuseTaken(folder, options.output);
  const changed =
    set.format === 'beir' ? await judgements(set, added, options.sheet) : await grades(set, added);
  const tally = tallyOf(added);
  const line = { ...tally, known, blank: sheet.blank, rows: sheet.rows };
  const files =
    tally.added === 0
      ? {}
      : await withManifest(set, {
          ...changed,
          [LABELS_FILE]: await withProvenance(set, { options, bytes, line, added }),
        });
  await put(set.files.folder, folder, files);
  return { set: set.name, folder, ...line, files: Object.keys(files) };
}

function refuseFormat({ format, name, files }: WholeSet): void {
  if (format === 'groundspeed' || format === 'beir') return;
  throw new GroundspeedError(
    'dataset.labels',
    `${name} is a ${format.toUpperCase()} file, which has no room for grades.`,
    {
      where: files.path,
      hint: 'Make a golden set of it first: `groundspeed dataset import`.',
    },
  );
}

async function readSheetFile(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new GroundspeedError('dataset.missing', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: '--sheet',
      hint: '`groundspeed dataset check DIR --pool RUN --sheet FILE` writes a sheet to fill in.',
      cause,
    });
  });
}

async function refuseTaken(folder: string, output: string): Promise<void> {
  if (!(await exists(folder))) return;
  if ((await isFolder(folder)) && (await namesIn(folder)).length === 0) return;
  throw new GroundspeedError('dataset.exists', `${output} is there already.`, {
    where: '--output',
    hint: 'Name a folder that is not there, or label the set where it stands with --in-place.',
  });
}

/** `questions.jsonl` with the new grades beside those that each question had, its implied ones written out. */
async function grades(set: WholeSet, added: Labels): Promise<Files> {
  const { folder, layout } = set.files;
  const own = new Map((await readQuestions(set.files)).map((one) => [one.question.id, one]));
  const byLine = new Map<number, LineGrades>();
  for (const [id, labels] of added) {
    const { question, where } = own.get(id)!;
    const implied = new Map([...question.relevant].filter(([document]) => !labels.has(document)));
    byLine.set(Number(where.slice(where.lastIndexOf(':') + 1)), { implied, added: labels });
  }
  return { [layout.questions]: withGrades(await readBytes(folder, layout.questions), byLine) };
}

/** The judgement file of every split that judges the question, with the new judgements at its end. */
async function judgements(set: WholeSet, added: Labels, sheet: string): Promise<Files> {
  const splits = new Map(set.questions.map((one) => [one.question.id, one.splits]));
  const unjudged = [...added.keys()].filter((id) => splits.get(id)?.length === 0);
  if (unjudged.length > 0) {
    throw sheetError(
      sheet,
      unjudged.map(
        (id) => `question ${JSON.stringify(id)} is in no judgement file, so that its split is not known`,
      ),
    );
  }
  refuseUnfit(added, sheet);
  const files: Record<string, Uint8Array> = {};
  for (const split of new Set([...splits.values()].flat())) {
    const own = new Map([...added].filter(([id]) => splits.get(id)?.includes(split)));
    const file = `qrels/${split}.tsv`;
    if (own.size > 0) files[file] = withJudgements(await readBytes(set.files.folder, file), own);
  }
  return files;
}

/** What would break the columns of a judgement file. */
function refuseUnfit(added: Labels, sheet: string): void {
  const ids = [...added].flatMap(([id, labels]) => [id, ...labels.keys()]);
  const unfit = ids.filter((id) => /[\t\r\n]/.test(id) || id !== id.trim());
  if (unfit.length === 0) return;
  throw sheetError(
    sheet,
    unfit.map((id) => `the id ${JSON.stringify(id)} holds white space that a judgement file cannot express`),
  );
}

function tallyOf(added: Labels): Pick<LabelResult, 'added' | 'grades' | 'questions'> {
  const all = [...added.values()].flatMap((labels) => [...labels.values()]).sort((a, b) => a - b);
  const counts: Record<string, number> = {};
  for (const grade of all) counts[grade] = (counts[grade] ?? 0) + 1;
  return { added: all.length, grades: counts, questions: added.size };
}

async function withProvenance(
  { files: { folder } }: WholeSet,
  { options, bytes, line, added }: { options: LabelOptions; bytes: Uint8Array; line: object; added: Labels },
): Promise<Uint8Array> {
  const path = join(folder, LABELS_FILE);
  const before = (await exists(path)) ? await readFile(path) : Buffer.alloc(0);
  const gap = before.length > 0 && before.at(-1) !== 0x0a ? '\n' : '';
  const told = {
    at: new Date(options.clock.epoch()).toISOString(),
    labeller: options.labeller ?? null,
    sheet: { name: basename(options.sheet), sha256: sha256(bytes) },
    ...line,
    pairs: [...added].flatMap(([question, labels]) => Array.from(labels.keys(), (id) => [question, id])),
  };
  return Buffer.concat([before, Buffer.from(`${gap}${JSON.stringify(told)}\n`)]);
}

/**
 * The files and, where the set has one that lists files, the manifest with their new hashes; the rest of it stays. A file
 * that was not what the manifest said before is refused: its new hash would hide that.
 */
async function withManifest(set: WholeSet, files: Files): Promise<Files> {
  const { folder, layout } = set.files;
  if (layout.manifest === undefined || set.said.files === undefined) return files;
  const doubtful = (set.manifest ?? []).filter(({ where }) =>
    Object.keys(files).some((name) => where === `${MANIFEST_FILE}: files.${name}`),
  );
  if (doubtful.length > 0) {
    throw new GroundspeedError(
      'dataset.labels',
      `${set.name} is not what its manifest says, and is not labelled.`,
      {
        where: join(folder, MANIFEST_FILE),
        problems: doubtful.map(({ message, where }) => `${where}: ${message}`),
        hint: 'Restore the file, or write the manifest anew; `groundspeed dataset check` shows all that differs.',
      },
    );
  }
  const written = JSON.parse((await readBytes(folder, layout.manifest)).toString('utf8')) as {
    files: Record<string, unknown>;
  };
  const facts = Object.entries(files).map(([name, bytes]) => [
    name,
    { sha256: sha256(bytes), bytes: bytes.length },
  ]);
  const manifest = { ...written, files: { ...written.files, ...Object.fromEntries(facts) } };
  return { ...files, [layout.manifest]: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
}

/** Into the folder itself, the manifest last; or into a copy that appears whole or not at all. */
async function put(from: string, to: string, files: Files): Promise<void> {
  if (from === to) return write(to, files);
  const temporary = join(dirname(to), `.${basename(to)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await cp(from, temporary, { recursive: true });
    await write(temporary, files);
    await rename(temporary, to);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    if (cause instanceof GroundspeedError) throw cause;
    throw new GroundspeedError('internal.io', `Could not write ${to}: ${messageOf(cause)}`, {
      where: to,
      hint: 'Check that the folder exists, is writable, and that the disk is not full; or choose another with --output.',
      cause,
    });
  }
}

async function write(folder: string, files: Files): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) await writeFileAtomically(join(folder, name), bytes);
}
