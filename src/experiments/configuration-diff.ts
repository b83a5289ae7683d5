/** Settings that are not configuration of what is compared, but how, or that name it. */
const ASIDE = /^variants(\.|$)/;

export interface ChangedSetting {
  readonly path: string;
  /** As it is shown; undefined where the setting is not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Where two configurations differ, by path, as records keep them: without secrets. Lists are whole. */
export function configurationDiff(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ChangedSetting[] {
  const [a, b] = [new Map(leaves(before, '')), new Map(leaves(after, ''))];
  const paths = [...new Set([...a.keys(), ...b.keys()])].filter((path) => !ASIDE.test(path));
  return paths.flatMap((path) =>
    a.get(path) === b.get(path) ? [] : [{ path, before: a.get(path), after: b.get(path) }],
  );
}

/** "retrieval.topK: 5 → 10, reranking.kind: none → mmr" */
export function diffInWords(changed: readonly ChangedSetting[]): string {
  return changed
    .map(({ path, before = 'not set', after = 'not set' }) => `${path}: ${before} → ${after}`)
    .join(', ');
}

function* leaves(value: unknown, path: string): Generator<[string, string]> {
  if (value === undefined) return;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    yield [path, typeof value === 'string' ? value : JSON.stringify(value)];
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    yield* leaves(inner, path === '' ? name : `${path}.${name}`);
  }
}
