import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CorpusDocument } from '../datasets/golden.ts';
import { readDocuments } from '../engine/documents/read.ts';
import type { DocumentFailure } from '../engine/documents/source.ts';
import type { EngineOptions } from '../engine/options.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { count } from '../reporting/format.ts';
import type { Progress } from './progress.ts';

/** The file of a golden set that holds its documents; what else stands in its folder is about them. */
const CORPUS_FILE = 'corpus.jsonl';
/** Failures that are told one by one. */
const LISTED = 10;

export interface ReadCorpus {
  readonly documents: readonly CorpusDocument[];
  readonly failed: readonly DocumentFailure[];
}

/**
 * Documents of files and folders, as `ingest` reads them; of a golden set's folder those of its corpus. Each that cannot
 * be read is told; that there is none at all is an error.
 */
export async function readSources(
  paths: readonly string[],
  options: EngineOptions['documents'],
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<ReadCorpus> {
  if (paths.length === 0) {
    throw new GroundspeedError('usage.argument', 'There are no documents to draft questions from', {
      where: 'paths',
      hint: 'Name files and folders, or the folder of a golden set: groundspeed dataset generate docs/ --output drafts',
    });
  }
  const roots = await Promise.all(paths.map(corpusOf));
  const documents: CorpusDocument[] = [];
  const failed: DocumentFailure[] = [];
  for await (const item of readDocuments(roots, options)) {
    signal.throwIfAborted();
    if ('document' in item) documents.push(item.document);
    else failed.push(item.failure);
  }
  for (const { message } of failed.slice(0, LISTED)) progress.warn(message);
  if (failed.length > LISTED) progress.warn(`${count(failed.length - LISTED)} more could not be read`);
  refuseNone(documents, failed, paths);
  return { documents, failed };
}

async function corpusOf(path: string): Promise<string> {
  const corpus = join(path, CORPUS_FILE);
  const found = await stat(corpus).catch(() => undefined);
  return found?.isFile() === true ? corpus : path;
}

function refuseNone(
  documents: readonly CorpusDocument[],
  failed: readonly DocumentFailure[],
  paths: readonly string[],
): void {
  if (documents.length > 0) return;
  if (failed.length > 0) {
    throw new GroundspeedError(
      'document.unreadable',
      `No document can be read: ${count(failed.length)} failed`,
      {
        problems: failed.slice(0, LISTED).map(({ message }) => message),
        hint: 'Mend these documents, or name others.',
      },
    );
  }
  throw new GroundspeedError('dataset.empty', `No document was found in ${paths.join(', ')}`, {
    hint: 'documents.extensions (ALLOWED_EXTENSIONS) says which files are read.',
  });
}
