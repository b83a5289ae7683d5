import { MANIFEST_FILE, type Manifest, parseManifest } from '../manifest-check.ts';
import type { Source } from './source.ts';

/** What a person wrote in the manifest of the source, if it has one: it outlives every journey. */
export async function manifestWords(
  source: Source,
): Promise<Pick<Manifest, 'name' | 'version' | 'licence' | 'description'>> {
  if (!source.names.includes(MANIFEST_FILE)) return {};
  const { manifest } = parseManifest((await source.read(MANIFEST_FILE)).bytes);
  return manifest;
}
