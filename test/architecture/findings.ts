import { isBuiltin } from 'node:module';
import { isPure, MAY_IMPORT, mayImport, PROCESS_OF_CLI, PURE_BUILTINS, roomOf, WORLD } from './rules.ts';
import { type Import, type Reference, readSource, type Source } from './source.ts';

/** All that breaks the architecture in these files (path below src/ → text): a line each, with the file and the line. */
export function findings(texts: ReadonlyMap<string, string>): string[] {
  const sources = [...texts].map(([path, text]) => readSource(path, text));
  return [...sources.flatMap(findingsIn), ...cycles(sources)];
}

function findingsIn({ path, imports, references }: Source): string[] {
  const unknown = MAY_IMPORT[roomOf(path)] === undefined ? [`${path} is in a room that no rule knows`] : [];
  const pure = isPure(path);
  const says = (line: number, what: string | undefined) =>
    what === undefined ? [] : [`${path}:${line} ${what}`];
  return [
    ...unknown,
    ...imports.flatMap((one) => says(one.line, forbiddenImport(path, one))),
    ...imports.flatMap((one) => (pure ? says(one.line, impureImport(path, one)) : [])),
    ...references.flatMap((one) => says(one.line, pure ? impurity(one) : liberty(path, one))),
  ];
}

function forbiddenImport(path: string, { target }: Import): string | undefined {
  if (target === undefined || !target.endsWith('.ts') || mayImport(path, target)) return undefined;
  return `imports ${target}, which ${roomOf(path)} may not`;
}

/** Types are gone when the code runs, so that a pure file may take them from anywhere but from Node. */
function impureImport(path: string, { specifier, target, kind }: Import): string | undefined {
  if (specifier === undefined) return 'imports what only a run can tell, in a pure file';
  if (isBuiltin(specifier) && PURE_BUILTINS[specifier] !== path)
    return `imports ${specifier}, in a pure file`;
  if (kind === 'type' || target === undefined || isPure(target)) return undefined;
  return `imports ${target}, which is not pure, in a pure file`;
}

function impurity({ name, member, made }: Reference): string | undefined {
  const said = `uses ${member === undefined ? name : `${name}.${member}`}, in a pure file`;
  if (WORLD.has(name)) return said;
  if (name === 'Math') return member === undefined || member === 'random' ? said : undefined;
  if (name === 'Date') return made || member === 'UTC' || member === 'parse' ? undefined : said;
  return undefined;
}

/** What files that are not pure leave to the command line: arguments, environment, streams, the exit. */
function liberty(path: string, { name, member }: Reference): string | undefined {
  if (roomOf(path) === 'cli') return undefined;
  if (name === 'console') return 'uses console, which is left to cli';
  if (name !== 'process') return undefined;
  if (member === undefined) return 'uses process as a whole, which is left to cli';
  return PROCESS_OF_CLI.has(member) ? `uses process.${member}, which is left to cli` : undefined;
}

/** Cycles between files, each named once. What a thread starts from may import from whoever starts it. */
function cycles(sources: readonly Source[]): string[] {
  const targets = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target, kind }) => (target === undefined || kind === 'thread' ? [] : [target])),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const follow = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push(`cycle: ${[...way.slice(start), path].join(' → ')}`);
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) follow(target, [...way, path]);
    done.add(path);
  };
  for (const path of targets.keys()) follow(path, []);
  return found;
}
