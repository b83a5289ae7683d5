import { CORPUS_FILE, type ImportTask } from './importer.ts';
import { type NamedFile, parquet, refused } from './source.ts';

/** Files that stand beside golden questions, and hold none. */
const BESIDE =
  /^(manifest|import|export|package|tsconfig)\.json$|(^|\/)(corpus|documents?)[\w.-]*\.(jsonl?|csv|parquet)$/i;

/** The names that could hold the questions, of all that stand in a folder. */
export function candidates(names: readonly string[], endings: RegExp): string[] {
  if (names.length === 1) return [...names];
  return names.filter((name) => name !== CORPUS_FILE && !BESIDE.test(name) && endings.test(name));
}

export const RECORD_ENDINGS = /\.(jsonl|ndjson|json|csv|parquet)$/i;

/** The one file of questions of a source; several, or none, are refused (`dataset.import`). */
export async function questionFile(
  { source }: Pick<ImportTask, 'source'>,
  endings: RegExp = RECORD_ENDINGS,
): Promise<NamedFile> {
  const found = candidates(source.names, endings);
  const [name] = found;
  if (name !== undefined && found.length === 1) {
    if (name.toLowerCase().endsWith('.parquet')) throw parquet(name);
    return source.read(name);
  }
  throw refused(
    source.path,
    found.length === 0
      ? 'holds no file of questions in this format'
      : `holds several files that could be the questions: ${found.slice(0, 5).join(', ')}`,
    {
      hint:
        found.length === 0
          ? `It holds ${source.names.slice(0, 10).join(', ') || 'nothing'}.`
          : 'Name one of them.',
    },
  );
}
