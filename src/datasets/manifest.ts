import { basename } from 'node:path';
import { factsOfFiles, filesBelow, readBytes } from './files.ts';
import { countSet, MANIFEST_FILE, type Manifest, parseManifest } from './manifest-check.ts';
import { countSplits, openSet, readCorpus, readQuestions } from './read.ts';

/**
 * The manifest that fits a golden set's folder as it is now: counts, splits, and size and SHA-256 of every file but
 * the manifest itself. What a person wrote in an existing manifest (name, version, licence, description) is kept.
 * `JSON.stringify(manifest, null, 2)` is the content of `manifest.json`. Throws what `readGoldenSet` throws.
 */
export async function buildManifest(folder: string): Promise<Manifest> {
  const files = await openSet(folder);
  const { layout } = files;
  const written =
    layout.manifest === undefined
      ? {}
      : parseManifest(await readBytes(files.folder, layout.manifest)).manifest;
  const questions = await readQuestions(files);
  const content = { questions, corpus: await readCorpus(files) };
  const names = (await filesBelow(files.folder)).filter((name) => name !== MANIFEST_FILE);
  return {
    name: written.name ?? basename(files.folder),
    version: written.version ?? '1',
    ...(written.licence === undefined ? {} : { licence: written.licence }),
    ...(written.description === undefined ? {} : { description: written.description }),
    counts: countSet(content),
    splits: await countSplits(files, questions),
    files: await factsOfFiles(files.folder, names),
  };
}
