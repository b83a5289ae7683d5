import { z } from 'zod';
import { messageOf } from '../kernel/errors.ts';
import type { ParsedCorpus } from './corpus.ts';
import type { DatasetWarning } from './golden.ts';
import type { LocatedQuestion } from './questions.ts';
import { splitCounts } from './written-set.ts';

export const MANIFEST_FILE = 'manifest.json';

const count = z.int().min(0);

/** `manifest.json`: what a golden set says about itself. */
export const manifestSchema = z.object({
  name: z.string().min(1).optional(),
  version: z.string().optional(),
  licence: z.string().optional(),
  description: z.string().optional(),
  counts: z
    .object({ documents: count, questions: count, answerable: count })
    .partial()
    .optional()
    .describe('Over all splits.'),
  splits: z.record(z.string(), count).optional().describe('Questions by split.'),
  files: z
    .record(z.string(), z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: count }))
    .optional()
    .describe('By path within the folder, with forward slashes.'),
});

export type Manifest = z.infer<typeof manifestSchema>;

export type FileFacts = NonNullable<Manifest['files']>[string];

/** What a golden set turned out to hold, in the manifest's words. */
export interface ManifestFacts {
  readonly counts: NonNullable<Manifest['counts']>;
  readonly splits: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, FileFacts>>;
}

/** All questions of a set, whatever their split, and its corpus. */
export interface SetContent {
  readonly questions: readonly LocatedQuestion[];
  readonly corpus: ParsedCorpus | undefined;
}

export function countSet({ questions, corpus }: SetContent): ManifestFacts['counts'] {
  return {
    ...(corpus === undefined ? {} : { documents: corpus.documents.length }),
    questions: questions.length,
    answerable: questions.filter(({ question }) => question.answerable).length,
  };
}

export function countOwnSplits(questions: readonly LocatedQuestion[]): Record<string, number> {
  return splitCounts(questions.map(({ question }) => question));
}

/** A manifest never stops a run: one that cannot be read is a warning, and says nothing. */
export function parseManifest(bytes: Uint8Array): { manifest: Manifest; warnings: DatasetWarning[] } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    if (parsed.success) return { manifest: parsed.data, warnings: [] };
    return {
      manifest: {},
      warnings: parsed.error.issues.map(({ path, message }) => mismatch(path.join('.'), message)),
    };
  } catch (error) {
    return { manifest: {}, warnings: [mismatch('', `it cannot be read: ${messageOf(error)}`)] };
  }
}

/** One warning for each statement of the manifest that the files do not bear out. */
export function checkManifest(manifest: Manifest, facts: ManifestFacts): DatasetWarning[] {
  const warnings: DatasetWarning[] = [];
  for (const [name, said] of Object.entries(manifest.files ?? {})) {
    const found = facts.files[name];
    if (found === undefined) {
      warnings.push(mismatch(`files.${name}`, 'the file is not there'));
    } else if (found.bytes !== said.bytes) {
      warnings.push(mismatch(`files.${name}`, `it says ${said.bytes} bytes; the file has ${found.bytes}`));
    } else if (found.sha256 !== said.sha256) {
      warnings.push(mismatch(`files.${name}`, 'the file has another SHA-256: its content has changed'));
    }
  }
  return [
    ...warnings,
    ...checkCounts('counts', manifest.counts, facts.counts),
    ...checkCounts('splits', manifest.splits, facts.splits),
  ];
}

function checkCounts(
  field: string,
  said: Readonly<Record<string, number | undefined>> = {},
  found: Readonly<Record<string, number | undefined>>,
): DatasetWarning[] {
  return Object.entries(said)
    .filter(([name, number]) => number !== undefined && number !== (found[name] ?? 0))
    .map(([name, number]) =>
      mismatch(`${field}.${name}`, `it says ${number}; there are ${found[name] ?? 0}`),
    );
}

function mismatch(field: string, problem: string): DatasetWarning {
  const where = field === '' ? MANIFEST_FILE : `${MANIFEST_FILE}: ${field}`;
  return { code: 'manifest', message: `The manifest does not fit: ${problem}.`, where };
}
