import { dirname, join } from 'node:path';
import type { Baseline } from '../../datasets/checks/check.ts';
import { factsOfFiles, isFolder, readBytes } from '../../datasets/files.ts';
import { parseManifest } from '../../datasets/manifest-check.ts';
import { openSet, readCorpus } from '../../datasets/read.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { locatedIn, type WholeSet } from './read-set.ts';

/**
 * What a set was before: an older copy (a folder with a corpus), or the manifest that it had then. Throws
 * `dataset.format` for what is neither, and what reading either throws.
 */
export async function readBaseline(path: string, now: WholeSet): Promise<Baseline> {
  if (await isFolder(path)) {
    const corpus = await openSet(path)
      .then(readCorpus)
      .catch(async (thrown: unknown) => {
        throw await locatedIn(path, thrown);
      });
    if (corpus === undefined) throw unusableBaseline(path, 'holds no corpus.jsonl');
    return { path, documents: new Map(corpus.documents.map((document) => [document.id, document])) };
  }
  const { manifest, warnings } = parseManifest(await readBytes('', path));
  const names = Object.keys(manifest.files ?? {});
  if (warnings.length > 0 || names.length === 0) {
    throw unusableBaseline(path, 'is no manifest with the hashes of files');
  }
  const facts = await factsOfFiles(now.files.folder, names);
  return {
    path,
    changedFiles: names.filter((name) => facts[name]?.sha256 !== manifest.files?.[name]?.sha256),
  };
}

function unusableBaseline(path: string, problem: string): GroundspeedError {
  return new GroundspeedError('dataset.format', `${path} ${problem}.`, {
    where: '--against',
    hint: `Name the folder of an older copy of the set, or its manifest (${join(dirname(path), 'manifest.json')}).`,
  });
}
