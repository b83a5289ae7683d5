import type { EngineOptions } from '../options.ts';
import { readCorpusFile } from './corpus-file.ts';
import type { SourceItem } from './source.ts';
import { readTextFile } from './text-file.ts';
import { type FoundFile, walk } from './walk.ts';

const CORPUS_EXTENSIONS = ['.jsonl', '.ndjson'];

/**
 * Documents below `paths` (files and folders), in a fixed order. A document's id is its path relative to the folder
 * that was given, or in a corpus file what its line says. `.jsonl` is a corpus of many documents, Markdown has its
 * title in a heading, and every other extension that `documents.extensions` names is read as plain text.
 *
 * Nothing is thrown for a bad file or line: each is a failure item, and the rest goes on.
 */
export async function* readDocuments(
  paths: readonly string[],
  options: EngineOptions['documents'],
): AsyncGenerator<SourceItem> {
  const firstPlaces = new Map<string, string>();
  for await (const found of walk(paths, options.extensions)) {
    if ('failure' in found) {
      yield found;
      continue;
    }
    for await (const { item, where } of readFile(found.file, options.maxFileSize)) {
      if (!('document' in item)) {
        yield item;
        continue;
      }
      const { id } = item.document;
      const first = firstPlaces.get(id);
      if (first === undefined) {
        firstPlaces.set(id, where);
        yield item;
      } else {
        const message = `${where}: document ${id} is already at ${first}; give one of them another id`;
        yield { failure: { id, code: 'document.duplicate', message } };
      }
    }
  }
}

async function* readFile(
  file: FoundFile,
  maxFileSize: number,
): AsyncGenerator<{ item: SourceItem; where: string }> {
  if (CORPUS_EXTENSIONS.includes(file.extension)) yield* readCorpusFile(file, maxFileSize);
  else yield { item: await readTextFile(file, maxFileSize), where: file.path };
}
